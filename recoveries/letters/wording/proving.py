"""Whether words can be published: rendered for a usual debtor and for five hard ones, and judged by the guard.

The facts are samples (`variables.py`), so that a template is proved before there is a case for it. What the guard says
of words alone is asked; what hangs on a case is asked of each letter.
"""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from law import contact
from law.account.decompte import Amounts
from law.contact import Channel, Code, Facts, Named, Outcome, Purpose, Reason, judge
from law.contact.sums import amount_read
from law.contact.words import plain, without, without_indemnity
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import Sentence
from recoveries.letters.contacts import firm_policy
from recoveries.letters.wording.facts import ROWS
from recoveries.letters.wording.liquid import CannotRender
from recoveries.letters.wording.markup import said_in, words_in
from recoveries.letters.wording.models import TemplateVersion
from recoveries.letters.wording.rendering import Letter, own_words, render
from recoveries.letters.wording.variables import Told, sample_told

# What the words of a letter answer for; the rest hangs on its case.
OF_WORDS = frozenset({Code.MENTIONS, Code.FUNDS, Code.COSTS, Code.LOOK, Code.FIGURES, Code.TRUTH})
# What is printed where the account holds it, and nowhere else.
CONDITIONAL = (
    *("frais du titre exécutoire (art. L111-8 CPCE)", "costs of the enforceable title (art. L111-8 CPCE)"),
    "indemnités forfaitaires pour frais de recouvrement (art. D441-5 C. com.)",
)
_MARK, _BRACES = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL), re.compile(r"\{\{|\}\}|\{%|%\}|['\"]")
_AMOUNT = re.compile(r"\d[\d\s.,]*[.,]\d\d")
MOMENT = datetime(2026, 11, 30, 10, tzinfo=PARIS)  # a Monday: hours are no matter of words


@dataclass(frozen=True, slots=True)
class Proof:
    """A letter as it would be for somebody, or why there is none, and what the guard says of its words."""

    name: str
    label: Sentence
    letter: Letter | None
    reasons: tuple[Sentence, ...]

    @property
    def is_good(self) -> bool:
        """Whether it could leave."""
        return self.letter is not None and not self.reasons


def hard_cases() -> Mapping[str, tuple[Sentence, Told]]:
    """By name: what is hard about them, and their facts."""
    told = {
        "usual": (_("a usual debtor"), _changed()),
        "many": (_("500 invoices"), _changed(decompte=_many())),
        "no_address": (_("a debtor without an address"), _changed(debtor=dict.fromkeys(_ADDRESS))),
        "letters": (_("umlauts, and writing from right to left"), _changed(debtor=_LETTERS)),
        "abroad": (_("a debtor abroad"), _changed(debtor=_ABROAD)),
        "no_interest": (_("no interest"), _changed(decompte=_PLAIN)),
        "first": (_("the first letter"), _changed(earlier={"first_on": None, "reminders": 0})),
    }
    return told


_ADDRESS = ("address", "postal_code", "city", "country")
_LETTERS = {"name": "Jürgen Müßig & שלום יוסף", "address": "١٢ شارع النيل", "city": "Köln"}
_ABROAD = {"name": "Müller GmbH", "address": "Hauptstraße 1", "postal_code": "10115", "city": "Berlin"}
_ABROAD["country"] = "Allemagne"
_PLAIN = {"interest": None, "article": None, "indemnity": None, "total": "1 200,00"}


def _many() -> dict[str, Any]:
    row = sample_told()["decompte"]["claims"][0]
    return {"claims": [{**row, "number": f"F-{n:04d}"} for n in range(ROWS)], "others": 500 - ROWS}


def _changed(**groups: Mapping[str, Any]) -> Told:
    told = sample_told()
    for group, values in groups.items():
        told[group] = {**told[group], **values}
    return deepcopy(told)


def proofs_of(version: TemplateVersion) -> Iterator[Proof]:
    """Each hard case as a letter of `version` (read with its template), in their order; no text message comes first."""
    for name, (label, told) in hard_cases().items():
        if name != "first" or version.template.channel != Channel.SMS:
            yield _proof(version, name, label, told)


def proof_of(version: TemplateVersion, name: str) -> Proof:
    """One of them, by its name. Raises KeyError for one that there is not."""
    return _proof(version, name, *hard_cases()[name])


def _proof(version: TemplateVersion, name: str, label: Sentence, told: Told) -> Proof:
    try:
        letter = render(version, told)
    except CannotRender as error:
        return Proof(name, label, None, (error.message,))
    return Proof(name, label, letter, tuple(_faults(version, told, letter)))


def _faults(version: TemplateVersion, told: Told, letter: Letter) -> Iterator[Sentence]:
    if not letter.subject:
        yield _("It has no subject.")
    yield from map(str, words_judged(version, told, letter))
    yield from map(str, source_judged(version))


def words_judged(version: TemplateVersion, told: Told, letter: Letter) -> Iterator[Reason]:
    """What the guard has against the words of a letter, were they said with these facts."""
    purpose, amounts = Purpose(version.template.purpose), _amounts(told["decompte"])
    is_demand = purpose in contact.DEMANDS
    message = contact.Message(
        purpose=purpose,
        channel=Channel(version.template.channel),
        recipient="debtor@example.com",
        added=own_words(version, without_costs(told)),
        sums=sums_in(told),
        **said_in(letter.subject, letter.text, letter.html),
        day=MOMENT.date(),
        total=amounts.due if is_demand else None,
        amounts=amounts if is_demand else Amounts(),
    )
    policy = replace(firm_policy(), funds_iban=told["firm"]["iban"])
    verdict = judge(message, _facts(told, amounts), policy, MOMENT)
    yield from (one for one in verdict.reasons if one.code in OF_WORDS and one.outcome != Outcome.SEND)


def without_costs(told: Told) -> Told:
    """The facts of a case in which nothing is owed but principal and interest: costs are named by who adds them."""
    return {**told, "decompte": {**told["decompte"], "indemnity": None, "cost": None}}


def sums_in(told: Any) -> frozenset[Decimal]:
    """All amounts that the facts of a letter hold."""
    if isinstance(told, str):
        return frozenset((amount_read(told),)) if _AMOUNT.fullmatch(told) else frozenset()
    within = told.values() if isinstance(told, Mapping) else told if isinstance(told, list) else ()
    return frozenset().union(*map(sums_in, within))


def source_judged(version: TemplateVersion) -> Iterator[Reason]:
    """What the guard has against what an author has typed, wherever it would be shown or not.

    A letter that no sample brings about says what a condition or a text in a mark hides. What is typed is never the
    sum of an account.
    """
    source = "\n".join((version.subject, version.text, version.html))
    purpose, channel = Purpose(version.template.purpose), Channel(version.template.channel)
    for typed in (_MARK.sub("", source), _BRACES.sub(" ", source)):
        words = without(plain(words_in(typed)), CONDITIONAL)
        for added, codes in ((without_indemnity(words), (Code.COSTS, Code.LOOK)), (words, (Code.FIGURES,))):
            message = contact.Message(purpose=purpose, channel=channel, added=added, sums=frozenset())
            yield from (one for one in judge(message, Facts(), firm_policy(), MOMENT).reasons if one.code in codes)


def _facts(told: Told, amounts: Amounts) -> Facts:
    first = told["earlier"]["first_on"]
    return Facts(
        due=amounts.due,
        then=amounts.due,
        firm=_named(told["firm"]),
        creditor=_named(told["creditor"]),
        debtor_named=_named(told["debtor"]),
        ground=told["case"]["object"],
        reference=told["case"]["reference"],
        first_on=date(*map(int, reversed(first.split("/")))) if first else None,
        reminders=told["earlier"]["reminders"],
        is_informed=True,
    )


def _named(party: Mapping[str, Any]) -> Named:
    return Named(party["name"], tuple(party[part] or "" for part in ("address", "postal_code", "city")))


def _amounts(told: Mapping[str, Any]) -> Amounts:
    heads = (told[head] or "0" for head in Amounts._fields)
    return Amounts(*(Decimal("".join(head.split()).replace(",", ".")) for head in heads))
