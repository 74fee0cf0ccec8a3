"""The life of a case: when it was filed, how far it went, what was written on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from html import escape
from itertools import pairwise
from random import Random

from recoveries.demo.sentences import REMARKS, STEPS
from recoveries.models import Comment, Status, StatusChange

SPAN = 730  # days that the portfolio reaches back
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
    rng: Random, *, path: Sequence[Status], filed: datetime, today: date, people: People
) -> list[StatusChange]:
    """The steps through `path` that the case has taken by `today`, oldest first; the last one is where it stands."""
    steps = [StatusChange(to_status_id=path[0].id, user_id=people.client, created_at=filed)]
    day = filed.date()
    for before, after in pairwise(path):
        day += timedelta(days=rng.randint(10, 45))
        if day >= today or before.is_closing or rng.random() < 0.3:
            break
        steps.append(
            StatusChange(
                from_status_id=before.id,
                to_status_id=after.id,
                user_id=people.handler,
                comment=rng.choice(STEPS),
                created_at=_office_hours(rng, day),
            )
        )
    return steps


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
    return Comment(
        html=f"<p>{escape(text, quote=False)}</p>",
        text=text,
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
