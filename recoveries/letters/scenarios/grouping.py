"""Cases of one debtor whose steps go in one message (GROUP_BY_DEBTOR): found, locked, and written with the first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from companies.identity import Identity
from companies.models import Company
from events.services import events_record
from law.contact import Policy
from law.scenario import WITHIN, Act, CaseFacts, Decision, Going, Standing, Together, together
from recoveries.events import MESSAGE_PLANNED, message_event
from recoveries.letters.judging import words_of
from recoveries.letters.scenarios.carrying import step_joined, step_message, version_planned
from recoveries.letters.scenarios.progress import in_scenario, runs_of
from recoveries.letters.scenarios.reading import facts_read
from recoveries.letters.together import redrafted
from recoveries.models import Enrolment, Message, Recovery, Step


class NotTogether(Exception):
    """The cases cannot go in one message after all: each goes by itself."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A case of the same debtor and client whose next step is near."""

    enrolment: Enrolment
    case: Recovery
    facts: CaseFacts

    @property
    def going(self) -> Going:
        """As the planner takes it."""
        return Going(self.facts, version_planned(self.enrolment.version), self.enrolment.position)


def near(case_id: int, moment: datetime) -> dict[int, int]:
    """The open enrolments of the debtor of a case, for its client, whose next step is due soon, each with its case."""
    case = Recovery.objects.select_related("debtor").filter(pk=case_id).first()
    if case is None or case.debtor is None:
        return {}
    kin = Company.objects.filter(Identity.of(case.debtor).same()).values("pk")
    cases = Recovery.objects.filter(owner_id=case.owner_id, debtor__in=kin).exclude(pk=case_id).values("pk")
    running = Enrolment.objects.filter(recovery__in=cases, state=Standing.RUNNING, next_due_at__lte=moment + WITHIN)
    return dict(running.order_by("pk").values_list("pk", "recovery_id"))


def neighbours(enrolments: dict[int, int], moment: datetime) -> list[Neighbour]:
    """These enrolments with their cases and facts, locked. The caller holds the locks of the debtor and the cases."""
    rows = Enrolment.objects.select_related("version__scenario").select_for_update(of=("self",)).order_by("recovery_id")
    still = list(rows.filter(pk__in=enrolments, state=Standing.RUNNING, next_due_at__lte=moment + WITHIN))
    if not still:
        return []
    read, runs = facts_read([one.recovery_id for one in still], moment), runs_of([one.pk for one in still])
    found = ((one, read[one.recovery_id]) for one in still if one.recovery_id in read)
    return [Neighbour(one, case, in_scenario(facts, one, runs)) for one, (case, facts) in found]


def group_of(
    facts: CaseFacts, decision: Decision, others: Sequence[Neighbour], moment: datetime, policy: Policy
) -> Together | None:
    """The message in which a case that is due and others go, by the planner."""
    return together(facts, decision, [one.going for one in others], moment, policy)


def group_write(
    *,
    case: Recovery,
    step: Step,
    group: Together,
    others: Sequence[Neighbour],
    moment: datetime,
) -> tuple[Message, list[tuple[Neighbour, Message]]]:
    """Write the one message, with those that go along. Raises NotTogether where it would not leave, or nobody does.

    Raises as `step_message`.
    """
    decision = Decision(act=Act.SEND, step=group.top, way=group.way, to=group.to)
    joining = []
    for one in group.joined:
        other = others[one.number]
        own_step = other.enrolment.version.steps.get(position=other.enrolment.position)
        joining.append((other.case, own_step, one.own))
    lead, joined = joined_write(
        case=case, step=step, decision=decision, kind=group.top.kind, joining=joining, moment=moment
    )
    return lead, [(others[one.number], joined[n]) for n, one in enumerate(group.joined) if n in joined]


def joined_tell(joined: Iterable[Message]) -> None:
    """Tell of messages that go in another one: behind the savepoint that wrote them, so with all else of the story."""
    events_record([message_event(MESSAGE_PLANNED, message) for message in joined])


def joined_write(
    *,
    case: Recovery,
    step: Step,
    decision: Decision,
    kind: str,
    joining: Sequence[tuple[Recovery, Step, Decision]],
    moment: datetime,
) -> tuple[Message, dict[int, Message]]:
    """Write one message (`kind`) of a step with those of further cases in it: each with how it would go alone.

    The caller holds the locks of the debtor and the cases. Returns it with the messages that go along, by the number in
    `joining`. Raises NotTogether where it would not leave, or nobody goes along, and as `step_message`.
    """
    lead = step_message(case=case, step=step, decision=decision, kind=kind)
    if lead.state == Message.State.HELD:
        raise NotTogether
    joined = [step_joined(lead=lead, case=other, step=its, decision=own) for other, its, own in joining]
    draft, _is_same = redrafted(case, lead, moment, locked=[lead.pk, *(message.pk for message in joined)])
    gone = set(lead.followers.filter(state=Message.State.PLANNED).values_list("pk", flat=True))
    if not gone or draft.verdict.standing:
        raise NotTogether
    Message.objects.filter(pk__in=[message.pk for message in joined if message.pk not in gone]).delete()
    for name, value in words_of(draft).items():
        setattr(lead, name, value)
    lead.save(update_fields=[*words_of(draft)])
    return lead, {n: message for n, message in enumerate(joined) if message.pk in gone}
