"""The life of a case: when it was filed, how far it went, what was written on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from html import escape
from random import Random

from demo.made import made
from demo.sentences import REMARKS, STEPS
from law.vocabulary import Step
from recoveries.html import plain_text
from recoveries.models import Comment, Status, StatusChange
from recoveries.statuses import STATUSES, Actor, allowed_moves

SPAN = 730  # days that the portfolio reaches back
# How often a status comes next, where the life cycle allows it. A transfer makes a second case, so none is here; a
# status that staff added comes now and then.
NEXT: dict[int, int] = {
    Step.REMINDER_1: 60,
    Step.REMINDER_2: 55,
    Step.FORMAL_NOTICE: 24,
    Step.PRE_LITIGATION: 14,
    Step.PAYMENT_PLAN: 9,
    Step.DISPUTE: 6,
    Step.PAID: 8,
    Step.CLOSED: 3,
}
SELDOM = 2
COMMENT_COUNTS = (0, 1, 2, 3, 4, 6)
COMMENT_WEIGHTS = (22, 27, 22, 15, 9, 5)


@dataclass(frozen=True, slots=True)
class People:
    """Who acts on a case: the client (owner) and the member of staff who handles it."""

    client: int
    handler: int


def filed_at(rng: Random, today: date) -> datetime:
    """A moment in office hours of the last two years, before `today`; the recent months are the fullest."""
    days = 1 + int(SPAN * rng.random() ** 1.4)
    return _office_hours(rng, today - timedelta(days=min(days, SPAN)))


def _office_hours(rng: Random, day: date) -> datetime:
    return datetime.combine(day, time(rng.randint(7, 16), rng.randrange(60), rng.randrange(60)), UTC).replace(
        microsecond=rng.randrange(10**6)
    )


def statuses_walk(
    rng: Random, *, statuses: Mapping[int, Status], filed: datetime, today: date, people: People
) -> list[StatusChange]:
    """The moves that the case has made by `today`, oldest first; the last one is where it stands.

    Each is one that the life cycle allows, to a status of the catalogue (`statuses`), and none comes twice.
    """
    here, day = int(Step.CREATED), filed.date()
    changes = [made(StatusChange, to_status_id=here, user_id=people.client, created_at=filed)]
    seen = {here}
    while weights := _ways_on(statuses, here, seen):
        day += timedelta(days=rng.randint(8, 40))
        if day >= today or rng.random() < 0.2:
            break
        before, here = here, rng.choices(list(weights), list(weights.values()))[0]
        seen.add(here)
        changes.append(
            made(
                StatusChange,
                from_status_id=before,
                to_status_id=here,
                user_id=None if here == Step.PAID else people.handler,  # The account moves there by itself.
                comment=STEPS.get(here, ""),
                created_at=_office_hours(rng, day),
            )
        )
    return changes


def _ways_on(statuses: Mapping[int, Status], here: int, seen: set[int]) -> dict[int, int]:
    """The statuses that may come after `here`, in order, each with its weight; none after a closing one."""
    if statuses[here].is_closing:
        return {}
    return {pk: weight for pk, weight in _open_ways(here, tuple(sorted(statuses))) if pk not in seen}


@lru_cache(maxsize=256)
def _open_ways(here: int, statuses: tuple[int, ...]) -> list[tuple[int, int]]:
    """The same of a catalogue with these statuses, whatever the case has seen; worked out once for all cases."""
    added = [pk for pk in statuses if pk not in STATUSES]
    allowed = allowed_moves(here, by=Actor.STAFF, added=added)
    usual = {**dict.fromkeys(added, SELDOM), **NEXT}
    return [(pk, usual[pk]) for pk in statuses if pk in allowed and pk in usual]


def comments_build(
    rng: Random, *, filed: datetime, today: date, people: People, debtor: str, owed: Decimal
) -> list[Comment]:
    """What client and staff wrote since the case was filed, oldest first."""
    [count] = rng.choices(COMMENT_COUNTS, COMMENT_WEIGHTS)
    since = max((today - filed.date()).days - 1, 0)
    days = sorted(rng.randint(0, min(since, 240)) for _ in range(count))
    comments = []
    for gap in days:
        moment = filed + timedelta(days=gap, minutes=rng.randint(1, 300))
        comments.append(_comment(rng, moment, people, debtor, owed))
    return sorted(comments, key=lambda comment: comment.created_at)


def _comment(rng: Random, moment: datetime, people: People, debtor: str, owed: Decimal) -> Comment:
    remark = rng.choice(REMARKS)
    text = remark.text.format(
        debtor=debtor,
        amount=_french(owed / rng.randint(2, 6)),
        day=f"{moment + timedelta(days=rng.randint(3, 20)):%d/%m/%Y}",
        before=f"{moment - timedelta(days=rng.randint(0, 2)):%d/%m/%Y}",
    )
    html = f"<p>{escape(text, quote=False)}</p>"
    return made(
        Comment,
        html=html,
        text=plain_text(html),
        user_id=people.handler if remark.by_staff else people.client,
        visible_to_user=remark.to_client,
        visible_to_debtor=remark.to_debtor,
        is_read=rng.random() < 0.45,
        created_at=moment,
        updated_at=moment,
    )


def _french(amount: Decimal) -> str:
    """An amount as the French write it: `1 234,50 €`."""
    return f"{amount:,.2f} €".replace(",", " ").replace(".", ",")
