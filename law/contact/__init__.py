"""The guard: whether a message may leave to a debtor, and all that speaks against it, each with its article. Pure.

No message of any channel leaves without it. It is asked when a message is made and again when it leaves; what is
asked of a message hangs on its purpose (`vocabulary.ROWS`). docs/letters.md has the table.
"""

from law.contact.facts import ClaimFacts, Contact, Facts, Known, Message, Named, Policy, Rates
from law.contact.judging import judge, put_off
from law.contact.places import Place
from law.contact.verdict import NotAsked, Reason, Verdict
from law.contact.vocabulary import DEMANDS, ROWS, Channel, Code, Outcome, PartyFactKind, Purpose

__all__ = [
    "DEMANDS",
    "ROWS",
    "Channel",
    "ClaimFacts",
    "Code",
    "Contact",
    "Facts",
    "Known",
    "Message",
    "Named",
    "NotAsked",
    "Outcome",
    "PartyFactKind",
    "Place",
    "Policy",
    "Purpose",
    "Rates",
    "Reason",
    "Verdict",
    "judge",
    "put_off",
]
