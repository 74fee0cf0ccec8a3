"""A message about several cases of one debtor. Each case has a message of its own, which its pages and calls show.

One of them leaves. The others (`goes_with`) are `planned` until then, each as the step of its case would have it alone,
and share from then on its words, its paper and what becomes of it. Where it does not leave they go by themselves.
How they are written and judged: together.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from recoveries.letters.models import Message, MessageCase
from recoveries.letters.scenarios.models import StepRun
from recoveries.letters.services import WORDLESS
from recoveries.models.cases import Recovery

State = Message.State
# What a follower takes over from the message with which it left; its words and its account it has already.
SHARED = ("kind", "purpose", "channel", "language", "recipient", "address", "pdf")
UNDER_WAY = (State.QUEUED, State.SENDING, State.TO_POST, State.FAILED)
LEFT_BEHIND = (State.CANCELLED, State.HELD)  # what a message is that goes with another no more
FREED_AT_ONCE = 200


def cases_about(message_id: int) -> dict[int, int]:
    """The cases that a message is about, by the id of each one's message: its own, and those of its followers."""
    rows = Message.objects.filter(Q(pk=message_id) | Q(goes_with=message_id))
    return dict(rows.order_by().values_list("pk", "recovery_id"))


def cases_lock(about: Mapping[int, int], cases: QuerySet[Recovery] | None = None) -> dict[int, Recovery]:
    """Lock the cases of messages (`cases_about`), in one order for all who do so; by the id of the message.

    `cases`: how they are read. One that was deleted meanwhile is left out.
    """
    rows = Recovery.objects.all() if cases is None else cases
    locked = rows.select_for_update(of=("self",)).filter(pk__in=set(about.values())).order_by("pk")
    there = {case.pk: case for case in locked}
    return {message_id: there[case_id] for message_id, case_id in about.items() if case_id in there}


def followers_of(message: Message) -> QuerySet[Message]:
    """The messages that left, or are to leave, with this one."""
    return Message.objects.filter(goes_with=message).exclude(state__in=LEFT_BEHIND).order_by("pk")


def printed_others(message: Message) -> list[dict[str, Any]]:
    """What the paper of a message says of further cases, as JSON: their messages, the account of each."""
    return [
        {
            "message": follower.pk,
            "day": follower.day.isoformat() if follower.day else None,
            "decompte": follower.decompte,
            "decompte_sha256": follower.decompte_sha256,
            "total": str(follower.total) if follower.total is not None else None,
        }
        for follower in followers_of(message).filter(state=State.PLANNED)
    ]


def bring_back(message: Message, others: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Have those whom the paper of a message named (`printed_others`) go with it again: it had left for them too.

    Returns those that have left otherwise meanwhile, which stay as they are. The caller holds the locks of the cases.
    """
    words = {name: getattr(message, name) for name in ("subject", "text", "html", "template_version")}
    apart = []
    for told in others:
        # Under its lock: no worker begins to send it meanwhile.
        follower = Message.objects.select_for_update(of=("self",)).filter(pk=told["message"]).first()
        if follower is None or (follower.goes_with_id == message.pk and follower.state not in LEFT_BEHIND):
            continue
        if _is_free(follower, message):
            account = {name: told[name] for name in ("day", "decompte", "decompte_sha256", "total")}
            place = {"state": State.PLANNED, "goes_with": message, "error": ""}
            Message.objects.filter(pk=follower.pk).update(**words, **account, **place)
        else:
            apart.append(told)
    return apart


def apart_keep(message: Message, apart: Iterable[Mapping[str, Any]]) -> None:
    """Write down that a message that has left was about cases that had gone by themselves (`bring_back`)."""
    others = Message.objects.in_bulk([told["message"] for told in apart])
    if others and not message.cases.exists():
        cases_keep(message, [])
    MessageCase.objects.bulk_create(
        MessageCase(
            message=message,
            recovery_id=others[told["message"]].recovery_id,
            owner_id=others[told["message"]].owner_id,
            decompte=told["decompte"],
            sha256=told["decompte_sha256"],
            total=told["total"],
        )
        for told in apart
        if told["message"] in others
    )


def _is_free(message: Message, lead: Message) -> bool:
    """Whether a message has not left, is not being handed over, and neither goes with another nor has one with it.

    One that was given up beside `lead` goes with that no more, though it names it still.
    """
    waits = message.state in (State.HELD, State.CANCELLED, State.QUEUED, State.TO_POST, State.PLANNED)
    is_taken = message.claimed_until is not None or message.post_items.filter(taken_out_at=None).exists()
    is_alone = message.goes_with_id in (None, lead.pk) and not message.followers.exists()
    return waits and message.sent_at is None and not is_taken and is_alone


def carry_along(follower: Message, message: Message) -> None:
    """Have a follower be what left: the caller holds the locks of both cases."""
    if message.state == State.FAILED:
        follower.error = message.error
        follower.save(update_fields=["error"])
    elif follower.sent_at is None:
        for name in SHARED:
            setattr(follower, name, getattr(message, name))
        follower.save(update_fields=[*SHARED])


def cases_keep(message: Message, followers: Sequence[Message]) -> None:
    """Write down which cases a message that has just left was about, each with its account and its step."""
    letters = [message, *followers]
    runs = dict(StepRun.objects.filter(message__in=letters).values_list("message_id", "pk"))
    MessageCase.objects.bulk_create(
        MessageCase(
            message=message,
            recovery_id=letter.recovery_id,
            owner_id=letter.owner_id,
            decompte=letter.decompte,
            sha256=letter.decompte_sha256,
            total=letter.total,
            step_run_id=runs.get(letter.pk),
        )
        for letter in letters
    )


def followers_free(*, moment: datetime) -> int:
    """Have the followers go by themselves whose message does not leave: it was held, given up, or is no more. How many.

    A message that failed keeps them: what becomes of it is theirs, and who sends it again sends them with it.
    """
    return sum(_freed(*ids, moment) for ids in _lost().values_list("pk", "recovery_id")[:FREED_AT_ONCE])


def follower_free(follower: Message, *, moment: datetime) -> None:
    """Have a follower go by itself: it is judged alone, and at once. The caller holds the lock of its case."""
    values = {"state": State.HELD, "due_at": moment, "judged_at": moment, "goes_with": None, **WORDLESS}
    for name, value in values.items():
        setattr(follower, name, value)
    follower.save(update_fields=[*values])
    StepRun.objects.filter(message=follower).update(channel=follower.channel)


def _lost() -> QuerySet[Message]:
    planned = Message.objects.filter(state=State.PLANNED).order_by("pk")
    return planned.filter(Q(goes_with=None) | ~Q(goes_with__state__in=UNDER_WAY))


@transaction.atomic
def _freed(message_id: int, case_id: int, moment: datetime) -> int:
    """Under the lock of its case, which whoever has its message leave holds too."""
    Recovery.objects.select_for_update(of=("self",)).filter(pk=case_id).first()
    follower = _lost().filter(pk=message_id).first()
    if follower is None:
        return 0
    follower_free(follower, moment=moment)
    return 1


def retractable(followers: QuerySet[Message]) -> QuerySet[Message]:
    """Those of these planned messages that can be given up: the one that they go with is not being handed over."""
    planned = followers.filter(state=State.PLANNED)
    return planned.exclude(Q(goes_with__state=State.SENDING) | Q(goes_with__claimed_until__isnull=False))


def resent_with(message_id: int) -> None:
    """The followers of a message that is sent again, after it failed, wait for it again."""
    failed = Message.objects.filter(goes_with=message_id, state=State.FAILED)
    failed.update(state=State.PLANNED, error="")
