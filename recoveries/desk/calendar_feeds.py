"""The calendar of a member of staff for the program of their telephone or desk, at an address that is a secret.

Who has the address reads it, without a password: so it says nothing of debtors but the references of their cases.
"""

import secrets
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from backoffice.audit import audit_record
from legalcity.lib.clock import now, today
from legalcity.lib.errors import Sentence
from recoveries.desk.ics import Day, calendar_file
from recoveries.desk.reads.calendar import Asked, Entry, What, entries_of
from recoveries.models import CalendarFeed

SEE = "recoveries.view_recovery"
BYTES = 32  # of chance in an address
LONGEST = 64  # characters of one that may be ours
BEFORE, AFTER = timedelta(days=30), timedelta(days=365)
READ_NOTED = timedelta(minutes=5)  # how often it is written down that a program came
CATEGORIES: dict[What, Sentence] = {
    What.LEGAL: gettext_lazy("Legal dates"),
    What.HEARING: gettext_lazy("Hearings"),
    What.FOLLOW_UP: gettext_lazy("Follow-ups"),
}


@transaction.atomic
def feed_renew(*, user: User) -> str:
    """A new address for the calendar of `user`, in the place of the former one. It is told this once."""
    token = secrets.token_urlsafe(BYTES)
    values = {"token_hash": _hashed(token), "made_at": now(), "read_at": None}
    CalendarFeed.objects.update_or_create(user=user, defaults=values)
    audit_record(action="calendar_feed_made", target=user)
    return settings.PUBLIC_BASE_URL + reverse("calendar-feed", args=[token])


@transaction.atomic
def feed_revoke(*, user: User) -> bool:
    """Close the address of the calendar of `user`; whether there was one."""
    gone, _rows = CalendarFeed.objects.filter(user=user).delete()
    if gone:
        audit_record(action="calendar_feed_revoked", target=user)
    return bool(gone)


def feed_file(token: str) -> bytes | None:
    """The calendar at an address, in the language of its reader; None for an address that is nobody's.

    Who may no longer come into the back-office, or see cases, has none.
    """
    found = CalendarFeed.objects.select_related("user").filter(token_hash=_hashed(token)) if token.isascii() else None
    feed = found.first() if found is not None and len(token) <= LONGEST else None
    if feed is None or not (feed.user.is_active and feed.user.is_staff and feed.user.has_perm(SEE)):
        return None
    moment = now()
    if feed.read_at is None or feed.read_at < moment - READ_NOTED:
        CalendarFeed.objects.filter(pk=feed.pk).update(read_at=moment)
    with translation.override(feed.user.language):
        return calendar_file(_("LegalCity – my cases"), _days(feed.user), at=moment)


def _days(user: User) -> Iterator[Day]:
    day = today()
    found = entries_of(Asked(user=user, first=day - BEFORE, last=day + AFTER, mine=True))
    if found.is_cut:
        yield _cut(day)
    for entry in found.entries:
        yield _day(entry)


def _cut(day: date) -> Day:
    """Tells, on the day of reading, that days are missing: a program shows what it is given."""
    return Day(
        uid=f"cut@{_host()}",
        on=day,
        summary=_("Calendar incomplete: open the one of LegalCity"),
        description=_("There are more days than a calendar program is sent. All of them stand in the back-office."),
        category=str(CATEGORIES[What.LEGAL]),
        address=settings.PUBLIC_BASE_URL + reverse("calendar"),
    )


def _host() -> str:
    return str(settings.PUBLIC_BASE_URL.partition("//")[2])


def _day(entry: Entry) -> Day:
    """Without the debtor, and without what people have written: why a case comes up is told on its page."""
    what = _("Case to look at again") if entry.what == What.FOLLOW_UP else str(entry.sentence)
    return Day(
        uid=f"{entry.what}-{entry.code}-{entry.case_id}@{_host()}",
        on=entry.day,
        summary=" – ".join(filter(None, (what, entry.reference, entry.creditor))),
        description=entry.article,
        category=str(CATEGORIES[entry.what]),
        address=settings.PUBLIC_BASE_URL + reverse("admin:recoveries_recovery_change", args=[entry.case_id]),
    )


def _hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()
