"""What the guard looks at: a message, the facts of its case and its debtor, and the firm's policy. Values alone.

They are asked for thousands of cases in a row, each at many moments: tuples with names are made and changed quickest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from law.account.decompte import Amounts
from law.account.facts import ClaimKey, DebtHead
from law.contact.places import Place
from law.contact.vocabulary import Channel, Code, PartyFactKind, Purpose
from law.limitation import LastDays
from law.parties import Quality


class Message(NamedTuple):
    """A message to a debtor.

    recipient       the address that it goes to; empty for one by post
    text            all its words; empty as long as there are none (a rehearsal renders nothing)
    shown           all the words of its other wording (HTML, a page), empty without one: each answers for itself
    added           those of them that a person has written, or all of a comment
    day             the day of the figures that its words name; `total` and `amounts` what they ask for on it, EUR
    sums            the amounts, EUR, that the account of that day says are owed: in all, by head and by claim; None
                    where its words are asked for no sums
    told            those that it tells besides, without their being owed: what was invoiced, paid and credited
    heads           what its printed lines are for
    needs_approval  the step of the scenario that it is of waits for a manager
    is_resting      the scenario that it is of is paused, held, stopped or switched off
    """

    purpose: Purpose
    channel: Channel = Channel.EMAIL
    recipient: str = ""
    text: str = ""
    shown: str = ""
    added: str = ""
    day: date | None = None
    total: Decimal | None = None
    amounts: Amounts = Amounts()
    sums: frozenset[Decimal] | None = None
    told: frozenset[Decimal] = frozenset()
    heads: frozenset[DebtHead] = frozenset()
    needs_approval: bool = False
    is_resting: bool = False


class Named(NamedTuple):
    """Somebody whom a letter has to name; `address` is its street, its postal code and its city."""

    name: str = ""
    address: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether a letter can name it, with its address."""
        return bool(self.name.strip() and len(self.address) == 3 and all(map(str.strip, self.address)))


class ClaimFacts(NamedTuple):
    """A claim of the case. `amount`: what is left of its principal, EUR; `until`: its last days before limitation.

    `is_disputed`: the debtor disputes it alone; `is_confirmed` waits for a room that says of a claim that it is not.
    """

    key: ClaimKey
    number: str
    amount: Decimal
    is_due: bool = True
    until: LastDays | None = None
    is_disputed: bool = False
    is_confirmed: bool = True
    head: DebtHead = DebtHead.PRINCIPAL


class Known(NamedTuple):
    """What is known of the debtor as a person: since when, and about which address (empty: about all of them)."""

    since: date
    value: str = ""


class Contact(NamedTuple):
    """A demand that went out to the debtor, or is about to: when, and whether it was a formal notice."""

    at: datetime
    is_formal: bool = False


class Rates(NamedTuple):
    """Whether a rate of the figures was carried on past its half-year, or still has to be confirmed."""

    is_carried: bool = False
    is_unconfirmed: bool = False


class Facts(NamedTuple):
    """The facts on the day on which the message would leave.

    is_open         the case is amicable, open and has both parties
    due             what may be demanded on that day, EUR; `then`: on the day that the message names
    claims          the claims of the case that are not settled
    debtor          in which quality the debtor deals; `is_kind_known`: its kind (`company_type`) is known at all
    is_hold_lifted  a manager takes it on, for the whole case, that payments prolonged limitation
    is_notified     a formal notice was received
    firm, creditor  as a letter names them; `ground`, `reference`: of the case
    first_on        the day of the first demand of the case that was sent; `reminders`: how many were,
                    and by the creditor before
    own             demands of this case, `contacts` those to this debtor for all creditors: sent, or on their way
    is_informed     a message with the notice of article 14 RGPD was sent
    people          what is known of the debtor as a person
    ours            e-mails and phones of the firm and of the creditor, who are no debtors
    debtor_addresses e-mail and phone of the debtor, as the case knows them
    """

    is_open: bool = True
    due: Decimal = Decimal(0)
    then: Decimal | None = None
    claims: tuple[ClaimFacts, ...] = ()
    debtor: Quality = Quality.UNKNOWN
    is_kind_known: bool = True
    is_hold_lifted: bool = False
    is_disputed: bool = False
    has_plan: bool = False
    has_title: bool = False
    is_notified: bool = False
    rates: Rates = Rates()
    firm: Named = Named()
    creditor: Named = Named()
    debtor_named: Named = Named()
    ground: str = ""
    reference: str = ""
    first_on: date | None = None
    reminders: int = 0
    own: tuple[Contact, ...] = ()
    contacts: tuple[Contact, ...] = ()
    is_informed: bool = False
    people: Mapping[PartyFactKind, tuple[Known, ...]] = MappingProxyType({})
    ours: frozenset[str] = frozenset()
    debtor_addresses: frozenset[str] = frozenset()
    place: Place = Place()

    @property
    def counts_as_consumer(self) -> bool:
        """For limitation, costs and the indemnity: a consumer, or somebody of whom nothing is known."""
        return self.debtor == Quality.CONSUMER or not self.is_kind_known


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The firm's own rules; no French text fixes a number of days (L121-6 C. conso.). 0 is no limit.

    reminder_days, formal_notice_days   days between demands of one case
    per_week, per_month                 demands to one debtor within 7 and 30 days, for all creditors
    days, from_hour, until_hour         days of the week (Monday is 1) and hours of the debtor's place; a public
                                        holiday counts as a Sunday
    funds_iban                          the account for creditors' money (R124-2 CPCE)
    privacy_notice                      the words of article 14 RGPD
    """

    reminder_days: int = 0
    formal_notice_days: int = 0
    per_week: int = 0
    per_month: int = 0
    days: frozenset[int] = frozenset(range(1, 8))
    from_hour: int = 0
    until_hour: int = 24
    funds_iban: str = ""
    privacy_notice: str = ""
    look_words: tuple[str, ...] = ()


class Question(NamedTuple):
    """What a row of the table is asked. `on`: the day in Paris, `asked` and `left_out`: the parts of the demand."""

    message: Message
    facts: Facts
    policy: Policy
    moment: datetime
    on: date
    asked: tuple[ClaimFacts, ...]
    left_out: frozenset[Code]

    @property
    def is_nothing_left(self) -> bool:
        """Whether no claim may be asked for, nor may be once a dispute is over."""
        return not self.asked and Code.DISPUTE not in self.left_out
