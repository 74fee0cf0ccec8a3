"""*Dossier suivant*: from one case to the next, through the queue or through the list that one came from."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from backoffice.home import ALL, MINE
from backoffice.origin import staff_of
from backoffice.reach import sees_all_cases
from backoffice.way import LIST, PLACE, QUEUE, way_kept
from legalcity.lib.clock import today
from recoveries.desk.reads.queue import queue_ids
from recoveries.models import Recovery

MOST_PLACES = 7  # digits


@dataclass(frozen=True, slots=True)
class Way:
    """Where one stands: `place` of `total`; `next_url` is empty at the end. `back_url` is the list."""

    place: int
    total: int
    next_url: str
    back_url: str
    is_queue: bool


def way_of(request: HttpRequest, case: Recovery, pages: Any) -> Way | None:
    """The way through the queue or the list that led to the page of `case`; None where there was none.

    `pages` is the admin of cases, which reads its list as it does for the list itself.
    """
    if scope := request.GET.get(QUEUE):
        return _through_queue(request, case, scope)
    if filters := request.GET.get(LIST):
        return _through_list(request, case, pages, filters)
    return None


def place_keep(request: HttpRequest, way: Way | None) -> None:
    """Have the acts of the page keep the place: one of them may take the case off the list."""
    if way is not None:
        kept = request.GET.copy()
        kept[PLACE] = str(way.place)
        request.GET = kept  # type: ignore[assignment]


def is_mine(request: HttpRequest, scope: str) -> bool:
    """Whose queue: who does not see all cases has their own."""
    return scope != ALL or not sees_all_cases(staff_of(request))


def case_url(pk: int, request: HttpRequest, **way: str) -> str:
    """The page of another case by the same way."""
    return reverse("admin:recoveries_recovery_change", args=[pk]) + way_kept(request, **way)


def _through_queue(request: HttpRequest, case: Recovery, scope: str) -> Way:
    mine = is_mine(request, scope)
    ids = queue_ids(staff_of(request), mine=mine, day=today())
    back = f"{reverse('queue')}?scope={MINE if mine else ALL}"
    at, following = _after(ids, case.pk, _place(request))
    url = case_url(ids[following], request, **{PLACE: str(following + 1)}) if following < len(ids) else ""
    return Way(at + 1, len(ids), url, back, is_queue=True)


def _through_list(request: HttpRequest, case: Recovery, pages: Any, filters: str) -> Way | None:
    """The page of the list that the address names is read; behind its end comes the first case of the next page."""
    asked = QueryDict(filters, mutable=True)
    found = _page(request, pages, asked)
    if found is None:
        return None
    before = (found.page_num - 1) * found.list_per_page
    ids, total = [row.pk for row in found.result_list], int(found.result_count)
    at, following = _after(ids, case.pk, _place(request) - before)
    back = f"{reverse('admin:recoveries_recovery_changelist')}?{filters}"
    place = str(before + following + 1)
    url = case_url(ids[following], request, **{PLACE: place}) if following < len(ids) else ""
    if not url and before + following < total:
        asked["p"] = str(found.page_num + 1)
        further = _page(request, pages, asked)
        first = further.result_list[0].pk if further is not None and further.page_num > found.page_num else None
        url = case_url(first, request, **{LIST: asked.urlencode(), PLACE: place}) if first else ""
    return Way(before + at + 1, total, url, back, is_queue=False)


def _after(ids: Sequence[int], pk: int, place: int) -> tuple[int, int]:
    """Where a case stands, and the next one. What an act took off the list stood at `place`, where the next is now."""
    if pk in ids:
        at = ids.index(pk)
        return at, at + 1
    at = min(max(place - 1, 0), len(ids))
    return at, at


def _page(request: HttpRequest, pages: Any, asked: QueryDict) -> Any:
    """A page of the list of cases; None for filters that make no sense."""
    as_list: Any = copy(request)
    as_list.GET, as_list.resolver_match = asked, None
    try:
        return pages.get_changelist_instance(as_list)
    except (IncorrectLookupParameters, SuspiciousOperation):
        return None


def _place(request: HttpRequest) -> int:
    asked = request.GET.get(PLACE, "")[:MOST_PLACES]
    return int(asked) if asked.isascii() and asked.isdecimal() else 1
