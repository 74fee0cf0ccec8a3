"""What the search in the head of every page finds: cases, parties, invoices, clients, as far as a person sees them.

Each kind of thing is read by one bounded statement or two, each led by an index. A text is looked for by the one rule
of searches; a number that names a thing (reference, SIREN, phone, e-mail, number of a court or of an invoice) is a hit
that is meant, whatever else contains it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

from accounts.models import User
from backoffice.reach import sees_all_cases
from companies.contacts import parties_reached_by
from companies.models import Company
from invoicing.models import Invoice
from legalcity.lib.reading import Unreadable
from legalcity.lib.reading.identifiers import SIREN, SIRET, compact, read_siren
from legalcity.lib.reading.phones import LIMIT, phone_key
from legalcity.lib.reading.texts import one_line
from legalcity.lib.searching import TRIGRAM, found
from legalcity.lib.text import folded, is_storable
from recoveries.models import Injunction, Recovery
from recoveries.services.cases import PREFIX

Row = TypeVar("Row", bound=Model)
SHOWN = 8  # hits of a kind
LOOKED_AT = 100  # cases or parties of which more is asked
LONGEST = 100  # characters
MOST_WORDS = 6
BEGINS = PREFIX.rstrip("-")
WITH_YEAR = re.compile(r"([a-z]+)((?:19|20)\d\d)(\d+)")  # of invoices and the like
# How people begin the number of a court: "RG 26/01234", "n° 21-26-000123".
COURT_WORDS = ("rg n°", "rg no", "rg:", "rg", "n°", "no")


class Term:
    """What was typed, as each kind of thing may know it."""

    def __init__(self, typed: str) -> None:
        self.text = one_line(typed)[:LONGEST].strip() if is_storable(typed) else ""
        self.folded = " ".join(folded(self.text).split())

    def __bool__(self) -> bool:
        return bool(self.folded)

    @property
    def is_long_enough(self) -> bool:
        """Shorter texts are in too much of everything."""
        return len(self.folded) >= TRIGRAM

    @cached_property
    def siren(self) -> str:
        """The SIREN that it is, or that its SIRET begins with."""
        number = compact(self.text)
        try:
            return read_siren(number[:SIREN] if len(number) == SIRET and number.isdecimal() else number)
        except Unreadable:
            return ""

    @cached_property
    def phone(self) -> str:
        """The phone number that it is, as numbers are found."""
        return phone_key(self.text) if len(self.text) <= LIMIT and not self.siren else ""

    @property
    def reference(self) -> str:
        """As the reference of a case is stored, whatever stands between its signs: `rec pk8ls3` → `REC-PK8LS3`."""
        signs = "".join(char for char in self.text.upper() if char.isalnum())
        return f"{PREFIX}{signs[len(BEGINS) :]}" if signs.startswith(BEGINS) else self.text.upper()

    @property
    def words(self) -> list[str]:
        """The first words where it has several, one of which an index knows; else none.

        A number typed without what stands between its parts has several: `fa202469306` is `fa`, `2024`, `69306`.
        """
        parts = WITH_YEAR.fullmatch(self.folded)
        words = list(parts.groups()) if parts else self.folded.split()[:MOST_WORDS]
        return words if len(words) > 1 and max(map(len, words)) >= TRIGRAM else []

    @property
    def court_number(self) -> str:
        """Without the words that people begin it with."""
        for word in COURT_WORDS:
            if self.folded.startswith(f"{word} ") or (word[-1] in "°:" and self.folded.startswith(word)):
                return self.folded[len(word) :].strip()
        return self.folded

    def is_all_of(self, *texts: str | None) -> bool:
        """Whether one of `texts` is what was typed, and not a part of it alone."""
        return any(" ".join(folded(text).split()) == self.folded for text in texts if text)


@dataclass(frozen=True, slots=True)
class Hits(Generic[Row]):
    """Rows of a kind: those that were meant come first. `is_more`: there are more than are shown."""

    meant: Sequence[Row] = ()
    others: Sequence[Row] = ()
    is_more: bool = False

    @property
    def rows(self) -> list[Row]:
        """All of them."""
        return [*self.meant, *self.others]


def _hits(rows: Iterable[Row], is_meant: Callable[[Row], bool]) -> Hits[Row]:
    once = list({row.pk: row for row in rows}.values())
    shown = once[:SHOWN]
    meant = [row for row in shown if is_meant(row)]
    return Hits(meant, [row for row in shown if row not in meant], len(once) > SHOWN)


def cases_for(term: Term, user: User, parties: Sequence[Company]) -> Hits[Recovery]:
    """By reference, the client's own one, a name, the number of the court; else those of the `parties` found.

    Where nothing has what was typed, those that have each of its words: `peron capucine`, `fa202469306`.
    """
    seen = Recovery.objects.in_reach_of(user).select_related("owner")
    newest = seen.order_by("-created_at", "-id")
    named = list(seen.filter(recovery_reference=term.reference))
    in_court = _in_court(term, user)
    rows = [*named, *(seen.filter(pk__in=in_court.keys()) if in_court else ())]
    if term.is_long_enough:
        rows.extend(found(newest, term.text)[: SHOWN + 1])
    if not rows and parties:
        ids = [party.pk for party in parties]
        rows = list(newest.filter(Q(debtor__in=ids) | Q(customer__in=ids))[: SHOWN + 1])
    if not rows and term.words:
        rows = list(_with_each(newest, term.words)[: SHOWN + 1])
    meant = {case.pk for case in named} | {pk for pk, is_all in in_court.items() if is_all}
    return _hits(rows, lambda case: case.pk in meant or term.is_all_of(case.external_id))


def _with_each(rows: QuerySet[Row], words: Iterable[str]) -> QuerySet[Row]:
    for word in words:
        rows = found(rows, word)
    return rows


def _in_court(term: Term, user: User) -> dict[int, bool]:
    """Cases whose procedure has the number, and whether it is all of it."""
    number = Term(term.court_number)
    if not number.is_long_enough:
        return {}
    procedures = found(Injunction.objects.in_reach_of(user), number.text).order_by("-pk")[:SHOWN]
    rows = procedures.values_list("recovery_id", "file_number")
    return {pk: number.is_all_of(file_number) for pk, file_number in rows}


def parties_for(term: Term, user: User) -> Hits[Company]:
    """By SIREN, phone in any spelling, e-mail, name; by further contacts, which staff have added, as a whole."""
    parties = Company.objects.select_related("owner").order_by("-id")
    reached = {*islice(parties_reached_by(term.text), LOOKED_AT)}
    further = [*parties.filter(pk__in=reached)[: SHOWN + 1]] if reached else []
    if sees_all_cases(user):
        return _hits([*further, *rows_for(term, parties)], lambda one: one.pk in reached or _is_meant(term, one))
    among = {*_parties_of_cases(term, user), *_within_reach(term, user, reached)}
    rows = rows_for(term, parties.filter(pk__in=among)) if among else []
    shown = [one for one in further if one.pk in among]
    return _hits([*shown, *rows], lambda one: one.pk in reached or _is_meant(term, one))


def _parties_of_cases(term: Term, user: User) -> Iterator[int]:
    """Those of the cases that the person sees and that are found: parties' names stand there."""
    if term.is_long_enough:
        cases = found(Recovery.objects.in_reach_of(user), term.text).order_by("-created_at", "-id")
        yield from _sides(cases[:LOOKED_AT])


def _within_reach(term: Term, user: User, reached: set[int]) -> set[int]:
    """Of the newest parties that are found in whichever account, and of those `reached`, those that the person sees.

    Asked of these alone: the condition of `in_reach_of` would be asked of all parties that there are.
    """
    newest = _found_by(term, Company.objects.order_by("-id"))
    ids = reached | {pk for parties in newest for pk in parties.values_list("pk", flat=True)[:LOOKED_AT]}
    cases = Recovery.objects.filter(Q(debtor__in=ids) | Q(customer__in=ids))
    return {*_sides(cases.in_reach_of(user))} | ids.difference(_sides(cases))


def _sides(cases: QuerySet[Recovery]) -> Iterator[int]:
    """The parties of cases."""
    return (pk for sides in cases.values_list("debtor_id", "customer_id") for pk in sides if pk)


def debtors_among(parties: Sequence[Company], user: User) -> set[int]:
    """Those that are the debtor of a case that the person sees."""
    cases = Recovery.objects.in_reach_of(user).filter(debtor__in=[party.pk for party in parties])
    return {pk for pk in cases.values_list("debtor_id", flat=True) if pk} if parties else set()


def _is_meant(term: Term, party: Company) -> bool:
    if term.siren and party.company_siren == term.siren:
        return True
    if term.phone and party.company_phone and phone_key(party.company_phone) == term.phone:
        return True
    return term.is_all_of(party.company_email, party.reference)


def invoices_for(term: Term, user: User) -> Hits[Invoice]:
    """By number: a case is found by the numbers of its invoices, so they are looked for in the cases found."""
    if not term.is_long_enough:
        return Hits()
    cases = found(Recovery.objects.in_reach_of(user), term.text).order_by("-created_at", "-id")[:LOOKED_AT]
    ids = list(cases.values_list("pk", flat=True))
    invoices = found(Invoice.objects.filter(recovery__in=ids), term.text).select_related("recovery").order_by("-id")
    return _hits(invoices[: SHOWN + 1] if ids else (), lambda invoice: term.is_all_of(invoice.invoice_number))


def clients_for(term: Term) -> Hits[User]:
    """By e-mail, name, company, SIREN, phone."""
    clients = User.objects.filter(is_staff=False).order_by("-id")
    return _hits(rows_for(term, clients), lambda client: _is_client(term, client))


def _is_client(term: Term, client: User) -> bool:
    is_phone = bool(term.phone) and phone_key(client.phone) == term.phone
    return is_phone or (bool(term.siren) and client.siren == term.siren) or term.is_all_of(client.email)


def rows_for(term: Term, rows: QuerySet[Row]) -> list[Row]:
    """The first of `rows` that it finds."""
    return [row for some in _found_by(term, rows) for row in some[: SHOWN + 1]]


def _found_by(term: Term, rows: QuerySet[Row]) -> Iterator[QuerySet[Row]]:
    """By the number that was typed, however it is spelled; by the text otherwise."""
    for number in filter(None, (term.siren, term.phone)):
        yield found(rows, number)
    if not term.siren and term.is_long_enough:
        yield found(rows, term.text)
