"""Factur-X: the paper with its content as XML inside (EN 16931 profile, CII syntax).

The terms (BT-…, BG-…) are those of EN 16931-1. A levy is a charge of its line (BG-28), since it belongs to the base
of VAT. The XML is checked against the XSD here; tests hold it against the schematron.
"""

from decimal import Decimal
from typing import Any

from invoicing.billing.firm import identifiers_of
from invoicing.billing.paper import Paper, PaperLine
from invoicing.billing.pdf import pdf_of
from invoicing.billing.rules import LATE_INDEMNITY, VatTotal
from legalcity.lib.dates import PARIS
from legalcity.lib.reading.identifiers import compact, known, read_siren
from legalcity.lib.text import xml_text

LEVEL = "en16931"
INVOICE, CREDIT_NOTE = "380", "381"  # UNTDID 1001
CREDIT_TRANSFER = "30"  # UNTDID 4461
ONE = "C62"  # UN/ECE Recommendation 20: a unit
SIRENE = "0002"  # ISO 6523: SIREN
SERVICES = "S1"  # kind of operation of the French reform: services, invoice to be paid
ON_DEBITS = "invoice"  # BT-8: VAT falls due with the invoice


def facturx_of(paper: Paper) -> bytes:
    """The PDF/A-3 with the XML inside. Raises PdfUnavailable where the system libraries are missing."""
    from facturx import generate_from_binary

    mixed: bytes = generate_from_binary(
        pdf_of(paper),
        xml_of(paper),
        flavor="factur-x",
        level=LEVEL,
        check_xsd=False,
        pdf_metadata=_in_xml(_metadata(paper)),
        lang="fr-FR",
        afrelationship="alternative",
    )
    return mixed


def _metadata(paper: Paper) -> dict[str, str]:
    title = f"{paper.invoice.invoice_type.name} {paper.invoice}"
    name = str(paper.seller["name"])
    return {"author": name, "keywords": "Factur-X", "title": f"{name} : {title}", "subject": title}


def xml_of(paper: Paper) -> bytes:
    """The content as CII XML, valid against the XSD of the profile."""
    from facturx.generate_xml import generate_cii_xml

    document: bytes = generate_cii_xml(_in_xml(_terms(paper)), level=LEVEL, check_xsd=True, check_schematron=False)
    return document


def _in_xml(value: Any) -> Any:
    """The terms without what XML cannot hold, in whatever way it came into a name."""
    if isinstance(value, dict):
        return {name: _in_xml(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_in_xml(each) for each in value]
    return xml_text(value) if isinstance(value, str) else value


def _terms(paper: Paper) -> dict[str, Any]:
    invoice, totals = paper.invoice, paper.totals
    terms = {
        "BT-1": str(invoice),
        "BT-2": paper.issued_on,
        "BT-3": CREDIT_NOTE if invoice.is_credit_note else INVOICE,
        "BT-5": invoice.currency.name_short,
        "BT-9": paper.due_on,
        "BT-20": f"{paper.seller['discount']}. Pénalités de retard : {paper.seller['late_penalties']}.",
        "BT-23": SERVICES,
        "BT-72": paper.performed_on,
        "BG-1": _notes(paper),
        "BG-4": _seller(paper),
        "BG-7": _buyer(paper),
        "BG-13": _ship_to(paper),
        "BG-23": [_vat(vat) for vat in totals.vats],
        "BG-25": [_line(number, line) for number, line in enumerate(paper.lines, start=1)],
        "BT-106": _money(totals.net),
        "BT-109": _money(totals.net),
        "BT-110": _money(totals.vat),
        "BT-112": _money(totals.total),
        "BT-113": _money(paper.paid),
        "BT-115": _money(paper.to_pay),
        **_payment(paper),
    }
    if paper.seller["vat_on_debits"]:
        terms["BT-8"] = ON_DEBITS
    if paper.vat_in_euros is not None:
        terms |= {"BT-6": "EUR", "BT-111": _money(paper.vat_in_euros)}
    if invoice.corrects is not None and invoice.corrects.date_time is not None:
        terms["BG-3"] = [{"BT-25": str(invoice.corrects), "BT-26": invoice.corrects.date_time.astimezone(PARIS).date()}]
    return terms


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _notes(paper: Paper) -> list[dict[str, str]]:
    """Subject codes of UNTDID 4451: PMT the indemnity, PMD the penalties, AAB the discount (French reform)."""
    notes = [
        {"BT-21": "PMT", "BT-22": f"Indemnité forfaitaire pour frais de recouvrement : {_money(LATE_INDEMNITY)} EUR"},
        {"BT-21": "PMD", "BT-22": f"Pénalités de retard : {paper.seller['late_penalties']}"},
        {"BT-21": "AAB", "BT-22": str(paper.seller["discount"])},
    ]
    if paper.invoice.observations:
        notes.append({"BT-22": paper.invoice.observations})
    return notes


def _seller(paper: Paper) -> dict[str, Any]:
    seller, identifiers = paper.seller, identifiers_of(paper.seller)
    legal = ", ".join(filter(None, (seller["legal_form"], seller["capital"] and f"capital {seller['capital']}")))
    return _said({
        "name": seller["name"],
        "legal_identifier": identifiers["siren"] or compact(seller["siren"]),
        "legal_identifier_schemeid": SIRENE if identifiers["siren"] else "",
        "legal_info": legal,
        "vat_identifier": _vat_identifier(paper, seller["vat_number"]),
        "addr_l1": seller["address"],
        "postcode": seller["postal_code"],
        "city": seller["city"],
        "country_code": "FR",
        "contacts": [{"name": seller["name"], "phone": seller["phone"], "email": seller["email"]}],
    })  # fmt: skip


def _vat_identifier(paper: Paper, number: str) -> str:
    """None beside items that are not subject to VAT (EN 16931, BR-O-02); the paper names it all the same."""
    return compact(number) if all(vat.is_subject for vat in paper.totals.vats) else ""


def _buyer(paper: Paper) -> dict[str, Any]:
    client = paper.client
    number = compact(client["company_registration_number"])
    return _said({
        "name": client["name"],
        "legal_identifier": number,
        "legal_identifier_schemeid": SIRENE if paper.is_client_french and known(read_siren, number) else "",
        "vat_identifier": _vat_identifier(paper, paper.buyer["vat_number"]),
        **_address(client["billing_address"], paper.buyer["country"]),
    })  # fmt: skip


def _ship_to(paper: Paper) -> dict[str, Any]:
    """The other address, where the client has one (CGI, annexe II, article 242 nonies A, I, 8° bis)."""
    client = paper.client
    if client["contact_address"]["id"] == client["billing_address"]["id"]:
        return {}
    return _said({"name": client["name"], **_address(client["contact_address"], paper.buyer["contact_country"])})


def _address(address: dict[str, str], country: str) -> dict[str, str]:
    lines = [line for line in (address["line1"], address["line2"], address["line3"]) if line]
    return {
        **{f"addr_l{number}": line for number, line in enumerate(lines, start=1)},
        "postcode": address["postal_code"],
        "city": address["city"],
        "country_subdivision": address["state_province"],
        "country_code": country,
    }


def _said(terms: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty."""
    return {name: value for name, value in terms.items() if value}


def _payment(paper: Paper) -> dict[str, Any]:
    """How to pay: by transfer, where the firm has named an account."""
    account = identifiers_of(paper.seller)
    if not account["iban"] or paper.invoice.is_credit_note:
        return {}
    return _said({
        "BT-81": CREDIT_TRANSFER,
        "BT-83": str(paper.invoice),
        "BT-84": account["iban"],
        "BT-85": paper.seller["name"],
        "BT-86": account["bic"],
    })  # fmt: skip


def _vat(vat: VatTotal) -> dict[str, Any]:
    terms = {
        "BT-116": _money(vat.base),
        "BT-117": _money(vat.amount),
        "BT-118": vat.category,
    }
    if vat.is_subject:
        terms["BT-119"] = f"{vat.percent:.2f}"
    if vat.mentions:
        terms |= {"BT-120": " ; ".join(vat.mentions), "BT-121": vat.exemption_codes[0]}
    return terms


def _line(number: int, line: PaperLine) -> dict[str, Any]:
    item = line.item
    terms: dict[str, Any] = {
        "BT-126": str(number),
        "BT-129": str(item.quantity),
        "BT-130": ONE,
        "BT-131": _money(line.line.net),
        "BT-146": _money(item.currency_units),
        "BT-151": line.line.vat.category,
        "BT-153": item.name,
        "BG-28": [{"amount": _money(amount), "reason": name} for name, amount in line.levies],
    }
    if line.line.vat.is_subject:
        terms["BT-152"] = f"{line.line.vat.percent:.2f}"
    if item.details:
        terms["BT-154"] = item.details
    if item.code:
        terms["BT-155"] = item.code
    return terms
