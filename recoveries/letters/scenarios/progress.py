"""How far cases are in their scenarios: the step before, and the message that the present one waits for."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from law.contact import Place
from law.scenario import CaseFacts, Done, Fate, Held, Result, Unit
from law.scenario.days import days_later
from legalcity.lib.dates import PARIS
from recoveries.models import Enrolment, Message, MessageFact, StepRun

State = Message.State
OPEN = (Result.HELD, Result.TO_POST)  # results of a step that the scenario waits with
FATES = {
    **dict.fromkeys(Message.WAITING, Fate.WAITING),
    State.TO_POST: Fate.TO_POST,
    State.CANCELLED: Fate.CANCELLED,
    State.SENT: Fate.LEFT,
    **dict.fromkeys((State.DELIVERED, State.OPENED, State.REFUSED, State.UNCLAIMED), Fate.DELIVERED),
    **dict.fromkeys((State.BOUNCED, State.FAILED), Fate.BOUNCED),
    **dict.fromkeys((State.RETURNED, State.EXPIRED), Fate.RETURNED),
}
QUEUED = (State.QUEUED, State.SENDING)
ARRIVED = (
    MessageFact.Kind.DELIVERED,
    MessageFact.Kind.OPENED,
    MessageFact.Kind.REFUSED,
    MessageFact.Kind.UNCLAIMED,
)
Runs = Mapping[int, list[dict[str, Any]]]
OF_RUN = (
    *("enrolment_id", "state", "at", "step__position", "step__template", "message_id"),
    *(
        "message__kind",
        "message__state",
        "message__channel",
        "message__sent_at",
        "message__judged_at",
        "message__due_at",
    ),
)


def runs_of(enrolments: Collection[int]) -> Runs:
    """What was done in these enrolments, by id, in the order of the steps, with the days on which messages arrived."""
    runs = StepRun.objects.filter(enrolment_id__in=enrolments).order_by("step__position")
    found: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for run in runs.values(*OF_RUN):
        found[run["enrolment_id"]].append(run)
    messages = [run["message_id"] for of_one in found.values() for run in of_one if run["message_id"]]
    arrived: dict[int, datetime] = {}
    for message_id, at in MessageFact.objects.filter(message_id__in=messages, kind__in=ARRIVED).values_list(
        "message_id", "at"
    ):
        arrived[message_id] = min(at, arrived.get(message_id, at))
    for of_one in found.values():
        for run in of_one:
            run["arrived"] = arrived.get(run["message_id"])
    return found


def in_scenario(facts: CaseFacts, enrolment: Enrolment, runs: Runs) -> CaseFacts:
    """The facts of a case with how far it is."""
    done = [run for run in runs.get(enrolment.pk, ()) if run["step__position"] < enrolment.position]
    present = [run for run in runs.get(enrolment.pk, ()) if run["step__position"] == enrolment.position]
    return facts._replace(
        entered_at=enrolment.entered_at,
        restarted=enrolment.restarted_at,
        last=_done(done[-1], facts.guard.place) if done else None,
        sent_aside=tuple((Counter(facts.sent_aside) - _sent(runs.get(enrolment.pk, ()))).elements()),
        held=_held(present[-1]) if present and present[-1]["state"] in OPEN else None,
    )


def _sent(runs: Iterable[dict[str, Any]]) -> Counter[str]:
    """The letters of steps that went out; one that went in a higher letter with another case is none of its step."""
    return Counter(
        run["message__kind"]
        for run in runs
        if run["message__state"] in Message.GONE_OUT and run["message__kind"] == run["step__template"]
    )


def _done(run: dict[str, Any], place: Place) -> Done:
    fate = FATES[run["message__state"]] if run["message_id"] else None
    return Done(run["at"], fate, _delivered_on(run, place))


def _delivered_on(run: dict[str, Any], place: Place) -> date | None:
    """An e-mail counts as delivered one working day after it was sent, for steps alone; interest never takes that."""
    if run["arrived"]:
        return run["arrived"].astimezone(place.zone).date()  # type: ignore[no-any-return]
    if run["message__channel"] == Message.Channel.EMAIL and run["message__state"] == State.SENT:
        return days_later(run["message__sent_at"].astimezone(PARIS).date(), 1, Unit.WORKING_DAYS, place)
    return None


def _held(run: dict[str, Any]) -> Held:
    if run["message_id"] is None:
        return Held(run["at"], Fate.CANCELLED)
    state = run["message__state"]
    fate = Fate.LEFT if state in QUEUED else FATES[state]
    if state == State.PLANNED and run["state"] == Result.TO_POST:  # it goes in a letter that lies in the post folder
        fate = Fate.TO_POST
    # A letter that the folder gave back waits since then, not since it was written.
    is_given_back = run["state"] == Result.TO_POST and state == State.HELD
    return Held(run["message__judged_at"] if is_given_back else run["at"], fate, run["message__due_at"])


def left_at(run: StepRun, moment: datetime) -> datetime:
    """When the message of a step that was held has left."""
    message = run.message
    return (message and (message.sent_at or message.judged_at)) or moment
