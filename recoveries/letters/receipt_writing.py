"""What receipts, their corrections and the notices to creditors say.

Receipts are letters to debtors, by their templates; notices are rendered from `templates/emails/`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language, gettext

from law.account.decompte import AllocationRow, Decompte
from law.interest import NOTHING, RateMissing
from law.parties import bears_a_persons_name
from law.vocabulary import Receipt
from legalcity.lib.clock import today
from legalcity.lib.dates import PARIS
from recoveries.letters.wording.facts import ROWS, balance_told, day_told, euros_told, money_told
from recoveries.letters.wording.rendering import Letter
from recoveries.letters.writing import Written, notice_rendered, written
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
# How was paid, where it is one of what the form proposes (ledger/acts.py); other words stay as they were entered.
METHODS = {
    "en": {
        "virement": "bank transfer",
        "chèque": "cheque",
        "carte bancaire": "bank card",
        "prélèvement": "direct debit",
        "espèces": "cash",
    },
}
NOTICE, REVERSAL_NOTICE = "avis_paiement", "avis_annulation"
SUBJECTS = {
    ("fr", NOTICE): "Paiement reçu – dossier {reference}",
    ("fr", REVERSAL_NOTICE): "Paiement annulé – dossier {reference}",
    ("en", NOTICE): "Payment received – case {reference}",
    ("en", REVERSAL_NOTICE): "Payment taken back – case {reference}",
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
        """What the templates of notices read of it."""
        yield "payment", self.payment
        yield "rows", [MetRow.of(row, language) for row in self.rows[:ROWS]]
        yield "others", max(0, len(self.rows) - ROWS)
        yield "account", self.account
        yield "over", self.over
        yield "met", self.payment.amount - self.over
        yield "not_due", sum((row.principal for row in self.account.not_due), NOTHING) if self.account else NOTHING


def receipt_write(*, case: Recovery, money: Money, channel: str) -> Written:
    """The receipt of a payment (art. R124-6 CPCE), as of now. Raises as `written`."""
    return _written(Receipt.PAYMENT, case, money, channel)


def correction_write(*, case: Recovery, money: Money, channel: str, receipt: Message, reversal: Acompte) -> Written:
    """Tells that the payment of a `receipt` that went out has been taken back, and why. Raises as `written`."""
    given_on = day_told(receipt.created_at.astimezone(PARIS).date())
    return _written(Receipt.CORRECTION, case, money, channel, receipt_on=given_on, reversal=reversal)


def notice_write(*, case: Recovery, money: Money, reversal: Acompte | None, language: str) -> Letter:
    """Tells the creditor of a payment, or with `reversal` that it was taken back (art. R124-5 CPCE).

    A creditor whose name is a person's is not named, nor is what the payer has written: whoever the client has named
    reads it, and the case says whose it is.
    """
    named = case.customer if case.customer and not bears_a_persons_name(case.customer.company_type) else None
    name = REVERSAL_NOTICE if reversal else NOTICE
    told = dict(money.told(language))
    return notice_rendered(name, SUBJECTS[language, name], case, language, reversal=reversal, creditor=named, **told)


def _written(
    kind: str,
    case: Recovery,
    money: Money,
    channel: str,
    *,
    receipt_on: str | None = None,
    reversal: Acompte | None = None,
) -> Written:
    def told() -> Mapping[str, Any]:
        payment = {
            **payment_told(money),
            "receipt_on": receipt_on,
            "reversed_because": str(reversal.get_reason_display()) if reversal else None,
        }
        return {"payment": payment, "decompte": balance_told(money.account) if money.account else None}

    return written(kind=kind, channel=channel, case=case, day=today(), told=told)


def payment_told(money: Money) -> dict[str, Any]:
    """`payment` as templates of letters read it, in the language that is active."""
    paid, language = money.payment, (get_language() or "fr")[:2]
    met = [MetRow.of(row, language) for row in money.rows[:ROWS]]
    return {
        "amount": euros_told(paid.amount),
        "date": day_told(paid.date),
        "method": METHODS.get(language, {}).get(paid.method.strip().lower(), paid.method) or None,
        "reference": paid.reference or None,
        "is_direct": paid.is_direct,
        "met": [{"number": row.number, "told": _met_told(row)} for row in met],
        "others": max(0, len(money.rows) - ROWS),
        "over": money_told(money.over),
        "reversed_because": None,
        "receipt_on": None,
    }


def _met_told(row: MetRow) -> str:
    return ", ".join(f"{name} {euros_told(amount)} €" for name, amount in row.told)


def payment_reversed() -> str:
    """Why a letter about a payment was stopped, in the language of the house."""
    with translation.override(settings.LANGUAGE_CODE):
        return gettext("The payment was reversed.")
