"""What a case was at an earlier moment, of what decides its account and no posting tells.

Its terms, its parties and its procedure, its formal notices: each as its row is, or as the database has kept it where
the row was changed since (`FormerRow`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any, NamedTuple, TypeVar

from django.db.models import Model, Q

from companies.models import Company
from legalcity.lib.among import Among
from recoveries.models import About, FormalNotice, FormerRow, Recovery

Row = TypeVar("Row", bound=Model)
Thing = tuple[str, int]  # About, the id of the row
Former = Mapping[Thing, dict[str, Any] | None]
PARTIES = ("customer", "debtor")


class NoticeRow(NamedTuple):
    """A formal notice, as its table has it."""

    id: int
    recovery_id: int
    created_at: datetime
    state: str
    sent_on: date | None
    presented_on: date | None
    received_on: date | None


def notice_rows(ids: Collection[int]) -> list[NoticeRow]:
    """The formal notices of these cases, in the order in which they were entered. One statement."""
    rows = FormalNotice.objects.filter(Among("recovery_id", ids)).order_by("id")
    return [NoticeRow(*row) for row in rows.values_list(*NoticeRow._fields)]


def as_known(
    cases: Sequence[Recovery], notices: Sequence[NoticeRow], until: datetime
) -> tuple[list[Recovery], list[NoticeRow]]:
    """Copies of cases (read by `gathering.with_terms`) and of their notices as they were just before `until`.

    One statement; two more where a party was replaced since.
    """
    former = former_of(_things(cases, notices), until)
    then = [_then(case, former.get((About.CASE, case.pk))) for case in cases]
    former, companies = _parties(cases, then, former, until)
    for case in then:
        for side in PARTIES:
            setattr(case, side, companies.get(getattr(case, f"{side}_id")))
        if procedure := getattr(case, "injunction", None):
            case.injunction = _then(procedure, former.get((About.PROCEDURE, procedure.pk)))
    return then, [_notice_then(row, former) for row in notices if row.created_at < until]


def former_of(things: Mapping[str, Collection[int]], until: datetime) -> Former:
    """What these rows said just before `until`, of those that say something else since. One statement."""
    asked = reduce(or_, (Q(about=about, row_id__in=ids) for about, ids in things.items() if ids))
    rows = FormerRow.objects.filter(asked, until__gte=until).order_by("-until", "-id")
    return earliest(rows.values_list("about", "row_id", "told"))


def earliest(rows: Iterable[tuple[str, int, dict[str, Any] | None]]) -> Former:
    """What each row said in the first of its former ones; `rows` come with the latest first."""
    return {(about, row_id): told for about, row_id, told in rows}


def values_read(model: type[Model], told: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a former row, as the model has them."""
    columns: Any = model._meta
    return {name: columns.get_field(name).to_python(value) for name, value in told.items()}


def _things(cases: Sequence[Recovery], notices: Iterable[NoticeRow]) -> dict[str, list[int]]:
    companies = {pk for case in cases for pk in (case.customer_id, case.debtor_id) if pk}
    procedures = [procedure.pk for case in cases if (procedure := getattr(case, "injunction", None))]
    return {
        About.CASE: [case.pk for case in cases],
        About.COMPANY: sorted(companies),
        About.PROCEDURE: procedures,
        About.NOTICE: [row.id for row in notices],
    }


def _parties(
    cases: Sequence[Recovery], then: Sequence[Recovery], former: Former, until: datetime
) -> tuple[Former, dict[int, Company]]:
    """The parties of `then` as they were; with `former`, to which those that were replaced since are added."""
    found = {one.pk: one for case in cases for one in (case.customer, case.debtor) if one}
    missing = {pk for case in then for pk in (case.customer_id, case.debtor_id) if pk} - found.keys()
    if missing:
        found |= Company.objects.in_bulk(missing)
        former = {**former, **former_of({About.COMPANY: sorted(missing)}, until)}
        found |= {pk: Company(pk=pk) for pk in missing - found.keys()}
    return former, {pk: _then(one, former.get((About.COMPANY, pk))) for pk, one in found.items()}


def _then(row: Row, told: Mapping[str, Any] | None) -> Row:
    """A copy of a row with the values that it had."""
    then = copy(row)
    for name, value in values_read(type(row), told or {}).items():
        setattr(then, name, value)
    return then


def _notice_then(row: NoticeRow, former: Former) -> NoticeRow:
    told = former.get((About.NOTICE, row.id))
    return row._replace(**values_read(FormalNotice, told)) if told else row
