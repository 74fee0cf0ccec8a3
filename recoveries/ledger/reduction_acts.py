"""Acts that take away from what is owed without money from the debtor, and that give money back."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.amounts import euros
from backoffice.fields import chosen_child, not_in_the_future
from backoffice.origin import staff_of
from invoicing.models import Invoice
from law.interest import NOTHING, RateMissing
from legalcity.lib.clock import today
from legalcity.lib.form_fields import AmountField, DayField, TextField
from legalcity.lib.money import CENT
from legalcity.lib.settings.live import live
from recoveries.ledger.acts import invoices_here, lives_here, remaining
from recoveries.ledger.choices import REASON_LENGTH, EntryChoice, InvoiceChoice, OwedChoice, part_read
from recoveries.ledger.gathering import facts_here
from recoveries.ledger.posting import Source
from recoveries.ledger.reckoning import reckoned
from recoveries.ledger.reductions import (
    OwedPart,
    credit_note_record,
    owed_parts,
    refund_record,
    refundable,
    surplus_move,
    waiver_record,
)
from recoveries.models import Acompte, Recovery

PERMISSION = "recoveries.record_payment"


class ReductionForm(forms.Form):
    """How much, when, why."""

    amount = AmountField(label=gettext_lazy("Amount, EUR"), min_value=CENT)
    day = DayField(label=gettext_lazy("Date"), initial=today, validators=[not_in_the_future])
    reason = TextField(label=gettext_lazy("Reason"), max_length=REASON_LENGTH)


# --- credit notes ----------------------------------------------------------------------------------------------------
class CreditNoteForm(ReductionForm):
    """A lower price of an invoice."""

    invoice = InvoiceChoice(queryset=Invoice.objects.none(), label=gettext_lazy("Invoice"))
    reference = TextField(label=gettext_lazy("Number of the credit note"), required=False, max_length=255)
    confirmed = forms.BooleanField(
        label=gettext_lazy("It is another one, of the same invoice, amount, day and number"), required=False
    )
    field_order = ("invoice", "amount", "day", "reference", "reason", "confirmed")

    def __init__(self, *args: Any, invoices: Any, chosen: Invoice | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["invoice"].among(invoices, chosen)  # type: ignore[attr-defined]


def _credit_note_options(request: HttpRequest, case: Recovery) -> dict[str, Any]:
    invoices = invoices_here(case).order_by("-invoice_date", "-id")
    chosen = chosen_child(invoices, request.GET.get("invoice", ""))
    return {"invoices": invoices, "chosen": chosen, "initial": {"invoice": chosen and chosen.pk}}


def _credit_note(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    told = {name: data[name] for name in ("amount", "day", "reference", "reason", "confirmed")}
    invoice_id = data["invoice"].pk
    credit_note_record(recovery_id=case.pk, invoice_id=invoice_id, by=staff_of(request), source=Source.STAFF, **told)
    return remaining(case, _("Credit note recorded."))


def _credit_note_explained(_case: Recovery) -> str:
    sentence = _(
        "A lower price that the creditor agreed later: the principal of the invoice falls from that day on, and with "
        "it the interest. What was paid beyond it becomes surplus. On one case up to {limit} may be credited; beyond "
        "that a manager enters it."
    )
    return sentence.format(limit=euros(live.CREDIT_NOTE_LIMIT))


# --- what is given up ------------------------------------------------------------------------------------------------
class WaiverForm(ReductionForm):
    """Which part of what is owed is given up."""

    part = OwedChoice(label=gettext_lazy("Of what"))
    field_order = ("part", "amount", "day", "reason")

    def __init__(self, *args: Any, parts: list[OwedPart], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["part"].among(parts)  # type: ignore[attr-defined]


def _waiver_options(request: HttpRequest, case: Recovery) -> dict[str, Any]:
    """What is owed today; of one invoice alone when the address names it. Nothing while a rate is missing."""
    account = reckoned(facts_here(case), today())
    parts = [] if isinstance(account, RateMissing) else list(owed_parts(account))
    asked = request.GET.get("invoice", "")
    return {"parts": [part for part in parts if not asked or (part.claim and str(part.claim.id) == asked)]}


def _waiver(is_writeoff: bool, request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    claim, head = part_read(data["part"])
    told = {name: data[name] for name in ("amount", "day", "reason")}
    waiver_record(recovery_id=case.pk, head=head, claim=claim, is_writeoff=is_writeoff, by=staff_of(request), **told)
    return remaining(case, _("Written off.") if is_writeoff else _("Waiver recorded."))


def _waiver_explained(_case: Recovery) -> str:
    sentence = _(
        "The creditor gives up what he could claim (art. 1350 C. civ.): make sure that he said so. It is no longer "
        "asked of the debtor. On one case up to {limit} may be given up; beyond that a manager enters it."
    )
    return sentence.format(limit=euros(live.WAIVER_LIMIT))


def _writeoff_explained(_case: Recovery) -> str:
    sentence = _(
        "The amount is no longer claimed from the debtor and counts as lost. On one case up to {limit} may be written "
        "off; beyond that a manager does it."
    )
    return sentence.format(limit=euros(live.WRITEOFF_LIMIT))


# --- what is given back ----------------------------------------------------------------------------------------------
class RefundForm(ReductionForm):
    """Of which payment something is given back."""

    payment = EntryChoice(queryset=Acompte.objects.none(), label=gettext_lazy("Payment"))
    field_order = ("payment", "amount", "day", "invoice", "reason")

    def __init__(self, *args: Any, payments: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["payment"].among(payments, None)  # type: ignore[attr-defined]


def _refund_options(_request: HttpRequest, case: Recovery) -> dict[str, Any]:
    """The payments of which something may be given back, and how much of the newest."""
    facts = facts_here(case)
    account = reckoned(facts, today())
    if isinstance(account, RateMissing):
        return {"payments": Acompte.objects.none()}
    over = {one.id: amount for one in facts.payments if (amount := refundable(account, facts, one)) > NOTHING}
    payments = Acompte.objects.filter(recovery=case, pk__in=over).order_by("-date", "-id")
    first = payments.first()
    return {"payments": payments, "initial": {"payment": first.pk, "amount": over[first.pk]} if first else {}}


def _refund(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    told = {name: data[name] for name in ("amount", "day", "reason")}
    refund_record(recovery_id=case.pk, payment_id=data["payment"].pk, by=staff_of(request), **told)
    return remaining(case, _("Refund recorded."))


class SurplusForm(RefundForm):
    """Against what the surplus of a payment is laid."""

    invoice = InvoiceChoice(
        queryset=Invoice.objects.none(),
        label=gettext_lazy("Invoice that the debtor chose"),
        required=False,
        help_text=gettext_lazy("Without one it goes to what is due, the oldest first (art. 1342-10 C. civ.)."),
    )

    def __init__(self, *args: Any, invoices: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["invoice"].among(invoices, None)  # type: ignore[attr-defined]


def _surplus_options(request: HttpRequest, case: Recovery) -> dict[str, Any]:
    return {**_refund_options(request, case), "invoices": invoices_here(case).order_by("-invoice_date", "-id")}


def _surplus(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    told = {name: data[name] for name in ("amount", "day", "reason")}
    invoice = data["invoice"]
    surplus_move(
        recovery_id=case.pk,
        payment_id=data["payment"].pk,
        invoice_id=invoice and invoice.pk,
        by=staff_of(request),
        **told,
    )
    return remaining(case, _("Surplus moved."))


def _has_surplus(request: HttpRequest, case: Recovery) -> bool:
    balance = getattr(case, "balance", None)
    return lives_here(request, case) and balance is not None and bool(balance.surplus)


CREDIT_NOTE = ObjectAction(
    name="credit-note",
    label=gettext_lazy("Record a credit note"),
    permission=PERMISSION,
    perform=_credit_note,
    form=CreditNoteForm,
    form_options=_credit_note_options,
    is_offered=lives_here,
    explain=_credit_note_explained,
)
WAIVE = ObjectAction(
    name="waive",
    label=gettext_lazy("Give a part up (remise)"),
    permission=PERMISSION,
    perform=partial(_waiver, False),
    form=WaiverForm,
    form_options=_waiver_options,
    is_offered=lives_here,
    explain=_waiver_explained,
)
WRITE_OFF = ObjectAction(
    name="write-off",
    label=gettext_lazy("Write off as lost"),
    permission=PERMISSION,
    perform=partial(_waiver, True),
    form=WaiverForm,
    form_options=_waiver_options,
    is_offered=lives_here,
    explain=_writeoff_explained,
)
REFUND = ObjectAction(
    name="refund-surplus",
    label=gettext_lazy("Give the surplus back"),
    permission=PERMISSION,
    perform=_refund,
    form=RefundForm,
    form_options=_refund_options,
    is_offered=_has_surplus,
    explain=gettext_lazy(
        "What the debtor paid beyond what was owed is given back (art. 1302 C. civ.). Record it when the money has "
        "left."
    ),
)
MOVE_SURPLUS = ObjectAction(
    name="move-surplus",
    label=gettext_lazy("Move the surplus to a claim"),
    permission=PERMISSION,
    perform=_surplus,
    form=SurplusForm,
    form_options=_surplus_options,
    is_offered=_has_surplus,
    explain=gettext_lazy(
        "What the debtor paid beyond what was owed pays what is owed since: it is recorded as given back, and as "
        "received anew on the day. The debtor gets a receipt, the creditor a notice, as for every payment."
    ),
)
