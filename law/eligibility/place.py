"""Which procedure the countries of the parties open, and which kind of court their trades."""

from legalcity.lib.countries import country_code

from law.parties import Party
from law.territories import EUROPEAN_ORDER_STATES, NATIONAL_PROCEDURE, OUTERMOST_REGIONS
from law.vocabulary import Court, Matter, Procedure


def procedure_for(customer: Party | None, debtor: Party | None) -> Procedure | None:
    """National against a debtor in France. European against a debtor in another state of the European order, when
    the creditor is in such a state too, and not in the same. None where neither is open.
    """
    where = country_code(debtor.country) if debtor else None
    if where in NATIONAL_PROCEDURE:
        return Procedure.NATIONAL
    creditor = state_of(country_code(customer.country)) if customer else None
    if where in EUROPEAN_ORDER_STATES and creditor in EUROPEAN_ORDER_STATES and creditor != where:
        return Procedure.EUROPEAN
    return None


def court_for(customer: Party | None, debtor: Party | None, matter: Matter = Matter.ORDINARY) -> Court | None:
    """The kind of court: commercial when both are traders or commercial companies, else the tribunal judiciaire;
    its judge of protection for housing leases and consumer credit (art. 1406 CPC, L721-3 C. com., L213-4-4 and
    L213-4-5 COJ). A party that is not clear is taken for no trader. None while a party is missing.
    """
    if customer is None or debtor is None:
        return None
    if matter != Matter.ORDINARY:
        return Court.PROTECTION
    return Court.COMMERCIAL if customer.is_trader and debtor.is_trader else Court.JUDICIAL


def state_of(country: str | None) -> str | None:
    """The member state that a region overseas belongs to, else the country itself."""
    return "FR" if country in OUTERMOST_REGIONS else country
