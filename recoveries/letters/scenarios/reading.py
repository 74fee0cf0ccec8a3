"""The facts of cases as the planner takes them, read for many at once: one way for the clock and for the rehearsal."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Max, Q
from django.db.models.functions import Coalesce

from companies.identity import COLUMNS, Identity, Kin, alike
from companies.models import Company
from invoicing.models import Invoice
from law.account.opening import demanded_on
from law.contact import Contact, Known, PartyFactKind
from law.scenario import CaseFacts, Debtor
from law.vocabulary import COUNTED
from law.vocabulary import Step as Status
from legalcity.lib.among import Among
from legalcity.lib.dates import PARIS
from legalcity.lib.settings.live import live
from recoveries.ledger.gathering import DECIDING, told_by_case, with_terms
from recoveries.ledger.rate_book import presentation_counts
from recoveries.letters.channels.postal import postal_lines
from recoveries.letters.contacts import LONGEST, counted
from recoveries.letters.gathering import (
    TITLED,
    addresses_of,
    firm_named,
    is_open,
    named,
    our_addresses,
    place_of,
    quality_facts,
)
from recoveries.letters.party_facts import address_line
from recoveries.letters.scenarios.sums import Sums, sums_read
from recoveries.models import Acknowledgement, Acompte, CreditorReminder, Message, PartyFact, Recovery
from scoring.selectors import levels_of

FORMAL = Message.Kind.FORMAL_NOTICE.value

# What is read of a case: of many the columns that nobody asks for would cost more than all else.
READ = (
    *DECIDING,
    *("status", "user", "matter", "is_hold_lifted", "recovery_service_object", "recovery_due_date"),
    *(f"customer__{name}" for name in (*COLUMNS[1:], "company_address", "company_postal", "company_city")),
    *("customer__company_country", "customer__company_freelance_type"),
    *(f"debtor__{name}" for name in (*COLUMNS[1:], "company_address", "company_postal", "company_city")),
    *("debtor__company_country", "debtor__company_freelance_type"),
)


@dataclass(slots=True)
class Written:
    """The demands of a case: kinds and days of those that went out, when each counts, whether one told of data."""

    kinds: list[str] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    own: list[Contact] = field(default_factory=list)
    is_informed: bool = False


@dataclass(frozen=True, slots=True)
class Everybody:
    """What is known of debtors as persons, and how often each was written to for all clients."""

    contacts: Kin[Contact]
    people: Kin[tuple[str, Known]]


def facts_read(ids: Collection[int], moment: datetime) -> dict[int, tuple[Recovery, CaseFacts]]:
    """These cases with their facts at `moment`, by id; without what hangs on their scenario (`entered_at` is `moment`).

    As many statements for many as for one.
    """
    account = {"owner_email": F("owner__email"), "owner_phone": F("owner__phone")}
    cases = list(with_terms(Recovery.objects).filter(Among("pk", ids)).only(*READ).annotate(**account))
    day = moment.astimezone(PARIS).date()
    told, written = told_by_case(cases), _written(ids)
    acknowledged, disputed, paid = _acknowledged(ids), _disputed(ids), _paid(ids)
    reminded = dict(_of(CreditorReminder, ids).values_list("recovery_id").annotate(n=Count("pk")))
    known = everybody_read(moment, [Identity.of(case.debtor) for case in cases if case.debtor])
    firm, counts = firm_named(), presentation_counts()
    levels = levels_of({case.owner_id for case in cases}, {case.debtor_id for case in cases if case.debtor_id})
    sums = sums_read(cases, told, day, acknowledged=acknowledged, disputed=disputed)
    read = {}
    for case in cases:
        of_case = sums[case.pk]
        notified_on = demanded_on(told[case.pk].facts.notices, presentation_counts=counts)
        guard = quality_facts(case)._replace(
            firm=firm,
            is_notified=notified_on is not None,
            **_of_case(case, of_case),
            **_of_writing(written[case.pk], reminded.get(case.pk, 0)),
            **_of_person(case.debtor, known),
        )
        facts = CaseFacts(
            guard=guard,
            debtor=debtor_told(case.debtor),
            entered_at=moment,
            due_on=case.recovery_due_date,
            amounts=of_case.amounts,
            is_unreckoned=of_case.is_unreckoned,
            later=of_case.later,
            notified_on=notified_on,
            paid_at=paid.get(case.pk),
            score_band=levels.get((case.owner_id, case.debtor_id or 0), ""),
            sent_aside=tuple(written[case.pk].kinds),
        )
        read[case.pk] = case, facts
    return read


def everybody_read(moment: datetime, identities: Sequence[Identity]) -> Everybody:
    """What is known of these parties, whichever client knows them. Two statements."""
    parties = Company.objects.filter(alike(identities))
    demands = Message.objects.demands().filter(counted(None), recovery__debtor__in=parties, goes_with=None)
    recent = demands.filter(Q(sent_at=None) | Q(sent_at__gt=moment - LONGEST))
    contacts: Kin[Contact] = Kin()
    columns = (f"recovery__debtor__{name}" for name in COLUMNS)
    for kind, at, *party in recent.values_list("kind", Coalesce("sent_at", "judged_at", "created_at"), *columns):
        if party[0] is not None:
            contacts.add(Identity.read(*party), Contact(at, kind == FORMAL))
    people: Kin[tuple[str, Known]] = Kin()
    facts = PartyFact.objects.standing().filter(party__in=parties)
    for kind, since, value, *party in facts.values_list(
        "kind", "since", "value", *(f"party__{one}" for one in COLUMNS)
    ):
        people.add(Identity.read(*party), (kind, Known(since, value)))
    return Everybody(contacts, people)


def debtor_told(debtor: Company | None) -> Debtor:
    """Where the debtor is written to."""
    if debtor is None:
        return Debtor()
    return Debtor(
        kind=debtor.company_type or "",
        country=place_of(debtor).country,
        email=debtor.company_email or "",
        phone=debtor.company_phone or "",
        post=address_line("\n".join(postal_lines(debtor))),
    )


# --- of a case -------------------------------------------------------------------------------------------------------
def _of_case(case: Recovery, sums: Sums) -> dict[str, Any]:
    return {
        "is_open": is_open(case),
        "due": sums.amounts.due,
        "claims": sums.claims,
        "is_hold_lifted": case.is_hold_lifted,
        "is_disputed": case.status_id == Status.DISPUTE,
        "has_plan": case.status_id == Status.PAYMENT_PLAN,
        "has_title": case.status_id in TITLED,
        "rates": sums.rates,
        "creditor": named(case.customer),
        "debtor_named": named(case.debtor),
        "ground": case.recovery_service_object,
        "reference": case.recovery_reference,
        "ours": our_addresses(case.customer, case.owner_email, case.owner_phone),  # type: ignore[attr-defined]
        "debtor_addresses": addresses_of(case.debtor),
        "place": place_of(case.debtor),
    }


def _of_writing(written: Written, reminded: int) -> dict[str, Any]:
    reminders = sum(kind in COUNTED for kind in written.kinds)
    return {
        "own": tuple(written.own),
        "reminders": reminders + reminded,
        "first_on": min(written.days, default=None),
        "is_informed": written.is_informed,
    }


def _of_person(debtor: Company | None, known: Everybody) -> dict[str, Any]:
    if debtor is None:
        return {}
    identity = Identity.of(debtor)
    people: defaultdict[PartyFactKind, list[Known]] = defaultdict(list)
    for kind, fact in known.people.of(identity):
        people[PartyFactKind(kind)].append(fact)
    return {
        "contacts": tuple(known.contacts.of(identity)),
        "people": {kind: tuple(facts) for kind, facts in people.items()},
    }


# --- of many cases ---------------------------------------------------------------------------------------------------
def _of(model: Any, ids: Collection[int]) -> Any:
    return model.objects.filter(Among("recovery_id", ids)).order_by()


def _written(ids: Collection[int]) -> Mapping[int, Written]:
    notice = live.PRIVACY_NOTICE
    found: defaultdict[int, Written] = defaultdict(Written)
    demands = _of(Message, ids).demands()
    counts = Coalesce("sent_at", "judged_at", "created_at")
    for pk, kind, at in demands.filter(counted(None)).values_list("recovery_id", "kind", counts):
        found[pk].own.append(Contact(at, kind == FORMAL))
    for pk, kind, at, text in demands.gone_out().values_list("recovery_id", "kind", "sent_at", "text"):
        found[pk].kinds.append(kind)
        found[pk].days += [at.astimezone(PARIS).date()] if at else []
        found[pk].is_informed |= bool(notice) and notice in text
    return found


def _acknowledged(ids: Collection[int]) -> Mapping[int, list[date]]:
    return _grouped(_of(Acknowledgement, ids).standing().values_list("recovery_id", "date"))


def _disputed(ids: Collection[int]) -> Mapping[int, list[int]]:
    return _grouped(_of(Invoice, ids).filter(is_disputed=True).values_list("recovery_id", "pk"))


def _paid(ids: Collection[int]) -> dict[int, datetime]:
    return dict(_of(Acompte, ids).standing().values_list("recovery_id").annotate(at=Max("created_at")))


def _grouped(rows: Iterable[tuple[int, Any]]) -> Mapping[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for pk, value in rows:
        found[pk].append(value)
    return found
