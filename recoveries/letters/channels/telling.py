"""What staff read of what became of a message."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from legalcity.lib.dates import PARIS
from legalcity.lib.errors import Sentence
from recoveries.letters.channels.receipt_posting import receipt_waits
from recoveries.models import Message, MessageFact


def paper_told(message: Message) -> Sentence:
    """The PDF that is kept with a message, or made of a receipt that staff post, to be opened or downloaded."""
    address = reverse("admin:recoveries_message_paper", args=[message.pk])
    if message.pdf is None and receipt_waits(message):
        return format_html('<a href="{}">{}</a>', address, _("Print it"))
    if message.pdf is None:
        return _("None is kept.")
    told = '<a href="{}">{}</a> · <a href="{}?download=1">{}</a><br><small>SHA-256 {}</small>'
    return format_html(told, address, message.pdf.filename, address, _("Download"), message.pdf.sha256)


def facts_told(message: Message) -> Sentence:
    """The facts of a message, oldest first, each with who says so."""
    rows = [
        (
            date_format(fact.at.astimezone(PARIS), "SHORT_DATETIME_FORMAT"),
            fact.get_kind_display(),
            fact.get_source_display(),
            f" · {fact.note}" if fact.note else "",
            _proof_told(fact),
        )
        for fact in message.facts.all()
    ]
    return format_html_join("", "{} · {} ({}){}{}<br>", rows) or _("Nothing was told yet.")


def _proof_told(fact: MessageFact) -> Sentence:
    if fact.proof_id is None:
        return ""
    address = reverse("admin:recoveries_message_proof", args=[fact.message_id, fact.pk])
    return format_html(' · <a href="{}?download=1">{}</a>', address, _("proof"))
