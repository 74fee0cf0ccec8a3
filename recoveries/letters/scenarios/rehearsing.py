"""Rehearsals: what a version would do with cases until a day, by the planner of the clock, over facts, without a write.

Nothing new happens in a rehearsal: nobody pays, disputes or lifts what holds. No text is rendered, so the guard is
asked without words (templates are proved when they are published).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import QuerySet

from companies.identity import COLUMNS, Identity
from law.contact import Policy
from law.scenario import CaseFacts, Version
from legalcity.lib.dates import PARIS
from legalcity.lib.settings.live import live
from recoveries.letters.channels.prices import NOTHING, price_of
from recoveries.letters.contacts import policy_for
from recoveries.letters.scenarios.carrying import version_planned
from recoveries.letters.scenarios.playing import Play, Player, played
from recoveries.letters.scenarios.progress import in_scenario, runs_of
from recoveries.letters.scenarios.reading import Everybody, everybody_read, facts_read
from recoveries.letters.scenarios.switching import position_of
from recoveries.models import Enrolment, Message, Recovery, ScenarioVersion

AT_ONCE = 1000  # cases whose facts are held at the same time
OVER = timedelta(days=1)


class Line(NamedTuple):
    """What would be done with a case: a step on a day, with the reasons where it is held, passed over or impossible."""

    recovery_id: int
    reference: str
    step: str
    on: date
    channel: str
    result: str
    codes: tuple[str, ...]
    version: int
    due: Decimal
    goes_with: int | None = None  # the case in whose message it goes, where one is about several


@dataclass(slots=True)
class Summary:
    """What a rehearsal comes to. `ends`: how the cases stand when it is over, by code."""

    cases: int = 0
    by_day: Counter[tuple[date, str]] = field(default_factory=Counter)
    results: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    prices: dict[str, Decimal] = field(default_factory=dict)  # EUR, by channel

    def add(self, line: Line) -> None:
        """Count a line; a message about several cases is one."""
        self.results[line.result] += 1
        self.reasons.update(line.codes)
        if line.result in ("sent", "task") and line.goes_with is None:
            self.by_day[line.on, line.channel] += 1

    def told(self) -> dict[str, Any]:
        """As JSON keeps it."""
        by_channel: Counter[str] = Counter()
        for (_day, channel), count in self.by_day.items():
            by_channel[channel] += count
        return {
            "cases": self.cases,
            "days": [
                {"on": day.isoformat(), "channel": channel, **self._counted(channel, count)}
                for (day, channel), count in sorted(self.by_day.items())
            ],
            "channels": [
                {"channel": channel, **self._counted(channel, count)} for channel, count in by_channel.most_common()
            ],
            "results": dict(self.results),
            "reasons": dict(self.reasons.most_common()),
            "missing": dict(self.missing),
            "ends": dict(self.ends.most_common()),
            "cost": str(self.cost),
        }

    @property
    def cost(self) -> Decimal:
        """What all messages cost, EUR."""
        return sum((self._price(channel) * count for (_day, channel), count in self.by_day.items()), NOTHING)

    def _counted(self, channel: str, count: int) -> dict[str, Any]:
        return {"count": count, "cost": str(self._price(channel) * count)}

    def _price(self, channel: str) -> Decimal:
        if channel not in self.prices:
            self.prices[channel] = price_of(channel)
        return self.prices[channel]


def rehearse(
    version: ScenarioVersion,
    cases: QuerySet[Recovery],
    until: date,
    *,
    moment: datetime,
    sink: Callable[[Line], None] = lambda line: None,
    policy: Callable[[int], Policy] = policy_for,
    as_today: bool = False,
) -> Summary:
    """Have `version` act on `cases` from `moment` on to the end of the day `until`; each line goes to `sink`.

    A case that is in the version already goes on from where it is; another one enters now, as *Basculer* would have it.
    With `as_today` each case that is in a scenario goes on in its own, and the others are left alone. `policy`: the
    guard's, by client.
    """
    end = datetime.combine(until + OVER, datetime.min.time(), PARIS)
    summary, everybody = Summary(), everybody_read(moment)
    policies: dict[int, Policy] = {}
    for chunk in _chunks(cases):
        ids = [pk for group in chunk for pk in group]
        players = _players(version, ids, moment, everybody, as_today=as_today)
        for group in chunk:
            mine = [players[pk] for pk in group if pk in players]
            for player in mine:
                if player.owner_id not in policies:
                    policies[player.owner_id] = policy(player.owner_id)
                player.policy = policies[player.owner_id]
            for play in played(mine, moment, end, is_grouped=live.GROUP_BY_DEBTOR):
                line = _line(play)
                summary.add(line)
                sink(line)
            for player in mine:
                _counted(summary, player)
    return summary


def _counted(summary: Summary, player: Player) -> None:
    debtor = player.facts.debtor
    known = {"email": debtor.email, "post": debtor.post, "phone": debtor.phone}
    summary.cases += 1
    summary.missing.update(name for name, value in known.items() if not value)
    summary.ends[player.end] += 1


def _line(play: Play) -> Line:
    player = play.player
    on = play.at.astimezone(player.facts.guard.place.zone).date()
    return Line(
        player.recovery_id,
        player.facts.guard.reference,
        play.step.code,
        on,
        play.way.value if play.way else "",
        play.result.value,
        play.codes,
        player.version.number,
        player.facts.guard.due,
        play.goes_with,
    )


# --- who plays -------------------------------------------------------------------------------------------------------
def _players(
    version: ScenarioVersion, ids: Collection[int], moment: datetime, everybody: Everybody, *, as_today: bool
) -> dict[int, Player]:
    enrolled = {
        one.recovery_id: one
        for one in Enrolment.objects.open().filter(recovery_id__in=ids).select_related("version__scenario")
    }
    runs = runs_of([one.pk for one in enrolled.values()])
    sent = _sent(ids)
    steps = list(version.steps.all())
    planned = {version.pk: version_planned(version)}
    for one in enrolled.values():
        if one.version_id not in planned:
            planned[one.version_id] = version_planned(one.version)
    players = {}
    for pk, (case, facts) in facts_read(ids, moment, everybody).items():
        enrolment = enrolled.get(pk)
        if enrolment is not None and (as_today or enrolment.version_id == version.pk):
            drawn, position = planned[enrolment.version_id], enrolment.position
            player = _player(case, in_scenario(facts, enrolment, runs), drawn, position)
            player.looks_at, player.state = enrolment.next_due_at, enrolment.state
        elif as_today:
            continue
        else:
            player = _player(case, facts, planned[version.pk], position_of(steps, sent[pk]))
        players[pk] = player
    return players


def _player(case: Recovery, facts: CaseFacts, version: Version, position: int) -> Player:
    identity = Identity.of(case.debtor) if case.debtor else None
    return Player(case.pk, case.owner_id, facts, version, position, identity)


def _sent(ids: Collection[int]) -> defaultdict[int, set[str]]:
    """The letters that the cases were sent."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for pk, kind in Message.objects.gone_out().filter(recovery_id__in=ids).values_list("recovery_id", "kind"):
        found[pk].add(kind)
    return found


# --- in which order --------------------------------------------------------------------------------------------------
def _chunks(cases: QuerySet[Recovery]) -> Iterator[list[list[int]]]:
    """The cases, those of one debtor together: what is sent on one of them counts for all."""
    chunk: list[list[int]] = []
    for group in _groups(cases.order_by("pk").values_list("pk", *(f"debtor__{name}" for name in COLUMNS)).iterator()):
        chunk.append(group)
        if sum(map(len, chunk)) >= AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _groups(rows: Iterable[Sequence[Any]]) -> Iterable[list[int]]:
    """Ids of cases by debtor, whatever a debtor is known by (companies/identity.py)."""
    parties = {pk: Identity.read(*party) if party[0] is not None else None for pk, *party in rows}
    shared = {name for one in parties.values() if one and not one.siren for name in one.names()}
    parents: dict[Any, Any] = {}
    for pk, one in parties.items():
        known = [name for name in one.names() if not one.siren or name[0] == "siren" or name in shared] if one else []
        for name in known:
            parents.setdefault(name, name)
            parents[_root(parents, name)] = parents[pk] = _root(parents, parents.get(pk, name))
        parents.setdefault(pk, pk)
    groups: defaultdict[Any, list[int]] = defaultdict(list)
    for pk in parties:
        groups[_root(parents, pk)].append(pk)
    return groups.values()


def _root(parents: dict[Any, Any], name: Any) -> Any:
    while parents[name] != name:
        parents[name] = name = parents[parents[name]]
    return name
