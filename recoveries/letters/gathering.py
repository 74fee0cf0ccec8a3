"""The facts that the guard looks at, read from a case, its letters and what is known of its debtor."""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from django.db.models import QuerySet

from companies.contacts import further_contacts
from companies.identity import Identity
from companies.models import Company
from companies.parties import party_of, quality_of
from law.account.decompte import ClaimRow, Decompte, NotDueRow
from law.account.demand import Demanded, demanded
from law.account.facts import ClaimKey, ClaimKind
from law.account.opening import demanded_on
from law.account.untouched import Untouched
from law.account.warnings import Code as Warned
from law.contact import ClaimFacts, Facts, Known, Named, PartyFactKind, Place, Rates
from law.contact.claims import last_days_of, parted
from law.limitation import LastDays, starts_of
from law.parties import Quality
from law.vocabulary import COUNTED, Matter, Step
from legalcity.lib.countries import country_code
from legalcity.lib.dates import PARIS
from legalcity.lib.reading.identifiers import known
from legalcity.lib.reading.phones import read_mobile
from legalcity.lib.settings.live import live
from recoveries.catalogue import catalogue
from recoveries.ledger.decompte import case_decompte
from recoveries.ledger.gathering import notices_of
from recoveries.letters.contacts import contacts_of, contacts_with, counted
from recoveries.models import Acknowledgement, CreditorReminder, Message, PartyFact, Recovery

TITLED = (Step.ENFORCEABLE, Step.ENFORCEMENT)


@dataclass(frozen=True, slots=True)
class Demand:
    """The account of what may be asked for, and the claims of the case that are not settled; `told`: the whole one."""

    account: Demanded
    claims: tuple[ClaimFacts, ...]
    told: Decompte

    @property
    def is_doubtful(self) -> bool:
        """Whether something of it may be barred, which hangs on the payments or the due date."""
        asked = {row.claim.key for row in self.account.rows}
        days = [claim.until for claim in self.claims if claim.key in asked and claim.until]
        return any(until.is_doubtful(self.account.day) for until in days)


def is_open(case: Recovery) -> bool:
    """Whether letters about the case make sense at all: an open amicable one, with both parties."""
    is_amicable = not case.is_in_court and not catalogue.is_closing(case.status_id)
    return bool(is_amicable and case.customer_id and case.debtor_id)


def demand_of(case: Recovery, on: date) -> Demand:
    """What may be demanded on the day `on`. Raises Conflict when no rate is known for a day."""
    account = case_decompte(case, on=on)
    acknowledged = Acknowledgement.objects.standing().filter(recovery=case).values_list("date", flat=True)
    disputed = case.invoices.filter(is_disputed=True).values_list("pk", flat=True)
    return demand_from(case, account, acknowledged=list(acknowledged), disputed=set(disputed))


def demand_from(
    case: Recovery, account: Decompte, *, acknowledged: Collection[date], disputed: Collection[int]
) -> Demand:
    """The same of an account that is reckoned; `acknowledged`: days, `disputed`: ids of invoices."""
    on = account.on
    claims = claims_told(
        case,
        account,
        on=on,
        payments=[row.payment.on for row in account.payments if not row.is_reversed],
        acknowledged=acknowledged,
        disputed=disputed,
    )
    asked, _left_out = parted(claims, counts_as_consumer=quality_facts(case).counts_as_consumer, on=on)
    return Demand(demanded(account, {claim.key for claim in asked}), claims, account)


def claims_told(
    case: Recovery,
    account: Decompte | Untouched,
    *,
    on: date,
    payments: Collection[date] = (),
    acknowledged: Collection[date],
    disputed: Collection[int],
) -> tuple[ClaimFacts, ...]:
    """The claims of an account on the day `on` that are not settled; `payments`, `acknowledged`: the days of them."""
    until = _until(case, payments, [day for day in acknowledged if day <= on])
    keys = {(ClaimKind.INVOICE, pk) for pk in disputed}
    return (
        *(_claim(row, row.left.principal, until(row), keys) for row in account.claims if row.left.due),
        *(_claim(row, row.principal, None, keys) for row in account.not_due if row.principal),
    )


def facts_aside(case: Recovery) -> Facts:
    """What is asked of every message: who is written to, and what may not be said."""
    same = Company.objects.filter(Identity.of(case.debtor).same()) if case.debtor else Company.objects.none()
    return quality_facts(case)._replace(
        is_open=is_open(case),
        has_title=case.status_id in TITLED,
        firm=firm_named(),
        creditor=named(case.customer),
        debtor_named=named(case.debtor),
        people=_people(same),
        ours=our_addresses(case.customer, case.owner.email, case.owner.phone),
        debtor_addresses=addresses_of(case.debtor) | _phone_of(case.debtor) | _added_to(case.debtor),
    )


def facts_of(case: Recovery, demand: Demand, *, moment: datetime, email: Message | None = None) -> Facts:
    """What is asked of a demand: a new one, or the `email` that is about to leave."""
    debtor, account = case.debtor, demand.account
    same = Company.objects.filter(Identity.of(debtor).same()) if debtor else Company.objects.none()
    sent = _sent(case)
    reminders = [kind for kind, *_rest in sent if kind in COUNTED]
    return facts_aside(case)._replace(
        due=account.total,
        claims=demand.claims,
        is_hold_lifted=case.is_hold_lifted,
        is_disputed=case.status_id == Step.DISPUTE,
        has_plan=case.status_id == Step.PAYMENT_PLAN,
        is_notified=_is_notified(case),
        rates=Rates(account.is_provisional, any(one.code == Warned.RATE_UNCONFIRMED for one in account.warnings)),
        ground=case.recovery_service_object,
        reference=case.recovery_reference,
        first_on=min((at for _kind, at, _told in sent if at), default=None),
        reminders=len(reminders) + CreditorReminder.objects.filter(recovery=case).count(),
        own=contacts_of(Message.objects.demands().filter(counted(email), recovery=case)),
        contacts=contacts_with(same, email, moment),
        is_informed=any(is_told for _kind, _at, is_told in sent),
        place=place_of(debtor),
    )


def written_on(email: Message) -> date:
    """The day that the words of a letter name."""
    return email.day or email.created_at.astimezone(PARIS).date()


def quality_facts(case: Recovery) -> Facts:
    """In which quality the debtor deals, alone."""
    quality = quality_of(case.debtor, is_debtor=True)
    is_kind_known = bool(case.debtor and case.debtor.company_type) or quality != Quality.UNKNOWN
    return Facts(debtor=quality, is_kind_known=is_kind_known)


def _claim(
    row: ClaimRow | NotDueRow, left: Decimal, until: LastDays | None, disputed: Collection[ClaimKey]
) -> ClaimFacts:
    return ClaimFacts(
        key=row.claim.key,
        number=row.claim.number,
        amount=left,
        is_due=isinstance(row, ClaimRow),
        until=until,
        is_disputed=row.claim.key in disputed,
        head=row.claim.head,
    )


def _until(
    case: Recovery, payments: Collection[date], acknowledged: Collection[date]
) -> Callable[[ClaimRow], LastDays | None]:
    """Says of a claim until when it may be asked for."""
    judge = partial(
        last_days_of,
        creditor=party_of(case.customer),
        debtor=party_of(case.debtor),
        counts_as_consumer=quality_facts(case).counts_as_consumer,
        matter=Matter(case.matter),
        payments=payments,
        acknowledged=acknowledged,
    )
    return lambda row: judge(starts_of(row.claim.performed_on, row.claim.issued_on, row.due_on))


def place_of(debtor: Company | None) -> Place:
    """Where the debtor lives."""
    if debtor is None:
        return Place()
    return Place(country_code(debtor.company_country) or "", debtor.company_postal or "")


def addresses_of(party: Company | None) -> frozenset[str]:
    """Where a party is known to be reached by e-mail and phone."""
    return frozenset(filter(None, (party.company_email, party.company_phone))) if party else frozenset()


def _phone_of(debtor: Company | None) -> frozenset[str]:
    """The debtor's mobile phone as networks know it, and as messages to it name it."""
    if debtor is None or not debtor.company_phone:
        return frozenset()
    region = country_code(debtor.company_country) or "FR"
    return frozenset(filter(None, (known(partial(read_mobile, region=region), debtor.company_phone),)))


def _added_to(debtor: Company | None) -> frozenset[str]:
    """Further phones and e-mails that staff have added, as they wrote them and as networks know them."""
    if debtor is None:
        return frozenset()
    region, values = country_code(debtor.company_country) or "FR", {one.value for one in further_contacts(debtor)}
    mobiles = (known(partial(read_mobile, region=region), value) for value in values)
    return frozenset(values | {*filter(None, mobiles)})


def firm_named() -> Named:
    """The firm as a letter has to name it: by what staff have entered."""
    return Named(live.FIRM_NAME, (live.FIRM_ADDRESS, live.FIRM_POSTAL_CODE, live.FIRM_CITY))


def our_addresses(creditor: Company | None, *of_account: str | None) -> frozenset[str]:
    """E-mails and phones of the firm, of the creditor and of its account."""
    return addresses_of(creditor) | frozenset(filter(None, (*of_account, live.FIRM_EMAIL, live.FIRM_PHONE)))


def named(company: Company | None) -> Named:
    """A party as a letter has to name it."""
    if company is None:
        return Named()
    parts = (company.company_address, company.company_postal, company.company_city)
    return Named(str(company), tuple(part or "" for part in parts))


def _people(same: QuerySet[Company]) -> dict[PartyFactKind, tuple[Known, ...]]:
    found: defaultdict[PartyFactKind, list[Known]] = defaultdict(list)
    for kind, since, value in PartyFact.objects.standing().filter(party__in=same).values_list("kind", "since", "value"):
        found[PartyFactKind(kind)].append(Known(since, value))
    return {kind: tuple(known) for kind, known in found.items()}


def _sent(case: Recovery) -> list[tuple[str, date | None, bool]]:
    """The demands of the case that were sent: kind, day, and whether they told of personal data."""
    sent = Message.objects.demands().gone_out().filter(recovery=case)
    rows, notice = sent.order_by("sent_at", "id").values_list("kind", "sent_at", "text"), live.PRIVACY_NOTICE
    return [(kind, at and at.astimezone(PARIS).date(), bool(notice) and notice in text) for kind, at, text in rows]


def _is_notified(case: Recovery) -> bool:
    return demanded_on(notices_of(case.pk), presentation_counts=live.NOTICE_PRESENTATION_COUNTS) is not None
