"""What the mailboxes bring: bounces and answers are put on their message and their case, once each."""

from datetime import datetime, timedelta
from functools import partial

import structlog
from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.audit import audit_record
from events.services import story
from legalcity.lib.clock import now
from legalcity.lib.errors import Forbidden
from legalcity.lib.logs import log_failure
from legalcity.lib.settings.environment import Mailbox
from recoveries.letters.channels.answers import answer_take
from recoveries.letters.channels.facts import fact_record
from recoveries.letters.channels.mail_reading import Arrival, Sort, mail_read
from recoveries.letters.channels.mailbox import MailboxAway, NotTaken, mailbox_read
from recoveries.letters.channels.notices_returned import notice_returned
from recoveries.letters.followers import cases_about, cases_lock
from recoveries.letters.party_facts import address_is_wrong
from recoveries.models import InboundMail, Message, MessageFact

log = structlog.get_logger("recoveries")

Kind = MessageFact.Kind
FACTS = {Sort.BOUNCE: Kind.BOUNCED, Sort.DELAY: Kind.DELAYED}
# Automatic answers are of no use once they were counted; other mails stay with their case.
KEPT = timedelta(days=30)


def mailboxes() -> list[Mailbox]:
    """The mailboxes that are read: one where both are the same."""
    boxes = (settings.BOUNCE_MAILBOX, settings.REPLY_MAILBOX)
    return list(dict.fromkeys(box for box in boxes if box is not None))


def mailboxes_poll() -> int:
    """Take what is new in the mailboxes; how many mails. One that is away is asked again the next time."""
    taken = 0
    for box in mailboxes():
        try:
            taken += mailbox_read(box, _take_or_leave, partial(mail_set_aside, box))
        except MailboxAway as error:
            log.warning("mailbox_away", host=box.host, error=str(error))
    return taken


def _take_or_leave(raw: bytes) -> None:
    """Take a mail. Raises NotTaken for one that breaks us, OperationalError and InterfaceError without a database."""
    try:
        mail_take(raw)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log_failure(error)
        raise NotTaken from error


@story()
def mail_set_aside(box: Mailbox, uid: str) -> InboundMail:
    """Have staff look at a mail that could not be taken: it stays in its mailbox, unseen and flagged."""
    told = _(
        "It could not be read and is still in the mailbox, unread and marked with a flag. Read it there; once the flag "
        "is taken away, it is tried again."
    )
    mail, _is_new = InboundMail.objects.update_or_create(
        mail_id=f"aside:{box.address}/{box.folder}:{uid}"[:255],
        defaults={
            "sort": InboundMail.Sort.REPLY,
            "sender": box.address[:254],
            "subject": _("A mail that could not be read"),
            "text": told,
            "handled_at": None,
            "handled_by": None,
        },
    )
    log.warning("mail_set_aside", mail_id=mail.pk, host=box.host, uid=uid)
    return mail


def mail_take(raw: bytes) -> InboundMail | None:
    """Take a mail: a bounce or an answer of a message of ours is put on it. None where it was taken before."""
    arrival = mail_read(raw)
    try:
        with transaction.atomic():
            return _taken(arrival)
    except IntegrityError:
        if _is_known(arrival):  # Another worker reads the same mailbox.
            return None
        raise


def _is_known(arrival: Arrival) -> bool:
    return InboundMail.objects.filter(mail_id=arrival.id[:255]).exists()


@story()
def _taken(arrival: Arrival) -> InboundMail | None:
    if _is_known(arrival):
        return None
    message = _message_of(arrival)
    # Whoever answers a notice wants to be read: their words wait for staff.
    is_dealt_with = message is None and arrival.sort != Sort.REPLY and notice_returned(arrival)
    if message is not None:
        cases_lock(cases_about(message.pk))
    mail = InboundMail.objects.create(
        mail_id=arrival.id[:255],
        sort=arrival.sort.value,
        message=message,
        sender=arrival.sender,
        subject=arrival.subject,
        text=arrival.text,
        sha256=arrival.sha256,
        handled_at=now() if is_dealt_with else None,
    )
    if message is not None and arrival.sort != Sort.AUTOMATIC:
        _follow(mail, message, arrival)
    log.info("mail_taken", mail_id=mail.pk, sort=mail.sort, message_id=message and message.pk)
    return mail


def _message_of(arrival: Arrival) -> Message | None:
    """The message that a mail is about: by the address that it came to, else by the Message-ID that it names."""
    emails = Message.objects.filter(channel=Message.Channel.EMAIL)
    found = emails.filter(client_token__in=arrival.tokens[:5]).order_by("-pk").first()
    return found or emails.filter(header_id__in=arrival.referred).order_by("-pk").first()


def _follow(mail: InboundMail, message: Message, arrival: Arrival) -> None:
    if arrival.sort == Sort.REPLY:
        answer_take(
            message,
            source=MessageFact.Source.SMTP,
            provider_id=mail.mail_id,
            sender=mail.sender,
            said=mail.text,
            sha256=arrival.sha256,
            page=reverse("admin:recoveries_inboundmail_change", args=[mail.pk]),
            subject=f"mail:{mail.pk}",
        )
        return
    bounce = arrival.bounce
    note = " ".join(filter(None, (bounce.status, bounce.diagnostic))) if bounce else ""
    fact = fact_record(
        message_id=message.pk,
        kind=FACTS[arrival.sort],
        at=now(),
        source=MessageFact.Source.SMTP,
        provider_id=mail.mail_id,
        payload_sha256=arrival.sha256,
        note=note or arrival.sender,
    )
    # Another address than ours of the debtor may be at fault, where mails are forwarded.
    if fact and bounce and bounce.is_unknown and bounce.recipient in ("", message.recipient.lower()):
        address_is_wrong(message=message)


@story()
def mail_handle(*, mail_id: int, by: User | None) -> InboundMail:
    """Say that a mail was dealt with. Raises Forbidden for one that was already."""
    if not InboundMail.objects.filter(pk=mail_id, handled_at=None).update(handled_at=now(), handled_by=by):
        raise Forbidden(_("This mail was dealt with already."))
    mail = InboundMail.objects.get(pk=mail_id)
    audit_record(action="mail_handled", target=mail, actor=by)
    return mail


def mails_forget(*, moment: datetime) -> int:
    """Forget automatic answers after their time, and what was dealt with of strangers; how many."""
    over = InboundMail.objects.filter(received_at__lt=moment - KEPT)
    aside = over.filter(sort=Sort.AUTOMATIC.value) | over.filter(message=None, handled_at__isnull=False)
    return aside.delete()[0]
