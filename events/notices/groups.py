"""What clients may be told of, in groups: which events belong to each, how each is told, unless the client says else.

Every kind of event that a client may hear of stands in one group, or in UNTOLD with its reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Mode(models.TextChoices):
    """How a group is told."""

    OFF = "off", _("not at all")
    INSTANT = "instant", _("at once")
    DAILY = "daily", _("once a day")
    WEEKLY = "weekly", _("once a week")


class Group(models.TextChoices):
    """What a client chooses a mode for."""

    MONEY_RECEIVED = "money_received", _("Money received")
    DEBTOR_PROPOSALS = "debtor_proposals", _("Proposals of the debtor")
    STATUS_AND_COURT = "status_and_court", _("Status and court")
    LEGAL_DATES = "legal_dates", _("Legal dates")
    DOCUMENTS_AND_COMMENTS = "documents_and_comments", _("Documents and comments")
    SCORING = "scoring", _("Scoring")
    FIRM_INVOICES = "firm_invoices", _("Invoices of the firm")
    WEEKLY_SUMMARY = "weekly_summary", _("Weekly summary")
    CLIENT_STATEMENTS = "client_statements", _("Statements of account")


@dataclass(frozen=True, slots=True)
class Rule:
    """A group: its events (codes, or `family.*`), its modes, and the one that stands where nobody has chosen.

    A legal group is told whatever the client wishes; nobody leaves it by a link.
    """

    events: tuple[str, ...]
    default: Mode
    modes: tuple[Mode, ...] = tuple(Mode)
    is_legal: bool = False


RULES: Mapping[Group, Rule] = {
    # Art. R124-5 CPCE: of every payment, also a partial one. Told by letters/, in the transaction of the payment and
    # with what it met, hence at once; the engine here passes these events by (docs/decisions.md).
    Group.MONEY_RECEIVED: Rule(
        ("payment.recorded", "payment.reversed", "invoice.settled"), Mode.INSTANT, (Mode.INSTANT,), is_legal=True
    ),
    # The same article: proposals to pay otherwise than at once and in full.
    Group.DEBTOR_PROPOSALS: Rule(
        ("promise.made", "plan.proposed", "dispute.opened"),
        Mode.INSTANT,
        (Mode.INSTANT, Mode.DAILY),
        is_legal=True,
    ),
    Group.STATUS_AND_COURT: Rule(
        (
            *("recovery.created", "recovery.status_changed", "recovery.closed", "recovery.reopened"),
            *("recovery.paused", "recovery.resumed", "recovery.paid", "recovery.deleted"),
            *("transfer.*", "procedure.*", "bailiff.*", "remittance.sent"),
        ),
        Mode.DAILY,
    ),
    Group.LEGAL_DATES: Rule(("deadline.*",), Mode.INSTANT),
    Group.DOCUMENTS_AND_COMMENTS: Rule(
        (
            *("document.received", "document.rejected", "document.failed", "comment.created"),
            "signature.*",
        ),
        Mode.DAILY,
    ),
    Group.SCORING: Rule(("scoring_order.*", "surveillance.*", "insolvency.*"), Mode.INSTANT),
    Group.FIRM_INVOICES: Rule(("firm_invoice.*",), Mode.INSTANT),
    Group.WEEKLY_SUMMARY: Rule((), Mode.WEEKLY, (Mode.OFF, Mode.WEEKLY)),
    # Once a month each, with its paper; told by letters/ when it is made, or when staff send it.
    Group.CLIENT_STATEMENTS: Rule((), Mode.OFF, (Mode.OFF, Mode.INSTANT)),
}

# No e-mail tells of these; feed and webhooks do.
UNTOLD: Mapping[str, str] = {
    "api_key.*": "handed over, or taken away, by people",
    "scenario.*": "the work of the firm; the status that it brings about is told",
    "message.*": "the work of the firm; the status that it brings about is told",
    "payment.reallocated": "no new money; the payment was told",
    "protected_invoice.*": "asked for by the client",
    "test.*": "asked for by the client",
    "tokens.*": "bought by the client, or spent by an order of its own",
    "recovery.updated": "what the client sent, put right",
    "recovery.assigned": "the work of the firm among itself",
    "company.*": "what the client sent, put right",
    "invoice.created": "what the client sent",
    "invoice.updated": "what the client sent, put right",
    "invoice.deleted": "what the client sent, put right",
    "debt.*": "asked for by the client",
    "credit_note.recorded": "asked for by the client",
    "waiver.recorded": "given by the client",
    "writeoff.recorded": "book-keeping; the closing of the case is told",
    "webhook_endpoint.*": "told by an e-mail of its own",
    "comment.updated": "the comment was told",
    "comment.deleted": "nothing is left to be read",
    "comment.read": "a tick, no news",
    "document.ready": "its receipt was told",
    "document.deleted": "nothing is left to be read",
    "document.visibility_changed": "nothing new for the client",
}
TOLD_BY_LETTERS = frozenset({Group.MONEY_RECEIVED})
LEGAL = frozenset(group for group, rule in RULES.items() if rule.is_legal)

_GROUPS = {code: group for group, rule in RULES.items() for code in rule.events}


def group_of(code: str) -> Group | None:
    """The group of a kind of event; None for one that no e-mail tells."""
    return _GROUPS.get(code) or _GROUPS.get(f"{code.partition('.')[0]}.*")
