"""The facts of a case as templates read them: words and lists, in the language of the letter (`variables.py`)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.template.defaultfilters import floatformat

from companies.models import Company
from invoicing.billing.firm import legal_lines, seller_now
from law.account.decompte import Amounts, ClaimRow, Decompte
from law.account.demand import Demanded
from law.contact.words import L111_8
from legalcity.lib.countries import country_code
from legalcity.lib.firm import firm_shown
from legalcity.lib.reading.identifiers import in_fours, known, read_bic, read_iban
from legalcity.lib.settings.live import live
from recoveries.letters.wording.variables import Told, nothing_told
from recoveries.models.cases import Recovery

ROWS = 50  # named one by one; the rest by their number
FIRM = {
    "name": "FIRM_NAME",
    "address": "FIRM_ADDRESS",
    "postal_code": "FIRM_POSTAL_CODE",
    "city": "FIRM_CITY",
    "email": "FIRM_EMAIL",
    "phone": "FIRM_PHONE",
    "signatory": "LETTERS_SIGNATORY",
    "iban": "FUNDS_IBAN",
    "bic": "FUNDS_BIC",
}


def case_told(case: Recovery, *, day: date) -> Told:
    """The parties, the firm and the law; all else is nothing yet. `case` is read with its parties."""
    return {
        **nothing_told(),
        "day": day_told(day),
        "case": {"reference": case.recovery_reference, "object": case.recovery_service_object},
        "creditor": party_told(case.customer),
        "debtor": party_told(case.debtor),
        "firm": firm_told(),
        "law": {"l111_8": list(L111_8), "privacy": live.PRIVACY_NOTICE or None},
        "earlier": {"first_on": None, "reminders": 0},
    }


def firm_told() -> Told:
    """The firm by the system settings, with the account for creditors' money, its IBAN in groups of four.

    One that is none is named to nobody.
    """
    firm: Told = {name: str(getattr(live, setting)) or None for name, setting in FIRM.items()}
    iban, bic = known(read_iban, firm["iban"] or ""), known(read_bic, firm["bic"] or "")
    identifiers = {"iban": in_fours(iban or ""), "bic": bic}
    lines = list(legal_lines(seller_now()))
    firm["name"] = firm_shown()
    return {**firm, **{name: value or None for name, value in identifiers.items()}, "legal_lines": lines}


def demand_told(account: Demanded) -> Told:
    """`decompte` of a letter that asks for money."""
    rows = [row for row in account.rows if row.left.due]
    return {
        **_amounts(account.day, account.amounts, account.total, rows),
        "article": account.article or None,
        "not_due": None,
        "is_paid": not account.total,
    }


def case_beside_told(case: Recovery, account: Demanded, first_on: date | None) -> Told:
    """A further case that a letter asks for, as the house tells it behind the author's words."""
    return {
        "reference": case.recovery_reference,
        "object": case.recovery_service_object,
        "first_on": first_on and day_told(first_on),
        "decompte": demand_told(account),
    }


def balance_told(account: Decompte) -> Told:
    """`decompte` of a letter that tells what is left."""
    rows = [row for row in account.claims if row.left.due]
    article = next((row.article for row in rows if row.left.interest), None)
    not_due = sum((row.principal for row in account.not_due), Decimal(0))
    return {
        **_amounts(account.on, account.total, account.total.due, rows),
        "article": article,
        "not_due": money_told(not_due),
        "is_paid": account.is_paid,
    }


def _amounts(day: date, amounts: Amounts, total: Decimal, rows: list[ClaimRow]) -> Told:
    heads = {name: money_told(amount) for name, amount in amounts._asdict().items()}
    return {
        "day": day_told(day),
        **heads,
        "total": euros_told(total),
        "claims": list(_claims(rows[:ROWS])),
        "others": max(0, len(rows) - ROWS),
    }


def _claims(rows: Iterable[ClaimRow]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {
            "number": row.claim.number,
            "issued_on": day_told(row.claim.issued_on),
            "due_on": day_told(row.due_on),
            "left": euros_told(row.left.principal),
        }


def party_told(company: Company | None) -> Told | None:
    """A creditor or a debtor as templates read it."""
    if company is None:
        return None
    is_abroad = (country_code(company.company_country) or "FR") != "FR"
    return {
        "name": str(company),
        "address": company.company_address or None,
        "postal_code": company.company_postal or None,
        "city": company.company_city or None,
        "country": (company.company_country or None) if is_abroad else None,
    }


def envelope_lines(debtor: Mapping[str, Any] | None) -> list[str]:
    """The lines of an envelope as La Poste reads them: the town, and a country abroad, in capitals (XP Z 10-011)."""
    if debtor is None:
        return []
    town = " ".join(part for part in (debtor["postal_code"], debtor["city"]) if part).upper()
    lines = [debtor["name"], *(debtor["address"] or "").splitlines(), town, (debtor["country"] or "").upper()]
    return [" ".join(line.split()) for line in lines if line.strip()]


def day_told(day: date) -> str:
    """`29/11/2026`."""
    return f"{day:%d/%m/%Y}"


def euros_told(amount: Decimal) -> str:
    """`1 234,50`, in English `1,234.50`."""
    return str(floatformat(amount, "2g"))


def money_told(amount: Decimal) -> str | None:
    """The same; nothing for nothing."""
    return euros_told(amount) if amount else None
