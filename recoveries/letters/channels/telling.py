"""What staff read of what became of a message."""

from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.translation import gettext as _

from legalcity.lib.dates import PARIS
from legalcity.lib.errors import Sentence
from recoveries.models import Message


def facts_told(message: Message) -> Sentence:
    """The facts of a message, oldest first, each with who says so."""
    rows = [
        (
            date_format(fact.at.astimezone(PARIS), "SHORT_DATETIME_FORMAT"),
            fact.get_kind_display(),
            fact.get_source_display(),
            f" · {fact.note}" if fact.note else "",
            f" · {_('with proof')}" if fact.proof_id else "",
        )
        for fact in message.facts.all()
    ]
    return format_html_join("", "{} · {} ({}){}{}<br>", rows) or _("Nothing was told yet.")
