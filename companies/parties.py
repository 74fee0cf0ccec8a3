"""A company as a party of a claim."""

from companies.models import Company
from law.parties import Party


def party_of(company: Company | None) -> Party | None:
    """What the rules look at in a company."""
    if company is None:
        return None
    return Party(company.company_type, company.company_country, company.company_freelance_type)
