"""What a debtor has answered to a message of ours: told of it, put on its case, and given to a person to read."""

import html

from django.utils.translation import gettext as _

from legalcity.lib.clock import now
from recoveries.html import cleaned
from recoveries.letters.channels.facts import fact_record
from recoveries.letters.channels.staff_tasks import reply_task
from recoveries.models import Message, MessageFact
from recoveries.services.comments import comment_create

NOTE_LENGTH = 1_800  # characters of an answer in the note on its case


def answer_take(
    message: Message, *, source: str, provider_id: str, sender: str, said: str, sha256: str, page: str, subject: str
) -> bool:
    """Follow an answer; whether it is new. The caller is within a transaction.

    `source` (`MessageFact.Source`) calls it `provider_id`: told twice, it is followed once. `page` is where the person
    who is asked to read it does so, `subject` what the task is about.
    """
    fact = fact_record(
        message_id=message.pk,
        kind=MessageFact.Kind.REPLIED,
        at=now(),
        source=source,
        provider_id=provider_id,
        payload_sha256=sha256,
        note=sender,
    )
    if fact is None:
        return False
    _note(message, sender=sender, said=said)
    reply_task(message, sender=sender, page=page, subject=subject)
    return True


def _note(message: Message, *, sender: str, said: str) -> None:
    """The words of the debtor on the page of the case, for staff alone."""
    about = message.subject or message.get_kind_display()
    told = _("Answer of {sender} to “{subject}”:").format(sender=sender or "?", subject=about)
    shown = said[:NOTE_LENGTH] + ("…" if len(said) > NOTE_LENGTH else "")
    lines = "<br>".join(html.escape(line) for line in shown.splitlines())
    nobody = {"visible_to_user": False, "visible_to_debtor": False, "visible_to_bailiff": False}
    comment = cleaned(f"<p>{html.escape(told)}</p><blockquote>{lines}</blockquote>")
    comment_create(recovery=message.recovery, values={"comment": comment, **nobody}, by=None)
