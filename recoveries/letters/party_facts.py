"""What is known of a debtor as a person: entered and withdrawn by staff, and from what a mail server refuses."""

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.audit import ADDED, CHANGED, audit_record, field_values
from companies.contacts import parties_reached_by
from companies.identity import Identity
from companies.models import Company
from documents.models import Document
from events.services import story
from law.contact import PartyFactKind
from legalcity.lib.clock import now, today
from legalcity.lib.errors import Forbidden, Invalid, NotFound
from legalcity.lib.reading.phones import phone_key
from legalcity.lib.searching import found
from recoveries.catalogue import catalogue
from recoveries.court.task_kinds import declaration_task_open
from recoveries.letters.waiting import held_judge_soon
from recoveries.models import Enrolment, Message, PartyFact, Recovery
from recoveries.services.cases import recovery_lock
from recoveries.services.touching import cases_touch

# What is about an address: `wrong` and the lawyer's own about one, the others about one or about all.
WITH_ADDRESS = (PartyFactKind.WRONG, PartyFactKind.LAWYER, PartyFactKind.OPTED_OUT, PartyFactKind.CONSENTS_TO_LRE)


@story()
def party_fact_enter(
    *,
    recovery_id: int,
    kind: str,
    since: date,
    value: str = "",
    published_on: date | None = None,
    note: str = "",
    proof_id: int | None = None,
    by: User | None,
) -> PartyFact:
    """Write down a fact (`PartyFactKind`) about the debtor of a case; the guard heeds it, in every account.

    `value` is the address that it is about: the wrong one, the lawyer's, the one that it agreed to (empty: its own),
    the one that is not to be written to (empty: none is). `since` and `published_on` are the days of a judgment and of
    its publication where proceedings are open.
    Raises NotFound, Invalid, Forbidden where it is known already.
    """
    case = recovery_lock(recovery_id=recovery_id)
    if case.debtor is None:
        raise Forbidden(_("The case has no debtor."))
    _require_fitting(case, kind, since, value, published_on, proof_id)
    if PartyFact.objects.standing().filter(party=case.debtor, kind=kind, value=value).exists():
        raise Forbidden(_("This is known already."))
    fact = PartyFact.objects.create(
        party=case.debtor,
        kind=kind,
        value=value,
        since=since,
        published_on=published_on,
        note=note,
        proof_id=proof_id,
        by=by,
    )
    audit_record(action=ADDED, target=fact, after=field_values(fact))
    if kind == PartyFactKind.INSOLVENT:
        _have_claims_declared(case, since, published_on)
    _known_of(case)
    return fact


def _known_of(case: Recovery) -> None:
    """The case was changed by what is known of its debtor; letters to the same person wait in every account."""
    cases_touch(case.pk)
    if case.debtor is not None:
        held_judge_soon(Recovery.objects.filter(debtor__in=Company.objects.filter(Identity.of(case.debtor).same())))


def _have_claims_declared(case: Recovery, since: date, published_on: date | None) -> None:
    """On every open case against the same person. The clock ends their scenarios."""
    if case.debtor is None:
        return
    same = Company.objects.filter(Identity.of(case.debtor).same())
    closed = [entry.id for entry in catalogue.entries.values() if entry.is_closing]
    cases = Recovery.objects.filter(debtor__in=same).exclude(status_id__in=closed).select_related("customer")
    Enrolment.objects.filter(recovery__in=cases).look_at(now())
    for one in cases.order_by("pk"):
        declaration_task_open(case=one, since=since, published_on=published_on)


@story()
def party_fact_withdraw(*, fact_id: int, recovery_id: int, by: User | None) -> PartyFact:
    """Say that a fact about the debtor of a case holds no more. Raises NotFound, Forbidden."""
    case = recovery_lock(recovery_id=recovery_id)
    fact = facts_about(case).filter(pk=fact_id).select_for_update(of=("self",)).first()
    if fact is None:
        raise NotFound(_("There is no such fact about this debtor."))
    before = field_values(fact)
    fact.withdrawn_at, fact.withdrawn_by = now(), by
    fact.save(update_fields=["withdrawn_at", "withdrawn_by"])
    audit_record(action=CHANGED, target=fact, before=before, after=field_values(fact))
    _known_of(case)
    return fact


def facts_about(case: Recovery) -> QuerySet[PartyFact]:
    """What is known now of the debtor of a case, in whichever account it was entered."""
    if case.debtor is None:
        return PartyFact.objects.none()
    return PartyFact.objects.standing().filter(party__in=Company.objects.filter(Identity.of(case.debtor).same()))


def address_is_wrong(*, message: Message) -> None:
    """Write down that a carrier knows no such recipient. The caller holds the row of the message."""
    debtor_id, address = message.recovery.debtor_id, message.recipient.lower() or address_line(message.address)
    if debtor_id is None or not address:
        return
    known = {"party_id": debtor_id, "kind": PartyFactKind.WRONG.value, "value": address}
    told = _("Refused by its mail server.") if message.recipient else _("A letter to it came back.")
    with_note = {"since": today(), "note": told}
    PartyFact.objects.get_or_create(**known, withdrawn_at=None, defaults=with_note)


def opted_out(*, message: Message) -> None:
    """Write down that who holds a phone wants no more text messages there, of each party who is reached at it.

    The phone is one person's, whomever they are for: one answer ends them all. The caller holds the row of the case.
    """
    number, debtor_id = message.recipient.lower(), message.recovery.debtor_id
    if not number:
        return
    parties = _reached_by_phone(number) | ({debtor_id} if debtor_id else set())
    told = {"kind": PartyFactKind.OPTED_OUT.value, "value": number, "since": today(), "note": _("Answered STOP.")}
    facts = [PartyFact(party_id=party_id, **told) for party_id in sorted(parties)]
    PartyFact.objects.bulk_create(facts, ignore_conflicts=True)  # Of some it is known already.


def _reached_by_phone(number: str) -> set[int]:
    """The parties whose phone it is, in any spelling, or to whom staff have added it."""
    key = phone_key(number)
    if not key:
        return set()
    given = found(Company.objects.all(), key).values_list("pk", "company_phone").iterator()
    return {pk for pk, phone in given if phone_key(phone or "") == key}.union(parties_reached_by(number))


def address_line(address: str) -> str:
    """A postal address in one line, as facts about it name it."""
    return ", ".join(address.splitlines())[:254]


def _require_fitting(
    case: Recovery, kind: str, since: date, value: str, published_on: date | None, proof_id: int | None
) -> None:
    errors: dict[str, list[str]] = {}
    if kind not in set(PartyFactKind):
        errors["kind"] = [_("There is no such fact.")]
    if kind == PartyFactKind.WRONG and not value:
        errors["value"] = [_("Which address is wrong?")]
    if value and kind not in WITH_ADDRESS:
        errors["value"] = [_("This is about no address.")]
    if since > today():
        errors["since"] = [_("This day is still to come.")]
    if published_on and (kind != PartyFactKind.INSOLVENT or published_on < since):
        errors["published_on"] = [_("A judgment is published after it was made, and nothing else is.")]
    if proof_id and not Document.objects.filter(pk=proof_id, recovery=case).exists():
        errors["proof"] = [_("There is no such document on this case.")]
    if errors:
        raise Invalid(errors)
