"""A company as a party of a claim."""

from companies.models import Company
from law.parties import Party, Quality, acts_as


def party_of(company: Company | None) -> Party | None:
    """What the rules look at in a company."""
    if company is None:
        return None
    return Party(
        company.company_type,
        company.company_country,
        company.company_freelance_type,
        confirmed=Quality(company.acts_as),
    )


def quality_of(company: Company | None, *, is_debtor: bool) -> Quality:
    """In which quality a company deals, as the creditor or the debtor of a case."""
    if company is None:
        return Quality.UNKNOWN
    return acts_as(company.company_type, Quality(company.acts_as), is_debtor=is_debtor)
