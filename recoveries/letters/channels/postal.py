"""Postal addresses as they stand behind the window of an envelope."""

from companies.models import Company
from legalcity.lib.countries import country_code

LEAST_LINES, MOST_LINES, LINE_LENGTH = 2, 6, 38  # AFNOR XP Z 10-011
HOME = "FR"


def postal_lines(company: Company | None) -> list[str]:
    """The lines of a company's address: its name, its street, its town, a foreign country in capitals.

    None where no carrier would find it.
    """
    if company is None or not (company.company_address and company.company_postal and company.company_city):
        return []
    lines = [str(company), *company.company_address.splitlines(), f"{company.company_postal} {company.company_city}"]
    if (country_code(company.company_country or "") or HOME) != HOME:
        lines.append(str(company.company_country).upper())
    return [" ".join(line.split()) for line in lines if line.strip()]


def country_of(company: Company | None) -> str:
    """The country that a letter goes to (ISO 3166, two letters)."""
    return country_code((company and company.company_country) or "") or HOME
