"""What comes by itself: the summary of a week, on Monday; to staff, in the morning, how many cases wait for them."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.models import User
from events.notices.groups import Group, Mode
from events.notices.models import MORNING, Notice, Round
from events.notices.ports import News, notice_writers
from events.notices.recipients import is_held, told_choices
from events.notices.telling import DIGEST_AT, MONDAY, last_round, notice_write, told_apart
from events.notices.tokens import leaving_address
from legalcity.lib.dates import PARIS
from legalcity.lib.settings.live import live

MORNING_AT = time(7, 0)  # in Paris
WEEK = timedelta(days=7)
CLAIM = timedelta(minutes=10)


def weeks_tell(moment: datetime) -> int:
    """Write the summaries of last week, where they were not written. How many e-mails."""
    monday = last_round(moment, DIGEST_AT, weekday=MONDAY).date()
    if not live.SEND_CLIENT_NOTICES:
        return 0
    return _gone(Group.WEEKLY_SUMMARY, monday, moment, notice_writers.clients.clients, _week_tell)


def _week_tell(owner_id: int, monday: date) -> int:
    owner = User.objects.filter(pk=owner_id, is_active=True).first()
    group, first = Group.WEEKLY_SUMMARY, monday - WEEK
    period = "{}-W{:02}".format(*first.isocalendar())
    choice = told_choices(owner)[group] if owner else None
    if owner is None or choice is None or choice.mode == Mode.OFF:
        return 0
    told = Notice.objects.filter(owner_id=owner_id, group=group, period=period).values_list("recipient", flat=True)
    number = 0
    for email in set(choice.recipients) - set(told):
        leave = leaving_address(owner_id=owner_id, group=group, email=email)
        news = News(owner=owner, group=group, events=(), language=choice.language, leave=leave)
        words = notice_writers.clients.week(news, first=first, last=monday - timedelta(days=1))
        if words is None:
            return 0
        notice_write(owner_id, group, period, email, words)
        number += 1
    return number


def mornings_tell(moment: datetime) -> int:
    """Write to the members of staff who have something to act on today. How many e-mails."""
    day = last_round(moment, MORNING_AT).date()
    if day != moment.astimezone(PARIS).date():  # Yesterday's morning is over.
        return 0
    wanting = User.objects.filter(is_staff=True, is_active=True, morning_mail=True).order_by("pk")
    return _gone(MORNING, day, moment, lambda: wanting.values_list("pk", flat=True), _morning_tell)


def _morning_tell(user_id: int, day: date) -> int:
    user, period = User.objects.get(pk=user_id), day.isoformat()
    is_told = Notice.objects.filter(owner_id=user_id, group=MORNING, period=period).exists()
    words = None if is_told or is_held(user_id, user.email) else notice_writers.morning(user, day=day)
    if words is not None:
        notice_write(user_id, MORNING, period, user.email, words)
    return 0 if words is None else 1


def _gone(
    name: str, day: date, moment: datetime, people: Callable[[], Iterable[int]], tell: Callable[[int, date], int]
) -> int:
    """Go the round of `day`, unless it was gone to its end. Who has been told is passed by when it begins again.

    One worker goes it; another one ten minutes later, where the first one was stopped (or is slow, which harms nobody).
    The first one of an installation is not gone: nobody has waited for it.
    """
    _done, is_first = Round.objects.get_or_create(name=name, defaults={"day": day})
    free = Q(claimed_until=None) | Q(claimed_until__lt=moment)
    if is_first or not Round.objects.filter(free, name=name, day__lt=day).update(claimed_until=moment + CLAIM):
        return 0
    told = sum(told_apart(_told_once, person, day, tell) for person in list(people()))
    Round.objects.filter(name=name).update(day=day, claimed_until=None)
    return told


def _told_once(person: int, day: date, tell: Callable[[int, date], int]) -> int:
    try:
        with transaction.atomic():
            return tell(person, day)
    except IntegrityError:  # Another worker goes the same round.
        return 0
