"""The ledger watched night by night: a look at every case, a piece each night where there are many."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.core.cache import cache

from legalcity.lib.clock import now
from recoveries.ledger.checking import Finding, ledger_check, ledgers_checked

log = structlog.get_logger("ledger")

KEY = "ledger-watch"
A_NIGHT = timedelta(minutes=8)  # less than CELERY_VISIBILITY_TIMEOUT, after which another worker would begin too


@dataclass(frozen=True, slots=True)
class Round:
    """A look at every case: how far it has come, and what it found.

    `after`: the next id to be looked at. `ended_at`: Unix seconds; 0 while it is under way.
    """

    after: int = 0
    checked: int = 0
    differing: int = 0
    unbalanced: int = 0
    ended_at: float = 0.0


def ledgers_watch(*, moment: datetime, most: timedelta = A_NIGHT) -> Round:
    """Look at cases for `most` of a night, going on where the last night stopped; nothing is repaired.

    What differs is logged by the id of its case, and shown by `/metrics` until a round finds it in order.
    """
    kept = _kept()
    round_ = kept["under_way"] or Round()
    for ids, differing in ledgers_checked(since=round_.after):
        found = [ledger_check(recovery_id=pk, repair=False)[0] for pk in differing]
        for pk, what in zip(differing, found, strict=True):
            if what:
                log.error("ledger_differs", recovery_id=pk, findings=sorted(what))
        round_ = replace(
            round_,
            after=ids[-1] + 1,
            checked=round_.checked + len(ids),
            differing=round_.differing + sum(map(bool, found)),
            unbalanced=round_.unbalanced + sum(Finding.UNBALANCED in what for what in found),
        )
        if now() - moment > most:
            _keep(kept["ended"], round_)
            return round_
    ended = replace(round_, ended_at=now().timestamp())
    _keep(ended, None)
    return ended


def watched() -> Mapping[str, float]:
    """How many cases the last whole round looked at, and what was found then or since. Nothing before the first."""
    kept = _kept()
    ended, under_way = kept["ended"], kept["under_way"] or Round()
    if ended is None:
        return {}
    return {
        "checked": ended.checked,
        "differing": max(ended.differing, under_way.differing),
        "unbalanced": max(ended.unbalanced, under_way.unbalanced),
    }


def round_age() -> Mapping[str, float]:
    """For how many seconds no round has ended, under the empty label."""
    ended = _kept()["ended"]
    return {} if ended is None else {"": max(0.0, now().timestamp() - ended.ended_at)}


def _keep(ended: Round | None, under_way: Round | None) -> None:
    kept = {"ended": ended, "under_way": under_way}
    cache.set(KEY, {name: asdict(one) for name, one in kept.items() if one is not None}, None)


def _kept() -> dict[str, Round | None]:
    """What earlier nights left. What another version kept counts as nothing."""
    return dict(_read(cache.get(KEY)))


def _read(kept: Any) -> Iterator[tuple[str, Round | None]]:
    for name in ("ended", "under_way"):
        try:
            yield name, Round(**kept[name])
        except (TypeError, KeyError):
            yield name, None
