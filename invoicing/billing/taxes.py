"""Which VAT a service of the firm bears, by where its client is. Pure."""

from legalcity.lib.countries import EU

STANDARD = "vat-20"  # 20 %: CGI, article 278
OUTLAY = "outlay"  # disbursements in the client's name stay out of the base: CGI, article 267, II, 2°
REVERSE_CHARGE = "reverse-charge"  # the client owes the tax: CGI, articles 259, 1° and 283, 2
FRANCE = frozenset({"FR", "MC"})


def vat_code(*, country: str, vat_number: str) -> str:
    """The code of the tax: reverse charge for a business of another member state, known by its VAT number."""
    if country in EU - FRANCE and vat_number.strip():
        return REVERSE_CHARGE
    return STANDARD
