"""A debtor as a person: over cases, clients and accounts, as far as one sees them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from companies.identity import Identity
from companies.models import Company, PartyContact
from law.contact.vocabulary import PartyFactKind
from legalcity.lib.reading.identifiers import known
from legalcity.lib.reading.phones import HOME, phone_dialled, phone_key, read_mobile
from legalcity.lib.text import folded
from recoveries.letters.channels.postal import country_of, postal_lines
from recoveries.letters.party_facts import address_line
from recoveries.models import Acompte, Message, PartyFact, Recovery

ROWS, CASES, LATEST = 100, 100, 10
ABOUT_ADDRESSES = (PartyFactKind.WRONG, PartyFactKind.OPTED_OUT)
EMAIL, PHONE, POST = "email", "phone", "post"


@dataclass(slots=True)
class Contact:
    """A way to reach the person. `value` is as facts about it name it; `known` are those that stand."""

    kind: str
    shown: str
    value: str
    dialled: str = ""
    clients: list[str] = field(default_factory=list)
    added: PartyContact | None = None  # by staff
    on_case: int = 0  # by which what staff have added is acted upon
    known: list[PartyFact] = field(default_factory=list)

    @property
    def wrong_label(self) -> str:
        """What the act is called that says so of it."""
        return {PHONE: _("Wrong number"), EMAIL: _("Wrong e-mail"), POST: _("Wrong address")}[self.kind]

    @property
    def opted_out_label(self) -> str:
        """Likewise."""
        return _("Not to be used any more")


@dataclass(frozen=True, slots=True)
class Debtor:
    """What is known of the person. `party` is the row that was asked for, `rows` all that are the same one."""

    party: Company
    rows: Sequence[Company]
    cases: Sequence[Recovery]
    case_count: int
    due: Decimal
    is_due_whole: bool
    contacts: Sequence[Contact]
    former_contacts: Sequence[PartyContact]
    facts: Sequence[PartyFact]
    former_facts: Sequence[PartyFact]
    messages: Sequence[Message]
    payments: Sequence[Acompte]

    @property
    def corrected_on(self) -> list[Recovery]:
        """A case for each row of the person, by which what its client gave is corrected."""
        return list({case.debtor_id: case for case in reversed(self.cases)}.values())


def cases_against(party: Company, user: User) -> QuerySet[Recovery]:
    """The cases of the person as debtor that a member of staff sees, newest first."""
    same = Company.objects.filter(Identity.of(party).same()).order_by("pk").values_list("pk", flat=True)[:ROWS]
    seen = Recovery.objects.in_reach_of(user).filter(debtor__in=list(same))
    return seen.order_by("-created_at", "-id")


def debtor_of(party: Company, user: User) -> Debtor | None:
    """The person that a row is of; None where the member of staff sees no case against them."""
    seen = cases_against(party, user)
    cases = list(seen.select_related("owner", "user", "status", "balance", "debtor__owner")[:CASES])
    if not cases:
        return None
    rows = list({case.debtor_id: case.debtor for case in cases if case.debtor}.values())
    sums = seen.aggregate(due=Sum("balance__due"), cases=Count("pk"), told=Count("balance__due"))
    facts = list(PartyFact.objects.filter(party__in=_same(party)).select_related("by", "withdrawn_by"))
    added = list(PartyContact.objects.filter(company__in=_same(party)).select_related("by", "ended_by"))
    standing = [fact for fact in facts if fact.withdrawn_at is None]
    ids = [case.pk for case in cases]
    messages = Message.objects.filter(recovery__in=ids).select_related("recovery").order_by("-created_at", "-id")
    payments = Acompte.objects.entered().filter(recovery__in=ids).select_related("recovery", "reversal")
    return Debtor(
        party=party,
        rows=rows,
        cases=cases,
        case_count=sums["cases"],
        due=sums["due"] or Decimal(0),
        is_due_whole=sums["told"] == sums["cases"],
        contacts=_contacts(rows, [one for one in added if one.ended_at is None], standing, cases),
        former_contacts=[one for one in reversed(added) if one.ended_at],
        facts=[fact for fact in standing if fact.kind not in ABOUT_ADDRESSES or not fact.value],
        former_facts=[fact for fact in facts if fact.withdrawn_at],
        messages=list(messages[:LATEST]),
        payments=list(payments.order_by("-date", "-id")[:LATEST]),
    )


def _same(party: Company) -> QuerySet[Company]:
    return Company.objects.filter(Identity.of(party).same())


def _contacts(
    rows: Iterable[Company], added: Iterable[PartyContact], facts: Sequence[PartyFact], cases: Sequence[Recovery]
) -> list[Contact]:
    """Each way once, with the clients that gave it, or who added it; those that only facts name come last."""
    contacts: dict[tuple[str, str], Contact] = {}
    for row in rows:
        for key, contact in _ways(row):
            kept = contacts.setdefault((contact.kind, key), contact)
            client = row.owner.entreprise or str(row.owner)
            if client not in kept.clients:
                kept.clients.append(client)
    for one in added:
        on_case = next((case.pk for case in cases if case.debtor_id == one.company_id), cases[0].pk)
        value = number_of(one.value) if one.kind == PHONE else one.key
        further = Contact(one.kind, one.value, value, dialled=one.dialled, added=one, on_case=on_case)
        contacts.setdefault((one.kind, one.key), further)
    for fact in facts:
        if fact.value and fact.kind in ABOUT_ADDRESSES:
            _state(contacts, fact)
    return sorted(contacts.values(), key=lambda contact: (EMAIL, PHONE, POST).index(contact.kind))


def _ways(row: Company) -> Iterator[tuple[str, Contact]]:
    if row.company_phone:
        number = number_of(row.company_phone, country_of(row))
        key = phone_key(row.company_phone) or row.company_phone
        yield key, Contact(PHONE, row.company_phone, number, dialled=row.phone_dialled)
    if row.company_email:
        yield row.company_email.lower(), Contact(EMAIL, row.company_email, row.company_email.lower())
    if row.company_address:
        lines = postal_lines(row)
        yield folded(address_line("\n".join(lines))), Contact(POST, ", ".join(lines), address_line("\n".join(lines)))


def number_of(phone: str, region: str = HOME) -> str:
    """A phone as facts about it name it: as networks know it, where it is a mobile one."""
    return known(partial(read_mobile, region=region), phone) or phone


def _state(contacts: dict[tuple[str, str], Contact], fact: PartyFact) -> None:
    kind = EMAIL if "@" in fact.value else PHONE if phone_key(fact.value) else POST
    key = {EMAIL: fact.value.lower(), PHONE: phone_key(fact.value), POST: folded(fact.value)}[kind]
    contacts.setdefault((kind, key), Contact(kind, fact.value, fact.value, phone_dialled(fact.value))).known.append(
        fact
    )
