"""Rehearsals: what a version would do with cases until a day, by the planner of the clock, over facts, without a write.

Nothing new happens in a rehearsal: nobody pays, disputes or lifts what holds. No text is rendered, so the guard is
asked without words (templates are proved when they are published).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from companies.identity import Identity
from law.contact import Policy
from law.scenario import CaseFacts, Version
from legalcity.lib.among import Among
from legalcity.lib.collecting import rarely_collecting
from legalcity.lib.dates import PARIS
from legalcity.lib.settings.live import live
from recoveries.letters.contacts import policies_read
from recoveries.letters.scenarios.carrying import version_planned
from recoveries.letters.scenarios.outcome import Line, Summary
from recoveries.letters.scenarios.playing import Play, Player, played
from recoveries.letters.scenarios.progress import Runs, in_scenario, runs_of
from recoveries.letters.scenarios.reading import facts_read
from recoveries.letters.scenarios.switching import position_of
from recoveries.models import Enrolment, Message, Recovery, ScenarioVersion

OVER = timedelta(days=1)


class Rehearsed(NamedTuple):
    """What comes of a rehearsal, and what comes of the cases that are in a scenario if each goes on in its own."""

    told: Summary
    today: Summary


@rarely_collecting()
def rehearse(
    version: ScenarioVersion,
    debtors: Sequence[Collection[int]],
    until: date,
    *,
    moment: datetime,
    sink: Callable[[Line], None] = lambda line: None,
) -> Rehearsed:
    """Have `version` act on cases from `moment` on to the end of the day `until`; each line goes to `sink`.

    `debtors`: the cases, those of one debtor together (parting.py), as many as may be held at the same time.

    A case that is in the version already goes on from where it is; another one enters now, as *Basculer* would have it.
    """
    end = datetime.combine(until + OVER, datetime.min.time(), PARIS)
    told, today = Summary(), Summary()
    entrants = _entrants(version, [pk for group in debtors for pk in group], moment, policies_read())
    for group in debtors:
        mine = [entrants[pk] for pk in group if pk in entrants]
        is_as_today = all(one.enrolment and one.enrolment.version_id == version.pk for one in mine)
        _go([one.under(version) for one in mine], moment, end, (told, today) if is_as_today else (told,), sink)
        if not is_as_today:
            _go([one.as_it_is(one.enrolment) for one in mine if one.enrolment], moment, end, (today,))
    return Rehearsed(told, today)


def _go(
    players: Sequence[Player],
    moment: datetime,
    end: datetime,
    summaries: Sequence[Summary],
    sink: Callable[[Line], None] = lambda line: None,
) -> None:
    for play in played(players, moment, end, is_grouped=live.GROUP_BY_DEBTOR):
        line = _line(play)
        sink(line)
        for summary in summaries:
            summary.add(line)
    for player in players:
        for summary in summaries:
            _counted(summary, player)


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
class Entrant(NamedTuple):
    """A case that is rehearsed, with its scenario, if it is in one, and the step that it would begin at."""

    case: Recovery
    facts: CaseFacts
    enrolment: Enrolment | None
    runs: Runs
    begins_at: int
    policy: Policy
    planned: Mapping[int, Version]

    def under(self, version: ScenarioVersion) -> Player:
        """As it goes by a version: on, where it is in it already, else from the step on that *Basculer* chooses."""
        if self.enrolment is not None and self.enrolment.version_id == version.pk:
            return self.as_it_is(self.enrolment)
        return self._player(self.facts, version.pk, self.begins_at)

    def as_it_is(self, enrolment: Enrolment) -> Player:
        """As it goes on in the scenario that it is in."""
        facts = in_scenario(self.facts, enrolment, self.runs)
        player = self._player(facts, enrolment.version_id, enrolment.position)
        player.looks_at, player.state = enrolment.next_due_at, enrolment.state
        return player

    def _player(self, facts: CaseFacts, version_id: int, position: int) -> Player:
        case, version = self.case, self.planned[version_id]
        identity = Identity.of(case.debtor) if case.debtor else None
        return Player(case.pk, case.owner_id, facts, version, position, identity, self.policy)


def _entrants(
    version: ScenarioVersion,
    ids: Collection[int],
    moment: datetime,
    policy: Callable[[int], Policy],
) -> dict[int, Entrant]:
    rows = Enrolment.objects.open().filter(Among("recovery_id", ids)).select_related("version__scenario")
    enrolled = {one.recovery_id: one for one in rows.prefetch_related("version__steps")}
    runs, sent, steps = runs_of([one.pk for one in enrolled.values()]), _sent(ids), list(version.steps.all())
    planned = {one.version_id: one.version for one in enrolled.values()} | {version.pk: version}
    versions = {pk: version_planned(one) for pk, one in planned.items()}
    return {
        pk: Entrant(case, facts, enrolled.get(pk), runs, position_of(steps, sent[pk]), policy(case.owner_id), versions)
        for pk, (case, facts) in facts_read(ids, moment).items()
    }


def _sent(ids: Collection[int]) -> defaultdict[int, set[str]]:
    """The letters that the cases were sent."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for pk, kind in Message.objects.gone_out().filter(Among("recovery_id", ids)).values_list("recovery_id", "kind"):
        found[pk].add(kind)
    return found
