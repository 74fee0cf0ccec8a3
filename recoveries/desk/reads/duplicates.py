"""Debtors who may be the same person as one, though nothing says so for sure: for a person to look at."""

from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from companies.alike import blocks, names_alike, streets_alike
from companies.identity import Identity
from companies.models import Company, PartyLink
from legalcity.lib.errors import Sentence
from legalcity.lib.reading.phones import phone_key
from legalcity.lib.searching import TRIGRAM, found
from legalcity.lib.text import folded
from recoveries.models import Recovery

LOOKED_AT, SHOWN = 100, 8


class Alike(IntEnum):
    """What two rows have in common, the surest first."""

    EMAIL = 1
    PHONE = 2
    NAME_AND_POSTAL = 3
    NEARLY = 4
    NAME = 5


WORDS: dict[Alike, Sentence] = {
    Alike.EMAIL: _("same e-mail"),
    Alike.PHONE: _("same phone"),
    Alike.NAME_AND_POSTAL: _("same name and postal code"),
    Alike.NEARLY: _("nearly the same name, same address"),
    Alike.NAME: _("same name: maybe"),
}


class Likeness(NamedTuple):
    """A row of a debtor, and why it may be the same person."""

    party: Company
    alike: Alike

    @property
    def why(self) -> Sentence:
        """That in words."""
        return WORDS[self.alike]


def likenesses(party: Company, user: User) -> list[Likeness]:
    """The debtors of cases that a member of staff sees who look like `party`, the surest first."""
    identity = Identity.of(party)
    others = Company.objects.select_related("owner").exclude(identity.same()).order_by("-id")
    candidates = {row.pk: row for some in _candidates(party, others) for row in some}
    seen = Recovery.objects.in_reach_of(user).filter(debtor__in=candidates)
    rows = [candidates[pk] for pk in set(seen.values_list("debtor", flat=True))]
    told = [Likeness(row, alike) for row in rows if (alike := _alike(party, row))]
    return sorted(told, key=lambda one: (one.alike, -one.party.pk))[:SHOWN]


def links_of(rows: Iterable[Company]) -> list[PartyLink]:
    """What was linked and taken apart of the rows of a person that are seen, the latest first."""
    links = PartyLink.objects.filter(company__in=[row.pk for row in rows])
    return list(links.select_related("company__owner", "by", "undone_by")[:LOOKED_AT])


def _candidates(party: Company, rows: QuerySet[Company]) -> Iterator[list[Company]]:
    same = Q()
    if party.company_email:
        same |= Q(company_email__iexact=party.company_email)
    if party.company_phone:
        same |= Q(company_phone=party.company_phone)
    if same:
        yield list(rows.filter(same)[:LOOKED_AT])
    if len(key := phone_key(party.company_phone or "")) >= TRIGRAM:
        yield list(found(rows, key)[:LOOKED_AT])
    if len(str(party)) >= TRIGRAM:
        yield list(found(rows, str(party))[:LOOKED_AT])
    if party.company_postal and party.company_address:
        there = rows.filter(company_postal=party.company_postal).order_by()
        for block in blocks(str(party)):  # the index of searches finds them
            yield list(found(there, block)[:LOOKED_AT])


def _alike(party: Company, other: Company) -> Alike | None:
    """What they have in common; None where that is too little."""
    if party.company_email and folded(party.company_email) == folded(other.company_email or ""):
        return Alike.EMAIL
    if (key := phone_key(party.company_phone or "")) and key == phone_key(other.company_phone or ""):
        return Alike.PHONE
    is_there = bool(party.company_postal) and party.company_postal == other.company_postal
    if folded(str(party)) == folded(str(other)):
        return Alike.NAME_AND_POSTAL if is_there else Alike.NAME
    is_near = is_there and streets_alike(party.company_address or "", other.company_address or "")
    return Alike.NEARLY if is_near and names_alike(str(party), str(other)) else None
