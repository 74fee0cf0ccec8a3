"""What receipts, their corrections and the notices to creditors say, rendered from `templates/emails/`."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from law.account.decompte import AllocationRow, Decompte
from law.interest import NOTHING, RateMissing
from law.vocabulary import CompanyType, Receipt
from recoveries.letters.writing import INVOICES, Letter, letter_rendered
from recoveries.models import Acompte, Message, Recovery

# What an allocation met, as letters name it.
HEADS = {
    "fr": {
        "interest": "intérêts",
        "principal": "principal",
        "indemnity": "indemnité forfaitaire",
        "penalty": "pénalité",
        "cost": "frais du titre",
    },
    "en": {
        "interest": "interest",
        "principal": "principal",
        "indemnity": "fixed indemnity",
        "penalty": "penalty",
        "cost": "costs of the title",
    },
}
NOTICE, REVERSAL_NOTICE = "avis_paiement", "avis_annulation"
SUBJECTS = {
    Receipt.PAYMENT: "Quittance – dossier {reference}",
    Receipt.CORRECTION: "Rectificatif de quittance – dossier {reference}",
    NOTICE: "Paiement reçu – dossier {reference}",
    REVERSAL_NOTICE: "Paiement annulé – dossier {reference}",
}
IN_ENGLISH = {
    NOTICE: "Payment received – case {reference}",
    REVERSAL_NOTICE: "Payment taken back – case {reference}",
}


class MetRow(NamedTuple):
    """What a payment met of one claim, by head; `number` is None for the penalty."""

    number: str | None
    told: list[tuple[str, Decimal]]

    @classmethod
    def of(cls, row: AllocationRow, language: str) -> "MetRow":
        """The heads of which something was met, interest first (art. 1343-1 C. civ.)."""
        amounts = row.amounts._asdict()
        return cls(row.number, [(word, amounts[head]) for head, word in HEADS[language].items() if amounts[head]])


@dataclass(frozen=True, slots=True)
class Money:
    """A payment, what it met, and the account after it.

    `account` is None where no letter may be made of it: a rate is missing, or was carried on past its half-year.
    """

    payment: Acompte
    rows: tuple[AllocationRow, ...]
    account: Decompte | None

    @classmethod
    def of(cls, payment: Acompte, account: Decompte | RateMissing | None) -> "Money":
        """The payment in that account."""
        if account is None or isinstance(account, RateMissing) or account.is_provisional:
            return cls(payment, (), None)
        rows = [row for row in account.payments if row.payment.id == payment.pk]
        return cls(payment, rows[0].allocations if rows else (), account)

    @property
    def over(self) -> Decimal:
        """What it met nothing with."""
        return self.payment.amount - sum((row.amounts.due for row in self.rows), NOTHING)

    def told(self, language: str) -> Iterator[tuple[str, Any]]:
        """What the templates read of it."""
        yield "payment", self.payment
        yield "rows", [MetRow.of(row, language) for row in self.rows[:INVOICES]]
        yield "others", max(0, len(self.rows) - INVOICES)
        yield "account", self.account
        yield "over", self.over
        yield "met", self.payment.amount - self.over
        yield "not_due", sum((row.principal for row in self.account.not_due), NOTHING) if self.account else NOTHING


def receipt_write(*, case: Recovery, money: Money) -> Letter:
    """The receipt of a payment (art. R124-6 CPCE), as of now."""
    return _written(Receipt.PAYMENT, case, money)


def correction_write(*, case: Recovery, money: Money, receipt: Message, reversal: Acompte) -> Letter:
    """Tells that the payment of a `receipt` that went out has been taken back, and why."""
    return _written(Receipt.CORRECTION, case, money, receipt=receipt, reversal=reversal)


def notice_write(*, case: Recovery, money: Money, reversal: Acompte | None, language: str) -> Letter:
    """Tells the creditor of a payment, or with `reversal` that it was taken back (art. R124-5 CPCE).

    A creditor who is a private person is not named: whoever the client has named reads it, and the case says whose
    it is.
    """
    named = case.customer if case.customer and case.customer.company_type != CompanyType.PARTICULAR else None
    kind = REVERSAL_NOTICE if reversal else NOTICE
    return _written(kind, case, money, language, reversal=reversal, creditor=named)


def _written(kind: str, case: Recovery, money: Money, language: str = "fr", **more: Any) -> Letter:
    subject = SUBJECTS[kind] if language == "fr" else IN_ENGLISH[kind]
    return letter_rendered(kind, subject, case, language, **dict(money.told(language)), **more)


def payment_reversed() -> str:
    """Why a letter about a payment was stopped, in the language of the house."""
    with translation.override(settings.LANGUAGE_CODE):
        return gettext("The payment was reversed.")
