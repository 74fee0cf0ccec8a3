"""E-mail: the firm's mail server, with addresses that tell which message bounces or is answered."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext as _

from legalcity.lib.emails.addresses import address_with
from legalcity.lib.emails.sending import is_refused_for_good, is_temporary
from legalcity.lib.emails.smtp import AnswerLost
from legalcity.lib.errors import Sentence
from legalcity.lib.mail import firm_sender
from legalcity.lib.reading import Unreadable
from legalcity.lib.reading.emails import read_email
from legalcity.lib.settings.live import live
from recoveries.letters.channels.protocol import Fact, Handed, Later, Refused, Unknown
from recoveries.letters.models import Message
from recoveries.letters.wording.papers import pdf_of


class EmailChannel:
    """By SMTP. Nobody can ask a mail server what it has taken."""

    provider = "smtp"
    is_by_hand = False
    can_ask = False

    def check(self, message: Message) -> list[Sentence]:
        """An address that a mail server takes."""
        try:
            read_email(message.recipient)
        except Unreadable:
            return [_("Enter a valid e-mail address.")]
        return []

    def submit(self, message: Message, *, keep: Callable[[str], None]) -> Handed:
        """Send it."""
        try:
            mail_of(message).send()
        except Exception as error:
            name = type(error).__name__
            if isinstance(error, AnswerLost):
                raise Unknown(name) from error
            if is_temporary(error):
                raise Later(name) from error
            is_wrong = isinstance(error, SMTPRecipientsRefused) and is_refused_for_good(error)
            raise Refused(name, is_address_wrong=is_wrong) from error
        return Handed(message.header_id)

    def facts(self, payload: Mapping[str, Any]) -> list[Fact]:
        """Mail servers write mails (mail_intake.py)."""
        return []

    def cost(self, message: Message) -> Decimal | None:
        """Nothing for one more."""
        return Decimal(0)


def header_id_of(message: Message) -> str:
    """The `Message-ID` of a message: the same whenever it is sent, so that a mail program shows it once."""
    return f"<{message.client_token.hex}@{settings.EMAIL_DOMAIN}>" if message.client_token else ""


def mail_of(message: Message) -> EmailMultiAlternatives:
    """The e-mail of a message that leaves. Its envelope names it where bounces are read, its answers where they are."""
    token, sender = message.client_token, firm_sender()
    headers = {"Message-ID": message.header_id, "Auto-Submitted": "auto-generated", "From": sender}
    if token and settings.BOUNCE_MAILBOX:
        sender = address_with(token, settings.BOUNCE_MAILBOX.address)
    if token and settings.REPLY_MAILBOX:
        reply_to = [address_with(token, settings.REPLY_MAILBOX.address)]
    else:
        reply_to = [live.FIRM_EMAIL] if live.FIRM_EMAIL else []
    mail = EmailMultiAlternatives(
        message.subject, message.text, sender, [message.recipient], reply_to=reply_to, headers=headers
    )
    mail.attach_alternative(message.html, "text/html")
    if message.pdf is not None:
        mail.attach(message.pdf.filename, pdf_of(message), message.pdf.mime)
    return mail
