"""Answers of the calls on the account of a case, as the reference shows them."""

from typing import Any

Samples = dict[int, Any]


def _taken(data: Any, message: str) -> dict[str, Any]:
    return {"success": True, "data": data, "message": message}


def _refused(message: str, **more: Any) -> dict[str, Any]:
    return {"success": False, "message": message, **more}


ARTICLE = "art. 1342-10, 1343-1 C. civ."
_MET = {"number": "2026-014", "interest": "173.76", "principal": "1326.24", "indemnity": "0.00", "article": ARTICLE}
_PAID = {
    "id": 7,
    "on": "2026-06-10",
    "amount": "1500.00",
    "method": "Virement",
    "reference": "VIR 12",
    "state": "received",
    "allocations": [_MET],
}
_PERIOD = {
    "from": "2026-03-16",
    "to": "2026-06-10",
    "days": 87,
    "base": "6000.00",
    "percent": "12.15",
    "interest": "173.76",
    "rate": {"kind": "ecb_plus_10", "source": "Banque centrale européenne", "confirmed": True},
    "article": "art. L441-10 C. com.",
}
_CLAIM = {
    "kind": "invoice",
    "id": 41,
    "number": "2026-014",
    "date": "2026-02-13",
    "due_on": "2026-03-15",
    "principal": "6000.00",
    "part_paid": "0.00",
    "periods": [_PERIOD],
    "credit_notes": [{"id": 88, "on": "2026-07-01", "amount": "100.00", "reference": "AV-1"}],
    "left": {"principal": "4573.76", "interest": "270.88", "indemnity": "0.00"},
}
_TOTAL = {
    "principal": "4573.76",
    "interest": "270.88",
    "indemnity": "0.00",
    "penalty": "0.00",
    "cost": "0.00",
    "due": "4844.64",
}
_ACCOUNT = {
    "recovery_id": 25,
    "recovery_reference": "REC-AB12CD",
    "on": "2026-11-28",
    "known_on": "2026-11-28",
    "currency": "EUR",
    "state": "final",
    "claims": [_CLAIM],
    "payments": [_PAID],
    "waivers": [
        {
            "id": 90,
            "on": "2026-07-01",
            "head": "indemnity",
            "claim": {"kind": "invoice", "id": 41},
            "amount": "40.00",
        },
    ],
    "penalty": {"amount": "0.00", "article": None},
    "not_due": [{"kind": "invoice", "id": 42, "number": "2026-015", "due_on": "2027-01-31", "principal": "2400.00"}],
    "total": _TOTAL,
    "per_day": "1.55",
    "surplus": "0.00",
    "warnings": [{"code": "not_assigned", "sentence": "A payment names no invoice: it met the oldest due."}],
    "sha256": "9f2c" + "0" * 60,
}
DECOMPTE: Samples = {
    200: _taken(_ACCOUNT, "Account retrieved successfully"),
    409: _refused(
        "No interest rate is known for 16/03/2026: staff enter it in the catalogue of rates.",
        errors={"on": ["No interest rate is known for 16/03/2026: staff enter it in the catalogue of rates."]},
        code="rate_missing",
        codes={"on": ["invalid"]},
    ),
}
PAPER: Samples = {200: "%PDF-1.7", 409: DECOMPTE[409]}
_LINES = [
    {"account": "bank", "head": None, "claim": None, "debit": "1500.00", "credit": "0.00", "article": None},
    {
        "account": "debtor",
        "head": "principal",
        "claim": {"kind": "invoice", "id": 41},
        "debit": "0.00",
        "credit": "1500.00",
        "article": ARTICLE,
    },
]
_POSTING = {
    "id": 90,
    "kind": "payment",
    "effective_on": "2026-06-10",
    "recorded_at": "2026-06-11T08:00:00.000000Z",
    "by": 4,
    "reason": "",
    "reverses": None,
    "supersedes": None,
    "lines": _LINES,
}
POSTINGS: Samples = {200: _taken({"items": [_POSTING], "next": None}, "Postings retrieved successfully")}
PAYMENT_BODY = {"amount": "1500.00", "date": "2026-06-10", "method": "Virement", "reference": "VIR 12"}
PAYMENT: Samples = {
    201: _taken({**_PAID, "surplus": "0.00", "warnings": []}, "Payment recorded successfully"),
    409: _refused(
        'A payment of this amount, day and reference is recorded already. Send "confirm": true to add it.',
        code="duplicate_payment",
        payment_id=7,
    ),
}
CREDIT_NOTE_BODY = {"invoice_id": 41, "amount": "100.00", "date": "2026-07-01", "reference": "AV-1"}
CREDIT_NOTE: Samples = {
    201: _taken(
        {"id": 88, "on": "2026-07-01", "amount": "100.00", "reference": "AV-1", "invoice_id": 41},
        "Credit note recorded successfully",
    ),
    409: _refused(
        'A credit note of this invoice, amount, day and reference is recorded already. Send "confirm": true to add it.',
        code="duplicate_credit_note",
        credit_note_id=88,
    ),
}
