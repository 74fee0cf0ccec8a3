"""The list of cases that staff work from: what it is filtered, searched and counted by."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from law.vocabulary import CaseType
from legalcity.lib.clock import now, today
from legalcity.lib.errors import Sentence
from legalcity.lib.searching import begun, found, is_short
from recoveries.catalogue import catalogue
from recoveries.desk.reads.aged import aged_condition
from recoveries.desk.reads.results import condition_of
from recoveries.desk.reads.work import unread_comments
from recoveries.models import Recovery
from recoveries.models.handling import without_handler
from recoveries.statuses import IN_COURT

NEW_DAYS = 7
MOST_HANDLERS = 500
ACTING = "recoveries.move_status"


@dataclass(frozen=True, slots=True)
class Band:
    """A range of a filter: from `least` (included) to `most` (not included); None is no limit."""

    label: Sentence
    least: int | None = None
    most: int | None = None

    def condition(self, field: str, value_of: Callable[[int], Any] = Decimal) -> Q:
        """The rows whose `field` is within."""
        lower = Q(**{f"{field}__gte": value_of(self.least)}) if self.least is not None else Q()
        return lower & Q(**{f"{field}__lt": value_of(self.most)}) if self.most is not None else lower


# Days since the due date.
AGES = {
    "due": Band(_("not due yet"), None, 1),
    "30": Band(_("1 to 30 days"), 1, 31),
    "60": Band(_("31 to 60 days"), 31, 61),
    "90": Band(_("61 to 90 days"), 61, 91),
    "180": Band(_("91 to 180 days"), 91, 181),
    "365": Band(_("181 to 365 days"), 181, 366),
    "older": Band(_("more than a year"), 366, None),
}
# EUR that remain to be recovered.
AMOUNTS = {
    "1000": Band(_("under 1,000 €"), None, 1_000),
    "5000": Band(_("1,000 to 5,000 €"), 1_000, 5_000),
    "20000": Band(_("5,000 to 20,000 €"), 5_000, 20_000),
    "more": Band(_("20,000 € and more"), 20_000, None),
}
DEADLINES: dict[str, Sentence] = {
    "overdue": _("past"),
    "7": _("within 7 days"),
    "30": _("within 30 days"),
    "any": _("any"),
}
# By the balance of the case.
OWED: dict[str, Sentence] = {"none": _("nothing"), "some": _("something"), "unknown": _("not known")}
QUIET: dict[str, Sentence] = {"7": _("for 7 days"), "30": _("for 30 days"), "90": _("for 90 days")}


def handlers() -> QuerySet[User]:
    """The members of staff who may have cases, by name."""
    return User.objects.filter(is_staff=True, is_active=True).order_by("last_name", "first_name", "id")


def case_workers() -> QuerySet[User]:
    """Those of them who act on cases: to whom cases are offered."""
    return ModelBackend().with_perm(ACTING).filter(is_staff=True).order_by("last_name", "first_name", "id")


def cases_searched(cases: QuerySet[Recovery], term: str) -> QuerySet[Recovery]:
    """The cases that a text is found in: reference and names, without case and accents, as in the API.

    One or two letters are looked for where a word begins: all cases would have to be read for them otherwise.
    """
    return begun(cases, term) if is_short(term) else found(cases, term)


def with_unread(cases: Sequence[Recovery]) -> Set[int]:
    """The ids of those cases of a page on which something unread waits. One statement."""
    ids = [case.pk for case in cases]
    return set(unread_comments().filter(recovery_id__in=ids).values_list("recovery_id", flat=True))


def cases_filtered(
    cases: QuerySet[Recovery], wanted: Mapping[str, Any], *, user: User, moment: datetime | None = None
) -> QuerySet[Recovery]:
    """The cases that `wanted` asks for (recoveries/desk/filters.py tells the names); empty values ask nothing."""
    day, moment = today(), moment or now()
    for name, value in wanted.items():
        if value not in (None, "", False):
            cases = cases.filter(_CONDITIONS[name](value, _Asker(user, day, moment)))
    return cases


@dataclass(frozen=True, slots=True)
class _Asker:
    user: User
    day: date
    moment: datetime


def _ids(*, closed: bool) -> list[int]:
    return [entry.id for entry in catalogue.entries.values() if entry.is_closing is closed]


def _handler(value: str, asker: _Asker) -> Q:
    if value == "none":
        return without_handler()
    return Q(user_id=asker.user.pk if value == "me" else int(value))


def _age(value: str, asker: _Asker) -> Q:
    """The older the debt, the earlier its due date: the limits change places."""
    band = AGES[value]
    lower = Q(recovery_due_date__lte=asker.day - timedelta(days=band.least)) if band.least is not None else Q()
    if band.most is None:
        return lower
    return lower & Q(recovery_due_date__gt=asker.day - timedelta(days=band.most))


def _deadline(value: str, asker: _Asker) -> Q:
    """By the next legal date of an open case."""
    running = Q(status_id__in=_ids(closed=False))
    if value == "any":
        return running & Q(next_deadline__isnull=False)
    if value == "overdue":
        return running & Q(next_deadline__lt=asker.day)
    until = asker.day + timedelta(days=int(value))
    return running & Q(next_deadline__range=(asker.day, until))


# A type of 2 is only what the client wishes for until the case is transferred.
_TYPES = {
    "1": ~Q(status_id__in=IN_COURT),
    "2": Q(status_id__in=IN_COURT),
    "wish": Q(type=CaseType.INJUNCTION, transferred_to=None) & ~Q(status_id__in=IN_COURT),
}
_OWED = {"none": Q(balance__due=0), "some": Q(balance__due__gt=0), "unknown": Q(balance__due=None)}
_CONDITIONS: dict[str, Callable[[Any, _Asker], Q]] = {
    "group": lambda value, _asker: Q(status_id__in=catalogue.of_group(int(value))),
    "status": lambda value, _asker: Q(status_id=int(value)),
    "state": lambda value, _asker: Q(status_id__in=_ids(closed=value == "closed")),
    "type": lambda value, _asker: _TYPES[value],
    "handler": _handler,
    "client": lambda value, _asker: Q(owner_id=value.pk),
    "did": lambda value, _asker: condition_of(*value),
    "aged": lambda value, _asker: aged_condition(value),
    "company": lambda value, _asker: Q(customer_id=value) | Q(debtor_id=value),
    "age": _age,
    "amount": lambda value, _asker: AMOUNTS[value].condition("amount_torecover"),
    "amount_min": lambda value, _asker: Q(amount_torecover__gte=value),
    "amount_max": lambda value, _asker: Q(amount_torecover__lte=value),
    "owed": lambda value, _asker: _OWED[value],
    "country": lambda value, _asker: Q(debtor_country="" if value == "unknown" else value),
    "deadline": _deadline,
    "unread": lambda _value, _asker: Q(pk__in=unread_comments().values("recovery_id")),
    "new": lambda _value, asker: Q(created_at__gte=asker.moment - timedelta(days=NEW_DAYS)),
    "quiet": lambda value, asker: Q(updated_at__lt=asker.moment - timedelta(days=int(value))),
}
