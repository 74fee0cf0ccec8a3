"""The post folder: letters are printed in batches on the day on which they are posted, and confirmed by who posts them.

Their words are made when they are printed, with the figures of the posting day, and the guard is asked once more then.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.audit import ADDED, CHANGED, audit_record
from events.services import events_record, story
from law.contact import Outcome, Verdict
from legalcity.lib.clock import now, today
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from recoveries.events import held_event
from recoveries.ledger.gathering import with_terms
from recoveries.letters.channels.batches import (
    HOUR,
    batches_of,
    changed,
    items_of,
    letters_to_post,
    moment_of,
    working_day,
)
from recoveries.letters.channels.delivering import rejudged
from recoveries.letters.channels.facts import fact_record
from recoveries.letters.channels.papers import letter_pdf
from recoveries.letters.channels.post_folder import PROVIDER
from recoveries.letters.channels.prices import cost_of
from recoveries.letters.channels.protocol import Later
from recoveries.letters.channels.registry import PROVED
from recoveries.letters.contacts import debtor_lock
from recoveries.letters.followers import cases_about, cases_lock, printed_others
from recoveries.letters.receipts import receipt_refusal
from recoveries.letters.services import WORDLESS, judged_next
from recoveries.letters.verdicts import values_of
from recoveries.models import Message, MessageFact, PostBatch, PostItem, Recovery

log = structlog.get_logger("recoveries")

State = Message.State
MOST = 200  # letters of a batch
LATEST = 7  # days ahead for which letters are printed
NOON = time(12)  # of a posting day, in Paris: when its letters count as posted
# As La Poste prints it, without blanks: 2C 012 345 6789 0, RK 123 456 789 FR, 87 000 123 456 7890.
NUMBER = re.compile(r"(?=(?:.*[0-9]){2})[0-9A-Z]{13,15}")


class TakenOut(NamedTuple):
    """A letter that was not posted with its batch: of which case, and why."""

    reference: str
    why: str


# --- print -----------------------------------------------------------------------------------------------------------
def batch_print(*, message_ids: Sequence[int], posting_day: date, by: User) -> PostBatch:
    """Print these letters for a posting day, today or within a week; those that the guard keeps back are left out.

    Raises Invalid for a day that will not do, Conflict when none may leave, Unavailable where none can be drawn.
    """
    if not 0 <= (posting_day - today()).days <= LATEST:
        raise Invalid({"posting_day": [_("Letters are printed for today or the next seven days.")]})
    if (working := working_day(posting_day)) != posting_day:
        told = _("No letters are posted on that day: the next working day is {day}.")
        raise Invalid({"posting_day": [told.format(day=f"{working:%d/%m/%Y}")]})
    waiting = letters_to_post(by).filter(pk__in=list(message_ids)[:MOST]).values_list("pk", flat=True)
    ready = [message_id for message_id in waiting if _made_ready(message_id, posting_day)]
    if not ready:
        raise Conflict(_("None of these letters may leave now: each says why."))
    for message_id in ready:
        _printed(message_id)
    return _bound_together(ready, posting_day, by)


@story()
def _made_ready(message_id: int, posting_day: date) -> bool:
    """Judge a letter as of its posting day, and write its words anew; whether it may be printed."""
    about = cases_about(message_id)
    if message_id not in about:
        return False
    debtor_lock(about[message_id])
    cases = cases_lock(about, with_terms(Recovery.objects.all()))
    case = cases[message_id]
    message = Message.objects.select_for_update(of=("self",)).filter(pk=message_id, state=State.TO_POST).first()
    if message is None:
        return False
    message.recovery = case
    moment = moment_of(posting_day)
    if message.is_receipt and (told := receipt_refusal(message)):
        Message.objects.filter(pk=message_id).update(state=State.CANCELLED, error=told)
        return False
    words, verdict = rejudged(case, message, moment, locked=cases)
    values: dict[str, Any] = {**words, **values_of(verdict, now())}
    if verdict.outcome == Outcome.HOLD:
        values |= {"state": State.HELD, "due_at": judged_next(verdict, now()), **WORDLESS}
    elif verdict.outcome == Outcome.NEVER:
        values |= {"state": State.CANCELLED}
    Message.objects.filter(pk=message_id).update(**values)
    if verdict.outcome != Outcome.SEND and not message.is_receipt:
        events_record([held_event(message, verdict)])
    return verdict.outcome == Outcome.SEND


def _printed(message_id: int) -> None:
    """Draw a letter and keep it with its message: outside of any transaction, since it takes its time."""
    message = Message.objects.select_related("recovery", "recovery__debtor").get(pk=message_id)
    try:
        letter_pdf(message)
    except Later as error:
        raise Unavailable(_("The letters cannot be drawn, or kept, now.")) from error


@story()
def _bound_together(message_ids: Sequence[int], posting_day: date, by: User) -> PostBatch:
    """Put letters into a batch; one that another person has printed meanwhile stays in theirs.

    One whose words were made anew meanwhile has no paper any more, and waits for the next batch.
    """
    standing = PostItem.objects.standing().values("message")
    waiting = Message.objects.select_for_update(of=("self",)).filter(pk__in=message_ids, state=State.TO_POST)
    letters = list(waiting.exclude(pk__in=standing).exclude(pdf=None).order_by("channel", "pk"))
    if not letters:
        raise Conflict(_("Somebody else has printed these letters just now."))
    batch = PostBatch.objects.create(posting_day=posting_day, by=by)
    PostItem.objects.bulk_create(
        PostItem(batch=batch, message=letter, position=position, others=printed_others(letter))
        for position, letter in enumerate(letters, start=1)
    )
    audit_record(action=ADDED, target=batch, details={"letters": len(letters)}, actor=by)
    log.info("letters_printed", batch_id=batch.pk, letters=len(letters))
    return batch


# --- post ------------------------------------------------------------------------------------------------------------
def batch_confirm(
    *, batch_id: int, numbers: Mapping[int, str], by: User, left_already: Collection[int] = ()
) -> list[TakenOut]:
    """Say that a batch was posted on its day: its letters were sent then. Those that were not, each with why.

    Each letter is judged once more: one that may not leave any more, or whose sums are others by now, is taken out,
    unless it had left by then (`left_already`, ids of rows): that one was sent on the day as the others were. Of
    a batch with letters of cases that `by` does not see the others alone are posted, and it stays open. `numbers` are
    those of the receipts of registered letters, by the id of their row. Raises NotFound, Invalid for numbers that are
    missing or cannot be kept, Forbidden for a batch that was posted already, or whose day is to come.
    """
    batch = _require_open(batches_of(by).filter(pk=batch_id).first())
    if batch.posting_day > today():
        raise Forbidden(_("The posting day of this batch is still to come."))
    waiting = items_of(batch, by).filter(message__state=State.TO_POST)
    items = list(waiting.order_by("message__recovery_id", "message_id"))
    kept = numbers_read(items, numbers)
    at = posted_at(batch)
    told = [
        (item, _posted(batch, item.pk, kept.get(item.pk, ""), at, by, has_left=item.pk in left_already))
        for item in items
    ]
    out = [TakenOut(item.message.recovery.recovery_reference, why) for item, why in told if why]
    _close(batch_id, letters=len(items) - len(out), by=by)
    return out


@story()
def _close(batch_id: int, *, letters: int, by: User) -> None:
    """The batch is posted, unless letters of others wait in it still."""
    batch = _require_open(PostBatch.objects.select_for_update(of=("self",)).filter(pk=batch_id).first())
    if not PostItem.objects.standing().filter(batch=batch, message__state=State.TO_POST).exists():
        batch.state, batch.posted_at, batch.posted_by = PostBatch.State.POSTED, now(), by
        batch.save(update_fields=["state", "posted_at", "posted_by"])
    audit_record(action=CHANGED, target=batch, details={"letters": letters}, actor=by)


@story()
def _posted(batch: PostBatch, item_id: int, number: str, at: datetime, by: User, *, has_left: bool) -> str:
    """Post one letter of a batch, or take it out; why, where it was taken out. Each has a transaction of its own, so
    that nobody holds the locks of two debtors.
    """
    message_id = PostItem.objects.values_list("message_id", flat=True).get(pk=item_id)
    about = cases_about(message_id)
    debtor_lock(about[message_id])
    cases = cases_lock(about, with_terms(Recovery.objects.all()))
    case = cases[message_id]
    item = PostItem.objects.standing().select_for_update(of=("self",)).filter(pk=item_id).first()
    letters = Message.objects.select_for_update(of=("self",)).filter(state=State.TO_POST)
    message = letters.filter(pk=item.message_id).first() if item else None
    if item is None or message is None:
        return ""  # Taken out, given up or posted by another person meanwhile.
    message.recovery = case
    why, verdict = _against(message, case, batch, cases, is_kept=not has_left)
    if why and has_left:
        _left_already(message, batch, why, verdict, by)
    elif why:
        _kept_back(message, why, verdict)
        PostItem.objects.filter(pk=item_id).update(taken_out_at=now())
        audit_record(action=CHANGED, target=batch, details={"taken_out": item_id, "why": why[:500]}, actor=by)
        return why
    PostItem.objects.filter(pk=item_id).update(number=number)
    Message.objects.filter(pk=message.pk).update(provider=PROVIDER, provider_ref=number, cost=cost_of(message))
    fact_record(
        message_id=message.pk,
        kind=MessageFact.Kind.SENT,
        at=at,
        source=MessageFact.Source.STAFF,
        provider_id=f"post:{batch.pk}:{item_id}",
        note=number,
        by=by,
    )
    return ""


def _against(
    message: Message, case: Recovery, batch: PostBatch, locked: Collection[int], *, is_kept: bool
) -> tuple[str, Verdict | None]:
    """Why a printed letter may not be posted: what has come since holds it, ends it, or asks for other sums.

    With what the guard says, where it was asked. `is_kept`: the cases that fall out of the letter go by themselves;
    those of a paper that has left are told in it.
    """
    if message.is_receipt and (told := receipt_refusal(message)):
        return told, None
    moment = datetime.combine(batch.posting_day, HOUR, PARIS)
    with transaction.atomic():
        words, verdict = rejudged(case, message, moment, locked=locked, is_rhythm_asked=False)
        transaction.set_rollback(not is_kept)
    if verdict.outcome != Outcome.SEND:
        return " ".join(map(str, verdict.standing)), verdict
    return (changed() if words else ""), verdict


def _kept_back(message: Message, why: str, verdict: Verdict | None) -> None:
    """Hold, end or leave to the next batch what is not posted."""
    if verdict is None:
        Message.objects.filter(pk=message.pk).update(state=State.CANCELLED, error=why)
    elif verdict.outcome != Outcome.SEND:
        values = values_of(verdict, now())
        if verdict.outcome == Outcome.HOLD:
            values |= {"state": State.HELD, "due_at": judged_next(verdict, now()), **WORDLESS}
        else:
            values |= {"state": State.CANCELLED}
        Message.objects.filter(pk=message.pk).update(**values)
        if not message.is_receipt:
            events_record([held_event(message, verdict)])


def _left_already(message: Message, batch: PostBatch, why: str, verdict: Verdict | None, by: User) -> None:
    """Keep what came too late for a letter that was in the post by then, and who says that it was.

    It keeps its words. What speaks against it has said where its case stands: it moves that no more.
    """
    values: dict[str, Any] = {}
    if verdict is None or verdict.outcome != Outcome.SEND:
        values |= {"moves_case": False}
    if verdict is not None:
        values |= {"guard": values_of(verdict, now())["guard"], "judged_at": now()}
    Message.objects.filter(pk=message.pk).update(**values)
    audit_record(action="letter_left_already", target=message, details={"batch": batch.pk, "why": why[:500]}, actor=by)


def posted_at(batch: PostBatch) -> datetime:
    """When the letters of a batch count as posted."""
    return now() if batch.posting_day == today() else datetime.combine(batch.posting_day, NOON, PARIS)


def numbers_read(items: Iterable[PostItem], given: Mapping[int, str]) -> dict[int, str]:
    """The numbers of receipts that were typed, by the id of the row. Raises Invalid for what is none."""
    numbers = {item.pk: "".join(given.get(item.pk, "").split()).upper() for item in items}
    errors: dict[str, list[str]] = {}
    for item in items:
        number = numbers[item.pk]
        if item.message.channel in PROVED and not number:
            errors[f"number-{item.pk}"] = [_("Enter the number of the receipt of a registered letter.")]
        elif number and not NUMBER.fullmatch(number):
            errors[f"number-{item.pk}"] = [_("This is no number of a receipt, such as 2C 012 345 6789 0.")]
    if errors:
        raise Invalid(errors)
    return numbers


@story()
def item_take_out(*, batch_id: int, item_id: int, by: User) -> None:
    """Take a letter out of its batch: it waits again, and is written anew. Raises NotFound, Forbidden."""
    batch = _require_open(batches_of(by).select_for_update(of=("self",)).filter(pk=batch_id).first())
    item = items_of(batch, by).select_for_update(of=("self",)).filter(pk=item_id).first()
    letters = Message.objects.select_for_update(of=("self",)).filter(state=State.TO_POST)
    if item is None or not letters.filter(pk=item.message_id).exists():
        raise NotFound(_("There is no such letter in this batch."))
    PostItem.objects.filter(pk=item_id).update(taken_out_at=now())
    audit_record(action=CHANGED, target=batch, details={"taken_out": item_id}, actor=by)


def _require_open(batch: PostBatch | None) -> PostBatch:
    if batch is None:
        raise NotFound(_("There is no such batch."))
    if batch.state == PostBatch.State.POSTED:
        raise Forbidden(_("This batch was posted already."))
    return batch
