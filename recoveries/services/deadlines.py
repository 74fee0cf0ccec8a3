"""The next legal date of a case, kept on it: what lists show, filter and sort by. Null while nothing runs."""

from collections.abc import Collection, Sequence

from django.db.models import Q

from law.deadlines import Deadline
from legalcity.lib.clock import today
from legalcity.lib.many_rows import rows_update
from recoveries.catalogue import catalogue
from recoveries.models import Recovery
from recoveries.selectors.deadlines import deadlines_by_case, in_pieces, with_clocks

KEPT = ("next_deadline", "next_deadline_code", "next_deadline_article")


def next_deadline_set(recovery: Recovery, deadlines: Sequence[Deadline]) -> bool:
    """Write the soonest of `deadlines` on `recovery`, unsaved; True when another one was there."""
    before = [getattr(recovery, name) for name in KEPT]
    soonest = deadlines[0] if deadlines else None
    recovery.next_deadline = soonest.date if soonest else None
    recovery.next_deadline_code = soonest.kind.value if soonest else ""
    recovery.next_deadline_article = soonest.article if soonest else ""
    return before != [getattr(recovery, name) for name in KEPT]


def next_deadlines_refresh(*, recovery_ids: Collection[int]) -> int:
    """Reckon the next legal date of these cases anew, and write those that were others; returns how many.

    The caller holds their locks. Three statements at most for a hundred cases.
    """
    cases = list(with_clocks(Recovery.objects.filter(pk__in=recovery_ids)))
    deadlines = deadlines_by_case(cases, today())
    changed = [case for case in cases if next_deadline_set(case, deadlines[case.pk])]
    rows_update(changed, KEPT)
    return len(changed)


def stale_deadlines(*, within: Q | None = None) -> list[int]:
    """Ids of the cases (`within` a condition) whose next legal date is not the kept one. Read without locks, in pieces.

    A day that passes moves it, as does a party or the catalogue of holidays that changed behind the case.
    """
    closing = [entry.id for entry in catalogue.entries.values() if entry.is_closing]
    running = Recovery.objects.filter(within or Q()).filter(~Q(status_id__in=closing) | Q(next_deadline__isnull=False))
    stale: list[int] = []
    for cases in in_pieces(with_clocks(running)):
        deadlines = deadlines_by_case(cases, today())
        stale += [case.pk for case in cases if next_deadline_set(case, deadlines[case.pk])]
    return stale
