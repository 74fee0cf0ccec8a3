"""Who a party is, whichever account filed it: several clients may each know the same debtor.

By its SIREN; where one of two has none, by e-mail, phone, or the name of a person with the birthday.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from django.db import connection
from django.db.models import Q

from companies.models import Company

Thing = TypeVar("Thing")
COLUMNS = (
    *("id", "company_siren", "company_email", "company_phone", "company_name"),
    *("company_legalrep_lastname", "company_legalrep_firstname", "company_legalrep_birthday"),
)


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells a party from others. `person`: last and first name and birthday, of who is no company."""

    pk: int
    siren: str
    email: str
    phone: str
    person: tuple[str, str, date] | None

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
    ) -> "Identity":
        """That of the columns `COLUMNS` of a row, where many are read."""
        person = (last.upper(), first.upper(), birthday) if birthday and not name else None
        return cls(pk, siren or "", (email or "").upper(), phone or "", person)

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
        return Q(pk=self.pk) | alike

    def is_same(self, other: "Identity") -> bool:
        """Whether both are one party, as `same` finds it."""
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
        ):
            if value:
                yield kind, value


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
            is_enough = not identity.siren or kind in ("row", "siren")
            for has_siren in (False, True) if is_enough else (False,):
                for entry in self._by_name.get((kind, value, has_siren), ()):
                    found[id(entry)] = entry[1]
        return list(found.values())
