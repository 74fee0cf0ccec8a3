"""What a rehearsal comes to, in words: beside what comes as things are."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from law.contact.vocabulary import Code
from law.scenario import Why
from legalcity.lib.errors import Sentence
from recoveries.letters.scenarios.playing import NOT_YET
from recoveries.letters.scenarios.timeline import channel_names
from recoveries.models import Enrolment, StepRun

Names = Mapping[str, Sentence]
RESULTS: Names = dict(StepRun.State.choices)
MISSING: Names = {"email": _("an e-mail address"), "post": _("a postal address"), "phone": _("a phone number")}
REASONS: Names = {
    Why.CLOSED: _("closed, in court or without a party"),
    Why.PAID: _("nothing due any more"),
    Why.INSOLVENT: _("insolvency of the debtor"),
    Why.DISPUTE: _("disputed"),
    Why.PLAN: _("payment plan"),
    Why.DONE: _("all steps done"),
    Why.CONDITION: _("condition not met"),
    Why.IMPOSSIBLE: _("no address for it"),
    Why.NO_DAY: _("day not known yet"),
    Why.RATE: _("interest rate missing"),
    Why.WAITED: _("waited too long"),
    Why.CANCELLED: _("message cancelled"),
    Code.MENTIONS: _("firm or creditor without a complete address"),
    Code.FUNDS: _("no account for creditors' money"),
    Code.NOTHING_DUE: _("nothing due"),
    Code.BARRED: _("time-barred"),
    Code.NOT_DUE: _("not due yet"),
    Code.COSTS: _("costs that stay with the creditor"),
    Code.INDEMNITY: _("indemnity of 40 EUR and a debtor of unknown kind"),
    Code.PENALTY: _("penalty without a formal notice"),
    Code.RATES: _("rate not sure"),
    Code.FIGURES: _("figures of another day"),
    Code.ADDRESSEE: _("may not be written to there"),
    Code.CONSENT: _("no consent to electronic registered letters"),
    Code.LOOK: _("words of a court act"),
    Code.PRIVACY: _("no notice on personal data"),
    Code.TRUTH: _("speaks of reminders that were not sent"),
    Code.RHYTHM: _("rhythm of letters"),
    Code.APPROVAL: _("waits for approval"),
    Code.SCENARIO: _("its scenario rests"),
}
ENDS: Names = {**REASONS, **dict(Enrolment.State.choices), NOT_YET: _("goes on after the last day")}


class Side(NamedTuple):
    """The sums of one of the two, each count with its name."""

    cases: int
    cost: str
    channels: list[dict[str, Any]]
    results: list[tuple[Sentence, int]]
    reasons: list[tuple[Sentence, int]]
    missing: list[tuple[Sentence, int]]
    ends: list[tuple[Sentence, int]]


def sides_of(result: Mapping[str, Any]) -> tuple[Side, Side]:
    """The version that was rehearsed, and things as they are."""
    return _side(result), _side(result["today"])


def days_of(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Day by day what would leave, by channel."""
    return [{**one, "on": date.fromisoformat(one["on"])} for one in _named(result["days"])]


def _side(sums: Mapping[str, Any]) -> Side:
    return Side(
        cases=sums["cases"],
        cost=sums["cost"],
        channels=_named(sums.get("channels", ())),
        results=_counts(sums["results"], RESULTS),
        reasons=_counts(sums["reasons"], REASONS),
        missing=_counts(sums["missing"], MISSING),
        ends=_counts(sums["ends"], ENDS),
    )


def _named(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "name": channel_names([row["channel"]])} for row in rows]


def _counts(counts: Mapping[str, int], names: Names) -> list[tuple[Sentence, int]]:
    return [(names.get(code, code), count) for code, count in counts.items()]
