"""The queues by purpose: which tasks wait in which, and how long one may work before it is ended.

Workers of one purpose are not held up by the work of another. What is not named here is critical: short, and waited
for by people. A task that is ended is taken up again by the sweep of its table.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

CRITICAL = "critical"
# Where versions before put what had no queue of its own. Workers of `bulk` empty it after an update.
FORMER = "celery"


@dataclass(frozen=True, slots=True)
class Purpose:
    """A queue. `seconds`: how long a task of it may work; `tasks`: by their names."""

    seconds: int
    tasks: tuple[str, ...] = ()


PURPOSES: Mapping[str, Purpose] = {
    CRITICAL: Purpose(300),
    "webhooks": Purpose(600, ("events.tasks.fan_out", "events.tasks.deliver", "events.tasks.sweep_webhooks")),
    "messages": Purpose(
        300,
        (
            "recoveries.tasks.send_email",
            "recoveries.tasks.send_creditor_notice",
            "events.tasks.send_notice",
            "events.tasks.tell_notices",
            "events.tasks.tell_of_disabled",
        ),
    ),
    "documents": Purpose(900, ("documents.tasks.process",)),
    "fetching": Purpose(900),  # Of documents, those at an address that a client gives: see documents/services/fetching.
    "bulk": Purpose(
        1800,
        (
            "recoveries.tasks.process_import",
            "recoveries.tasks.record_deadline_alerts",
            "recoveries.tasks.roll_balances",
            "recoveries.tasks.watch_ledger",
            "recoveries.tasks.mend_copies",
            "recoveries.tasks.forget_imports",
            "recoveries.tasks.reckon_day",
            "recoveries.tasks.list_day",
            "recoveries.tasks.rehearse",
            "recoveries.tasks.rehearse_part",
            "recoveries.tasks.carry_mailing",
            "recoveries.tasks.mend_follow_ups",
            "documents.tasks.remove_orphans",
            "scoring.tasks.check_surveillance",
            "scoring.tasks.check_surveillances",
            "events.tasks.forget",
            "events.tasks.forget_deliveries",
            "events.tasks.forget_notices",
            "events.tasks.judge_endpoints",
            "accounts.tasks.purge_idempotency_keys",
            "accounts.tasks.purge_sessions",
            "accounts.tasks.purge_tokens",
        ),
    ),
    FORMER: Purpose(1800),
}


def _named() -> Iterator[tuple[str, str, int]]:
    for queue, purpose in PURPOSES.items():
        for task in purpose.tasks:
            yield task, queue, purpose.seconds


ROUTES = {task: {"queue": queue} for task, queue, _seconds in _named()}
LIMITS = {task: {"time_limit": seconds} for task, _queue, seconds in _named()}
