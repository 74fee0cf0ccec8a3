"""A message about several cases, written and judged: each case for itself, over the words that all share.

A case that may not be asked falls out of the letter and goes by itself; the letter is written anew for the others.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from law.contact import Code, Facts, Outcome, Verdict, judge
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import Conflict
from recoveries.ledger.gathering import with_terms
from recoveries.letters.contacts import policy_for
from recoveries.letters.followers import LEFT_BEHIND, follower_free, followers_of
from recoveries.letters.gathering import Demand, demand_of, facts_of
from recoveries.letters.judging import (
    Draft,
    drafts_of,
    is_resting,
    lifted_codes,
    message_asked,
    words_of,
    written_to,
)
from recoveries.letters.verdicts import values_of
from recoveries.letters.writing import OtherCase
from recoveries.models import Message, Recovery

log = structlog.get_logger("recoveries")

State = Message.State


@dataclass(frozen=True, slots=True)
class Part:
    """A further case of a letter: its message, what may be asked for of it, what the guard looks at."""

    message: Message
    demand: Demand
    facts: Facts

    @property
    def told(self) -> OtherCase:
        """As the letter tells it."""
        return OtherCase(self.message.recovery, self.demand.account, self.facts.first_on)


def redrafted(
    case: Recovery, message: Message, moment: datetime, *, locked: Collection[int], is_rhythm_asked: bool = True
) -> tuple[Draft, bool]:
    """The letter of a message as it would be at `moment`, and whether it says the same of all its cases as it does now.

    What it is to say of further cases is kept with their messages. `locked`: the messages whose cases the caller has
    locked (`cases_lock`), as the debtor; `is_rhythm_asked`: it has not been decided yet when the letter leaves. Raises
    Conflict as `drafts_of`.
    """
    followers = list(followers_of(message).filter(pk__in=locked, state=State.PLANNED)) if len(locked) > 1 else []
    is_whole = len(followers) == len(locked) - 1
    if not is_whole:  # Those that were given up are in its words still.
        Message.objects.filter(pk__in=locked, goes_with=message, state__in=LEFT_BEHIND).update(goes_with=None)
    parts, without = _parts(message, followers, moment), None if is_rhythm_asked else Code.RHYTHM
    while True:
        draft = _draft(case, message, parts, moment)
        verdicts = {part.message.pk: _verdict(message, part, draft, moment, without) for part in parts}
        fallen = [part for part in parts if verdicts[part.message.pk].outcome != Outcome.SEND]
        if not fallen:
            break
        for part in fallen:
            _fall_out(part.message, moment)
        parts = [part for part in parts if part not in fallen]
    kept = [_kept(part, draft, verdicts[part.message.pk], moment) for part in parts]
    is_same = is_whole and len(parts) == len(followers) and all(kept)
    return draft, is_same and (draft.day, draft.demand.account.total) == (message.day, message.total)


def _parts(message: Message, followers: list[Message], moment: datetime) -> list[Part]:
    ids = [one.recovery_id for one in followers]
    cases = {case.pk: case for case in with_terms(Recovery.objects).filter(pk__in=ids)} if ids else {}
    parts = []
    for follower in followers:
        follower.recovery = cases[follower.recovery_id]
        try:
            demand = demand_of(follower.recovery, moment.astimezone(PARIS).date())
        except Conflict:
            _fall_out(follower, moment)
            continue
        facts = facts_of(follower.recovery, demand, moment=moment, email=message)
        parts.append(Part(follower, demand, facts))
    return parts


def _draft(case: Recovery, message: Message, parts: list[Part], moment: datetime) -> Draft:
    [draft] = drafts_of(
        case,
        [message.kind],
        to=written_to(message),
        moment=moment,
        extra=message.extra,
        email=message,
        channel=message.channel,
        others=[part.told for part in parts],
    )
    return draft


def _verdict(message: Message, part: Part, draft: Draft, moment: datetime, without: Code | None) -> Verdict:
    """What the guard says of the letter as one about this case."""
    asked = message_asked(message.kind, message.channel, written_to(message), draft.letter, part.demand)
    asked = asked._replace(is_resting=is_resting(part.message))
    policy, lifted = policy_for(part.message.owner_id), lifted_codes(part.message)
    verdict = judge(asked, part.facts, policy, moment, lifted=lifted)
    return verdict.without(without) if without else verdict


def _kept(part: Part, draft: Draft, verdict: Verdict, moment: datetime) -> bool:
    """Keep what the letter says of a further case with its message; whether that is what was kept before."""
    follower = part.message
    before = (follower.day, follower.total, follower.decompte_sha256)
    values = {**words_of(replace(draft, demand=part.demand)), **values_of(verdict, moment)}
    for name, value in values.items():
        setattr(follower, name, value)
    follower.save(update_fields=[*values])
    return before == (follower.day, follower.total, follower.decompte_sha256)


def _fall_out(follower: Message, moment: datetime) -> None:
    log.info("case_left_behind", message_id=follower.pk, recovery_id=follower.recovery_id, lead=follower.goes_with_id)
    follower_free(follower, moment=moment)
