"""The post folder: letters are printed in batches on the day on which they are posted, and confirmed by who posts them.

Their words are made when they are printed, with the figures of the posting day, and the guard is asked once more then.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import structlog
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.audit import ADDED, CHANGED, audit_record
from documents.services.storage import bytes_open
from events.services import events_record, story
from law.contact import Outcome
from legalcity.lib.clock import now, today
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from legalcity.lib.text import is_storable
from recoveries.events import held_event
from recoveries.ledger.gathering import with_terms
from recoveries.letters.channels.delivering import rejudged
from recoveries.letters.channels.facts import fact_record
from recoveries.letters.channels.papers import bound, cover_pdf, letter_pdf
from recoveries.letters.channels.prices import cost_of
from recoveries.letters.channels.protocol import Later
from recoveries.letters.channels.registry import PROVED
from recoveries.letters.contacts import debtor_lock
from recoveries.letters.receipts import receipt_refusal
from recoveries.letters.services import WORDLESS, judged_next
from recoveries.letters.verdicts import values_of
from recoveries.models import Message, MessageFact, PostBatch, PostItem, Recovery

log = structlog.get_logger("recoveries")

State = Message.State
MOST = 200  # letters of a batch
LATEST = 7  # days ahead for which letters are printed
HOUR, NOON = time(10), time(12)  # of a posting day to come, in Paris: when its letters are judged, and count as posted
NUMBER_LENGTH = 30
HEADINGS = ("position", "case", "letter", "channel", "recipient", "address", "receipt_number")


def letters_to_post(user: User) -> QuerySet[Message]:
    """The letters that wait to be printed, of cases that a member of staff sees; the oldest first."""
    printed = PostItem.objects.standing().values("message")
    waiting = Message.objects.in_reach_of(user).filter(state=State.TO_POST).exclude(pk__in=printed)
    return waiting.select_related("recovery", "recovery__debtor").order_by("created_at", "pk")


def items_of(batch: PostBatch) -> QuerySet[PostItem]:
    """The letters of a batch that nobody has taken out, as they lie one on the other."""
    return (
        PostItem.objects.standing().filter(batch=batch).select_related("message", "message__recovery", "message__pdf")
    )


# --- print -----------------------------------------------------------------------------------------------------------
def batch_print(*, message_ids: Sequence[int], posting_day: date, by: User) -> PostBatch:
    """Print these letters for a posting day, today or within a week; those that the guard keeps back are left out.

    Raises Invalid for a day that will not do, Conflict when none may leave, Unavailable where none can be drawn.
    """
    if not 0 <= (posting_day - today()).days <= LATEST:
        raise Invalid({"posting_day": [_("Letters are printed for today or the next seven days.")]})
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
    case_id = Message.objects.filter(pk=message_id).values_list("recovery_id", flat=True).first()
    if case_id is None:
        return False
    debtor_lock(case_id)
    case = with_terms(Recovery.objects.select_for_update(of=("self",))).get(pk=case_id)
    message = Message.objects.select_for_update(of=("self",)).filter(pk=message_id, state=State.TO_POST).first()
    if message is None:
        return False
    message.recovery = case
    moment = now() if posting_day == today() else datetime.combine(posting_day, HOUR, PARIS)
    if message.is_receipt and (told := receipt_refusal(message)):
        Message.objects.filter(pk=message_id).update(state=State.CANCELLED, error=told)
        return False
    words, verdict = rejudged(case, message, moment)
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
    """Put letters into a batch; one that another person has printed meanwhile stays in theirs."""
    standing = PostItem.objects.standing().values("message")
    waiting = Message.objects.select_for_update(of=("self",)).filter(pk__in=message_ids, state=State.TO_POST)
    letters = list(waiting.exclude(pk__in=standing).order_by("channel", "pk"))
    if not letters:
        raise Conflict(_("Somebody else has printed these letters just now."))
    batch = PostBatch.objects.create(posting_day=posting_day, by=by)
    PostItem.objects.bulk_create(
        PostItem(batch=batch, message=letter, position=position) for position, letter in enumerate(letters, start=1)
    )
    audit_record(action=ADDED, target=batch, details={"letters": len(letters)}, actor=by)
    log.info("letters_printed", batch_id=batch.pk, letters=len(letters))
    return batch


def batch_pdf(batch: PostBatch) -> bytes:
    """The cover sheet and the letters of a batch, as they were printed. Raises PdfUnavailable, StorageFailed."""
    items = list(items_of(batch))
    papers = [cover_pdf(batch=batch, items=items)]
    for item in items:
        if item.message.pdf is not None:
            with bytes_open(key=item.message.pdf.key) as file:
                papers.append(file.read())
    return bound(papers)


def batch_rows(batch: PostBatch) -> Iterator[tuple[Any, ...]]:
    """The letters of a batch as a table."""
    yield HEADINGS
    for item in items_of(batch):
        message = item.message
        name, *address = message.address.splitlines() or [""]
        reference, kind = message.recovery.recovery_reference, message.get_kind_display()
        number = item.number or message.provider_ref
        yield (item.position, reference, kind, message.get_channel_display(), name, ", ".join(address), number)


# --- post ------------------------------------------------------------------------------------------------------------
@story()
def batch_confirm(*, batch_id: int, numbers: Mapping[int, str], by: User) -> PostBatch:
    """Say that a batch was posted on its day: its letters were sent then.

    `numbers` are those of the receipts of registered letters, by the id of their row. Raises NotFound, Invalid for
    numbers that are missing or cannot be kept, Forbidden for one that was posted already, or whose day is to come.
    """
    batch = _batch(batch_id)
    if batch.posting_day > today():
        raise Forbidden(_("The posting day of this batch is still to come."))
    items = list(items_of(batch).order_by("message__recovery_id", "message_id"))
    kept = _numbers(items, numbers)
    at = now() if batch.posting_day == today() else datetime.combine(batch.posting_day, NOON, PARIS)
    for item in items:
        _posted(batch, item, kept.get(item.pk, ""), at, by)
    batch.state, batch.posted_at, batch.posted_by = PostBatch.State.POSTED, now(), by
    batch.save(update_fields=["state", "posted_at", "posted_by"])
    audit_record(action=CHANGED, target=batch, details={"letters": len(items)}, actor=by)
    return batch


def _posted(batch: PostBatch, item: PostItem, number: str, at: datetime, by: User) -> None:
    if number:
        PostItem.objects.filter(pk=item.pk).update(number=number)
    waiting = Message.objects.filter(pk=item.message_id, state=State.TO_POST)
    if not waiting.update(provider="post-folder", provider_ref=number, cost=cost_of(item.message)):
        return  # Given up meanwhile: nothing of it was posted.
    fact_record(
        message_id=item.message_id,
        kind=MessageFact.Kind.SENT,
        at=at,
        source=MessageFact.Source.STAFF,
        provider_id=f"post:{batch.pk}:{item.pk}",
        note=number,
        by=by,
    )


def _numbers(items: Iterable[PostItem], given: Mapping[int, str]) -> dict[int, str]:
    numbers = {item.pk: "".join(given.get(item.pk, "").split()).upper() for item in items}
    errors: dict[str, list[str]] = {}
    for item in items:
        number = numbers[item.pk]
        if item.message.channel in PROVED and not number:
            errors[f"number-{item.pk}"] = [_("Enter the number of the receipt of a registered letter.")]
        if len(number) > NUMBER_LENGTH or not is_storable(number) or (number and not number.isalnum()):
            errors[f"number-{item.pk}"] = [_("This is no number of a receipt.")]
    if errors:
        raise Invalid(errors)
    return numbers


@story()
def item_take_out(*, batch_id: int, item_id: int, by: User) -> None:
    """Take a letter out of its batch: it waits again, and is written anew. Raises NotFound, Forbidden."""
    batch = _batch(batch_id)
    if not items_of(batch).filter(pk=item_id).update(taken_out_at=now()):
        raise NotFound(_("There is no such letter in this batch."))
    audit_record(action=CHANGED, target=batch, details={"taken_out": item_id}, actor=by)


def _batch(batch_id: int) -> PostBatch:
    batch = PostBatch.objects.select_for_update(of=("self",)).filter(pk=batch_id).first()
    if batch is None:
        raise NotFound(_("There is no such batch."))
    if batch.state == PostBatch.State.POSTED:
        raise Forbidden(_("This batch was posted already."))
    return batch
