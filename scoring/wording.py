"""Sentences of reports and alerts, made when they are read, in the language of who reads."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from scoring.changes import NO_LEVEL
from scoring.facts import Band, Identity, Insolvency
from scoring.models import Alert, ScoringOrder
from scoring.providers.base import Answered
from scoring.scorecard import Confidence, RiskLevel
from scoring.services.pipeline import INTERRUPTED

Json = dict[str, Any]

FACTOR_NAMES = {
    "paid_share": gettext_lazy("Share of your claims that was paid"),
    "punctuality": gettext_lazy("Punctuality of payments to you"),
    "settlement": gettext_lazy("Outcome of your claims"),
    "open_claims": gettext_lazy("Number of your unpaid claims"),
    "unpaid_amount": gettext_lazy("Amount that is unpaid to you"),
    "other_clients": gettext_lazy("Payments to other clients of the firm"),
    "insolvency": gettext_lazy("Insolvency proceedings"),
    "activity": gettext_lazy("Activity"),
    "company_age": gettext_lazy("Age of the company"),
    "legal_form": gettext_lazy("Legal form"),
    "country": gettext_lazy("Country"),
    "identity": gettext_lazy("Identity"),
    "closed_company": gettext_lazy("Closed company"),
    "insolvency_proceedings": gettext_lazy("Open insolvency proceedings"),
}
LEVEL_NAMES = {
    RiskLevel.LOW: gettext_lazy("low"),
    RiskLevel.MEDIUM: gettext_lazy("medium"),
    RiskLevel.HIGH: gettext_lazy("high"),
    RiskLevel.CRITICAL: gettext_lazy("critical"),
    NO_LEVEL: gettext_lazy("unknown"),
}
_OTHERS = {
    Band.POOR: gettext_lazy("Other clients of the firm are mostly not paid."),
    Band.MIXED: gettext_lazy("Other clients of the firm are often paid late or not at all."),
    Band.FAIR: gettext_lazy("Other clients of the firm are paid for the greater part."),
    Band.GOOD: gettext_lazy("Other clients of the firm are mostly paid, and in time."),
}
_INSOLVENCY = {
    Insolvency.NONE: gettext_lazy("No insolvency notice stands."),
    Insolvency.PLAN: gettext_lazy("The company goes on under a plan that a court approved."),
    Insolvency.ENDED: gettext_lazy("There were insolvency proceedings, which have ended."),
    Insolvency.OPEN: gettext_lazy("Insolvency proceedings are open, or ended with nothing left."),
}
_IDENTITY = {
    Identity.REGISTERED: gettext_lazy("The SIREN is in the national register."),
    Identity.VALID: gettext_lazy("The SIREN is well formed; the register was not asked or did not answer."),
    Identity.NOT_FOUND: gettext_lazy("The SIREN is well formed, but the register does not show it."),
    Identity.MISSING: gettext_lazy("No SIREN is known."),
    Identity.WRONG: gettext_lazy("The SIREN is wrong, or the SIRET does not belong to it."),
}
_SOURCES = {
    Answered.ANSWERED: gettext_lazy("Asked, and answered."),
    Answered.NOT_FOUND: gettext_lazy("Does not show this company."),
    Answered.UNAVAILABLE: gettext_lazy("Could not be reached; the report was made without it."),
    Answered.OFF: gettext_lazy("Not in use."),
    Answered.NOT_ASKED: gettext_lazy("Not asked: the company has no SIREN."),
}
_CONFIDENCE = {
    Confidence.NONE: gettext_lazy("There is no payment record of this company, so no score is given."),
    Confidence.LOW: gettext_lazy("The score rests on little: few claims, or sources that did not answer."),
    Confidence.MEDIUM: gettext_lazy("The score rests on several claims."),
    Confidence.HIGH: gettext_lazy("The score rests on many claims or on those of several clients."),
}


_SOURCE_NAMES = {
    "payment_records": gettext_lazy("Payment record of the firm's cases"),
    "recherche_entreprises": "Recherche d’entreprises",
    "bodacc": "BODACC",
}


def confidence_sentence(results: Json) -> str:
    """How far the score can be relied on."""
    return str(_CONFIDENCE[results["confidence"]])


def source_name(source: str) -> str:
    """A source for people; the public ones go by their own names."""
    return str(_SOURCE_NAMES.get(source, source))


def source_sentence(status: str) -> str:
    """What came of asking a source."""
    return str(_SOURCES[Answered(status)])


def factor_name(key: str) -> str:
    """A factor for people."""
    return str(FACTOR_NAMES[key])


def level_name(level: str | None) -> str:
    """A risk level for people."""
    return str(LEVEL_NAMES[level or NO_LEVEL])


def cap_or_factor(key: str, results: Json) -> str:
    """Why a line of the report gave what it gave."""
    return _EXPLANATIONS[key](results)


def _paid_share(results: Json) -> str:
    own = results["own_record"]
    return _("EUR {paid} of EUR {amount} was paid.").format(paid=own["paid"], amount=own["amount"])


def _punctuality(results: Json) -> str:
    days = results["own_record"]["oldest_unpaid_days"]
    if days is None:
        return _("Everything is paid; the delay of each payment counts.")
    sentence = ngettext(
        "The oldest unpaid claim is {days} day overdue.", "The oldest unpaid claim is {days} days overdue.", days
    )
    return sentence.format(days=days)


def _settlement(results: Json) -> str:
    own = results["own_record"]
    return _("Of {claims} claims, {court} are unpaid in court and {lost} were given up unpaid.").format(
        claims=own["claims"], court=own["unpaid_in_court"], lost=own["given_up_unpaid"]
    )


def _open_claims(results: Json) -> str:
    own = results["own_record"]
    return _("{open} of {claims} claims are not fully paid.").format(open=own["open_claims"], claims=own["claims"])


def _unpaid_amount(results: Json) -> str:
    return _("EUR {unpaid} is unpaid.").format(unpaid=results["own_record"]["unpaid"])


def _activity(results: Json) -> str:
    active = results["public_record"]["active"]
    return _("The company is active.") if active else _("The company is closed.")


def _company_age(results: Json) -> str:
    return _("Created on {day}.").format(day=results["public_record"]["created_on"])


def _legal_form(results: Json) -> str:
    form = results["grounds"]["legal_form"] or results["public_record"]["legal_form"]
    return _("Legal form: {form}.").format(form=form)


def _country(results: Json) -> str:
    return _("Country: {country}.").format(country=results["grounds"]["country"])


_EXPLANATIONS: dict[str, Callable[[Json], str]] = {
    "paid_share": _paid_share,
    "punctuality": _punctuality,
    "settlement": _settlement,
    "open_claims": _open_claims,
    "unpaid_amount": _unpaid_amount,
    "other_clients": lambda results: str(_OTHERS[results["grounds"]["others"]]),
    "insolvency": lambda results: str(_INSOLVENCY[results["public_record"]["insolvency"]]),
    "activity": _activity,
    "company_age": _company_age,
    "legal_form": _legal_form,
    "country": _country,
    "identity": lambda results: str(_IDENTITY[results["grounds"]["identity"]]),
    "closed_company": lambda results: _("The score of a closed company is 10 at most."),
    "insolvency_proceedings": lambda results: _("The score under insolvency proceedings is 15 at most."),
}


def alert_sentence(alert: Alert) -> str:
    """A change for people."""
    told: Json = alert.details
    if alert.kind == Alert.Kind.CLOSED:
        closed_on = told.get("closed_on")
        return _("The company closed on {day}.").format(day=closed_on) if closed_on else _("The company closed.")
    if alert.kind == Alert.Kind.REOPENED:
        return _("The company is active again.")
    if alert.kind == Alert.Kind.ADDRESS:
        return _("The head office moved from {old} to {new}.").format(old=told["from"], new=told["to"])
    if alert.kind == Alert.Kind.SCORE_BAND:
        return _("The risk level went from {old} to {new}.").format(
            old=level_name(told["from"]), new=level_name(told["to"])
        )
    withdrawn = alert.kind == Alert.Kind.NOTICE_WITHDRAWN
    sentence = (
        _("The insolvency notice of {day} was withdrawn: {title} ({court}).")
        if withdrawn
        else _("An insolvency notice was published on {day}: {title} ({court}).")
    )
    return sentence.format(day=told["published_on"], title=told["title"], court=told["court"])


def failure_sentence(order: ScoringOrder) -> str:
    """Why an order failed, as a client may know it."""
    if order.failure == INTERRUPTED:
        return _("The order was interrupted several times. Its tokens were given back.")
    return _("The report could not be made. Its tokens were given back.")
