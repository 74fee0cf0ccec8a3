"""The décompte as the one object that everybody reads, and the fingerprint by which two readers know it is the same."""

import hashlib
from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from law.account.decompte import PENALTY, AllocationRow, Amounts, ClaimRow, Decompte, NotDueRow, PaymentRow
from law.account.facts import CreditNote, Waiver
from law.interest import Rate, RateKind, Segment

Object = dict[str, Any]

CURRENCY = "EUR"
INCREASED = "art. L313-3 CMF"


def canonical(told: Decompte) -> Object:
    """`told` as JSON values: amounts as text with two places, days as `2026-11-28`, keys as the API gives them."""
    body = _body(told)
    return {**body, "sha256": _sha256(body, told)}


def fingerprint(told: Decompte) -> str:
    """The SHA-256 of the canonical object, in hexadecimal.

    Over its JSON with sorted keys, without spaces, in UTF-8. Left out are itself, a `known_on` that nobody asked for,
    and the sentences of warnings: they are in the reader's language, the figures in none.
    """
    return _sha256(_body(told), told)


def _sha256(body: Object, told: Decompte) -> str:
    left_out = set() if told.is_known_on_asked else {"known_on"}
    kept = {key: value for key, value in body.items() if key not in left_out}
    kept["warnings"] = [warning["code"] for warning in body["warnings"]]
    return hashlib.sha256(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _body(told: Decompte) -> Object:
    rates, days = _Rates(), _Days()
    return {
        "recovery_id": told.recovery_id,
        "recovery_reference": told.recovery_reference,
        "on": told.on.isoformat(),
        "known_on": told.known_on.isoformat(),
        "currency": CURRENCY,
        "state": "provisional" if told.is_provisional else "final",
        "claims": [_claim(row, rates, days) for row in told.claims],
        "payments": [payment_told(row) for row in told.payments],
        "waivers": [_waiver(waiver) for waiver in told.waivers],
        "penalty": {"amount": _text(told.penalty), "article": PENALTY if told.penalty else None},
        "not_due": [_not_due(row) for row in told.not_due],
        "total": {**dict(zip(Amounts._fields, map(_text, told.total), strict=True)), "due": _text(told.total.due)},
        "per_day": _text(told.per_day),
        "surplus": _text(told.surplus),
        "warnings": [{"code": str(code), "sentence": str(sentence)} for code, sentence in told.warnings],
    }


def _text(amount: Decimal) -> str:
    """With two places, which most amounts have."""
    text = str(amount)
    return text if text[-3:-2] == "." else f"{amount:.2f}"


_PLACES = [f"{cents:02d}" for cents in range(100)]


def _cents(whole: int) -> str:
    return f"{whole // 100}.{_PLACES[whole % 100]}"


class _Rates(dict[int, Object]):
    """Each rate is put into words once, as the entry of its table that it is: a case has few rates, many periods."""

    def told(self, rate: Rate) -> Object:
        """What is said of a rate."""
        if id(rate) not in self:
            told = {"kind": str(rate.kind), "source": rate.source or None, "confirmed": rate.confirmed}
            self[id(rate)] = {"percent": _text(rate.percent), "rate": told}
        return self[id(rate)]


class _Days(dict[date, str]):
    """So is each day: periods end with the half-year."""

    def __missing__(self, day: date) -> str:
        self[day] = day.isoformat()
        return self[day]


def _claim(row: ClaimRow, rates: _Rates, days: _Days) -> Object:
    claim, left = row.claim, row.left
    return {
        "kind": str(claim.kind),
        "id": claim.id,
        "number": claim.number,
        "date": days[claim.issued_on],
        "due_on": days[row.due_on],
        "principal": _text(claim.principal),
        "part_paid": _text(claim.part_paid),
        "periods": [_period(row, segment, rates.told(segment.rate), days) for segment in row.segments],
        "credit_notes": [credit_note_told(note) for note in row.credit_notes],
        "left": {
            "principal": _text(left.principal),
            "interest": _text(left.interest),
            "indemnity": _text(left.indemnity),
            **_rare(left),
        },
    }


def period_article(row: ClaimRow, segment: Segment) -> str:
    """Why interest ran in these days, and at this rate."""
    return INCREASED if segment.rate.kind == RateKind.LEGAL_PLUS_5 else row.article


def _period(row: ClaimRow, segment: Segment, rate: Object, days: _Days) -> Object:
    first, last, number, base, _rate, accrued = segment
    return {
        "from": days[first],
        "to": days[last],
        "days": number,
        "base": _cents(base),
        "percent": rate["percent"],
        "interest": _cents(accrued),
        "rate": rate["rate"],
        "article": period_article(row, segment),
    }


def _rare(amounts: Amounts) -> Object:
    """Penalty and cost, where there is something under them."""
    if not (amounts.penalty or amounts.cost):
        return {}
    return {head: _text(getattr(amounts, head)) for head in ("penalty", "cost") if getattr(amounts, head)}


def payment_told(row: PaymentRow) -> Object:
    """A payment as the object has it."""
    payment = row.payment
    return {
        "id": payment.id,
        "on": payment.on.isoformat(),
        "amount": _text(payment.amount),
        "method": payment.method,
        "reference": payment.reference,
        "state": str(payment.state),
        "allocations": [_allocation(part) for part in row.allocations],
    }


def _allocation(part: AllocationRow) -> Object:
    return {
        "number": part.number,
        "interest": _text(part.amounts.interest),
        "principal": _text(part.amounts.principal),
        "indemnity": _text(part.amounts.indemnity),
        **_rare(part.amounts),
        "article": part.article,
    }


def credit_note_told(note: CreditNote) -> Object:
    """A credit note as the object has it."""
    return {"id": note.id, "on": _day(note.on), "amount": _text(note.amount), "reference": note.reference}


def _waiver(waiver: Waiver) -> Object:
    kind, number = waiver.claim or (None, None)
    return {
        "id": waiver.id,
        "on": _day(waiver.on),
        "head": str(waiver.head),
        "claim": {"kind": str(kind), "id": number} if waiver.claim else None,
        "amount": _text(waiver.amount),
    }


def _not_due(row: NotDueRow) -> Object:
    claim = row.claim
    return {
        "kind": str(claim.kind),
        "id": claim.id,
        "number": claim.number,
        "due_on": _day(row.due_on),
        "principal": _text(row.principal),
    }


def _day(day: date) -> str:
    return day.isoformat()
