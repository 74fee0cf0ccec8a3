"""The account of a case as the API answers it."""

from law.account.canonical import CURRENCY
from law.account.facts import ClaimKind, Head, PaymentState
from law.account.lines import LedgerAccount
from law.account.warnings import Code
from law.interest import RateKind
from legalcity.api.components import (
    COUNT,
    DAY,
    FLAG,
    ID,
    MOMENT,
    MONEY,
    PERCENT,
    TEXT,
    Schema,
    component,
    described,
    fields,
    list_of,
    one_of,
    or_null,
)
from recoveries.ledger.posting_models import Posting

_CLAIM_KIND = one_of(ClaimKind)
CLAIM_KEY = component("ClaimKey", fields({"kind": _CLAIM_KIND, "id": ID}), "An invoice or a further debt of the case.")
WARNING = component("AccountWarning", fields({"code": one_of(Code), "sentence": TEXT}), "What to mind.")
_HEADS: Schema = {"principal": MONEY, "interest": MONEY, "indemnity": MONEY}
_RARE_HEADS: Schema = {"penalty": MONEY, "cost": MONEY}
ALLOCATION = component(
    "Allocation",
    fields({"number": or_null(TEXT), **_HEADS, "article": TEXT}, rarely=_RARE_HEADS),
    "What a payment met of a claim, by head.",
)
_PAYMENT: Schema = {
    "id": ID,
    "on": DAY,
    "amount": MONEY,
    "method": TEXT,
    "reference": TEXT,
    "state": one_of(PaymentState),
    "allocations": list_of(ALLOCATION),
}
PAYMENT = component("Payment", fields(_PAYMENT), "A payment with what it met.")
RECORDED_PAYMENT = component(
    "RecordedPayment",
    fields(
        {
            **_PAYMENT,
            "surplus": described(or_null(MONEY), "What is over of all payments; null while nobody can say."),
            "warnings": list_of(WARNING),
        }
    ),
    "A payment that was recorded.",
)
_CREDIT_NOTE: Schema = {"id": ID, "on": DAY, "amount": MONEY, "reference": TEXT}
CREDIT_NOTE = component("CreditNote", fields(_CREDIT_NOTE), "A lower price that was agreed later.")
RECORDED_CREDIT_NOTE = component(
    "RecordedCreditNote", fields({**_CREDIT_NOTE, "invoice_id": ID}), "A credit note that was recorded."
)
PERIOD = component(
    "InterestPeriod",
    fields(
        {
            "from": DAY,
            "to": DAY,
            "days": COUNT,
            "base": MONEY,
            "percent": PERCENT,
            "interest": MONEY,
            "rate": fields({"kind": one_of(RateKind), "source": or_null(TEXT), "confirmed": FLAG}),
            "article": TEXT,
        }
    ),
    "Days in which interest ran at one rate.",
)
CLAIM = component(
    "Claim",
    fields(
        {
            "kind": _CLAIM_KIND,
            "id": ID,
            "number": TEXT,
            "date": DAY,
            "due_on": DAY,
            "principal": MONEY,
            "part_paid": MONEY,
            "periods": list_of(PERIOD),
            "credit_notes": list_of(CREDIT_NOTE),
            "left": fields(_HEADS, rarely=_RARE_HEADS),
        }
    ),
    "A claim that has fallen due, with its interest.",
)
CLAIM_NOT_DUE = component(
    "ClaimNotDue",
    fields({"kind": _CLAIM_KIND, "id": ID, "number": TEXT, "due_on": DAY, "principal": MONEY}),
    "A claim that has not fallen due.",
)
WAIVER = component(
    "Waiver",
    fields({"id": ID, "on": DAY, "head": one_of(Head), "claim": or_null(CLAIM_KEY), "amount": MONEY}),
    "What was given up.",
)
DECOMPTE = component(
    "Decompte",
    fields(
        {
            "recovery_id": ID,
            "recovery_reference": TEXT,
            "on": DAY,
            "known_on": DAY,
            "currency": one_of([CURRENCY]),
            "state": one_of(["provisional", "final"]),
            "claims": list_of(CLAIM),
            "payments": list_of(PAYMENT),
            "waivers": list_of(WAIVER),
            "penalty": fields({"amount": MONEY, "article": or_null(TEXT)}),
            "not_due": list_of(CLAIM_NOT_DUE),
            "total": fields({**_HEADS, **_RARE_HEADS, "due": MONEY}),
            "per_day": MONEY,
            "surplus": MONEY,
            "warnings": list_of(WARNING),
            "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        }
    ),
    "What is owed on a day: the account of a case.",
)
LINE = component(
    "PostingLine",
    fields(
        {
            "account": one_of(account for account in LedgerAccount if account != LedgerAccount.FEES),
            "head": or_null(one_of(Head)),
            "claim": or_null(CLAIM_KEY),
            "debit": MONEY,
            "credit": MONEY,
            "article": or_null(TEXT),
        }
    ),
    "A line of a posting.",
)
POSTING = component(
    "Posting",
    fields(
        {
            "id": ID,
            "kind": one_of(kind for kind in Posting.Kind if kind != Posting.Kind.REMITTANCE),
            "effective_on": DAY,
            "recorded_at": MOMENT,
            "by": or_null(ID),
            "reason": TEXT,
            "reverses": or_null(ID),
            "supersedes": or_null(ID),
            "lines": list_of(LINE),
        }
    ),
    "What was recorded of the money of a case.",
)
