"""Who a party is, whichever account filed it: several clients may each know the same debtor.

By its SIREN; where one of two has none, by e-mail, phone, or the name of a person with the birthday; and whatever they
say, where staff have linked them as one (`linking.py`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from typing import Generic, NamedTuple, TypeVar

from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Upper

from companies.models import Company
from legalcity.lib.among import Among, AmongTexts

Thing = TypeVar("Thing")
COLUMNS = (
    *("id", "company_siren", "company_email", "company_phone", "company_name"),
    *("company_legalrep_lastname", "company_legalrep_firstname", "company_legalrep_birthday", "linked_as"),
)


class Identity(NamedTuple):
    """What tells a party from others. `person`: last and first name and birthday, of who is no company.

    `link`: the number that rows share which staff have linked, or None.
    """

    pk: int
    siren: str
    email: str
    phone: str
    person: tuple[str, str, date] | None
    link: int | None = None

    @classmethod
    def of(cls, company: Company) -> "Identity":
        """That of a row."""
        return cls.read(*(getattr(company, name) for name in COLUMNS))

    @classmethod
    def read(
        cls,
        pk: int,
        siren: str | None,
        email: str | None,
        phone: str | None,
        name: str | None,
        last: str,
        first: str,
        birthday: date | None,
        link: int | None = None,
    ) -> "Identity":
        """That of the columns `COLUMNS` of a row, where many are read."""
        person = (last.upper(), first.upper(), birthday) if birthday and not name else None
        return cls(pk, siren or "", (email or "").upper(), phone or "", person, link)

    def same(self) -> Q:
        """The rows of the same party, in every account."""
        alike = Q()
        if self.email:
            alike |= Q(company_email__iexact=self.email)
        if self.phone:
            alike |= Q(company_phone=self.phone)
        if self.person:
            last, first, born = self.person
            alike |= Q(
                company_legalrep_birthday=born,
                company_legalrep_lastname__iexact=last,
                company_legalrep_firstname__iexact=first,
            )
        if self.siren:
            nameless = Q(company_siren=None) | Q(company_siren="")
            alike = Q(company_siren=self.siren) | (alike & nameless if alike else Q())
        linked = Q(linked_as=self.link) if self.link else Q()
        return Q(pk=self.pk) | alike | linked

    def is_same(self, other: "Identity") -> bool:
        """Whether both are one party, as `same` finds it."""
        if self.link and self.link == other.link:
            return True
        if self.siren and other.siren:
            return self.pk == other.pk or self.siren == other.siren
        return not {*self.names()}.isdisjoint(other.names())

    def lock(self) -> None:
        """Let nobody else decide about this party until the transaction ends: whatever it is known by.

        SQLite, where writers take turns, needs no lock.
        """
        if connection.vendor != "postgresql":
            return
        known = [self.siren, self.email, self.phone, "|".join(map(str, self.person or ()))]
        known.append(str(self.link or ""))
        keys = [f"{number}:{value}" for number, value in enumerate(known) if value] or [f"company:{self.pk}"]
        statement = (
            "SELECT pg_advisory_xact_lock(key) FROM "
            "(SELECT DISTINCT hashtextextended(name, 0) AS key FROM unnest(%s::text[]) AS name ORDER BY 1) AS keys"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [keys])

    def names(self) -> Iterator[tuple[str, object]]:
        """All that it is known by, each with what it is."""
        yield "row", self.pk
        for kind, value in (
            ("siren", self.siren),
            ("email", self.email),
            ("phone", self.phone),
            ("person", self.person),
            ("link", self.link),
        ):
            if value:
                yield kind, value


def alike(identities: Collection[Identity]) -> Q:
    """The rows of any of these parties, in every account, and some more: one condition, however many parties.

    Which of them are whose is told by `Kin`.
    """
    born = {one.person[2].isoformat() for one in identities if one.person}
    found = Q(Among("pk", [one.pk for one in identities]))
    found |= Q(Among("linked_as", {one.link for one in identities if one.link}))
    for field, kind, values in (
        (F("company_siren"), "text", {one.siren for one in identities}),
        (Upper("company_email"), "text", {one.email for one in identities}),
        (F("company_phone"), "text", {one.phone for one in identities}),
        (F("company_legalrep_birthday"), "date", born),
    ):
        if known := {value for value in values if value}:
            found |= Q(AmongTexts(field, known, kind))
    return found


class Kin(Generic[Thing]):
    """Things that belong to parties, found by who a party is: many at once, where `same` would ask for each."""

    def __init__(self) -> None:
        # By name, and whether the party has a SIREN: two that have one are the same by it alone.
        self._by_name: defaultdict[tuple[str, object, bool], list[tuple[Identity, Thing]]] = defaultdict(list)

    def __bool__(self) -> bool:
        return bool(self._by_name)

    def add(self, identity: Identity, thing: Thing) -> None:
        """Keep a thing of a party."""
        entry = (identity, thing)
        for name in identity.names():
            self._by_name[*name, bool(identity.siren)].append(entry)

    def of(self, identity: Identity) -> list[Thing]:
        """The things of this party, each once."""
        if not self:
            return []
        found: dict[int, Thing] = {}
        for kind, value in identity.names():
            is_enough = not identity.siren or kind in ("row", "siren", "link")
            for has_siren in (False, True) if is_enough else (False,):
                for entry in self._by_name.get((kind, value, has_siren), ()):
                    found[id(entry)] = entry[1]
        return list(found.values())
