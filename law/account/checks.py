"""What is refused before it becomes a fact, with a sentence for the person who enters it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from legalcity.lib.errors import Sentence

from law.account.facts import Claim, ClaimKind, CreditNote, Facts, Head, Payment, PaymentState, Waiver
from law.account.naming import folded, named_in
from law.account.opening import claim_order
from law.interest import NOTHING

FIRST_DAY = date(1990, 1, 1)
LIMIT = Decimal(10) ** 12  # Twelve digits before the point

Refusal = tuple[str, Sentence]  # the name of the value, and why


def entry_refusals(amount: Decimal, on: date, today: date) -> Iterator[Refusal]:
    """Why an amount (EUR) or a day can be neither that of a payment nor of anything else that is entered."""
    yield from _amount_refusals(amount)
    yield from _day_refusals(on, today)


def payment_refusals(facts: Facts, payment: Payment, today: date) -> Iterator[Refusal]:
    """Why `payment` cannot be recorded on the case of `facts`, by `amount` or `on`; nothing when it can.

    It may not come before the invoice that it names; when it names none, not before the earliest claim.
    """
    yield from entry_refusals(payment.amount, payment.on, today)
    named = named_invoice(facts, payment)
    days = [named.issued_on] if named else [claim.issued_on for claim in facts.claims]
    if days and payment.on < min(days):
        sentence = _("The claim that is paid is of {about}: the payment cannot come before it.")
        yield "on", format_lazy(sentence, about=f"{min(days):%d/%m/%Y}")


def credit_note_refusals(facts: Facts, note: CreditNote, today: date) -> Iterator[Refusal]:
    """Why `note` cannot be recorded: nobody takes more away from an invoice, by credit notes and by what is given up,
    than its amount less its part payment."""
    refusals = list(entry_refusals(note.amount, note.on, today))
    yield from refusals
    claim = next((claim for claim in facts.claims if claim.key == note.claim), None)
    if claim is None or any(name == "amount" for name, _sentence in refusals):
        return
    earlier = sum(one.amount for one in facts.credit_notes if one.claim == note.claim and one.id != note.id)
    if earlier + note.amount > claim.principal:
        yield "amount", _("A credit note cannot exceed what was asked for the invoice.")
    elif (left := max(claim.principal - taken_off(facts, claim), NOTHING)) < note.amount:
        sentence = _("A part of this invoice was given up: a credit note cannot exceed what is left ({about}).")
        yield "amount", format_lazy(sentence, about=f"{left:.2f}")
    if note.on < claim.issued_on:
        yield "on", _("A credit note cannot come before its invoice.")


def taken_off(facts: Facts, claim: Claim) -> Decimal:
    """What the creditor took off the principal of a claim: credit notes, waivers, losses."""
    notes = (one.amount for one in facts.credit_notes if one.claim == claim.key)
    waivers = (
        one.amount for one in facts.waivers if one.claim == claim.key and one.head in (Head.PRINCIPAL, Head.COST)
    )
    return sum((*notes, *waivers), NOTHING)


def first_taken_on(facts: Facts, claim: Claim) -> date | None:
    """The first day on which the creditor took something off a claim, under whatever head."""
    taken: list[CreditNote | Waiver] = [*facts.credit_notes, *facts.waivers]
    return min((one.on for one in taken if one.claim == claim.key), default=None)


def same_payment(facts: Facts, payment: Payment) -> int | None:
    """The id of a payment of the same amount, day and reference, if there is one: it may have been recorded twice."""
    asked = (payment.amount, payment.on, folded(payment.reference))
    counted = (one for one in facts.payments if one.state != PaymentState.REVERSED)
    return min((one.id for one in counted if (one.amount, one.on, folded(one.reference)) == asked), default=None)


def same_credit_note(facts: Facts, note: CreditNote) -> int | None:
    """The id of a credit note of the same invoice, amount, day and number, if there is one."""
    asked = (note.claim, note.amount, note.on, folded(note.reference))
    same = (one.id for one in facts.credit_notes if (one.claim, one.amount, one.on, folded(one.reference)) == asked)
    return min(same, default=None)


def named_invoice(facts: Facts, payment: Payment) -> Claim | None:
    """The invoice that a payment names: by its id, else by its number as a whole word of the label."""
    invoices = [claim for claim in facts.claims if claim.kind == ClaimKind.INVOICE]
    if payment.invoice_id is not None:
        return next((claim for claim in invoices if claim.id == payment.invoice_id), None)
    invoices.sort(key=claim_order)
    places = named_in(folded(payment.reference), [folded(claim.number) for claim in invoices])
    return next((invoices[place] for place in places), None)


def _amount_refusals(amount: Decimal) -> Iterator[Refusal]:
    if not amount.is_finite() or amount <= 0:
        yield "amount", _("The amount must be greater than zero.")
    elif amount >= LIMIT:
        yield "amount", _("The amount must have at most twelve digits before the decimal point.")
    elif amount != amount.quantize(Decimal("0.01")):
        yield "amount", _("The amount must have at most two decimals.")


def _day_refusals(on: date, today: date) -> Iterator[Refusal]:
    if on < FIRST_DAY:
        yield "on", _("The day cannot be before 1990.")
    elif on > today:
        yield "on", _("The day cannot be in the future.")
