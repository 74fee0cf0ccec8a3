"""What letters say: the facts of a case in French words, rendered from `templates/emails/`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from invoicing.billing.firm import legal_lines, seller_now
from law.account.demand import Demanded
from law.contact import Channel
from law.contact.words import L111_8, printed
from law.vocabulary import Reminder
from legalcity.lib.reading.identifiers import known, read_bic, read_iban
from legalcity.lib.settings.live import live
from recoveries.letters.channels.text_messages import plain_signs

INVOICES = 50  # named one by one; the rest by their number
SUBJECTS: Mapping[str, str] = {
    Reminder.FIRST: "Rappel de paiement – dossier {reference}",
    Reminder.SECOND: "Second rappel de paiement – dossier {reference}",
    Reminder.FORMAL_NOTICE: "Mise en demeure de payer – dossier {reference}",
}
FIRM = {
    "name": "FIRM_NAME",
    "address": "FIRM_ADDRESS",
    "postal_code": "FIRM_POSTAL_CODE",
    "city": "FIRM_CITY",
    "email": "FIRM_EMAIL",
    "phone": "FIRM_PHONE",
    "iban": "FUNDS_IBAN",
    "bic": "FUNDS_BIC",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """A subject of one line, and the same words as text and as HTML."""

    subject: str
    text: str
    html: str


def firm_told() -> dict[str, str]:
    """The firm by the system settings, with the account for creditors' money. One that is none is named to nobody."""
    firm = {name: str(getattr(live, setting)) for name, setting in FIRM.items()}
    return {**firm, "iban": known(read_iban, firm["iban"]), "bic": known(read_bic, firm["bic"])}


def letter_write(
    *,
    kind: str,
    case: Any,
    account: Demanded,
    first_on: date | None,
    reminders: int,
    extra: str = "",
    channel: str = Channel.EMAIL,
) -> Letter:
    """The letter `kind` (`Reminder`) about `case`, with the figures of `account`, as it goes by `channel`.

    `first_on` is the day of the first letter that was sent, which later ones have to name (art. R124-4 CPCE), or None.
    `reminders` is how many reminders were sent.
    """
    if channel == Channel.SMS:
        return sms_write(case=case, account=account, first_on=first_on)
    rows = [row for row in account.rows if row.left.due]
    return letter_rendered(
        kind,
        SUBJECTS[kind],
        case,
        account=account,
        rows=rows[:INVOICES],
        others=max(0, len(rows) - INVOICES),
        first_on=first_on,
        privacy_notice=live.PRIVACY_NOTICE,
        reminders=reminders,
        extra=extra.strip(),
    )


def sms_write(*, case: Any, account: Demanded, first_on: date | None) -> Letter:
    """The words of a text message, which has neither subject nor page: it follows a first letter."""
    context = {"case": case, "creditor": case.customer, "firm": firm_told(), "account": account, "first_on": first_on}
    with translation.override("fr"):
        text = render_to_string("sms/relance.txt", {**context, "total": printed(account.total)[0]})
    return Letter("", plain_signs(text.strip()), "")


def letter_rendered(kind: str, subject: str, case: Any, language: str = "fr", **told: Any) -> Letter:
    """The letter of the template `kind` about `case`: its parties and the firm, and what else is told.

    What goes to debtors is in French; other languages have a folder of their own.
    """
    template = f"emails/{kind}" if language == "fr" else f"emails/{language}/{kind}"
    context = {
        "case": case,
        "creditor": case.customer,
        "debtor": case.debtor,
        "firm": firm_told(),
        "legal_lines": legal_lines(seller_now()),
        "l111_8": L111_8,
        **told,
    }
    with translation.override(language):
        text = render_to_string(f"{template}.txt", context)
        html = render_to_string(f"{template}.html", context)
    return Letter(" ".join(subject.format(reference=case.recovery_reference).split()), text.strip() + "\n", html)
