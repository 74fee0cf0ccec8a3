"""Formal notices: those that went out as messages of ours, those that staff enter, and what became of each."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import structlog
from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from backoffice.audit import ADDED, CHANGED, audit_record, changed_values, field_values
from documents.models import Document
from events.services import events_record, story
from law.account.facts import NoticeState
from law.notices import DAYS, Channel, notice_errors
from law.vocabulary import Step
from legalcity.lib.clock import today
from legalcity.lib.copying import rows_copy
from legalcity.lib.errors import Forbidden, Invalid, NotFound
from recoveries.agenda.closing import tasks_review
from recoveries.events import notice_events
from recoveries.ledger.gathering import with_terms
from recoveries.ledger.posting import Source
from recoveries.ledger.services import keeps_account
from recoveries.ledger.settling import case_reckon
from recoveries.models import FormalNotice, Message, Recovery
from recoveries.services.cases import recovery_lock
from recoveries.services.life import status_move
from recoveries.services.touching import cases_touch
from recoveries.statuses import Actor

log = structlog.get_logger("recoveries")

NOT_FOUND = gettext_lazy("There is no such formal notice on this case.")
# What is known of a notice by way of what became of it.
OUTCOME = ("state", "presented_on", "received_on", "proof_id")


def notice_of_message(*, message: Message, channel: Channel, state: NoticeState, on: date) -> FormalNotice:
    """Write down that a formal notice of ours was sent on a day, or failed."""
    cases_touch(message.recovery_id)
    return FormalNotice.objects.create(
        recovery_id=message.recovery_id,
        message=message,
        amount=message.total,
        channel=channel.value,
        sent_on=on if state == NoticeState.SENT else None,
        state=state.value,
        by_id=message.user_id,
    )


def notice_outcome(*, message: Message, **outcome: Any) -> None:
    """Write down what became of the formal notice of a message, here and where the claim went on.

    The caller holds the lock of the case of the message; what its carrier told is kept with the message.
    """
    notices = FormalNotice.objects.filter(message=message)
    for case_id in notices.order_by("recovery_id").values_list("recovery_id", flat=True).distinct():
        case = recovery_lock(recovery_id=case_id)
        notices.filter(recovery=case).update(**outcome)
        cases_touch(case_id)
        if keeps_account(with_terms(Recovery.objects).get(pk=case_id)):
            case_reckon(recovery_id=case_id, by=None, source=Source.SYSTEM)


@story()
def notice_enter(
    *,
    recovery_id: int,
    channel: str,
    state: str,
    sent_on: date | None,
    presented_on: date | None = None,
    received_on: date | None = None,
    amount: Decimal | None = None,
    proof_id: int | None = None,
    by: User | None,
) -> FormalNotice:
    """A formal notice that the product did not send, as one of the creditor before the case came.

    After a transfer it is about what stayed behind. Raises Invalid for days or states that cannot be, Forbidden when
    nothing did, NotFound for no such case.
    """
    case = _lock(recovery_id)
    values: dict[str, Any] = {"channel": channel, "state": state, "proof_id": proof_id}
    values |= {"sent_on": sent_on, "presented_on": presented_on, "received_on": received_on}
    _require_possible(case, values)
    notice = FormalNotice.objects.create(recovery=case, owner_id=case.owner_id, amount=amount, by=by, **values)
    cases_touch(recovery_id)
    audit_record(action=ADDED, target=notice, actor=by)
    events_record(notice_events(notice, by=by))
    case_reckon(recovery_id=recovery_id, by=by, source=Source.STAFF)
    tasks_review(recovery_id=recovery_id)
    _case_follows(notice, by)
    return notice


@story()
def notice_follow(
    *,
    recovery_id: int,
    notice_id: int,
    state: str,
    presented_on: date | None = None,
    received_on: date | None = None,
    proof_id: int | None = None,
    by: User | None,
) -> FormalNotice:
    """Write down what became of a notice, in place of what was known before.

    Raises Invalid for days or states that cannot be, Forbidden after a transfer and for one that was never sent,
    NotFound for one of another case.
    """
    case = _lock(recovery_id)
    notice = FormalNotice.objects.filter(recovery=case, pk=notice_id).first()
    if notice is None:
        raise NotFound(NOT_FOUND)
    if notice.state == NoticeState.FAILED:
        raise Forbidden(_("This notice was never sent."))
    outcome = {"state": state, "presented_on": presented_on, "received_on": received_on, "proof_id": proof_id}
    _require_possible(case, {"channel": notice.channel, "sent_on": notice.sent_on, **outcome})
    state_before, before = notice.state, field_values(notice)
    for name in OUTCOME:
        setattr(notice, name, outcome[name])
    notice.save(update_fields=["state", "presented_on", "received_on", "proof"])
    cases_touch(recovery_id)
    before, after = changed_values(before, field_values(notice))
    audit_record(action=CHANGED, target=notice, before=before, after=after, actor=by)
    events_record(notice_events(notice, by=by, before=state_before))
    case_reckon(recovery_id=recovery_id, by=by, source=Source.STAFF)
    _case_follows(notice, by)
    return notice


def _case_follows(notice: FormalNotice, by: User | None) -> None:
    """The case is in formal notice once staff have entered the proof of one that the firm sent.

    One that the creditor sent says nothing of our work; a case that no such move leads from stays where it is.
    """
    if notice.proof_id is None or notice.channel == Channel.CREDITOR:
        return
    try:
        status_move(
            recovery_id=notice.recovery_id,
            to_status=Step.FORMAL_NOTICE,
            by=by,
            comment=_("The proof of the formal notice was entered."),
            actor=Actor.SYSTEM,
        )
    except Forbidden:
        log.info("case_not_moved", recovery_id=notice.recovery_id, notice_id=notice.pk)


def notices_copy(*, from_case: int, to_case: int) -> None:
    """Copy the formal notices of a case to another one, after its documents: a proof is the copy of that document."""
    linked = Concat(Value(f"linked/{to_case}/"), Cast(OuterRef("proof_id"), CharField()))
    proofs = Document.objects.filter(recovery_id=to_case, key=linked).values("pk")
    notices = FormalNotice.objects.filter(recovery_id=from_case)
    rows_copy(notices.order_by("id"), instead={"recovery_id": Value(to_case), "proof_id": Subquery(proofs[:1])})


def _lock(recovery_id: int) -> Recovery:
    case = recovery_lock(recovery_id=recovery_id)
    if case.transferred_to_id is not None and not keeps_account(with_terms(Recovery.objects).get(pk=recovery_id)):
        sentence = _("The claim goes on as {reference}: its formal notices are kept there.")
        raise Forbidden(sentence.format(reference=case.transferred_to))
    return case


def _require_possible(case: Recovery, values: Mapping[str, Any]) -> None:
    errors = notice_errors(values, _labels(), today=today())
    if values["channel"] not in FormalNotice.Channel.values:
        errors["channel"] = [_("There is no such channel.")]
    if values["state"] not in FormalNotice.State.values or values["state"] == NoticeState.FAILED:
        errors["state"] = [_("There is no such state.")]
    if not values["sent_on"]:
        errors["sent_on"] = [_("When was the notice sent?")]
    proof = values["proof_id"]
    if proof is not None and not Document.objects.filter(recovery=case, pk=proof).exists():
        errors["proof"] = [_("There is no such document on this case.")]
    if errors:
        raise Invalid(errors)


def _labels() -> dict[str, Any]:
    columns = {column.name: column.verbose_name for column in FormalNotice._meta.concrete_fields}
    return {name: columns[name] for name in DAYS}
