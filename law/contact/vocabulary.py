"""The words of the guard: purposes of messages, the rows of its table, its verdicts."""

from collections.abc import Mapping
from enum import StrEnum


class Purpose(StrEnum):
    """What a message is for."""

    REMINDER = "reminder"
    FORMAL_NOTICE = "formal_notice"
    PROPOSAL = "proposal"  # one that names a sum
    RECEIPT = "receipt"
    CLOSING = "closing"
    DISPUTE_ANSWER = "dispute_answer"
    PLAN = "plan"
    ACCESS_CODE = "access_code"
    COMMENT = "comment"  # one that the debtor sees
    PAGE = "page"  # one that the debtor sees


class Channel(StrEnum):
    """How a message goes."""

    EMAIL = "email"
    LETTER = "letter"
    REGISTERED = "registered"
    ELECTRONIC = "electronic_registered"  # lettre recommandée électronique
    SMS = "sms"
    PAGE = "page"


class Outcome(StrEnum):
    """What becomes of a message; `hold` may have a day, and may be lifted, `never` by nobody."""

    SEND = "send"
    HOLD = "hold"
    NEVER = "never"


class Code(StrEnum):
    """The rows of the table, in the order in which they are told."""

    MENTIONS = "mentions"
    FUNDS = "funds"
    NOTHING_DUE = "nothing_due"
    BARRED = "barred"
    NOT_DUE = "not_due"
    INSOLVENT = "insolvent"
    DISPUTE = "dispute"
    PLAN = "plan"
    COSTS = "costs"
    INDEMNITY = "indemnity"
    PENALTY = "penalty"
    RATES = "rates"
    FIGURES = "figures"
    ADDRESSEE = "addressee"
    CONSENT = "consent"
    LOOK = "look"
    PRIVACY = "privacy"
    TRUTH = "truth"
    RHYTHM = "rhythm"
    APPROVAL = "approval"
    SCENARIO = "scenario"


class PartyFactKind(StrEnum):
    """What is known of a debtor as a person, and decides whether it is written to, where and how."""

    PROTECTED = "protected"  # tutelle, curatelle, sauvegarde de justice
    DECEASED = "deceased"
    LAWYER = "lawyer"
    CONSENTS_TO_LRE = "consents_to_lre"
    OPTED_OUT = "opted_out"
    WRONG = "wrong"
    INSOLVENT = "insolvent"


DEMANDS = frozenset({Purpose.REMINDER, Purpose.FORMAL_NOTICE, Purpose.PROPOSAL})
SHOWN = frozenset({Purpose.COMMENT, Purpose.PAGE})
_ALL = tuple(Code)
_ASIDE = (Code.COSTS, Code.FIGURES, Code.ADDRESSEE, Code.CONSENT, Code.LOOK, Code.APPROVAL)
_ON_PAGES = (Code.LOOK, Code.COSTS)
# Which rows are asked of which purpose.
ROWS: Mapping[Purpose, tuple[Code, ...]] = {
    purpose: _ALL if purpose in DEMANDS else _ON_PAGES if purpose in SHOWN else _ASIDE for purpose in Purpose
}
