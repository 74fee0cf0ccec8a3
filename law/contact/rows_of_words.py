"""Rows of the table about what a message says, and has to say."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _
from legalcity.lib.errors import Sentence
from legalcity.lib.reading.identifiers import compact

from law.contact.facts import Named, Question
from law.contact.funds import accounts_in
from law.contact.verdict import Reason, hold, never
from law.contact.vocabulary import SHOWN, Channel, Code
from law.contact.words import (
    AMICABLE,
    L111_8,
    TO_PAY,
    court_words_in,
    has_answer,
    plain,
    printed,
    reminders_told,
    without,
)

MENTIONS = "art. R124-4 CPCE"
LOOK = "art. 433-13 C. pén."
PRIVACY = "art. 14 RGPD"
_OF_COMMENT = _("The comment must not look like an act of a court ({article}): “{words}”.")


def mentions(question: Question) -> Iterator[Reason]:
    """Who asks, for whom, why, how much, how to pay, and the text of the law."""
    message, facts = question.message, question.facts
    if not facts.firm.is_complete:
        sentence = _("The firm's name and address are not complete: enter them in the system settings.")
        yield never(Code.MENTIONS, sentence, MENTIONS)
    if not facts.creditor.is_complete:
        yield never(Code.MENTIONS, _("The creditor's name and address are not complete."), MENTIONS)
    if message.channel == Channel.SMS and facts.first_on is None:
        sentence = _("A text message only follows a first letter that was sent.")
        yield never(Code.MENTIONS, sentence, MENTIONS)
    if message.text:
        missing = _missing_of_sms(question) if message.channel == Channel.SMS else _missing(question)
        for name in missing:
            yield never(Code.MENTIONS, _("The letter does not say what it has to: {name}."), MENTIONS, name=name)


def _missing(question: Question) -> Iterator[Sentence]:
    message, facts, said = question.message, question.facts, plain(question.message.text)
    if not _names(said, facts.firm):
        yield _("the firm and its address")
    if not any(phrase in said for phrase in AMICABLE):
        yield _("that it recovers amicably")
    if not _names(said, facts.creditor):
        yield _("the creditor and its address")
    if plain(facts.ground) not in said:
        yield _("the ground of the claim")
    amounts = [amount for amount in (*message.amounts, message.total) if amount]
    if not all(any(one in said for one in printed(amount)) for amount in amounts):
        yield _("the amounts by head")
    if not TO_PAY.search(without(said, L111_8)):
        yield _("the order to pay")
    if not all(plain(paragraph) in said for paragraph in L111_8):
        yield _("article L111-8, paragraphs 2 and 3")
    yield from _missing_of_later(question)


def _missing_of_sms(question: Question) -> Iterator[Sentence]:
    said, facts = plain(question.message.text), question.facts
    if plain(facts.firm.name) not in said:
        yield _("the firm")
    if plain(facts.creditor.name) not in said:
        yield _("the creditor")
    if not has_answer(question.message.text):
        yield _("a way to answer")
    yield from _missing_of_later(question)


def _missing_of_later(question: Question) -> Iterator[Sentence]:
    first, said = question.facts.first_on, plain(question.message.text)
    if first and not (f"{first:%d/%m/%Y}" in said and plain(question.facts.reference) in said):
        yield _("reference and date of the first letter that was sent")


def _names(said: str, one: Named) -> bool:
    return all(plain(part) in said for part in (one.name, *one.address))


def funds(question: Question) -> Iterator[Reason]:
    """A debtor pays to the account for creditors' money, and to no other."""
    article, ours = "art. R124-2 CPCE", compact(question.policy.funds_iban)
    if not ours:
        sentence = _("The account for creditors' money is not known: enter its IBAN (FUNDS_IBAN) in the settings.")
        yield never(Code.FUNDS, sentence, article)
        return
    if not question.message.text:
        return
    named = set(accounts_in(question.message.text))
    if not named and question.message.channel != Channel.SMS:
        yield never(Code.FUNDS, _("The letter names no account to pay to."), article)
    elif named - {ours}:
        yield never(Code.FUNDS, _("The letter names another account than that for creditors' money."), article)


def look(question: Question) -> Iterator[Reason]:
    """Nothing looks like an act of a court before there is a title."""
    message, facts = question.message, question.facts
    if facts.has_title or not (message.text or message.added):
        return
    parties = (facts.firm, facts.creditor, facts.debtor_named)
    quoted = [*L111_8, *(part for one in parties for part in (one.name, *one.address))]
    own = without(plain(f"{message.text}\n{message.added}"), quoted)
    if words := court_words_in(own, question.policy.look_words):
        is_shown = message.purpose in SHOWN
        sentence = _OF_COMMENT if is_shown else _("It must not look like an act of a court: “{words}”.")
        yield never(Code.LOOK, sentence, LOOK, words=", ".join(words))


def privacy(question: Question) -> Iterator[Reason]:
    """The first message tells the debtor where its data come from, and what its rights are."""
    notice, text = question.policy.privacy_notice.strip(), question.message.text
    if question.facts.is_informed or (notice and (not text or plain(notice) in plain(text))):
        return
    sentence = _("It is the first message, and the notice on personal data (PRIVACY_NOTICE) is missing.")
    yield hold(Code.PRIVACY, sentence, PRIVACY)


def truth(question: Question) -> Iterator[Reason]:
    """It speaks of no more reminders than were sent."""
    text = question.message.text
    if text and reminders_told(text) > question.facts.reminders:
        yield hold(Code.TRUTH, _("It speaks of reminders that were not sent."))
