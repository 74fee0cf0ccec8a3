"""Writes of cases: open, open completely, change, delete, change status."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from companies.models import Company
from companies.services import company_build
from documents.services.documents import documents_delete_of_case
from events.schemas import differences, sides
from events.services import changes_of, events_record, story
from invoicing.selectors import InvoiceRow
from law.limitation import Starts, starts_of
from law.vocabulary import Step
from legalcity.lib.append_only import door
from legalcity.lib.clock import today
from legalcity.lib.codes import ErrorCode
from legalcity.lib.errors import Forbidden, Invalid, NotFound
from recoveries import rules
from recoveries.events import (
    RECOVERY_DELETED,
    RECOVERY_UPDATED,
    TOLD,
    case_event,
)
from recoveries.guards import complete_errors, recovery_errors, recovery_values
from recoveries.ledger.departing import ledger_forget
from recoveries.ledger.gathering import NO_CASE
from recoveries.ledger.posting import Source
from recoveries.ledger.settling import case_reckon
from recoveries.models import MessageCase, MessageFact, Recovery
from recoveries.rules import FIELDS
from recoveries.selectors.deadlines import STARTED_BY, ClockDays, deadlines_reckoned
from recoveries.services.copies import copies_refresh
from recoveries.services.deadlines import next_deadline_set
from recoveries.services.filing import case_file
from recoveries.services.heard import case_listeners
from recoveries.services.references import external_id_free, with_reference
from recoveries.services.totals import case_count_add

# What decides how a case is reckoned
TERMS = (
    "recovery_late_interest",
    "recovery_interest_rate",
    "recovery_interest_rate_percent",
    "recovery_penalty",
    "recovery_penalty_type",
    "recovery_penalty_amount",
    "recovery_penalty_percent",
)
PREFIX = "REC-"  # of references
NOT_FOUND = NO_CASE
NOT_YOURS = _("Unauthorized access to this recovery")


@dataclass(frozen=True, slots=True)
class CompleteCase:
    """A case with its parties and its invoices."""

    recovery: Recovery
    customer: Company
    debtor: Company
    invoices: Sequence[InvoiceRow]


def recovery_lock(*, recovery_id: int) -> Recovery:
    """A case, locked until the transaction ends. Raises NotFound."""
    recovery = Recovery.objects.select_for_update(of=("self",)).filter(pk=recovery_id).first()
    if recovery is None:
        raise NotFound(NOT_FOUND, code=ErrorCode.CASE_NOT_FOUND)
    return recovery


def recovery_locked(*, recovery_id: int, owner: User) -> Recovery:
    """The caller's case, locked until the transaction ends. Raises NotFound, or Forbidden for another account's."""
    recovery = recovery_lock(recovery_id=recovery_id)
    if recovery.owner_id != owner.pk:
        raise Forbidden(NOT_YOURS, code=ErrorCode.NOT_YOURS)
    return recovery


def _opening(
    owner: User,
    values: Mapping[str, Any],
    starts: Collection[Starts] = (),
    **more: Any,
) -> Recovery:
    """A new case, unsaved; limitation runs from `starts`. Raises Invalid."""
    fields = dict(values)
    handler = owner if fields.pop("assign_to_me", True) else None
    if errors := recovery_errors(fields):
        raise Invalid(errors)
    recovery = Recovery(
        owner_id=owner.pk, user=handler, status_id=Step.CREATED, **rules.recovery_settled(fields), **more
    )

    next_deadline_set(
        recovery,
        deadlines_reckoned(recovery, ClockDays(starts=set(starts)), today(), is_owed=recovery.amount_torecover > 0),
    )

    return recovery


def recovery_create(*, owner: User, values: Mapping[str, Any], by: User | None) -> Recovery:
    """A bare case of `owner`. Raises Invalid."""

    def create(reference: str) -> Recovery:
        recovery = _opening(owner, values)
        case_file(recovery, reference=reference, by=by, source=Source.API)
        return recovery

    return with_reference(PREFIX, create)


def recovery_create_complete(
    *,
    owner: User,
    recovery: Mapping[str, Any],
    customer: Mapping[str, Any],
    debtor: Mapping[str, Any],
    invoices: Sequence[Mapping[str, Any]],
    by: User | None,
    source: Source = Source.API,
) -> CompleteCase:
    """A case with its parties and invoices: all or nothing, in a number of statements that does not grow.

    It belongs to `owner`, whoever opens it. Raises Invalid.
    """
    if errors := complete_errors({"invoices": invoices}):
        raise Invalid(errors)
    amount = sum((item["invoice_amount"] for item in invoices), Decimal(0))
    paid = sum((_part_paid(item) for item in invoices), Decimal(0))
    starts = _limitation_starts(invoices)

    def create(reference: str) -> CompleteCase:
        creditor = company_build(owner_id=owner.pk, values=customer, by=by)
        payer = company_build(owner_id=owner.pk, values=debtor, by=by)
        case = _opening(
            owner,
            recovery,
            starts,
            customer=creditor,
            debtor=payer,
            amount=amount,
            amount_torecover=amount - paid,
            invoices_count=len(invoices),
        )
        parties = {"customer": creditor, "debtor": payer}
        saved = case_file(
            case, reference=reference, by=by, source=source, parties=parties, invoices=invoices, within="recovery."
        )
        case_listeners.listener.opened(case)
        return CompleteCase(case, creditor, payer, saved)

    return with_reference(PREFIX, create)


def _limitation_starts(invoices: Sequence[Mapping[str, Any]]) -> set[Starts]:
    """The days from which limitation may run against those of `invoices` on which something remains."""
    owed = (item for item in invoices if item["invoice_amount"] > _part_paid(item))
    days = {tuple(map(item.get, STARTED_BY)) for item in owed}
    return {starts for each in days if (starts := starts_of(*each))}


def _part_paid(item: Mapping[str, Any]) -> Decimal:
    if not item.get("invoice_part_paid"):
        return Decimal(0)
    return item.get("invoice_part_paid_amount") or Decimal(0)


@story()
def recovery_update(
    *, recovery: Recovery, values: Mapping[str, Any], by: User | None, source: Source = Source.API
) -> Recovery:
    """Change what `values` name; rules hold for the merged state. The caller holds the lock. Raises Invalid."""
    before = recovery_values(recovery)
    matter, terms = recovery.matter, [getattr(recovery, name) for name in TERMS]
    whole = {**before, **values}
    if recovery.is_in_court:  # Until then it is what the client wishes for.
        whole["type"] = recovery.type
    if errors := recovery_errors(whole):
        raise Invalid(errors)
    for name, value in rules.recovery_settled(whole).items():
        setattr(recovery, name, value)
    if not differences(before, recovery_values(recovery)):
        return recovery  # Not even its moment: who follows changes would be given what he sent.
    with external_id_free():
        recovery.save(force_update=True, update_fields=[*FIELDS, "updated_at"])
    if recovery.external_id != before["external_id"]:
        copies_refresh(recovery_id=recovery.pk)
    if recovery.matter != matter or [getattr(recovery, name) for name in TERMS] != terms:
        case_reckon(recovery_id=recovery.pk, by=by, source=source)
    case_change_tell(recovery, before=before, by=by)
    return recovery


def case_change_tell(recovery: Recovery, *, before: Mapping[str, Any], by: User | None) -> None:
    """Record what is other than `before` (FIELDS) in a case; nothing when nothing is. In the caller's story."""
    after = recovery_values(recovery)
    if changed := differences(before, after):
        told = sides(changed, TOLD)
        changes = changes_of(recovery, changed)
        events_record([case_event(RECOVERY_UPDATED, recovery, by=by, changes=changes, **told)])


@story()
def recovery_delete(*, recovery: Recovery, by: User | None) -> None:
    """Delete a case with all that hangs on it, and the companies that no other case uses.

    Raises Conflict for one on which money was received, also when it was taken back: its ledger stays.
    """
    parties = [pk for pk in (recovery.customer_id, recovery.debtor_id) if pk]
    owner_id, status_id = recovery.owner_id, recovery.status_id
    events_record([case_event(RECOVERY_DELETED, recovery, by=by)])
    documents_delete_of_case(recovery_id=recovery.pk, by=by)
    ledger_forget(recovery_id=recovery.pk)
    _facts_forget(recovery_id=recovery.pk)
    recovery.delete()
    for company_id in parties:
        company_delete_if_unused(company_id=company_id, by=by)
    case_count_add(owner_id=owner_id, status_id=status_id, by=-1)


def _facts_forget(*, recovery_id: int) -> None:
    """Take away what became of the messages of a case that is deleted after it: such facts are written once."""
    facts = MessageFact.objects.filter(message__recovery_id=recovery_id)
    if facts.exists():
        with door(MessageFact, reason=f"recovery {recovery_id} deleted"):
            facts.delete()
    cases = MessageCase.objects.filter(recovery_id=recovery_id)
    if cases.exists():
        with door(MessageCase, reason=f"recovery {recovery_id} deleted"):
            cases.delete()


def company_delete_if_unused(*, company_id: int, by: User | None) -> None:
    """Delete a company that stands in no case any more."""
    is_used = (
        Recovery.objects.filter(customer_id=company_id).exists()
        or Recovery.objects.filter(debtor_id=company_id).exists()
    )
    if not is_used:
        Company.objects.filter(pk=company_id).delete()
