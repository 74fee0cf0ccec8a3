"""What happens to the money of a case: what is told of it, in ids, amounts and days."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from events.schemas import AMOUNT, DAY, FLAG, ID, fields, one_of, or_null, plain, thing, told
from events.services import Ref, Told
from events.types import EventType, Json, event_type
from invoicing.events import INVOICE_SETTLED, invoice_named
from law.account.decompte import Decompte
from law.account.facts import Claim, ClaimKind, CreditNote, DebtHead, Head, Waiver
from law.interest import NOTHING, RateMissing
from legalcity.lib.dates import PARIS
from legalcity.lib.money import money_text
from recoveries.events import RECOVERY_PAID, case_event
from recoveries.ledger.book import PAYMENT
from recoveries.ledger.drafting import Draft
from recoveries.ledger.models import Entry
from recoveries.ledger.posting_models import Posting
from recoveries.ledger.remittance_models import Remittance
from recoveries.models import Acompte, Dette, Recovery

PAYMENTS = (Posting.Kind.PAYMENT, Posting.Kind.DIRECT_PAYMENT)
_REASON = one_of(Entry.Reason)
_CLAIM = or_null(fields({"kind": one_of(ClaimKind), "id": ID}))


def _of_case(kind: str, number: int) -> tuple[Json, Json]:
    """How a thing of a case is named: the schema and an example."""
    return thing(kind, {"recovery_id": ID}), {"type": kind, "id": number, "recovery_id": 25}


_PAYMENT, _PAID = _of_case("payment", 7)
_DEBT, _OWED = _of_case("debt", 3)
_NOTE, _NOTED = _of_case("credit_note", 88)
_WAIVER, _WAIVED = _of_case("waiver", 90)
_WRITEOFF, _LOST = _of_case("writeoff", 91)
_GIVEN_UP = fields({"amount": AMOUNT, "on": DAY, "head": one_of(Head), "claim": _CLAIM})
_GIVEN: Json = {"amount": "40.00", "on": "2026-07-01", "head": "indemnity", "claim": {"kind": "invoice", "id": 41}}

PAYMENT_RECORDED = event_type(
    "payment.recorded",
    _("A payment was recorded; `due` is what is owed after it."),
    told(
        _PAYMENT,
        current=fields(
            {
                "amount": AMOUNT,
                "on": DAY,
                "is_direct": FLAG,
                "invoice_id": or_null(ID),
                "hand_over_by": or_null(DAY),
                "due": or_null(AMOUNT),
            }
        ),
    ),
    {
        "object": _PAID,
        "current": {
            "amount": "1500.00",
            "on": "2026-06-10",
            "is_direct": False,
            "invoice_id": None,
            "hand_over_by": "2026-07-10",
            "due": "7572.53",
        },
    },
)
PAYMENT_REVERSED = event_type(
    "payment.reversed",
    _("A payment was taken back; `due` is what is owed after it."),
    told(_PAYMENT, current=fields({"amount": AMOUNT, "on": DAY, "reason": _REASON, "due": or_null(AMOUNT)})),
    {
        "object": _PAID,
        "current": {"amount": "1500.00", "on": "2026-06-10", "reason": "rejected", "due": "9104.94"},
    },
)
PAYMENT_REALLOCATED = event_type(
    "payment.reallocated",
    _("A payment meets something else than before, because of a fact that came later."),
    told(_PAYMENT, current=fields({"amount": AMOUNT, "on": DAY})),
    {"object": _PAID, "current": {"amount": "1500.00", "on": "2026-06-10"}},
)
DEBT_RECORDED = event_type(
    "debt.recorded",
    _("A debt was recorded beside the invoices."),
    told(_DEBT, current=fields({"amount": AMOUNT, "on": DAY, "head": one_of(DebtHead)})),
    {"object": _OWED, "current": {"amount": "120.00", "on": "2026-06-01", "head": "deposit"}},
)
DEBT_CANCELLED = event_type(
    "debt.cancelled",
    _("A debt beside the invoices was taken back."),
    told(_DEBT, current=fields({"amount": AMOUNT, "on": DAY, "head": one_of(DebtHead), "reason": _REASON})),
    {"object": _OWED, "current": {"amount": "120.00", "on": "2026-06-01", "head": "deposit", "reason": "mistake"}},
)
CREDIT_NOTE_RECORDED = event_type(
    "credit_note.recorded",
    _("A lower price of an invoice was recorded."),
    told(_NOTE, current=fields({"amount": AMOUNT, "on": DAY, "invoice_id": ID})),
    {"object": _NOTED, "current": {"amount": "1000.00", "on": "2026-07-01", "invoice_id": 41}},
)
WAIVER_RECORDED = event_type(
    "waiver.recorded",
    _("The creditor gave up a part of what is owed."),
    told(_WAIVER, current=_GIVEN_UP),
    {"object": _WAIVED, "current": _GIVEN},
)
WRITEOFF_RECORDED = event_type(
    "writeoff.recorded",
    _("A part of what is owed was written off as lost."),
    told(_WRITEOFF, current=_GIVEN_UP),
    {"object": _LOST, "current": _GIVEN},
)

_REMITTANCE = thing("remittance", {})
REMITTANCE_SENT = event_type(
    "remittance.sent",
    _("Money that was received for the client was handed over, less the fees that the firm retains."),
    told(_REMITTANCE, current=fields({"amount": AMOUNT, "fees": AMOUNT, "on": DAY})),
    {
        "object": {"type": "remittance", "id": 2},
        "current": {"amount": "1425.00", "fees": "75.00", "on": "2026-07-01"},
    },
)


def payment_event(payment: Acompte, *, case: Recovery, account: Decompte | RateMissing, by: User | None) -> Told:
    """A payment that was recorded; it became true on its own day."""
    current = {
        "amount": money_text(payment.amount),
        "on": plain(payment.date),
        "is_direct": payment.is_direct,
        "invoice_id": payment.invoice_id,
        "hand_over_by": plain(payment.hand_over_by),
        "due": _due(account),
    }
    return _event(PAYMENT_RECORDED, "payment", payment.pk, case, current, by=by, on=payment.date)


def payment_reversed_event(
    payment: Acompte, reversal: Acompte, *, case: Recovery, account: Decompte | RateMissing, by: User | None
) -> Told:
    """A payment that was taken back."""
    current = {
        "amount": money_text(payment.amount),
        "on": plain(payment.date),
        "reason": reversal.reason,
        "due": _due(account),
    }
    return _event(PAYMENT_REVERSED, "payment", payment.pk, case, current, by=by)


def reallocated_events(drafts: Iterable[tuple[Recovery, Draft]], *, by: User | None) -> Iterator[Told]:
    """The payments among what is posted that were posted before and meet something else now."""
    for case, draft in drafts:
        payment = draft.facts.get(PAYMENT) if draft.kind in PAYMENTS and draft.supersedes is not None else None
        if payment is not None:
            current = {"amount": money_text(payment["amount"]), "on": plain(draft.on)}
            yield _event(PAYMENT_REALLOCATED, "payment", payment["id"], case, current, by=by)


def remittance_event(remittance: Remittance, *, by: User | None) -> Told:
    """Money that was handed over."""
    current = {
        "amount": money_text(remittance.amount),
        "fees": money_text(remittance.fees),
        "on": plain(remittance.paid_on),
    }
    return Told(
        type=REMITTANCE_SENT,
        owner_id=remittance.owner_id,
        obj=Ref("remittance", remittance.pk),
        data={"object": {"type": "remittance", "id": remittance.pk}, "current": current},
        effective_at=datetime.combine(remittance.paid_on, time.min, PARIS),
        by=by,
    )


def debt_event(debt: Dette, *, case: Recovery, by: User | None, reversal: Dette | None = None) -> Told:
    """A debt that was recorded, or with `reversal` taken back."""
    current = {"amount": money_text(debt.amount), "on": plain(debt.date), "head": debt.head}
    if reversal is None:
        return _event(DEBT_RECORDED, "debt", debt.pk, case, current, by=by, on=debt.date)
    return _event(DEBT_CANCELLED, "debt", debt.pk, case, {**current, "reason": reversal.reason}, by=by)


def credit_note_event(note: CreditNote, *, case: Recovery, by: User | None) -> Told:
    """A credit note; its id is that of its posting."""
    current = {"amount": money_text(note.amount), "on": plain(note.on), "invoice_id": note.claim[1]}
    return _event(CREDIT_NOTE_RECORDED, "credit_note", note.id, case, current, by=by, on=note.on)


def waiver_event(waiver: Waiver, *, case: Recovery, by: User | None) -> Told:
    """What the creditor gave up, or wrote off; its id is that of its posting."""
    claim = {"kind": waiver.claim[0].value, "id": waiver.claim[1]} if waiver.claim else None
    current = {"amount": money_text(waiver.amount), "on": plain(waiver.on), "head": waiver.head.value, "claim": claim}
    declared, kind = (WRITEOFF_RECORDED, "writeoff") if waiver.is_writeoff else (WAIVER_RECORDED, "waiver")
    return _event(declared, kind, waiver.id, case, current, by=by, on=waiver.on)


def paid_event(case: Recovery) -> Told:
    """The ledger says that nothing is owed any more."""
    return case_event(RECOVERY_PAID, case, by=None)


def settled_events(
    case: Recovery, before: Decompte | RateMissing, after: Decompte | RateMissing, *, by: User | None
) -> Iterator[Told]:
    """Invoices of which something was owed before and nothing is any more; nothing is told while a rate is missing."""
    if isinstance(before, RateMissing) or isinstance(after, RateMissing):
        return
    left = {claim.key: owed for claim, owed in _owed(after)}
    for claim, owed in _owed(before):
        if claim.kind == ClaimKind.INVOICE and owed and left.get(claim.key) == NOTHING:
            data = {"object": invoice_named(claim.id, case.pk, claim.number)}
            ref = Ref("invoice", claim.id)
            yield Told(type=INVOICE_SETTLED, owner_id=case.owner_id, obj=ref, recovery_id=case.pk, data=data, by=by)


def _owed(account: Decompte) -> Iterator[tuple[Claim, Decimal]]:
    yield from ((row.claim, row.left.due) for row in account.claims)
    yield from ((row.claim, row.principal) for row in account.not_due)


def _due(account: Decompte | RateMissing) -> str | None:
    return None if isinstance(account, RateMissing) else plain(account.total.due)


def _event(
    declared: EventType,
    kind: str,
    pk: int,
    case: Recovery,
    current: dict[str, Any],
    *,
    by: User | None,
    on: date | None = None,
) -> Told:
    return Told(
        type=declared,
        owner_id=case.owner_id,
        obj=Ref(kind, pk),
        recovery_id=case.pk,
        data={"object": {"type": kind, "id": pk, "recovery_id": case.pk}, "current": current},
        effective_at=datetime.combine(on, time.min, PARIS) if on else None,
        by=by,
    )
