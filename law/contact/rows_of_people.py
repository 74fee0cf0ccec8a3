"""Rows of the table about who is written to, and when."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from law.contact.addresses import is_asked_to_leave, is_same_place, plain_address, reached_at
from law.contact.facts import Known, Question
from law.contact.places import opening
from law.contact.verdict import Reason, hold, never
from law.contact.vocabulary import DEMANDS, Channel, Code, PartyFactKind, Purpose
from law.parties import Quality

RGPD = "art. 5, 21 RGPD"
RHYTHM = "art. L121-6 C. conso."
_NAMED_BY_HAND = (Channel.EMAIL, Channel.ELECTRONIC, Channel.SMS)
_REACHED_THERE = (PartyFactKind.LAWYER, PartyFactKind.CONSENTS_TO_LRE)
_PERSON: dict[PartyFactKind, tuple[Promise, str]] = {
    PartyFactKind.DECEASED: (_("The debtor has died: the heirs are another debtor."), RGPD),
    PartyFactKind.PROTECTED: (_("The debtor is protected by a judge: write to who represents it."), "art. 467 C. civ."),
}


def addressee(question: Question) -> Iterator[Reason]:
    """Who may not be written to, or not there; an address that is not known of the debtor waits for a manager."""
    forbidden = list(_forbidden(question))
    yield from forbidden
    if not forbidden and _is_strange(question):
        sentence = _(
            "This address is not known of the debtor: enter it with the debtor, or have a manager let the letter leave."
        )
        yield hold(Code.ADDRESSEE, sentence, RGPD)


def _forbidden(question: Question) -> Iterator[Reason]:
    people, to = question.facts.people, plain_address(question.message.recipient)
    for kind, (sentence, article) in _PERSON.items():
        if people.get(kind):
            yield never(Code.ADDRESSEE, sentence, article)
    if _about(people.get(PartyFactKind.OPTED_OUT, ()), to):
        yield never(Code.ADDRESSEE, _("The debtor has asked not to be written to there."), RGPD)
    if to and any(is_same_place(known.value, to) for known in people.get(PartyFactKind.WRONG, ())):
        yield never(Code.ADDRESSEE, _("The address is wrong, or e-mails to it came back."), RGPD)
    if (place := reached_at(to)) and place in map(reached_at, question.facts.ours):
        yield never(Code.ADDRESSEE, _("The recipient is the creditor, or the firm."), RGPD)
    lawyers = people.get(PartyFactKind.LAWYER, ())
    if lawyers and not any(known.value and plain_address(known.value) == to for known in lawyers):
        sentence = _("The debtor is represented by a lawyer: write to the lawyer.")
        yield never(Code.ADDRESSEE, sentence, RGPD)


def _is_strange(question: Question) -> bool:
    """Whether a demand goes by e-mail or phone to where nobody knows the debtor to be."""
    to = plain_address(question.message.recipient)
    if not to or question.message.purpose not in DEMANDS or question.message.channel not in _NAMED_BY_HAND:
        return False
    values = (known.value for kind in _REACHED_THERE for known in question.facts.people.get(kind, ()))
    return to not in {plain_address(one) for one in (*question.facts.debtor_addresses, *values)}


def _about(known: Sequence[Known], to: str) -> bool:
    """Whether this is known of everything, or of the mailbox or the place that an address leads to."""
    return any(not one.value or is_asked_to_leave(one.value, to) for one in known)


def consent(question: Question) -> Iterator[Reason]:
    """An electronic registered letter goes to a private person only with a recorded consent, and only there."""
    facts, to = question.facts, question.message.recipient
    is_private = facts.counts_as_consumer or facts.debtor != Quality.PROFESSIONAL
    has_agreed = _about(facts.people.get(PartyFactKind.CONSENTS_TO_LRE, ()), to)
    if question.message.channel == Channel.ELECTRONIC and is_private and not has_agreed:
        sentence = _("The debtor has not agreed to electronic registered letters.")
        yield never(Code.CONSENT, sentence, "art. L100 du code des postes")


def rhythm(question: Question) -> Iterator[Reason]:
    """The firm's pauses, caps and hours. Nothing is said of whom a debtor owes besides."""
    yield from _pause(question)
    for days, most in ((7, question.policy.per_week), (30, question.policy.per_month)):
        yield from _cap(question, days, most)
    opens = _opening(question, question.moment)
    if opens > question.moment:
        yield _held(question, opens, _("The firm writes on working days and by day: this may leave on {day}."))


def approval(question: Question) -> Iterator[Reason]:
    """A step of a scenario may want a manager to look at each of its messages before it leaves."""
    if question.message.needs_approval:
        yield hold(Code.APPROVAL, _("A manager has to approve it: the step of the scenario says so."))


def scenario(question: Question) -> Iterator[Reason]:
    """What a scenario has made leaves while the scenario runs; that it goes on ends the hold, no manager."""
    if question.message.is_resting:
        yield hold(Code.SCENARIO, _("The scenario that it is of is paused, or switched off."), is_liftable=False)


def _pause(question: Question) -> Iterator[Reason]:
    last = max(question.facts.own, default=None)
    if last is None:
        return
    is_formal = last.is_formal or question.message.purpose == Purpose.FORMAL_NOTICE
    days = question.policy.formal_notice_days if is_formal else question.policy.reminder_days
    zone = question.facts.place.zone
    earliest = datetime.combine(last.at.astimezone(zone).date() + timedelta(days), time(), zone)
    if days and question.moment < earliest:
        sentence = _("The last letter is of {last}: the firm leaves a pause, and this one may leave on {day}.")
        yield _held(question, _opening(question, earliest), sentence, last=f"{last.at.astimezone(zone):%d/%m/%Y}")


def _cap(question: Question, days: int, most: int) -> Iterator[Reason]:
    if not most or len(question.facts.contacts) < most:
        return
    window = timedelta(days)
    recent = sorted(contact.at for contact in question.facts.contacts if contact.at > question.moment - window)
    if len(recent) >= most:
        sentence = _(
            "The firm writes to a debtor {most} times within {days} days at most, for all it works for: this may leave "
            "on {day}."
        )
        yield _held(question, _opening(question, recent[-most] + window), sentence, most=most, days=days)


def _opening(question: Question, moment: datetime) -> datetime:
    place, policy = question.facts.place, question.policy
    opens = opening(moment, place.alike, policy.days, policy.from_hour, policy.until_hour)
    return moment if opens == moment else opens.astimezone(place.zone)


def _held(question: Question, until: datetime, sentence: Promise, **values: Any) -> Reason:
    day = f"{until.astimezone(question.facts.place.zone):%d/%m/%Y}"
    return hold(Code.RHYTHM, sentence, RHYTHM, until=until, day=day, **values)
