"""What lies in the post folder, and in each of its batches: for pages and papers. How it is posted: posting.py."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from documents.services.storage import bytes_open
from law import contact
from law.contact import Code, Outcome
from law.scenario.days import opening
from legalcity.lib.clock import now, today
from legalcity.lib.dates import PARIS
from recoveries.letters.channels.models import PostItemQuerySet
from recoveries.letters.channels.papers import cover_pdf
from recoveries.letters.contacts import firm_policy
from recoveries.letters.judging import lifted_codes, written_to
from recoveries.letters.scenarios.reading import facts_read
from recoveries.letters.scenarios.running import resting_of
from recoveries.letters.wording.papers import bound
from recoveries.models import Message, PostBatch, PostItem

State = Message.State
HOUR = time(10)  # of a posting day to come, in Paris: when its letters are judged
FRANCE = contact.Place("FR")
UNPRINTED = (State.PLANNED, State.HELD, State.QUEUED, State.CANCELLED)  # what a letter is that left its batch by itself
HEADINGS = ("position", "case", "letter", "channel", "recipient", "address", "receipt_number")


def letters_to_post(user: User) -> QuerySet[Message]:
    """The letters that wait to be printed, of cases that a member of staff sees; the oldest first."""
    printed = PostItem.objects.standing().values("message")
    waiting = Message.objects.in_reach_of(user).filter(state=State.TO_POST).exclude(pk__in=printed)
    return waiting.select_related("recovery", "recovery__debtor").order_by("created_at", "pk")


def working_day(day: date) -> date:
    """The first day from `day` on, today or later, on which the firm writes; none is today once its hours are over."""
    return opening(moment_of(day), FRANCE, firm_policy()).astimezone(PARIS).date()


def moment_of(posting_day: date) -> datetime:
    """When the letters of a posting day are judged."""
    return now() if posting_day == today() else datetime.combine(posting_day, HOUR, PARIS)


def batches_of(user: User) -> QuerySet[PostBatch]:
    """The batches with a letter of a case that a member of staff sees, and those whose cases are gone."""
    is_seen = Q(pk__in=PostItem.objects.in_reach_of(user).values("batch"))
    return PostBatch.objects.filter(is_seen | ~Q(pk__in=PostItem.objects.values("batch")))


def items_of(batch: PostBatch, user: User) -> QuerySet[PostItem]:
    """The letters of a batch that are, or were, posted with it, as they lie one on the other.

    Of cases that `user` sees; not those that were taken out, given up or kept back since they were printed.
    """
    return _printed_in(batch).in_reach_of(user).standing().exclude(message__state__in=UNPRINTED)


def withdrawn_of(batch: PostBatch, user: User) -> QuerySet[PostItem]:
    """The letters that were printed with a batch and are not posted with it."""
    return _printed_in(batch).in_reach_of(user).exclude(pk__in=items_of(batch, user).values("pk"))


def _printed_in(batch: PostBatch) -> PostItemQuerySet:
    return PostItem.objects.filter(batch=batch).select_related("message", "message__recovery", "message__pdf")


def batch_pdf(batch: PostBatch, user: User) -> bytes:
    """The cover sheet and the letters of a batch, as they were printed.

    Those that were withdrawn stand on the sheet alone. Raises PdfUnavailable, StorageFailed.
    """
    items = list(items_of(batch, user))
    papers = [cover_pdf(batch=batch, items=items, withdrawn=list(withdrawn_of(batch, user)))]
    for item in items:
        if item.message.pdf is not None:
            with bytes_open(key=item.message.pdf.key) as file:
                papers.append(file.read())
    return bound(papers)


def batch_rows(batch: PostBatch, user: User) -> Iterator[tuple[Any, ...]]:
    """The letters of a batch as a table."""
    yield HEADINGS
    for item in items_of(batch, user):
        message = item.message
        name, *address = message.address.splitlines() or [""]
        reference, kind = message.recovery.recovery_reference, message.get_kind_display()
        number = item.number or message.provider_ref
        yield (item.position, reference, kind, message.get_channel_display(), name, ", ".join(address), number)


def changed() -> str:
    """Why a letter is not posted whose figures are others by now."""
    return _("Its sums have changed since it was printed: it waits, and is written anew in the next batch.")


def refused_now(batch: PostBatch, items: Sequence[PostItem]) -> dict[int, str]:
    """Why letters of a batch may not be posted any more, by the id of their row: for a page, without their words.

    Each of the cases that a letter is about is looked at. As many statements for many as for one.
    """
    moment = datetime.combine(batch.posting_day, HOUR, PARIS)
    beside: dict[int | None, list[Message]] = {}
    for follower in Message.objects.filter(goes_with__in=[item.message_id for item in items]).order_by("pk"):
        beside.setdefault(follower.goes_with_id, []).append(follower)
    parts = [(item, part) for item in items for part in (item.message, *beside.get(item.message_id, ()))]
    read = facts_read({part.recovery_id for _item, part in parts}, moment)
    resting = resting_of([part.pk for _item, part in parts])
    policy = firm_policy()
    found: dict[int, str] = {}
    for item, part in parts:
        lead = item.message
        _case, facts = read[part.recovery_id]
        asked = contact.Message(
            purpose=contact.Purpose(lead.purpose),
            channel=contact.Channel(lead.channel),
            recipient=written_to(lead),
            amounts=facts.amounts,
            is_resting=part.pk in resting,
        )
        verdict = contact.judge(asked, facts.on(batch.posting_day), policy, moment, lifted=lifted_codes(part))
        verdict = verdict.without(Code.RHYTHM)
        if verdict.outcome != Outcome.SEND:
            found.setdefault(item.pk, " ".join(map(str, verdict.standing)))
        elif not lead.is_receipt and facts.on(batch.posting_day).due != part.total:
            found.setdefault(item.pk, changed())
    return found
