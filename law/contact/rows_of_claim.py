"""Rows of the table about what is asked for."""

from collections.abc import Collection, Iterator
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from law.account.facts import DebtHead
from law.contact.claims import BARRED, COSTS, DISPUTE, NOT_DUE
from law.contact.facts import Message, Question
from law.contact.sums import sums_beside, sums_told
from law.contact.verdict import Reason, hold, never
from law.contact.vocabulary import DEMANDS, SHOWN, Code, PartyFactKind
from law.contact.words import costs_in, is_indemnity, printed
from law.parties import Quality

_OF_COMMENT = _("The comment must not ask for costs that stay with the creditor ({article}): “{words}”.")


def nothing_due(question: Question) -> Iterator[Reason]:
    """Paid, closed, transferred, or nothing due by the ledger."""
    if not question.facts.is_open:
        sentence = _("There is nothing to remind of: the case is closed, before a court, or lacks a party.")
        yield never(Code.NOTHING_DUE, sentence)
    elif question.facts.due <= 0 and not question.left_out & {Code.BARRED, Code.NOT_DUE, Code.DISPUTE}:
        yield never(Code.NOTHING_DUE, _("Nothing is due by the account of the day."))


def barred(question: Question) -> Iterator[Reason]:
    """Limitation is over: never to a consumer; a professional may be asked, once a manager says so."""
    facts, on = question.facts, question.on
    if question.is_nothing_left and Code.BARRED in question.left_out:
        yield never(Code.BARRED, _("What is due is time-barred and may not be asked for from a consumer."), BARRED)
    days = [claim.until for claim in question.asked if claim.until]
    if any(until.is_barred(on) for until in days):
        sentence = _("Of what is due something is time-barred: a professional may be asked once a manager says so.")
        yield hold(Code.BARRED, sentence, "art. L110-4 C. com.")
    elif facts.counts_as_consumer and not facts.is_hold_lifted and any(until.is_doubtful(on) for until in days):
        sentence = _(
            "What is due is time-barred unless the payments or the due date prolonged the time: a manager has to lift "
            "the hold."
        )
        yield hold(Code.BARRED, sentence, "art. L218-2 C. conso., art. 2233, 2240 C. civ.")


def not_due(question: Question) -> Iterator[Reason]:
    """Nothing is left that is due."""
    if question.is_nothing_left and Code.NOT_DUE in question.left_out:
        yield never(Code.NOT_DUE, _("Nothing is due yet: a claim is demanded from its due date on."), NOT_DUE)


def insolvent(question: Question) -> Iterator[Reason]:
    """A procedure is open: earlier debts may not be asked for from the judgment on."""
    if PartyFactKind.INSOLVENT in question.facts.people:
        sentence = _("Insolvency proceedings are open against the debtor: the claim is declared, not asked for.")
        yield never(Code.INSOLVENT, sentence, "art. L622-7, L622-21 C. com.")


def dispute(question: Question) -> Iterator[Reason]:
    """The debtor disputes the claim, or all the claims that are due."""
    if question.facts.is_disputed or (not question.asked and Code.DISPUTE in question.left_out):
        yield hold(Code.DISPUTE, _("The debtor disputes the claim."), DISPUTE)


def plan(question: Question) -> Iterator[Reason]:
    """A plan runs: who keeps to it is not reminded."""
    if question.facts.has_plan:
        yield hold(Code.PLAN, _("The debtor pays by a plan."), "art. 1103 C. civ.")


def costs(question: Question) -> Iterator[Reason]:
    """Costs that stay with the creditor: a printed line, or the words of a person to who counts as a consumer."""
    message, facts = question.message, question.facts
    if DebtHead.KEPT_BY_CREDITOR in message.heads:
        yield never(Code.COSTS, _("A line asks for costs that stay with the creditor."), COSTS)
    is_business, is_shown = facts.debtor == Quality.PROFESSIONAL, message.purpose in SHOWN
    # A business may owe more by L441-10 C. com., where it is proved: a letter may say so.
    if is_business and not is_shown:
        return
    if words := costs_in(message.added, is_business=is_business):
        sentence = _OF_COMMENT if is_shown else _("It must not ask for costs that stay with the creditor: “{words}”.")
        yield never(Code.COSTS, sentence, COSTS, words=", ".join(words))


def indemnity(question: Question) -> Iterator[Reason]:
    """The 40 EUR are owed between businesses only."""
    facts, article = question.facts, "art. D441-5 C. com."
    if not question.message.amounts.indemnity:
        return
    if named := [claim.number for claim in question.asked if is_indemnity(claim.number)]:
        sentence = _("The flat indemnity is asked for by the account, and as a debt of its own: “{number}”.")
        yield hold(Code.INDEMNITY, sentence, article, number=named[0])
    if facts.debtor == Quality.PROFESSIONAL:
        return
    if facts.counts_as_consumer:
        yield never(Code.INDEMNITY, _("The indemnity of 40 EUR is owed between businesses, by no consumer."), article)
    else:
        sentence = _("The indemnity of 40 EUR is asked for, and it is not confirmed that the debtor is a business.")
        yield hold(Code.INDEMNITY, sentence, article)


def penalty(question: Question) -> Iterator[Reason]:
    """An agreed penalty is due once a formal notice was received."""
    if question.message.amounts.penalty and not question.facts.is_notified:
        sentence = _("The agreed penalty is asked for, and no formal notice was received before.")
        yield never(Code.PENALTY, sentence, "art. 1231-5 C. civ.")


def rates(question: Question) -> Iterator[Reason]:
    """A rate that is not sure: it ends with the rate's entry or confirmation, once for all messages."""
    if question.facts.rates.is_carried:
        sentence = _("The rate of the present half-year is not known yet: the sum may still change.")
        yield hold(Code.RATES, sentence, is_liftable=False)
    elif question.facts.rates.is_unconfirmed:
        sentence = _("A rate of interest is not confirmed: a manager confirms it, once, in the tables of rates.")
        yield hold(Code.RATES, sentence, is_liftable=False)


def figures(question: Question) -> Iterator[Reason]:
    """The sum is that of the account of the day that the words name, and so are those that a person has written."""
    total, then = question.message.total, question.facts.then
    if total is not None and then is not None and total != then:
        yield never(Code.FIGURES, _("What is due has changed since the letter was written: write a new one."))
    if question.message.sums is not None:
        yield from _figures_added(question.message, question.message.sums)


def _figures_added(message: Message, sums: Collection[Decimal]) -> Iterator[Reason]:
    """What a person has written: never another sum as owed, and none that the account does not hold unseen."""
    if strange := [one for one in sums_told(message.added) if one and one not in sums]:
        told = ", ".join(printed(one)[0] for one in strange)
        yield never(Code.FIGURES, _("It names a sum as owed that is not that of the account: {sums} EUR."), sums=told)
    elif message.purpose in DEMANDS and (beside := sums_beside(message.added, {*sums, *message.told}, message.total)):
        sentence = _("It names a sum that the account of its day does not hold: “{sums}”. A manager has to look at it.")
        yield hold(Code.FIGURES, sentence, sums="”, “".join(beside))
