"""Where else a debtor may be written to than where a letter came back from: among what staff have found."""

from companies.contacts import further_contacts
from companies.identity import Identity
from companies.models import Company, PartyContact
from law.contact import PartyFactKind
from law.contact.addresses import is_asked_to_leave
from legalcity.lib.countries import country_code
from legalcity.lib.reading import Unreadable
from legalcity.lib.reading.phones import HOME, read_mobile
from recoveries.models import PartyFact

SHUT = (PartyFactKind.WRONG, PartyFactKind.OPTED_OUT)


def contact_elsewhere(debtor: Company | None, *, kind: str, besides: str) -> str:
    """The first further contact of a debtor (`kind`: PartyContact.Kind) that is not known to be wrong, where nobody has
    asked not to be written to, and that is another one than `besides`; of phones one that takes text messages. Empty
    where there is none.
    """
    if debtor is None:
        return ""
    same = Company.objects.filter(Identity.of(debtor).same())
    shut = {
        besides,
        *PartyFact.objects.standing().filter(party__in=same, kind__in=SHUT).values_list("value", flat=True),
    }
    contacts = further_contacts(debtor).filter(kind=kind)
    open_ones = (one.value for one in contacts if not any(is_asked_to_leave(known, one.value) for known in shut))
    fitting = (value for value in open_ones if kind != PartyContact.Kind.PHONE or _takes_texts(debtor, value))
    return "" if "" in shut else next(fitting, "")


def _takes_texts(debtor: Company, phone: str) -> bool:
    try:
        read_mobile(phone, region=country_code(debtor.company_country) or HOME)
    except Unreadable:
        return False
    return True
