"""The guard itself: the table, asked row by row."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime

from legalcity.lib.dates import PARIS
from legalcity.lib.errors import Sentence

from law.contact import rows_of_claim, rows_of_people, rows_of_words
from law.contact.claims import codes_of, parted
from law.contact.facts import Facts, Message, Policy, Question
from law.contact.verdict import Reason, Verdict, hold
from law.contact.vocabulary import DEMANDS, ROWS, Code, Purpose

Row = Callable[[Question], Iterator[Reason]]
TABLE: Mapping[Code, Row] = {
    Code.MENTIONS: rows_of_words.mentions,
    Code.FUNDS: rows_of_words.funds,
    Code.NOTHING_DUE: rows_of_claim.nothing_due,
    Code.BARRED: rows_of_claim.barred,
    Code.NOT_DUE: rows_of_claim.not_due,
    Code.INSOLVENT: rows_of_claim.insolvent,
    Code.DISPUTE: rows_of_claim.dispute,
    Code.PLAN: rows_of_claim.plan,
    Code.COSTS: rows_of_claim.costs,
    Code.INDEMNITY: rows_of_claim.indemnity,
    Code.PENALTY: rows_of_claim.penalty,
    Code.RATES: rows_of_claim.rates,
    Code.FIGURES: rows_of_claim.figures,
    Code.ADDRESSEE: rows_of_people.addressee,
    Code.CONSENT: rows_of_people.consent,
    Code.LOOK: rows_of_words.look,
    Code.PRIVACY: rows_of_words.privacy,
    Code.TRUTH: rows_of_words.truth,
    Code.RHYTHM: rows_of_people.rhythm,
    Code.APPROVAL: rows_of_people.approval,
    Code.SCENARIO: rows_of_people.scenario,
}
_ROWS: Mapping[Purpose, tuple[Row, ...]] = {
    purpose: tuple(TABLE[code] for code in codes) for purpose, codes in ROWS.items()
}


def judge(message: Message, facts: Facts, policy: Policy, moment: datetime, *, lifted: Collection[str] = ()) -> Verdict:
    """Whether the message may leave at `moment` (with its zone), and all that speaks against it.

    `lifted`: codes of holds that a manager has lifted for this message.
    """
    on = moment.astimezone(PARIS).date()
    asked, left_out = parted(facts.claims, counts_as_consumer=facts.counts_as_consumer, on=on)
    question = Question(message, facts, policy, moment, on, asked, codes_of(left_out))
    rows = _ROWS[message.purpose]
    if message.shown:
        questions = [question, question._replace(message=message._replace(text=message.shown))]
        reasons = [reason for row in rows for reason in _told_once(row, questions)]
    else:
        reasons = [reason for row in rows for reason in row(question)]
    return Verdict(tuple(reasons), left_out if message.purpose in DEMANDS else ()).lifting(lifted)


def _told_once(row: Row, questions: Iterable[Question]) -> Iterator[Reason]:
    """What a row has against any wording of a message: what it has against both is one reason."""
    told: set[str] = set()
    for question in questions:
        new = [reason for reason in row(question) if str(reason) not in told]
        told.update(map(str, new))
        yield from new


def put_off(sentence: Sentence) -> Verdict:
    """The verdict on what cannot be reckoned yet, as no rate is known for a day: held until one is."""
    return Verdict((hold(Code.RATES, sentence, is_liftable=False),))
