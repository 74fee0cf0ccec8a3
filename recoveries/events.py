"""What happens to a case, to its comments and to what is sent to its debtor: what is told of it, and to whom."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from events.schemas import (
    AMOUNT,
    COUNT,
    DAY,
    FLAG,
    ID,
    IDS,
    MOST_IDS,
    REFERENCE,
    change,
    fields,
    one_of,
    or_null,
    plain,
    thing,
    told,
)
from events.services import Ref, Told, changes_of
from events.types import Changes, EventType, Json, Seen, event_type, seen_by
from law.account.facts import NoticeState
from law.contact import Channel as Way
from law.contact import Code, Verdict
from law.notices import Channel
from law.vocabulary import CaseType, InterestRate, Matter, PenaltyType, Receipt, Reminder, Statement, Step
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import Sentence
from recoveries.catalogue import catalogue
from recoveries.models import Comment, FormalNotice, Message, Recovery
from recoveries.statuses import Phase, phase_of

# --- cases -----------------------------------------------------------------------------------------------------------
# Of the fields that clients write those that are no free text.
TOLD = {
    "type": {"enum": [int(kind) for kind in CaseType]},
    "recovery_due_date": DAY,
    "recovery_late_interest": FLAG,
    "recovery_interest_rate": or_null(one_of(InterestRate)),
    "recovery_interest_rate_percent": or_null(AMOUNT),
    "recovery_penalty": FLAG,
    "recovery_penalty_type": or_null(one_of(PenaltyType)),
    "recovery_penalty_amount": or_null(AMOUNT),
    "recovery_penalty_percent": or_null(AMOUNT),
    "recovery_raison_notpaid": or_null(COUNT),
    "matter": one_of(Matter),
    "external_id": or_null(REFERENCE),
}
# Why a case was closed, by the status that it has now; one that staff have added says only that it is.
ENDS = {
    Step.PAID: "paid",
    Step.CLOSED: "given_up",
    Step.REJECTED: "rejected",
    Step.PAID_IN_COURT: "paid",
    Step.LAPSED: "lapsed",
    Step.WITHDRAWN: "withdrawn",
}
OTHER_END = "other"

_CASE = thing("recovery", {"recovery_reference": REFERENCE, "type_id": {"enum": [int(kind) for kind in CaseType]}})
_EXAMPLE: Json = {"type": "recovery", "id": 25, "recovery_reference": "REC-AB12CD", "type_id": 1}
_STANDING = {"recovery_last_status": ID, "group": ID, "phase": one_of(Phase)}
_FILED: Json = {"recovery_last_status": 1, "group": 1, "phase": "amicable"}
_HANDLER = fields({"user_id": or_null(ID)})

RECOVERY_CREATED = event_type(
    "recovery.created",
    _("A case was opened."),
    told(
        _CASE,
        current=fields(
            {
                **_STANDING,
                "amount": AMOUNT,
                "invoices_count": COUNT,
                "invoice_ids": IDS,
                "customer_id": or_null(ID),
                "debtor_id": or_null(ID),
            }
        ),
    ),
    {
        "object": _EXAMPLE,
        "current": {
            **_FILED,
            "amount": "8400.00",
            "invoices_count": 2,
            "invoice_ids": [41, 42],
            "customer_id": 6,
            "debtor_id": 7,
        },
    },
)
RECOVERY_UPDATED = event_type(
    "recovery.updated",
    _("A case was changed."),
    change(_CASE, TOLD),
    {
        "object": _EXAMPLE,
        "previous": {"recovery_due_date": "2026-03-15"},
        "current": {"recovery_due_date": "2026-03-31"},
        "changed": ["recovery_due_date", "recovery_observations"],
    },
)
RECOVERY_DELETED = event_type(
    "recovery.deleted", _("A case was deleted with all that hung on it."), told(_CASE), {"object": _EXAMPLE}
)
RECOVERY_ASSIGNED = event_type(
    "recovery.assigned",
    _("A case was given to a handler, or taken from one."),
    told(_CASE, previous=_HANDLER, current=_HANDLER),
    {"object": _EXAMPLE, "previous": {"user_id": None}, "current": {"user_id": 4}},
)
STATUS_CHANGED = event_type(
    "recovery.status_changed",
    _("A case has another status."),
    told(_CASE, previous=fields(_STANDING), current=fields(_STANDING)),
    {
        "object": _EXAMPLE,
        "previous": _FILED,
        "current": {"recovery_last_status": 4, "group": 4, "phase": "formal"},
    },
)
RECOVERY_CLOSED = event_type(
    "recovery.closed",
    _("A case was closed."),
    told(_CASE, current=fields({"reason": one_of([*sorted(set(ENDS.values())), OTHER_END])})),
    {"object": _EXAMPLE, "current": {"reason": "paid"}},
)
RECOVERY_REOPENED = event_type(
    "recovery.reopened", _("A case that was closed is open again."), told(_CASE), {"object": _EXAMPLE}
)
RECOVERY_PAID = event_type(
    "recovery.paid",
    _("Nothing is owed on a case any more, so that it counts as paid."),
    told(_CASE),
    {"object": _EXAMPLE},
)
PROMISE_MADE = event_type(
    "promise.made",
    _("The debtor has promised to pay an amount by a day."),
    told(_CASE, current=fields({"amount": AMOUNT, "promised": DAY})),
    {"object": _EXAMPLE, "current": {"amount": "500.00", "promised": "2026-12-15"}},
)


def case_object(case: Recovery) -> Json:
    """A case as events name it."""
    return {
        "type": "recovery",
        "id": case.pk,
        "recovery_reference": case.recovery_reference,
        "type_id": int(case.type),
    }


def case_event(
    declared: EventType,
    case: Recovery,
    *,
    by: User | None,
    changes: Changes | None = None,
    effective_at: datetime | None = None,
    **more: Any,
) -> Told:
    """An event of a case; `more` are the parts of its `data` beside the object."""
    return Told(
        type=declared,
        owner_id=case.owner_id,
        obj=Ref("recovery", case.pk),
        recovery_id=case.pk,
        data={"object": case_object(case), **more},
        changes=changes,
        effective_at=effective_at,
        by=by,
    )


def standing(status_id: int) -> Json:
    """A status with its group and its phase."""
    entry = catalogue.entry(status_id)
    phase = phase_of(entry.group, is_closing=entry.is_closing)
    return {"recovery_last_status": int(status_id), "group": entry.group, "phase": phase.value}


def end_of(status_id: int) -> str:
    """Why a case in this closing status was closed."""
    return ENDS.get(Step(status_id), OTHER_END) if status_id in set(Step) else OTHER_END


def filed_event(case: Recovery, invoice_ids: Sequence[int], *, by: User | None) -> Told:
    """A case as it is when it begins."""
    current = {
        **standing(case.status_id),
        "amount": plain(Decimal(case.amount)),
        "invoices_count": case.invoices_count,
        "invoice_ids": list(invoice_ids[:MOST_IDS]),
        "customer_id": case.customer_id,
        "debtor_id": case.debtor_id,
    }
    return case_event(RECOVERY_CREATED, case, by=by, current=current)


def moved_events(case: Recovery, *, from_status: int, to_status: int, at: datetime, by: User | None) -> Iterator[Told]:
    """A move, and that it has closed the case or opened it again. A transfer closes nothing: the claim goes on.

    The move became true `at` the moment of its row of the history, by which the timeline finds that.
    """
    yield case_event(
        STATUS_CHANGED,
        case,
        by=by,
        changes=changes_of(case, {"status_id": [from_status, to_status]}),
        effective_at=at,
        previous=standing(from_status),
        current=standing(to_status),
    )
    if catalogue.is_closing(to_status):
        if to_status != Step.TRANSFERRED:
            yield case_event(RECOVERY_CLOSED, case, by=by, current={"reason": end_of(to_status)})
    elif catalogue.is_closing(from_status):
        yield case_event(RECOVERY_REOPENED, case, by=by)


def assigned_event(case: Recovery, *, was: int | None, by: User | None) -> Told:
    """A case that its handler has now and `was` (an id) had before; None is nobody."""
    changes = changes_of(case, {"user_id": [was, case.user_id]})
    sides: Json = {"previous": {"user_id": was}, "current": {"user_id": case.user_id}}
    return case_event(RECOVERY_ASSIGNED, case, by=by, changes=changes, **sides)


# --- comments --------------------------------------------------------------------------------------------------------
# The columns that say who sees a comment, by their names in the API.
VISIBLE = {
    "visible_to_user": "visibleToUser",
    "visible_to_debtor": "visibleToDebtor",
    "visible_to_bailiff": "visibleToBailiff",
}
_COMMENT = thing("comment", {"recovery_id": ID})
_SAID: Json = {"type": "comment", "id": 9, "recovery_id": 25}
_VISIBILITY = dict.fromkeys(VISIBLE.values(), FLAG)
_ANYBODY = Seen.CLIENT | Seen.STAFF | Seen.DEBTOR | Seen.BAILIFF

COMMENT_CREATED = event_type(
    "comment.created",
    _("A comment was written on a case."),
    told(_COMMENT),
    {"object": _SAID},
    audience=_ANYBODY,
)
COMMENT_UPDATED = event_type(
    "comment.updated",
    _("A comment was changed, or shown to somebody else."),
    change(_COMMENT, _VISIBILITY),
    {
        "object": _SAID,
        "previous": {"visibleToDebtor": False},
        "current": {"visibleToDebtor": True},
        "changed": ["comment", "visibleToDebtor"],
    },
    audience=_ANYBODY,
)
COMMENT_DELETED = event_type(
    "comment.deleted", _("A comment was deleted."), told(_COMMENT), {"object": _SAID}, audience=_ANYBODY
)
COMMENT_READ = event_type("comment.read", _("A comment was read by the firm."), told(_COMMENT), {"object": _SAID})


def comment_event(
    declared: EventType,
    comment: Comment,
    *,
    owner_id: int,
    by: User | None,
    before: Seen = Seen.NOBODY,
    changes: Changes | None = None,
    **more: Any,
) -> Told:
    """An event of a comment, for who sees it now or saw it `before`."""
    return Told(
        type=declared,
        owner_id=owner_id,
        obj=Ref("comment", comment.pk),
        recovery_id=comment.recovery_id,
        data={"object": {"type": "comment", "id": comment.pk, "recovery_id": comment.recovery_id}, **more},
        changes=changes,
        audience=before | seen_by(Comment.visibility, comment),
        by=by,
    )


def named(differing: Mapping[str, Any]) -> dict[str, Any]:
    """What was changed of a comment, by the names of the API."""
    return {VISIBLE.get(name, "comment"): both for name, both in differing.items()}


# --- messages --------------------------------------------------------------------------------------------------------
WAYS = {Way.LETTER: Channel.POST.value}
_MESSAGE = fields({"type": one_of(("message", "formal_notice")), "id": ID, "recovery_id": ID})
_LETTER: Json = {"type": "message", "id": 14, "recovery_id": 25}
_NOTICE: Json = {"type": "formal_notice", "id": 5, "recovery_id": 25}
# Letters are told by post, whichever of the two words they have; nobody need know which carrier takes them.
_WAYS = one_of(list(dict.fromkeys([*map(str, Channel), *(WAYS.get(way, way.value) for way in Way)])))
LETTERS = [*Reminder, *Statement, *Receipt]
_WAY = fields({"channel": _WAYS, "kind": one_of(LETTERS)})
_BY_EMAIL: Json = {"channel": "email", "kind": "relance_1"}
_REGISTERED: Json = {"channel": "registered", "kind": "mise_en_demeure"}


def _message(code: str, sentence: Sentence, about: Json, way: Json) -> EventType:
    return event_type(code, sentence, told(_MESSAGE, current=_WAY), {"object": about, "current": way})


MESSAGE_PLANNED = _message(
    "message.planned", _("A message about the case goes in the one of another case of the debtor."), _LETTER, _BY_EMAIL
)
MESSAGE_SENT = _message("message.sent", _("A message went out to the debtor."), _LETTER, _BY_EMAIL)
_KEPT_BACK = fields(
    {
        "channel": _WAYS,
        "kind": one_of(LETTERS),
        "reasons": {"type": "array", "items": one_of(Code)},
        "until": or_null(DAY),
    }
)
MESSAGE_HELD = event_type(
    "message.held",
    _("A message to the debtor is held until it may leave, or was cancelled as it may not leave any more."),
    told(_MESSAGE, current=_KEPT_BACK),
    {"object": _LETTER, "current": {**_BY_EMAIL, "reasons": ["rhythm"], "until": "2026-03-31"}},
)
MESSAGE_FAILED = _message("message.failed", _("A message to the debtor could not be sent."), _LETTER, _BY_EMAIL)
MESSAGE_DELIVERED = _message("message.delivered", _("A message has reached the debtor."), _NOTICE, _REGISTERED)
MESSAGE_BOUNCED = _message(
    "message.bounced",
    _("A message did not reach the debtor: there is no such address, or it takes none."),
    _LETTER,
    _BY_EMAIL,
)
MESSAGE_RETURNED = _message(
    "message.returned", _("A message came back: the debtor did not fetch it."), _NOTICE, _REGISTERED
)
MESSAGE_REFUSED = _message("message.refused", _("The debtor has refused a message."), _NOTICE, _REGISTERED)
# How far a formal notice came that the product did not send; nobody enters one that is only planned.
OUTCOMES: dict[str, EventType] = {
    NoticeState.SENT: MESSAGE_SENT,
    NoticeState.PRESENTED: MESSAGE_SENT,
    NoticeState.RECEIVED: MESSAGE_DELIVERED,
    NoticeState.UNCLAIMED: MESSAGE_RETURNED,
    NoticeState.REFUSED: MESSAGE_REFUSED,
}


def message_event(declared: EventType, message: Message, *, by: User | None = None) -> Told:
    """An event of a letter of ours."""
    way = {"channel": WAYS.get(Way(message.channel), message.channel), "kind": message.kind}
    return _message_event(declared, "message", message, by, way)


def held_event(message: Message, verdict: Verdict) -> Told:
    """A letter that is held, or may not leave any more: by which rows of the guard, and until when if that is known.

    Nothing is said of whom else a debtor was written to for.
    """
    until = verdict.until and verdict.until.astimezone(PARIS).date().isoformat()
    reasons = list(dict.fromkeys(reason.code.value for reason in verdict.standing))
    channel = WAYS.get(Way(message.channel), message.channel)
    way = {"channel": channel, "kind": message.kind, "reasons": reasons, "until": until}
    return _message_event(MESSAGE_HELD, "message", message, None, way)


def notice_events(notice: FormalNotice, *, by: User | None, before: str = "") -> list[Told]:
    """What became of a formal notice that staff enter; nothing where that is told already."""
    declared = OUTCOMES.get(notice.state)
    if declared is None or OUTCOMES.get(before) is declared:
        return []
    way = {"channel": notice.channel, "kind": Reminder.FORMAL_NOTICE.value}
    return [_message_event(declared, "formal_notice", notice, by, way)]


def _message_event(declared: EventType, kind: str, message: Message | FormalNotice, by: User | None, way: Json) -> Told:
    return Told(
        type=declared,
        owner_id=message.owner_id,
        obj=Ref(kind, message.pk),
        recovery_id=message.recovery_id,
        data={"object": {"type": kind, "id": message.pk, "recovery_id": message.recovery_id}, "current": way},
        by=by,
    )
