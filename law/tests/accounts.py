"""Facts of a case as tests write them: figures as text, days as text, both parties professionals."""

from datetime import date
from decimal import Decimal
from typing import Any

from law.account.canonical import canonical
from law.account.decompte import decompte
from law.account.facts import (
    Claim,
    ClaimKind,
    CreditNote,
    Facts,
    Notice,
    NoticeState,
    Payment,
    Rates,
    Refund,
    Waiver,
)
from law.interest import FIRST_HALF_YEARS, Rate, half_years
from law.parties import Quality

ECB = (("2025-01-01", "3.15"), ("2025-07-01", "2.15"), ("2026-01-01", "2.15"), ("2026-07-01", "2.40"))
OTHER = (("2025-01-01", "3.71"), ("2025-07-01", "2.76"), ("2026-01-01", "2.62"), ("2026-07-01", "2.75"))
INDIVIDUAL = (("2025-01-01", "7.21"), ("2025-07-01", "6.65"), ("2026-01-01", "6.67"), ("2026-07-01", "6.84"))


def eur(text: str) -> Decimal:
    return Decimal(text)


def day(text: str | date) -> date:
    return date.fromisoformat(text) if isinstance(text, str) else text


def table(*entries: tuple[str, str], source: str = "JO", unconfirmed: str = "") -> tuple[Rate, ...]:
    return half_years(
        [Rate(day(since), eur(percent), None, source, since != unconfirmed) for since, percent in entries],
        by_year_before=FIRST_HALF_YEARS,
    )


RATES = Rates(individual=table(*INDIVIDUAL), other=table(*OTHER), ecb=table(*ECB, source="BCE"))


def invoice(id: int, amount: str, due_on: str | None, issued_on: str = "2026-01-15", **values: Any) -> Claim:
    usual: dict[str, Any] = {"kind": ClaimKind.INVOICE, "number": f"F{id}"}
    return Claim(
        id=id, amount=eur(amount), due_on=due_on and day(due_on), issued_on=day(issued_on), **{**usual, **values}
    )


def debt(id: int, amount: str, issued_on: str, **values: Any) -> Claim:
    return invoice(id, amount, None, issued_on, **{"kind": ClaimKind.DEBT, "number": f"D{id}", **values})


def paid(id: int, amount: str, on: str, reference: str = "", **values: Any) -> Payment:
    return Payment(id=id, amount=eur(amount), on=day(on), reference=reference, **values)


def credit(id: int, invoice_id: int, amount: str, on: str) -> CreditNote:
    return CreditNote(id=id, claim=(ClaimKind.INVOICE, invoice_id), on=day(on), amount=eur(amount))


def waived(id: int, invoice_id: int | None, head: Any, amount: str, on: str) -> Waiver:
    claim = (ClaimKind.INVOICE, invoice_id) if invoice_id else None
    return Waiver(id=id, claim=claim, head=head, amount=eur(amount), on=day(on))


def refunded(payment_id: int, amount: str, on: str) -> Refund:
    return Refund(payment_id=payment_id, amount=eur(amount), on=day(on))


def received(on: str) -> Notice:
    return Notice(state=NoticeState.RECEIVED, received_on=day(on))


def case(*claims: Claim, **values: Any) -> Facts:
    usual: dict[str, Any] = {"creditor": Quality.PROFESSIONAL, "debtor": Quality.PROFESSIONAL}
    return Facts(recovery_id=25, recovery_reference="REC-AB12CD", claims=claims, **{**usual, **values})


def told(facts: Facts, on: str | date, rates: Rates = RATES) -> dict[str, Any]:
    """The décompte as the object that readers get."""
    return canonical(decompte(facts, day(on), rates, known_on=day(on)))


def total(facts: Facts, on: str | date) -> dict[str, str]:
    """What is due by head; heads of which nothing is owed are left out."""
    return {head: amount for head, amount in told(facts, on)["total"].items() if amount != "0.00"}


def codes(facts: Facts, on: str, rates: Rates = RATES) -> list[str]:
    return [warning["code"] for warning in told(facts, on, rates)["warnings"]]


F1 = invoice(41, "6000.00", "2026-03-15", "2026-02-13", number="2026-014")
F2 = invoice(42, "2400.00", "2026-05-30", "2026-04-30", number="2026-031")
WORKED = case(F1, F2, payments=(paid(7, "1500.00", "2026-06-10", method="Virement"),))
CONSUMER: dict[str, Any] = {"debtor": Quality.CONSUMER}


def periods(facts: Facts, on: str, claim: int = 0) -> list[tuple[str, str, int, str, str, str]]:
    keys = ("from", "to", "days", "base", "percent", "interest")
    return [tuple(one[key] for key in keys) for one in told(facts, on)["claims"][claim]["periods"]]  # type: ignore[misc]
