"""The words of scenarios: how steps go, what they count from, what becomes of them."""

from enum import StrEnum

from law.contact.vocabulary import Channel


class Way(StrEnum):
    """How a step is carried out: by a message of a channel, or by a person."""

    EMAIL = Channel.EMAIL
    LETTER = Channel.LETTER
    REGISTERED = Channel.REGISTERED
    ELECTRONIC = Channel.ELECTRONIC
    SMS = Channel.SMS
    TASK = "task"


class Unit(StrEnum):
    """What a delay is counted in; working days are those of the place where the debtor lives."""

    DAYS = "days"
    WORKING_DAYS = "business_days"


class Base(StrEnum):
    """The day that a delay is counted from."""

    ENTRY = "entry"
    PREVIOUS = "previous"
    DUE_DATE = "due_date"
    FORMAL_NOTICE = "formal_notice"
    DELIVERED = "delivered"


class IfImpossible(StrEnum):
    """What is done where no way of a step leads to the debtor."""

    TASK = "task"
    SKIP = "skip"
    STOP = "stop"


class Standing(StrEnum):
    """How a case stands in its scenario."""

    RUNNING = "running"
    PAUSED = "paused"
    HELD = "held"
    FINISHED = "finished"
    STOPPED = "stopped"


OPEN = (Standing.RUNNING, Standing.PAUSED, Standing.HELD)


class Result(StrEnum):
    """What came of a step. A held one has a message that waits, and one to post a letter that nobody has posted yet:
    the scenario waits with it.
    """

    SENT = "sent"
    HELD = "held"
    TO_POST = "to_post"
    TASK = "task"
    SKIPPED = "skipped"
    STOPPED = "stopped"


class Fate(StrEnum):
    """What became of the message of a step, as far as steps after it ask."""

    WAITING = "waiting"  # held, or not sent yet
    TO_POST = "to_post"  # in the post folder, until staff confirm that it was posted
    CANCELLED = "cancelled"
    LEFT = "left"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    RETURNED = "returned"


class Act(StrEnum):
    """What the planner has done with a case at a moment."""

    WAIT = "wait"  # nothing, until a moment
    SEND = "send"  # a message, which leaves or is held
    TASK = "task"  # a task for a person
    SKIP = "skip"  # the step is passed over
    LEFT = "left"  # the message that the step waited for has left meanwhile
    HOLD = "hold"  # the scenario is held until something happens
    PAUSE = "pause"
    STOP = "stop"
    FINISH = "finish"


class Why(StrEnum):
    """Why a step or a scenario does not go on, beside the codes of the guard."""

    CLOSED = "closed"
    PAID = "paid"
    INSOLVENT = "insolvent"
    DISPUTE = "dispute"
    PLAN = "plan"
    DONE = "done"
    CONDITION = "condition"
    IMPOSSIBLE = "impossible"
    NO_DAY = "no_day"
    RATE = "rate"
    WAITED = "waited"
    CANCELLED = "cancelled"
    CAME_BACK = "came_back"
    OVERTAKEN = "overtaken"
