"""The guard's door for letters: what one would say, and whether it may leave, when it is made and when it leaves."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from law import contact
from law.account.canonical import canonical
from law.account.decompte import Amounts, Decompte
from law.account.demand import Demanded, enclosed
from law.contact import Channel, Contact, Facts, Purpose, Verdict, judge
from legalcity.lib.dates import PARIS
from recoveries.letters.contacts import firm_policy, policy_for
from recoveries.letters.gathering import Demand, demand_of, facts_of, written_on
from recoveries.letters.party_facts import address_line
from recoveries.letters.scenarios.running import resting_of
from recoveries.letters.wording.markup import said_in
from recoveries.letters.wording.models import TemplateVersion
from recoveries.letters.wording.rendering import Letter, encloses
from recoveries.letters.writing import OtherCase, letter_write
from recoveries.models import Message, Recovery

Kind = Message.Kind
PURPOSES = {
    Kind.REMINDER_1.value: Purpose.REMINDER,
    Kind.REMINDER_2.value: Purpose.REMINDER,
    Kind.FORMAL_NOTICE.value: Purpose.FORMAL_NOTICE,
    Kind.DECOMPTE.value: Purpose.PROPOSAL,  # It names a sum and how to pay it: everything is asked of it.
    Kind.RECEIPT.value: Purpose.RECEIPT,
    Kind.RECEIPT_CORRECTION.value: Purpose.RECEIPT,
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter as it would be written at a moment, what it asks for, and whether it may leave."""

    kind: str
    day: date
    demand: Demand
    letter: Letter
    verdict: Verdict
    version: TemplateVersion


def drafts_of(
    case: Recovery,
    kinds: Iterable[str],
    *,
    to: str,
    moment: datetime,
    extra: str = "",
    email: Message | None = None,
    channel: str = Channel.EMAIL,
    needs_approval: bool = False,
    demand: Demand | None = None,
    alongside: Collection[Contact] = (),
    others: Sequence[OtherCase] = (),
) -> list[Draft]:
    """What letters of these kinds (`Reminder`) to the address `to` would be at `moment`.

    `email` is the row that one of them is to fill, with what a manager has lifted for it; `demand` what may be asked
    for on that day, where it is known; `alongside` letters to the debtor that leave before it and are no rows yet;
    `others` further cases that they are about. Raises Conflict when no rate is known for a day, or no template is in
    force.
    """
    day = moment.astimezone(PARIS).date()
    demand = demand or demand_of(case, day)
    facts, policy = facts_of(case, demand, moment=moment, email=email), policy_for(case.owner_id)
    facts = facts._replace(contacts=(*facts.contacts, *alongside))
    drafts = []
    for kind in kinds:
        told = letter_write(
            kind=kind,
            channel=channel,
            case=case,
            account=demand.account,
            first_on=facts.first_on,
            reminders=facts.reminders,
            extra=extra,
            others=others,
        )
        message = message_asked(kind, channel, to, told.letter, demand)._replace(
            added=extra,
            needs_approval=needs_approval or is_approval_wanted(email),
            is_resting=is_resting(email),
        )
        verdict = judge(message, facts, policy, moment, lifted=lifted_codes(email))
        drafts.append(Draft(kind, day, demand, told.letter, verdict, told.version))
    return drafts


def message_asked(kind: str, channel: str, to: str, letter: Letter, demand: Demand) -> contact.Message:
    """A letter that asks for a demand, as the guard is asked about it."""
    return contact.Message(
        purpose=PURPOSES[kind],
        channel=Channel(channel),
        recipient=to,
        **said_in(letter.subject, letter.text, letter.html),
        day=demand.account.day,
        total=demand.account.total,
        amounts=demand.account.amounts,
        sums=_sums_of(demand.account),
        told=_told_besides(demand.told),
        heads=frozenset(row.claim.head for row in demand.account.rows),
    )


def _sums_of(account: Demanded) -> frozenset[Decimal]:
    """The amounts that a person may name as owed: in all, by head, by claim."""
    return frozenset((account.total, *account.amounts, *(row.left.principal for row in account.rows)))


def _told_besides(told: Decompte) -> frozenset[Decimal]:
    """Those that a person may name beside them: what was invoiced, credited and received."""
    claims = (*(row.claim for row in told.claims), *(row.claim for row in told.not_due))
    credited = [note.amount for row in told.claims for note in row.credit_notes]
    payments = [row.payment.amount for row in told.payments if not row.is_reversed]
    return frozenset((*(claim.amount for claim in claims), *credited, *payments, told.received))


def words_of(draft: Draft) -> dict[str, object]:
    """The columns of a message that a draft fills."""
    letter, version = draft.letter, draft.version
    told = canonical(enclosed(draft.demand.told, draft.demand.account)) if encloses(version) else {}
    return {
        **{"subject": letter.subject, "text": letter.text, "html": letter.html, "pdf": None},
        **{"day": draft.day, "total": draft.demand.account.total},
        **{"template_version": version, "language": version.template.language},
        **{"decompte": told or None, "decompte_sha256": told.get("sha256", "")},
    }


def verdict_of(case: Recovery, email: Message, *, moment: datetime) -> Verdict:
    """Whether a demand that waits, with the words that it has, may leave at `moment`. Raises Conflict likewise."""
    demand = demand_of(case, moment.astimezone(PARIS).date())
    demanded_then = demand_of(case, written_on(email))
    then = demanded_then.account
    facts = facts_of(case, demand, moment=moment, email=email)._replace(then=then.total)
    message = contact.Message(
        purpose=Purpose(email.purpose),
        channel=Channel(email.channel),
        recipient=written_to(email),
        **said_in(email.subject, email.text, email.html),
        added=email.extra,
        day=written_on(email),
        total=email.total,
        amounts=then.amounts if then.total == email.total else Amounts(),
        sums=_sums_of(then),
        told=_told_besides(demanded_then.told),
        heads=frozenset(row.claim.head for row in then.rows),
        needs_approval=is_approval_wanted(email),
        is_resting=is_resting(email),
    )
    return judge(message, facts, policy_for(case.owner_id), moment, lifted=lifted_codes(email))


def verdict_of_receipt(facts: Facts, letter: Message | Letter, *, recipient: str, moment: datetime) -> Verdict:
    """Whether a receipt may leave, by `facts_aside`: it asks for nothing, so little is asked of it."""
    channel = Channel.EMAIL if recipient else Channel.LETTER
    words = said_in(letter.subject, letter.text, letter.html)
    message = contact.Message(purpose=Purpose.RECEIPT, channel=channel, recipient=recipient, **words)
    return judge(message, facts, firm_policy(), moment)


def written_to(email: Message) -> str:
    """Where a message goes, as facts about addresses name it."""
    return email.recipient or address_line(email.address)


def is_approval_wanted(email: Message | None) -> bool:
    """Whether the step of a scenario that a message is of has every message looked at."""
    return email is not None and email.pk is not None and email.runs.filter(step__needs_approval=True).exists()


def is_resting(email: Message | None) -> bool:
    """Whether the scenario that a message is of does not run now."""
    return email is not None and email.pk is not None and bool(resting_of([email.pk]))


def lifted_codes(email: Message | None) -> Collection[str]:
    """The codes of what managers have lifted for a message."""
    return {one["code"] for one in email.lifted} if email else ()
