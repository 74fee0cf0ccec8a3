"""What cases wait for (`?work=` of the list of cases): where the counts of the home page lead."""

from collections.abc import Callable
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from legalcity.lib.errors import Sentence
from legalcity.lib.settings.live import live
from recoveries.desk.reads import work
from recoveries.models import Recovery

Cases = QuerySet[Recovery]

TODAY, UNASSIGNED, UNREAD, DOCUMENTS, DEADLINES, FEES = (
    "today",
    "unassigned",
    "unread",
    "documents",
    "deadlines",
    "fees",
)
LABELS: dict[str, Sentence] = {
    TODAY: _("To act on today"),
    UNASSIGNED: _("Without a handler"),
    UNREAD: _("Unread comments"),
    DOCUMENTS: _("Documents to check"),
    DEADLINES: _("Deadlines about to lapse"),
    FEES: _("Court fees unpaid"),
}
CHOICES: dict[str, Callable[[Cases, date], Cases]] = {
    TODAY: work.to_act_on,
    UNASSIGNED: lambda cases, day: work.unassigned(cases),
    UNREAD: lambda cases, day: work.with_unread_comments(cases),
    DOCUMENTS: lambda cases, day: work.with_documents_to_check(cases),
    DEADLINES: lambda cases, day: work.with_deadline(cases, notice_end(day)),
    FEES: lambda cases, day: work.with_fee_unpaid(cases),
}


def notice_end(day: date) -> date:
    """Until when a deadline counts as about to lapse."""
    return day + timedelta(days=live.DEADLINE_NOTICE_DAYS)
