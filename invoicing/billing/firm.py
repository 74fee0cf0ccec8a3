"""The firm as its invoices name it, and what French law asks of them to say.

CGI, annexe II, article 242 nonies A, I: names and addresses of both, VAT numbers, SIREN of the client, date, unique
number, quantity, name, unit price, rate and amount of each tax, exemption with its article, kind of operation, option
for VAT on debits. Code de commerce, article L441-9, I: due date, discount terms, penalties for late payment, the
indemnity of 40 EUR (D441-5). Code de commerce, articles R123-237 and R123-238: SIREN, RCS, legal form, capital.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from legalcity.lib.errors import Sentence
from legalcity.lib.reading.identifiers import known, read_bic, read_iban, read_siren, read_vat
from legalcity.lib.settings.live import live
from legalcity.lib.text import folded

# Kept on the paper under these names → system setting.
DETAILS = {
    "name": "FIRM_NAME",
    "legal_form": "FIRM_LEGAL_FORM",
    "capital": "FIRM_CAPITAL",
    "address": "FIRM_ADDRESS",
    "postal_code": "FIRM_POSTAL_CODE",
    "city": "FIRM_CITY",
    "siren": "FIRM_SIREN",
    "rcs": "FIRM_RCS",
    "vat_number": "FIRM_VAT_NUMBER",
    "email": "FIRM_EMAIL",
    "phone": "FIRM_PHONE",
    "iban": "FIRM_IBAN",
    "bic": "FIRM_BIC",
    "late_penalties": "LATE_PENALTIES",
    "discount": "EARLY_PAYMENT_DISCOUNT",
    "vat_on_debits": "VAT_ON_DEBITS",
}
# Without these a paper is not an invoice before the law.
REQUIRED: dict[str, Sentence] = {
    "name": _("name"),
    "legal_form": _("legal form"),
    "address": _("address"),
    "postal_code": _("postal code"),
    "city": _("city"),
    "siren": "SIREN",
    "vat_number": _("VAT number"),
    "late_penalties": _("penalties for late payment"),
    "discount": _("discount terms"),
}
# What a company whose form has a capital says besides (Code de commerce, articles R123-237 and R123-238).
REQUIRED_OF_COMPANIES: dict[str, Sentence] = {
    "capital": _("share capital"),
    "rcs": _("city of the trade register (RCS)"),
}


def seller_now() -> dict[str, Any]:
    """The firm's details by the present system settings, as an issued invoice keeps them."""
    return {name: getattr(live, setting) for name, setting in DETAILS.items()}


# How a detail that has a normal form is read; one that was stored before it was checked may be none.
READERS = {"siren": read_siren, "vat_number": read_vat, "iban": read_iban, "bic": read_bic}


def identifiers_of(seller: Mapping[str, Any]) -> dict[str, str]:
    """The identifiers of `seller` in their normal form, empty where what is stored is none: for machines to read."""
    return {name: known(read, seller.get(name, "")) for name, read in READERS.items()}


class Missing(NamedTuple):
    """A detail that the law asks for: its name for people, and the system setting that holds it."""

    label: Sentence
    setting: str


def missing_details(seller: Mapping[str, Any]) -> list[Missing]:
    """The details that the law asks for and `seller` lacks."""
    required = {**REQUIRED, **(REQUIRED_OF_COMPANIES if has_capital(str(seller.get("legal_form", ""))) else {})}
    return [
        Missing(label, DETAILS[name]) for name, label in required.items() if not str(seller.get(name, "") or "").strip()
    ]


def missing_told(missing: Iterable[Missing]) -> str:
    """The same as a refusal, naming the settings."""
    names = ", ".join(f"{each.label} ({each.setting})" for each in missing)
    return gettext("The system settings lack details of the firm: {names}.").format(names=names)


def has_capital(legal_form: str) -> bool:
    """Whether a company of that form names a share capital, by the system setting FORMS_WITH_CAPITAL.

    Read without points, accents and case: "S.E.L.A.R.L. unipersonnelle" is a SELARL.
    """
    written = f" {_plain(legal_form)} "
    return any(f" {_plain(form)} " in written for form in live.FORMS_WITH_CAPITAL.split(",") if _plain(form))


def _plain(form: str) -> str:
    return " ".join(folded(form.replace(".", "")).split())


def legal_lines(seller: Mapping[str, Any]) -> list[str]:
    """What papers and letters say at their foot, in French: form, capital, seat; SIREN, RCS, VAT number."""
    said = {name: str(seller.get(name, "") or "").strip() for name in DETAILS}
    where = f"{said['postal_code']} {said['city']}".strip()
    name = ", ".join(filter(None, (said["name"], said["legal_form"])))
    name += f" au capital de {said['capital']}" if said["capital"] else ""
    seat = ", ".join(filter(None, (said["address"], where)))
    numbers = [
        f"SIREN {said['siren']}" if said["siren"] else "",
        f"RCS {said['rcs']}" if said["rcs"] else "",
        f"N° TVA {said['vat_number']}" if said["vat_number"] else "",
    ]
    lines = (" – ".join(filter(None, parts)) for parts in ((name, seat), numbers))
    return [line for line in lines if line]
