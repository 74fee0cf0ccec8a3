"""The creditors of a client's cases, and the client as one."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from accounts.models import User
from companies.identity import Identity
from companies.models import Company
from law.vocabulary import CompanyType
from recoveries.models import Recovery

LATEST = 50  # cases that are looked at for who was a creditor lately
MOST = 8


def creditors_lately(owner: User, user: User) -> list[Company]:
    """The creditors of the client's newest cases that a member of staff sees, each once, the latest first."""
    cases = Recovery.objects.owned_by(owner).in_reach_of(user).filter(customer__isnull=False)
    newest = cases.select_related("customer").order_by("-created_at", "-id")[:LATEST]
    return parties_once([case.customer for case in newest if case.customer])


def parties_once(parties: Iterable[Company]) -> list[Company]:
    """The first few of them that are not one and the same."""
    kept: dict[Identity, Company] = {}
    for party in parties:
        identity = Identity.of(party)
        if not any(identity.is_same(other) for other in kept):
            kept[identity] = party
    return list(kept.values())[:MOST]


def client_as_creditor(owner: User) -> dict[str, Any]:
    """What the account of a client says of it as a creditor, by the fields of a company."""
    told = {
        "company_type": CompanyType.COMMERCIAL.value if owner.siren else "",
        "company_name": owner.entreprise,
        "company_siren": owner.siren,
        "company_legalrep_firstname": owner.first_name,
        "company_legalrep_lastname": owner.last_name,
        "company_address": owner.address,
        "company_postal": owner.postal,
        "company_city": owner.city,
        "company_country": "France",
        "company_email": owner.email,
        "company_phone": owner.phone,
    }
    return {name: text for name, text in told.items() if text}


def party_texts(party: Company, names: Iterable[str]) -> dict[str, str]:
    """What is known of a party, as people would write it; `names` are fields of a company."""
    values = {name: getattr(party, name) for name in names}
    return {
        name: value.isoformat() if isinstance(value, date) else str(value)
        for name, value in values.items()
        if value not in (None, "")
    }
