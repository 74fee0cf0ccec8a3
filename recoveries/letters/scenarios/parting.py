"""Which cases are rehearsed together: all of one debtor, since what is sent on one of them counts for the others."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from companies.identity import COLUMNS, Identity
from legalcity.lib.whole_reads import in_pieces
from recoveries.models import Recovery

AT_ONCE = 1000  # cases whose facts are held at the same time
ENOUGH = ("siren", "link")  # what alone makes one of two parties that have a SIREN


def parts_of(cases: QuerySet[Recovery], at_once: int = AT_ONCE) -> Iterator[list[list[int]]]:
    """The ids of the cases by parts of about `at_once`, in each those of one debtor together; one part at least."""
    columns = ("pk", *(f"debtor__{name}" for name in COLUMNS))
    part: list[list[int]] = []
    count, is_any = 0, False
    for group in _groups(in_pieces(cases.order_by("pk").values_list(*columns).iterator())):
        part.append(group)
        count += len(group)
        if count >= at_once:
            yield part
            part, count, is_any = [], 0, True
    if part or not is_any:
        yield part


def _groups(rows: Iterable[Sequence[Any]]) -> Iterable[list[int]]:
    """Ids of cases by debtor, whatever a debtor is known by (companies/identity.py)."""
    parties = {pk: Identity.read(*party) if party[0] is not None else None for pk, *party in rows}
    shared = {name for one in parties.values() if one and not one.siren for name in one.names()}
    parents: dict[Any, Any] = {}
    for pk, one in parties.items():
        known = [name for name in one.names() if not one.siren or name[0] in ENOUGH or name in shared] if one else []
        for name in known:
            parents.setdefault(name, name)
            parents[_root(parents, name)] = parents[pk] = _root(parents, parents.get(pk, name))
        parents.setdefault(pk, pk)
    groups: defaultdict[Any, list[int]] = defaultdict(list)
    for pk in parties:
        groups[_root(parents, pk)].append(pk)
    return groups.values()


def _root(parents: dict[Any, Any], name: Any) -> Any:
    while parents[name] != name:
        parents[name] = name = parents[parents[name]]
    return name
