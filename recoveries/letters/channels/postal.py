"""Postal addresses as they stand behind the window of an envelope."""

from companies.models import Company
from legalcity.lib.countries import country_code
from recoveries.letters.wording.facts import envelope_lines, party_told

LEAST_LINES, MOST_LINES, LINE_LENGTH = 2, 6, 38  # AFNOR XP Z 10-011
HOME = "FR"


def postal_lines(company: Company | None) -> list[str]:
    """The lines of a company's address: its name, its street, its town and a foreign country in capitals.

    None where no carrier would find it.
    """
    if company is None or not (company.company_address and company.company_postal and company.company_city):
        return []
    return envelope_lines(party_told(company))


def country_of(company: Company | None) -> str:
    """The country that a letter goes to (ISO 3166, two letters)."""
    return country_code((company and company.company_country) or "") or HOME
