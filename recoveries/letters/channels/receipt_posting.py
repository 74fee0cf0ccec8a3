"""A receipt that staff post by itself, in no batch: it leaves with the same papers and facts as any message."""

from django.utils.translation import gettext as _

from accounts.models import User
from events.services import story
from law.contact import Outcome
from legalcity.lib.clock import now
from legalcity.lib.errors import Forbidden, Unavailable
from recoveries.ledger.gathering import with_terms
from recoveries.letters.channels.facts import fact_record
from recoveries.letters.channels.papers import letter_pdf
from recoveries.letters.channels.post_folder import PROVIDER
from recoveries.letters.channels.prices import cost_of
from recoveries.letters.channels.protocol import Later
from recoveries.letters.gathering import facts_aside
from recoveries.letters.judging import verdict_of_receipt
from recoveries.models import Message, MessageFact, Recovery


def receipt_waits(message: Message) -> bool:
    """Whether it is a receipt that somebody has to post."""
    return message.is_receipt and message.state == Message.State.TO_POST


def receipt_paper(message: Message) -> bytes:
    """The receipt as it is posted: its words are those of its payment, so its paper stays what it is.

    Raises Unavailable where it cannot be drawn, or kept, now.
    """
    try:
        return letter_pdf(message)
    except Later as error:
        raise Unavailable(_("The letters cannot be drawn, or kept, now.")) from error


def receipt_posted(*, message_id: int, by: User | None) -> Message:
    """Write down that a receipt went out by post, today.

    Raises Forbidden for one that does not wait for that, or may not leave, Unavailable where its paper cannot be kept.
    """
    receipt = Message.objects.select_related("recovery", "recovery__debtor").get(pk=message_id)
    _require_waiting(receipt)
    receipt_paper(receipt)
    return _posted(receipt, by)


@story()
def _posted(receipt: Message, by: User | None) -> Message:
    case = with_terms(Recovery.objects.select_for_update(of=("self",))).get(pk=receipt.recovery_id)
    verdict = verdict_of_receipt(facts_aside(case), receipt, recipient="", moment=now())
    if verdict.outcome == Outcome.NEVER:
        raise Forbidden(_("This letter may not leave."), reasons=list(verdict.standing))
    waiting = Message.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
    _require_waiting(waiting)
    Message.objects.filter(pk=receipt.pk).update(provider=PROVIDER, cost=cost_of(waiting))
    source = MessageFact.Source.STAFF
    fact_record(message_id=receipt.pk, kind=MessageFact.Kind.SENT, at=now(), source=source, by=by)
    return Message.objects.get(pk=receipt.pk)


def _require_waiting(message: Message) -> None:
    if not receipt_waits(message):
        raise Forbidden(_("This receipt does not wait to be sent by post."))
