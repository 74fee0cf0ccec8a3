"""What the planner looks at: a case in its scenario, and the scenario. Values alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from law.account.decompte import Amounts
from law.contact.addresses import is_asked_to_leave, is_same_place
from law.contact.facts import ClaimFacts, Contact, Facts
from law.contact.vocabulary import Channel, PartyFactKind, Purpose
from law.scenario.conditions import Condition
from law.scenario.vocabulary import Base, Fate, IfImpossible, Unit, Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of a scenario.

    ways            how it goes, the first that leads to the debtor
    purpose         what its message is for; None for a task
    delay           in `unit` from `base`, at `at_hour` o'clock where the debtor lives
    needs_approval  its message is held until a manager says so
    max_wait_days   how long it waits for its day, or for what holds its message, before it is passed over; 0 is no end
    """

    code: str
    ways: tuple[Way, ...]
    kind: str = ""
    purpose: Purpose | None = None
    delay: int = 0
    unit: Unit = Unit.WORKING_DAYS
    base: Base = Base.ENTRY
    at_hour: int = 10
    conditions: tuple[Condition, ...] = ()
    needs_approval: bool = False
    if_impossible: IfImpossible = IfImpossible.TASK
    max_wait_days: int = 0

    @property
    def is_task(self) -> bool:
        """Whether it is for a person from the start."""
        return self.purpose is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of a scenario: its steps in their order. `restarts`: a payment has the delay begin again."""

    code: str
    number: int
    steps: tuple[Step, ...]
    restarts: bool = True


class Done(NamedTuple):
    """The step before: when it was carried out or passed over, and what became of its message, on which day."""

    at: datetime
    fate: Fate | None = None
    delivered_on: date | None = None


class Held(NamedTuple):
    """The message that the present step waits for: since when, what became of it, when it is looked at again."""

    since: datetime
    fate: Fate
    until: datetime | None = None


class Debtor(NamedTuple):
    """Who is written to, and where. `kind`: `company_type`, empty where not known; `country`: ISO code.

    `post`: the postal address in one line, empty where it is not complete.
    """

    kind: str = ""
    country: str = ""
    email: str = ""
    phone: str = ""
    post: str = ""


class CaseFacts(NamedTuple):
    """A case in its scenario.

    guard          what the guard looks at; `later`: claims of it that fall due on a day to come
    amounts        what a demand asks for, by head, EUR; `is_unreckoned`: no rate is known for a day
    entered_at     when the case entered the scenario
    restarted      when the delay began again, after a payment
    notified_on    day of the formal notice
    last, held     the step before; the message that the present step waits for
    paid_at        the last payment
    sent_aside     letters (codes of templates) of the case that went out and that the scenario did not send
    """

    guard: Facts
    debtor: Debtor
    entered_at: datetime
    due_on: date
    amounts: Amounts = Amounts()
    is_unreckoned: bool = False
    later: tuple[tuple[date, ClaimFacts], ...] = ()
    notified_on: date | None = None
    restarted: datetime | None = None
    last: Done | None = None
    held: Held | None = None
    paid_at: datetime | None = None
    sent_aside: tuple[str, ...] = ()
    has_promise: bool = False
    score_band: str = ""

    def on(self, day: date) -> Facts:
        """What the guard looks at on a day: claims fall due as days pass."""
        if not self.later or not any(due_on <= day for due_on, _claim in self.later):
            return self.guard
        due = {claim.key for due_on, claim in self.later if due_on <= day}
        claims = tuple(one._replace(is_due=True) if one.key in due else one for one in self.guard.claims)
        more = sum((claim.amount for due_on, claim in self.later if due_on <= day), self.guard.due)
        return self.guard._replace(claims=claims, due=more)

    def address(self, way: Way) -> str | None:
        """Where a message of this way goes; None where it cannot."""
        to, people = _ADDRESSES[way](self.debtor), self.guard.people
        if not people:
            return to or None
        is_wrong = any(is_same_place(one.value, to) for one in people.get(PartyFactKind.WRONG, ()))
        is_closed = is_wrong or any(is_asked_to_leave(one.value, to) for one in people.get(PartyFactKind.OPTED_OUT, ()))
        return None if not to or is_closed else to


_ADDRESSES: Mapping[Way, Callable[[Debtor], str]] = {
    Way.EMAIL: lambda debtor: debtor.email,
    Way.SMS: lambda debtor: debtor.phone,
    Way.ELECTRONIC: lambda debtor: debtor.email,
    Way.LETTER: lambda debtor: debtor.post,
    Way.REGISTERED: lambda debtor: debtor.post,
}


def after_message(case: CaseFacts, step: Step, contact: Contact, *, day: date, is_counted: bool) -> CaseFacts:
    """The case once the demand of a step has left as `contact`, on the `day` in Paris, and nothing else happened.

    `is_counted`: as one to the debtor; of a message about several cases one is.
    """
    guard = case.guard
    is_reminder = step.purpose == Purpose.REMINDER
    written = guard._replace(
        own=(*guard.own, contact),
        contacts=(*guard.contacts, contact) if is_counted else guard.contacts,
        reminders=guard.reminders + is_reminder,
        first_on=guard.first_on or day,
        is_informed=True,
    )
    return case._replace(guard=written)


CHANNELS: Mapping[Way, Channel] = {way: Channel(way.value) for way in Way if way != Way.TASK}
