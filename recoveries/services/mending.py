"""What an update leaves to be mended: cases that processes of the version before wrote into the tables of the new one.

Between `migrate` and the restart of the last process the old version files and changes cases, and knows nothing of the
columns that are new: they keep their defaults. To hold up every writer meanwhile would be an outage. So the clock
compares the cases that were written since the last migration, for some hours, and fills what is missing.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog
from django.core.cache import cache
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max

from recoveries.models import Recovery
from recoveries.services.checking import case_check, cases_differing

log = structlog.get_logger("recoveries")

# For so long after a migration a process of the version before may still be at work.
WATCHED = timedelta(hours=6)
AT_ONCE = 500  # cases
LOOKS_BACK = timedelta(
    minutes=5
)  # as long as no transaction takes: one may have begun before the last look, or migration
LOOKED = "copies-looked-at"


def copies_mend(*, moment: datetime) -> int:
    """Compare what was written since the last look with its sources, and write anew what differs; how many cases.

    Nothing is looked at but in the hours after a migration.
    """
    migrated_at = MigrationRecorder(connection).migration_qs.aggregate(last=Max("applied"))["last"]
    if migrated_at is None or moment - migrated_at > WATCHED:
        return 0
    mended = sum(map(_mended, _written_since(_looked_at(migrated_at) - LOOKS_BACK)))
    cache.set(LOOKED, moment.isoformat(), int(WATCHED.total_seconds()))
    if mended:
        log.warning("copies_mended", cases=mended)
    return mended


def _looked_at(migrated_at: datetime) -> datetime:
    looked = cache.get(LOOKED)
    return max(migrated_at, datetime.fromisoformat(looked)) if looked else migrated_at


def _written_since(moment: datetime) -> Iterator[list[int]]:
    written, after = Recovery.objects.filter(updated_at__gte=moment).order_by("pk"), 0
    while ids := list(written.filter(pk__gt=after).values_list("pk", flat=True)[:AT_ONCE]):
        yield ids
        after = ids[-1]


def _mended(ids: list[int]) -> int:
    return sum(case_check(recovery_id=pk, repair=True) for pk in cases_differing(ids))
