"""What a message asks of staff: to look whether it was answered, to read the reply, to find another address."""

from typing import Any

from legalcity.lib.clock import today
from legalcity.lib.dates import PARIS
from recoveries.agenda.follow_ups import letter_followed
from recoveries.agenda.services import task_open
from recoveries.letters.task_kinds import MESSAGE_BOUNCED, REPLY_RECEIVED
from recoveries.models import Message, MessageFact

CAME_BACK = (Message.State.BOUNCED, Message.State.RETURNED)
ABOUT_LENGTH = 120  # of what a mail server said


def staff_asked(message: Message, fact: MessageFact, *, is_moved: bool) -> None:
    """Have staff do what a fact about a message calls for; `is_moved`: it has moved the message on."""
    letter, day = message.get_kind_display(), fact.at.astimezone(PARIS).date()
    about: dict[str, Any] = {"recovery_id": message.recovery_id, "due_on": today(), "subject": f"message:{message.pk}"}
    if is_moved and message.state == Message.State.SENT and not message.is_receipt:
        letter_followed(recovery_id=message.recovery_id, letter=letter, sent=day)
    if is_moved and message.state in CAME_BACK:
        address = message.recipient or ", ".join(message.address.splitlines())
        facts = {"letter": letter, "address": address[:ABOUT_LENGTH], "reason": fact.note[:ABOUT_LENGTH]}
        task_open(kind=MESSAGE_BOUNCED, sentence_facts=facts, **about)
    if fact.kind == MessageFact.Kind.REPLIED:
        task_open(kind=REPLY_RECEIVED, sentence_facts={"sender": message.recipient, "on": day}, **about)
