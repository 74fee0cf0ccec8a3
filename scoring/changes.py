"""What a surveillance compares from day to day. Pure.

`known` is what was last known of a company; a key is null as long as no source has told it. The risk level is "none"
for a company without a payment record.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from legalcity.lib.dates import day_text
from scoring.facts import Facts, Insolvency
from scoring.models import Alert
from scoring.scorecard import Score

NO_LEVEL = "none"

Known = dict[str, Any]
Kind = Alert.Kind


@dataclass(frozen=True, slots=True)
class Change:
    """One change; `mark` tells it from others of its kind, so that it is recorded once."""

    kind: Kind
    mark: str
    details: dict[str, Any]


def known(facts: Facts, outcome: Score) -> Known:
    """What there is to compare. While a source is silent the level would tell of the silence, so it is left out."""
    entry = facts.registration
    level = outcome.level.value if outcome.level else NO_LEVEL
    return {
        "active": entry and entry.active,
        "closed_on": entry and day_text(entry.closed_on),
        "address": entry and entry.address,
        "insolvency": facts.insolvency and facts.insolvency.value,
        "notices": None
        if facts.insolvency is None
        else {notice.id: [day_text(notice.published_on), notice.title, notice.court] for notice in facts.notices},
        "level": None if facts.silent else level,
    }


def remembered(before: Known, after: Known) -> Known:
    """`after`, with what it does not know kept from `before`."""
    return {key: before.get(key) if value is None else value for key, value in after.items()}


def changes(before: Known, after: Known, day: date) -> list[Change]:
    """What has changed, in the order in which it matters. What was not known before is news only when it is bad."""
    return [
        *_closing(before, after, day),
        *_notices(before, after),
        *_address(before, after, day),
        *_level(before, after, day),
    ]


def _closing(before: Known, after: Known, day: date) -> Iterator[Change]:
    if after["active"] is False and before.get("active") is not False:
        yield Change(Kind.CLOSED, str(day_text(day)), {"closed_on": after["closed_on"]})
    if after["active"] is True and before.get("active") is False:
        yield Change(Kind.REOPENED, str(day_text(day)), {})


def _notices(before: Known, after: Known) -> Iterator[Change]:
    if after["notices"] is None:
        return
    old: dict[str, list[str]] | None = before.get("notices")
    if old is None:
        # The first answer at all: old proceedings that are over are no news.
        old = {} if after["insolvency"] == Insolvency.OPEN else after["notices"]
    for number in sorted(after["notices"].keys() - old.keys()):
        yield _notice(Kind.INSOLVENCY_NOTICE, number, after["notices"][number])
    for number in sorted(old.keys() - after["notices"].keys()):
        yield _notice(Kind.NOTICE_WITHDRAWN, number, old[number])


def _notice(kind: Kind, number: str, told: list[str]) -> Change:
    published_on, title, court = told
    return Change(kind, number, {"notice": number, "published_on": published_on, "title": title, "court": court})


def _address(before: Known, after: Known, day: date) -> Iterator[Change]:
    old, new = before.get("address"), after["address"]
    if old and new and old != new:
        yield Change(Kind.ADDRESS, str(day_text(day)), {"from": old, "to": new})


def _level(before: Known, after: Known, day: date) -> Iterator[Change]:
    old, new = before.get("level"), after["level"]
    if old and new and old != new:
        yield Change(Kind.SCORE_BAND, str(day_text(day)), {"from": old, "to": new})
