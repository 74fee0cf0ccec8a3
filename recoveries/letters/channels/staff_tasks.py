"""What staff have to do when a message went out, did not arrive, or was answered."""

from django.urls import reverse

from companies.models import PartyContact
from legalcity.lib.clock import today
from legalcity.lib.dates import PARIS
from legalcity.lib.emails.rows import INTERRUPTED
from recoveries.agenda.follow_ups import letter_followed
from recoveries.agenda.services import task_open
from recoveries.letters.other_contacts import contact_elsewhere
from recoveries.letters.task_kinds import MESSAGE_BOUNCED, MESSAGE_UNKNOWN, REPLY_RECEIVED
from recoveries.models import Message, MessageFact

State = Message.State
ABOUT_LENGTH = 120  # of what a mail server said
FOUND_BY_STAFF = {Message.Channel.EMAIL: PartyContact.Kind.EMAIL, Message.Channel.SMS: PartyContact.Kind.PHONE}


def tasks_of(message: Message, fact: MessageFact) -> None:
    """Have a person look whether it was answered, for another address, or whether it went out at all."""
    if message.state == State.SENT and not message.is_receipt:
        sent = fact.at.astimezone(PARIS).date()
        letter_followed(recovery_id=message.recovery_id, letter=message.get_kind_display(), sent=sent)
    elif message.state in (State.BOUNCED, State.RETURNED):
        _opened(message, MESSAGE_BOUNCED, reason=fact.note[:ABOUT_LENGTH], other=_elsewhere(message))
    elif message.state == State.FAILED and message.error == INTERRUPTED:
        _opened(message, MESSAGE_UNKNOWN)


def reply_task(message: Message, *, sender: str, page: str, subject: str) -> None:
    """Have a person read what the debtor has answered, at `page`."""
    task_open(
        kind=REPLY_RECEIVED,
        recovery_id=message.recovery_id,
        due_on=today(),
        sentence_facts={"sender": sender, "on": today()},
        fix_url=page,
        subject=subject,
    )


def _elsewhere(message: Message) -> str:
    kind = FOUND_BY_STAFF.get(Message.Channel(message.channel))
    return contact_elsewhere(message.recovery.debtor, kind=kind, besides=message.recipient) if kind else ""


def _opened(message: Message, kind: str, **facts: str) -> None:
    address = message.recipient or ", ".join(message.address.splitlines())
    task_open(
        kind=kind,
        recovery_id=message.recovery_id,
        due_on=today(),
        sentence_facts={"letter": message.get_kind_display(), "address": address[:ABOUT_LENGTH], **facts},
        fix_url=reverse("admin:recoveries_message_change", args=[message.pk]),
        subject=f"message:{message.pk}",
    )
