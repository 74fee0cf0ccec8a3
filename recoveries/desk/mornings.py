"""The e-mail to a member of staff in the morning: how many cases wait, and where they are. Nobody is named in it."""

from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from accounts.models import User
from backoffice.home import Viewer
from events.notices.ports import Words
from legalcity.lib.settings.live import live
from recoveries.desk import work_filter
from recoveries.desk.home_panels import case_list
from recoveries.desk.reads import work

PERMISSION = "recoveries.move_status"  # Who acts on cases.


class Count(NamedTuple):
    """How many cases wait for the same, and the list of them."""

    label: str
    number: int
    url: str


def morning_write(user: User, *, day: date) -> Words | None:
    """What waits for `user` on `day`; None where nothing does, and for who does not act on cases."""
    if not user.has_perm(PERMISSION):
        return None
    cases = work.cases_in_scope(user, mine=True).filter(user_id=user.pk)
    number = work.to_act_on(cases, day).count()
    if not number:
        return None
    with translation.override(user.language):
        viewer = Viewer(user, mine=True)
        counts = [
            Count(str(work_filter.LABELS[name]), found, settings.PUBLIC_BASE_URL + case_list(name, viewer))
            for name in (work_filter.TODAY, work_filter.DEADLINES, work_filter.UNREAD, work_filter.DOCUMENTS)
            if (found := work_filter.CHOICES[name](cases, day).count())
        ]
        text = ngettext("{number} case to act on today", "{number} cases to act on today", number)
        return _words(text.format(number=number), user, counts)


def _words(subject: str, user: User, counts: list[Count]) -> Words:
    context = {
        "subject": subject,
        "language": user.language,
        "firm": {"name": live.FIRM_NAME},
        "counts": counts,
        "home": settings.PUBLIC_BASE_URL + reverse("admin:index"),
        "account_page": settings.PUBLIC_BASE_URL + reverse("admin:account"),
    }
    text = render_to_string("emails/staff_morning.txt", context)
    return Words(subject, text.strip() + "\n", render_to_string("emails/staff_morning.html", context))
