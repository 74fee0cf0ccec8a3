"""What happens to orders of scoring, to companies under surveillance, and to tokens."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from events.schemas import COUNT, ID, REFERENCE, fields, one_of, or_null, thing, told
from events.services import Ref, Told
from events.types import EventType, Json, event_type
from scoring.models import Alert, ScoringOrder, TokenEntry

Kind = Alert.Kind

_ORDER = thing("scoring_order", {"order_id": REFERENCE, "company_id": ID})
_ORDERED: Json = {"type": "scoring_order", "id": 3, "order_id": "SCR-2026-003", "company_id": 7}
_SERVICES = {"type": "array", "items": {"type": "string", "maxLength": 40}}
_ALERT = thing("alert", {"order_id": REFERENCE, "company_id": ID})
_ALERTED: Json = {"type": "alert", "id": 11, "order_id": "SCR-2026-003", "company_id": 7}
_TOKENS = thing("token_entry", {})

ORDER_COMPLETED = event_type(
    "scoring_order.completed",
    _("A scoring order is done; its results can be read."),
    told(_ORDER, current=fields({"services": _SERVICES})),
    {"object": _ORDERED, "current": {"services": ["solvency_report"]}},
)
ORDER_FAILED = event_type(
    "scoring_order.failed",
    _("A scoring order could not be done; its tokens were given back."),
    told(_ORDER, current=fields({"services": _SERVICES, "tokens_returned": COUNT})),
    {"object": _ORDERED, "current": {"services": ["solvency_report"], "tokens_returned": 1}},
)
SURVEILLANCE_ALERT = event_type(
    "surveillance.alert",
    _("Something has changed at a company under surveillance."),
    told(_ALERT, current=fields({"kind": one_of(Kind)})),
    {"object": _ALERTED, "current": {"kind": "address"}},
)
INSOLVENCY_DETECTED = event_type(
    "insolvency.detected",
    _("A notice of insolvency was published about a company under surveillance."),
    told(_ALERT),
    {"object": _ALERTED},
)
TOKENS_GRANTED = event_type(
    "tokens.granted",
    _("Scoring tokens were granted; `balance` is how many there are now."),
    told(_TOKENS, current=fields({"amount": COUNT, "balance": COUNT})),
    {"object": {"type": "token_entry", "id": 5}, "current": {"amount": 20, "balance": 24}},
)
TOKENS_SPENT = event_type(
    "tokens.spent",
    _("Scoring tokens were spent on an order."),
    told(_TOKENS, current=fields({"amount": COUNT, "order_id": or_null(REFERENCE)})),
    {"object": {"type": "token_entry", "id": 6}, "current": {"amount": 2, "order_id": "SCR-2026-003"}},
)


def order_event(declared: EventType, order: ScoringOrder, **more: Any) -> Told:
    """An order that ended; nobody did it but a worker."""
    return Told(
        type=declared,
        owner_id=order.user_id,
        obj=Ref("scoring_order", order.pk),
        data={
            "object": {"type": "scoring_order", "id": order.pk, **_ordered(order)},
            "current": {"services": [str(service) for service in order.services], **more},
        },
    )


def alert_events(order: ScoringOrder, alerts: Iterable[Alert]) -> list[Told]:
    """What has changed at the company of an order; a notice of insolvency is told by itself too."""
    events = []
    for alert in alerts:
        about = {"object": {"type": "alert", "id": alert.pk, **_ordered(order)}}
        facts = [(SURVEILLANCE_ALERT, {**about, "current": {"kind": alert.kind}})]
        if alert.kind == Kind.INSOLVENCY_NOTICE:
            facts.append((INSOLVENCY_DETECTED, about))
        ref = Ref("alert", alert.pk)
        events += [Told(type=declared, owner_id=order.user_id, obj=ref, data=data) for declared, data in facts]
    return events


def tokens_event(declared: EventType, entry: TokenEntry, *, by: User | None, **more: Any) -> Told:
    """A line of the tokens."""
    return Told(
        type=declared,
        owner_id=entry.user_id,
        obj=Ref("token_entry", entry.pk),
        data={"object": {"type": "token_entry", "id": entry.pk}, "current": {"amount": abs(entry.amount), **more}},
        by=by,
    )


def _ordered(order: ScoringOrder) -> Json:
    return {"order_id": order.order_id, "company_id": order.company_id}
