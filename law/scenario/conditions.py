"""Conditions of steps and scenarios: named predicates, each with one typed value and a sentence, and no language.

Stored as `{"name": "amount_at_least", "value": "100.00"}`; a predicate without a value has none.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from legalcity.lib.errors import Sentence

from law.parties import Quality
from law.scenario.vocabulary import Fate
from law.vocabulary import CompanyType

if TYPE_CHECKING:
    from law.scenario.facts import CaseFacts

LARGEST = Decimal("999999999999.99")
LONGEST = 36_500  # days
Value = Any
Told = Mapping[str, Promise]

_KINDS: Told = {
    CompanyType.PARTICULAR: _("a private person"),
    CompanyType.COMMERCIAL: _("a commercial company"),
    CompanyType.FREELANCE: _("a sole trader"),
    CompanyType.LIBERAL: _("of a liberal profession"),
    CompanyType.CIVIL: _("a civil company"),
    CompanyType.ASSOCIATION: _("an association"),
    Quality.PROFESSIONAL: _("a business"),
    Quality.CONSUMER: _("a consumer"),
    Quality.UNKNOWN: _("of unknown kind"),
}
_WAYS: Told = {"email": _("an e-mail address"), "post": _("a postal address"), "phone": _("a phone number")}
_OPEN: Told = {"dispute": _("dispute"), "plan": _("payment plan"), "promise": _("promise to pay")}
_FATES: Told = {
    Fate.DELIVERED: _("was delivered"),
    Fate.BOUNCED: _("bounced"),
    Fate.RETURNED: _("came back"),
}
_BANDS: Told = {"low": _("low"), "medium": _("medium"), "high": _("high"), "critical": _("critical")}


class Unreadable(ValueError):
    """What is written is no condition; the message is a sentence."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Predicate:
    """What can be asked of a case. `read` makes a value of what is stored, and raises Unreadable.

    `unknown`: that what it asks for is not known of a case, which then does not meet it.
    """

    holds: "Callable[[CaseFacts, date, Value], bool]"
    sentence: Any
    read: Callable[[Any], Value]
    told: Callable[[Value], Sentence]
    unknown: "Callable[[CaseFacts], Sentence | None]" = lambda case: None


@dataclass(frozen=True, slots=True)
class Condition:
    """A predicate with its value."""

    name: str
    value: Value = None

    def holds(self, case: "CaseFacts", on: date) -> bool:
        """Whether the case meets it on the day `on`."""
        return PREDICATES[self.name].holds(case, on, self.value)

    @property
    def sentence(self) -> Sentence:
        """What it asks for, in words."""
        predicate = PREDICATES[self.name]
        return format_lazy(predicate.sentence, value=predicate.told(self.value))

    def unmet(self, case: "CaseFacts") -> Sentence:
        """What the case lacks, in words."""
        unknown = PREDICATES[self.name].unknown(case)
        return format_lazy("{} ({})", self.sentence, unknown) if unknown else self.sentence

    def kept(self) -> dict[str, Any]:
        """As it is stored."""
        value = str(self.value) if isinstance(self.value, Decimal) else self.value
        stored = list(value) if isinstance(value, tuple) else value
        return {"name": self.name} if stored is None else {"name": self.name, "value": stored}


def condition_read(stored: Any) -> Condition:
    """The condition that is stored so. Raises Unreadable."""
    if not isinstance(stored, Mapping) or not isinstance(stored.get("name"), str):
        raise Unreadable(_("A condition has a name and a value."))
    predicate = PREDICATES.get(stored["name"])
    if predicate is None or set(stored) - {"name", "value"}:
        raise Unreadable(format_lazy(_("There is no condition “{name}”."), name=stored["name"][:50]))
    return Condition(stored["name"], predicate.read(stored.get("value")))


def first_unmet(conditions: Iterable[Condition], case: "CaseFacts", on: date) -> Condition | None:
    """The first of the conditions that the case does not meet on the day `on`."""
    return next((one for one in conditions if not one.holds(case, on)), None)


# --- values ----------------------------------------------------------------------------------------------------------
def _amount(stored: Any) -> Decimal:
    try:
        amount = Decimal(str(stored)) if isinstance(stored, str | int) and not isinstance(stored, bool) else None
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or not 0 <= amount <= LARGEST or amount != round(amount, 2):
        raise Unreadable(_("This condition needs an amount in EUR."))
    return amount


def _days(stored: Any) -> int:
    if not isinstance(stored, int) or isinstance(stored, bool) or not 0 <= stored <= LONGEST:
        raise Unreadable(_("This condition needs a number of days."))
    return stored


def _words(known: Told) -> Callable[[Any], tuple[str, ...]]:
    def read(stored: Any) -> tuple[str, ...]:
        words = [stored] if isinstance(stored, str) else stored
        if not isinstance(words, list) or not words or not all(isinstance(one, str) and one in known for one in words):
            raise Unreadable(format_lazy(_("This condition needs one of: {words}."), words=", ".join(known)))
        return tuple(dict.fromkeys(words))

    return read


def _countries(stored: Any) -> tuple[str, ...]:
    codes = [stored] if isinstance(stored, str) else stored
    is_list = isinstance(codes, list) and 0 < len(codes) <= 250
    if not is_list or not all(isinstance(one, str) and len(one) == 2 and one.isalpha() for one in codes):
        raise Unreadable(_("This condition needs codes of countries, such as FR."))
    return tuple(dict.fromkeys(code.upper() for code in codes))


def _nothing(stored: Any) -> None:
    if stored is not None:
        raise Unreadable(_("This condition has no value."))


def _named(known: Told) -> Callable[[Value], Sentence]:
    def told(words: Value) -> Sentence:
        return format_lazy(", ".join(["{}"] * len(words)), *(known[word] for word in words))

    return told


# --- predicates ------------------------------------------------------------------------------------------------------
def _is_kind(case: "CaseFacts", _on: date, kinds: Value) -> bool:
    return case.debtor.kind in kinds or case.guard.debtor in kinds


def _has(case: "CaseFacts", _on: date, ways: Value) -> bool:
    debtor = case.debtor
    known = {"email": bool(debtor.email), "post": bool(debtor.post), "phone": bool(debtor.phone)}
    return any(known[way] for way in ways)


def _has_none_open(case: "CaseFacts", _on: date, matters: Value) -> bool:
    guard = case.guard
    is_open = {"dispute": guard.is_disputed, "plan": guard.has_plan, "promise": case.has_promise}
    return not any(is_open[matter] for matter in matters)


def _previous(case: "CaseFacts", _on: date, fates: Value) -> bool:
    return case.last is not None and case.last.fate in fates


def _is_paid_since(case: "CaseFacts", _on: date, _value: Value) -> bool:
    return case.paid_at is not None and case.last is not None and case.paid_at > case.last.at


PREDICATES: Mapping[str, Predicate] = {
    "amount_at_least": Predicate(
        lambda case, on, amount: case.on(on).due >= amount, _("at least {value} EUR are due"), _amount, str
    ),
    "age_at_least": Predicate(
        lambda case, on, days: (on - case.due_on).days >= days,
        _("the due date was at least {value} days ago"),
        _days,
        str,
    ),
    "debtor_is": Predicate(_is_kind, _("the debtor is {value}"), _words(_KINDS), _named(_KINDS)),
    "country_in": Predicate(
        lambda case, on, codes: (case.debtor.country or "FR") in codes,
        _("the debtor lives in {value}"),
        _countries,
        ", ".join,
    ),
    "has": Predicate(_has, _("the debtor has {value}"), _words(_WAYS), _named(_WAYS)),
    "no_open": Predicate(_has_none_open, _("none is open of: {value}"), _words(_OPEN), _named(_OPEN)),
    "previous": Predicate(_previous, _("the message before {value}"), _words(_FATES), _named(_FATES)),
    "paid_since_last": Predicate(
        _is_paid_since, _("something was paid since the step before"), _nothing, lambda value: ""
    ),
    "score_band": Predicate(
        lambda case, on, bands: case.score_band in bands,
        _("the risk of the debtor is {value}"),
        _words(_BANDS),
        _named(_BANDS),
        lambda case: None if case.score_band else _("no score of it is known"),
    ),
}
