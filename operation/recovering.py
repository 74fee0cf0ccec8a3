"""What is to be mended in a database that was brought back to an earlier moment, before anybody works on it.

What happened after that moment is lost here and known elsewhere: clients hold ids of cases and of events, and invoices
of the firm. None of those may be given to something else.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from events.servers import events_go_on
from invoicing.billing.services.branching import series_branch
from legalcity.lib.clock import now

SKIPPED = 10_000_000  # ids of each table: more than are given in a day
# Those of 32 bits are of tables that nobody outside knows. Whoever goes back a second time to the same moment has a
# later timeline, and goes on behind what was given after the first time.
SKIP = """
    SELECT count(setval(format('%%I.%%I', schemaname, sequencename)::regclass,
        coalesce(last_value, start_value) + %s * events_timeline()::bigint))
    FROM pg_sequences
    WHERE schemaname = current_schema() AND data_type = 'bigint'::regtype
"""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was done. `series`: the prefixes of invoices, as they were and as they are."""

    sequences: int
    series: Sequence[tuple[str, str]]


@transaction.atomic
def recover(*, skipped: int = SKIPPED, has_lost_invoices: bool = True) -> Recovered:
    """Have ids, places of events and numbers of invoices go on where none was ever given. PostgreSQL alone."""
    with connection.cursor() as cursor:
        cursor.execute(SKIP, [skipped])
        (sequences,) = cursor.fetchone()
    events_go_on()
    return Recovered(sequences, series_branch(moment=now()) if has_lost_invoices else [])
