"""The e-mail to a member of staff on a working morning: how much waits for what, and where. Nobody is named in it.

Each line leads to its list. It goes out once a day at most (events/notices/rounds.py), to who has not switched it off.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.db.models import Model
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from backoffice.home import Viewer
from events.notices.ports import Words
from law.deadlines import next_working_day
from legalcity.lib.errors import Sentence
from legalcity.lib.firm import firm_shown
from recoveries.agenda.task_kinds import READ_NOTE
from recoveries.agenda.task_lists import Asked, View, tasks_asked
from recoveries.desk import work_filter
from recoveries.desk.home_panels import case_list
from recoveries.desk.reads import work
from recoveries.models import Message, Recovery

PERMISSION = "recoveries.move_status"  # Who acts on cases.
PASSED = {"deadline": "overdue", "handler": "me"}  # the filter of the list of cases


class Count(NamedTuple):
    """How many cases, tasks or letters wait for the same, and the list of them."""

    label: str
    number: int
    url: str


def morning_write(user: User, *, day: date) -> Words | None:
    """What waits for `user` on `day`; None where nothing does, on a day off, and for who does not act on cases."""
    if not user.has_perm(PERMISSION) or next_working_day(day) != day:
        return None
    with translation.override(user.language):
        counts = [count for count in _counts(user, day) if count.number]
        if not counts:
            return None
        number = counts[0].number if counts[0].label == str(work_filter.LABELS[work_filter.TODAY]) else 0
        text = ngettext("{number} case to act on today", "{number} cases to act on today", number)
        return _words(text.format(number=number), user, counts)


def _counts(user: User, day: date) -> Iterator[Count]:
    cases = work.cases_in_scope(user, mine=True).filter(user_id=user.pk)
    viewer = Viewer(user, mine=True)
    for name in (work_filter.TODAY, work_filter.DEADLINES):
        yield _count(work_filter.LABELS[name], work_filter.CHOICES[name](cases, day).count(), case_list(name, viewer))
    passed = work.open_cases(cases).filter(next_deadline__lt=day)
    yield _count(_("Legal dates passed"), passed.count(), f"{_listed(Recovery)}?{urlencode(PASSED)}")
    due = tasks_asked(Asked(user=user, view=View.MINE, day=day)).filter(due_on__lte=day)
    yield _count(_("Tasks due"), due.count(), f"{reverse('tasks')}?view={View.MINE}")
    notes = {"view": View.MINE, "kind": READ_NOTE}
    yield _count(
        _("Of these, notes that mention you"),
        due.filter(kind=READ_NOTE).count(),
        f"{reverse('tasks')}?{urlencode(notes)}",
    )
    held = Message.objects.filter(recovery__user_id=user.pk, state=Message.State.HELD)
    query = {"state__exact": Message.State.HELD, "handler": "me"}
    yield _count(_("Letters held"), held.count(), f"{_listed(Message)}?{urlencode(query)}")
    for name in (work_filter.UNREAD, work_filter.DOCUMENTS):
        yield _count(work_filter.LABELS[name], work_filter.CHOICES[name](cases, day).count(), case_list(name, viewer))


def _count(label: Sentence, number: int, path: str) -> Count:
    return Count(str(label), number, settings.PUBLIC_BASE_URL + path)


def _listed(model: type[Model]) -> str:
    return reverse(f"admin:recoveries_{model._meta.model_name}_changelist")


def _words(subject: str, user: User, counts: list[Count]) -> Words:
    context = {
        "subject": subject,
        "language": user.language,
        "firm": {"name": firm_shown()},
        "counts": counts,
        "home": settings.PUBLIC_BASE_URL + reverse("admin:index"),
        "account_page": settings.PUBLIC_BASE_URL + reverse("admin:account"),
    }
    text = render_to_string("emails/staff_morning.txt", context)
    return Words(subject, text.strip() + "\n", render_to_string("emails/staff_morning.html", context))
