"""Whether a letter that demands money may leave: all that speaks against it, each with its article. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from law.eligibility import Reason
from law.limitation import LastDays, Starts, last_days, limitation_for
from law.parties import Party
from law.vocabulary import CompanyType, Matter


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the guard looks at, on the day on which the letter would leave.

    is_open            the case is amicable, open and has both parties
    has_firm           name and address of the firm are known; `has_creditor`: those of the creditor
    due                what may be demanded on the day, in EUR: due and not barred, by the account
    is_provisional     a rate of interest was carried on past its half-year, so that the sum may still change
    is_later           something is claimed that is not due yet
    is_barred          something is due that may no longer be asked for (`protected_until`)
    is_held            something is due that perhaps may no longer be asked for, and no manager has lifted that hold
    is_in_dispute      the debtor disputes the claim
    has_changed        the letter names another sum than the account of the day on which it was written
    last_letter        the day of the last letter about this case that left, or is about to
    pause              days that the firm leaves between that letter and this one
    """

    is_open: bool
    has_firm: bool
    has_creditor: bool
    due: Decimal
    is_later: bool
    is_barred: bool
    is_held: bool
    is_in_dispute: bool
    has_changed: bool
    last_letter: date | None
    pause: int
    is_provisional: bool = False


def refusals(facts: Facts, on: date) -> tuple[Reason, ...]:
    """All that speaks against the letter on the day `on`; nothing when it may leave."""
    return (*_of_mentions(facts), *_of_claim(facts), *_of_rhythm(facts, on))


def protected_until(
    starts: Starts | None,
    *,
    creditor: Party | None,
    debtor: Party | None,
    matter: Matter,
    payments: Collection[date] = (),
    acknowledged: Collection[date] = (),
) -> LastDays | None:
    """The last days on which a consumer may be asked for a claim that limitation runs against from `starts`.

    Article L218-2 C. conso. protects consumers: private persons, and whoever is of no known kind. None for others.
    """
    if starts is None or (debtor is not None and debtor.kind not in (None, "") and not debtor.is_consumer):
        return None
    consumer = replace(debtor or Party(None, None), kind=CompanyType.PARTICULAR)
    limitation = limitation_for(creditor, consumer, matter)
    return last_days(starts, limitation, payments=payments, acknowledged=acknowledged)


def _of_mentions(facts: Facts) -> Iterator[Reason]:
    article = "art. R124-4 CPCE"
    if not facts.has_firm:
        sentence = _("The firm's name and address are not complete: enter them in the system settings.")
        yield Reason("firm", sentence, article)
    if not facts.has_creditor:
        yield Reason("creditor", _("The creditor's name and address are not complete."), article)


def _of_claim(facts: Facts) -> Iterator[Reason]:
    if not facts.is_open:
        sentence = _("There is nothing to remind of: the case is closed, before a court, or lacks a party.")
        yield Reason("nothing_due", sentence)
    elif facts.due <= 0:
        yield _nothing_due(facts)
    if facts.is_provisional:
        yield Reason("provisional", _("The rate of the present half-year is not known yet: the sum may still change."))
    if facts.is_held:
        sentence = _(
            "What is due is time-barred unless the payments or the due date prolonged the time: a manager has to lift "
            "the hold."
        )
        yield Reason("limitation_held", sentence, "art. L218-2 C. conso., art. 2233, 2240 C. civ.")
    if facts.is_in_dispute:
        yield Reason("dispute", _("The debtor disputes the claim."), "art. 1412 CPC")
    if facts.has_changed:
        yield Reason("figures", _("What is due has changed since the letter was written: write a new one."))


def _nothing_due(facts: Facts) -> Reason:
    if facts.is_barred:
        sentence = _("What is due is time-barred and may not be asked for from a consumer.")
        return Reason("barred", sentence, "art. L218-2 C. conso.")
    if facts.is_later:
        sentence = _("Nothing is due yet: a claim is demanded from its due date on.")
        return Reason("not_due", sentence, "art. 1305-2 C. civ.")
    return Reason("nothing_due", _("Nothing is due by the account of the day."))


def _of_rhythm(facts: Facts, on: date) -> Iterator[Reason]:
    """No French text fixes a number of days: it is the firm's policy, for the sake of the article."""
    if facts.last_letter is None or not facts.pause:
        return
    earliest = facts.last_letter + timedelta(days=facts.pause)
    if on < earliest:
        sentence = _("The last letter is of {last}: the firm leaves a pause, and this one may leave on {earliest}.")
        told = format_lazy(sentence, last=f"{facts.last_letter:%d/%m/%Y}", earliest=f"{earliest:%d/%m/%Y}")
        yield Reason("rhythm", told, "art. L121-6 C. conso.")
