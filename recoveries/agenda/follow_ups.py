"""When a case is looked at again: set by a person, or by a rule that never overrules one.

A rule is a fact that asks for an answer: a case was opened, a letter went out, a payment was promised.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Max, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from events.services import events_record, story
from law.deadlines import next_working_day
from legalcity.lib.clock import today
from legalcity.lib.dates import PARIS, add_days
from legalcity.lib.errors import Forbidden, Invalid, NotFound, Sentence
from legalcity.lib.money import money_text
from recoveries.agenda.models import FollowUp, PaymentPromise
from recoveries.agenda.sentences import Fact, plain, said
from recoveries.catalogue import catalogue
from recoveries.events import PROMISE_MADE, case_event
from recoveries.models.cases import Recovery

Reason = FollowUp.Reason
AFTER_LETTER = 10  # days that a debtor has to answer
AFTER_PROMISE = 3  # working days in which money that was promised arrives
NEW_FOR = 14  # days: an older case that nobody follows up yet is no new one
SPREAD = 10  # working days over which older cases come up
BATCH, MOST_BATCHES = 1_000, 20

KNOWN = {
    "opened": Fact.DAY,
    "letter": Fact.TEXT,
    "sent": Fact.DAY,
    "amount": Fact.MONEY,
    "promised": Fact.DAY,
    "why": Fact.TEXT,
}
SENTENCES: dict[str, Sequence[Sentence]] = {
    Reason.OPENED: (
        gettext_lazy("The case came in on {opened}: a first look."),
        gettext_lazy("Nobody has said yet when the case comes up."),
    ),
    Reason.LETTER: (
        gettext_lazy("“{letter}” of {sent} got no answer."),
        gettext_lazy("The last letter got no answer."),
    ),
    Reason.PROMISE: (
        gettext_lazy("{amount} were promised for {promised}: did they arrive?"),
        gettext_lazy("A payment was promised: did it arrive?"),
    ),
    Reason.HAND: (gettext_lazy("To be looked at again: {why}"), gettext_lazy("To be looked at again.")),
}


def follow_up_sentence(reason: str, facts: Mapping[str, Any]) -> str:
    """Why a case comes up, in the language of who reads."""
    return said(SENTENCES[reason], KNOWN, facts)


# --- set by a person -------------------------------------------------------------------------------------------------
@story()
def follow_up_set(*, recovery_id: int, on: date, why: str = "", by: User | None) -> FollowUp:
    """Have a case come up again on a day to come.

    Raises NotFound, Forbidden for a case that is closed, Invalid for a day that is none to come, or after a legal date.
    """
    case = _open_case(recovery_id)
    _require_sensible(case, on, "on")
    return _write(case, on, Reason.HAND, {"why": why}, by=by)


@story()
def promise_note(*, recovery_id: int, amount: Decimal, promised: date, by: User | None) -> FollowUp:
    """Note that the debtor promised to pay an amount (EUR) by a day: the case comes up when it should have arrived.

    The client is told: it is a proposal to pay otherwise than at once (art. R124-5 CPCE). Raises as `follow_up_set`
    does.
    """
    case = _open_case(recovery_id)
    if promised < today():
        raise Invalid({"promised": [_("Choose today or a day to come.")]})
    on = working_days_after(promised, AFTER_PROMISE)
    _require_sensible(case, on, "promised")
    PaymentPromise.objects.create(recovery=case, amount=amount, promised_on=promised, noted_on=today(), by=by)
    facts = plain({"amount": money_text(amount), "promised": promised})
    events_record([case_event(PROMISE_MADE, case, current=facts, by=by)])
    return _write(case, on, Reason.PROMISE, facts, by=by)


def follow_up_was(recovery_id: int) -> dict[str, Any]:
    """The day of a case as `follow_up_put_back` takes it; empty where it has none."""
    row = FollowUp.objects.filter(pk=recovery_id).first()
    if row is None:
        return {}
    return {"on": row.on.isoformat(), "reason": row.reason, "facts": row.facts, "by_hand": row.by_hand, "by": row.by_id}


@story()
def follow_up_put_back(*, recovery_id: int, was: Mapping[str, Any], by: User) -> FollowUp:
    """The day of a case as it was (`follow_up_was`), whether or not it has come. Raises NotFound, Forbidden."""
    case = _open_case(recovery_id)
    setter = User.objects.filter(pk=was["by"]).first() if was["by"] else None
    values = {"on": date.fromisoformat(was["on"]), "reason": was["reason"], "facts": was["facts"]}
    values |= {"by_hand": was["by_hand"], "by": setter}
    row, _is_new = FollowUp.objects.update_or_create(
        recovery_id=case.pk, defaults=values, create_defaults={**values, "owner_id": case.owner_id}
    )
    return row


def _open_case(recovery_id: int) -> Recovery:
    case = Recovery.objects.select_for_update(of=("self",)).filter(pk=recovery_id).first()
    if case is None:
        raise NotFound(_("There is no such case."))
    if catalogue.is_closing(case.status_id):
        raise Forbidden(_("The case is closed."))
    return case


def _require_sensible(case: Recovery, on: date, name: str) -> None:
    """A day to come, and none that lets a legal date pass unseen."""
    if on <= today():
        raise Invalid({name: [_("Choose a day to come.")]})
    lapses = case.next_deadline
    if lapses is not None and today() <= lapses < on:
        day = date_format(lapses, "SHORT_DATE_FORMAT")
        raise Invalid({name: [_("A legal date is on {day}: the case has to come up by then.").format(day=day)]})


# --- set by a rule ---------------------------------------------------------------------------------------------------
def letter_followed(*, recovery_id: int, letter: str, sent: date) -> None:
    """A letter went out: the case comes up when it got no answer.

    A day that a person chose stands while it is to come.
    """
    present = FollowUp.objects.filter(pk=recovery_id).first()
    if present is not None and present.by_hand and present.on > today():
        return
    case = Recovery.objects.only("pk", "owner_id").get(pk=recovery_id)
    _write(case, next_working_day(add_days(sent, AFTER_LETTER)), Reason.LETTER, {"letter": letter, "sent": sent})


def cases_followed_up() -> int:
    """Give every new case its day, in the order in which they came; how many. Asked by the round."""
    done = 0
    for _batch in range(MOST_BATCHES):
        last = FollowUp.objects.aggregate(last=Max("pk"))["last"] or 0
        written = _begin(_followed(Recovery.objects.filter(pk__gt=last)).order_by("pk")[:BATCH])
        done += written
        if written < BATCH:
            break
    return done


def follow_ups_mend() -> int:
    """At night: open cases that have none (opened again) get one, closed ones have none; how many were changed."""
    closed, _rows = FollowUp.objects.filter(recovery__status_id__in=_closing()).delete()
    return closed + _begin(_followed(Recovery.objects.filter(follow_up=None)).order_by("pk")[: BATCH * MOST_BATCHES])


def _followed(cases: QuerySet[Recovery]) -> QuerySet[Recovery]:
    return cases.exclude(status_id__in=_closing())


def _closing() -> list[int]:
    return [entry.id for entry in catalogue.entries.values() if entry.is_closing]


def _begin(cases: QuerySet[Recovery]) -> int:
    day, rows = today(), list(cases.values_list("pk", "owner_id", "created_at"))
    new = [_first(pk, owner, opened.astimezone(PARIS).date(), day) for pk, owner, opened in rows]
    FollowUp.objects.bulk_create(new, ignore_conflicts=True, batch_size=BATCH)
    return len(rows)


def _first(pk: int, owner_id: int, opened: date, day: date) -> FollowUp:
    facts = plain({"opened": opened}) if _is_new(opened, day) else {}
    on = first_day(pk, opened, day)
    return FollowUp(recovery_id=pk, owner_id=owner_id, on=on, reason=Reason.OPENED, facts=facts)


def _is_new(opened: date, day: date) -> bool:
    return (day - opened).days <= NEW_FOR


def first_day(pk: int, opened: date, day: date) -> date:
    """A new case comes up on the next working day; older ones, that nobody followed up so far, one after the other."""
    if _is_new(opened, day):
        return max(next_working_day(add_days(opened, 1)), day)
    return working_days_after(day, pk % SPREAD)


def working_days_after(day: date, count: int) -> date:
    """The working day that comes `count` working days after `day`."""
    found = next_working_day(day)
    for _step in range(count):
        found = next_working_day(found + timedelta(days=1))
    return found


def _write(case: Recovery, on: date, reason: Reason, facts: Mapping[str, Any], *, by: User | None = None) -> FollowUp:
    by_hand = reason in (Reason.HAND, Reason.PROMISE)
    values = {"on": on, "reason": reason, "facts": plain(facts), "by_hand": by_hand, "by": by}
    row, _is_new = FollowUp.objects.update_or_create(
        recovery_id=case.pk, defaults=values, create_defaults={**values, "owner_id": case.owner_id}
    )
    return row
