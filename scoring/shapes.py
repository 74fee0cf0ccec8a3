"""Scoring orders as the API answers them."""

from legalcity.api.components import (
    COUNT,
    DAY,
    FLAG,
    ID,
    INTEGER,
    MOMENT,
    MONEY,
    PAGE,
    TEXT,
    Schema,
    component,
    fields,
    list_of,
    one_of,
    or_null,
)
from scoring.facts import Insolvency
from scoring.models import Alert, ScoringOrder
from scoring.models.orders import SERVICES
from scoring.providers.base import Answered
from scoring.scorecard import Confidence, RiskLevel

_SCORE: Schema = {"type": "integer", "minimum": 0, "maximum": 100}
_LEVEL = one_of(RiskLevel)

_ORDERED: Schema = {
    "order_id": TEXT,
    "services": list_of(one_of(SERVICES)),
    "status": one_of(ScoringOrder.Status),
    "estimated_delivery": MOMENT,
}
_WISH: Schema = {
    "company_id": ID,
    "company_name": TEXT,
    "report_type": or_null(one_of(ScoringOrder.ReportType)),
    "priority": one_of(ScoringOrder.Priority),
    "created_at": MOMENT,
    "completed_at": or_null(MOMENT),
}
PLACED_ORDER = component("PlacedScoringOrder", fields(_ORDERED), "A new order.")
ORDER_ROW = component(
    "ScoringOrderRow",
    fields(
        {
            **_ORDERED,
            **_WISH,
            "surveillance_duration": or_null(COUNT),
            "solvency_score": or_null(_SCORE),
            "risk_level": or_null(_LEVEL),
        }
    ),
    "An order in a list.",
)
OWN_RECORD = component(
    "OwnRecord",
    fields(
        {
            "claims": COUNT,
            "amount": MONEY,
            "paid": MONEY,
            "unpaid": MONEY,
            "open_claims": COUNT,
            "oldest_unpaid_days": or_null(INTEGER),
            "unpaid_in_court": COUNT,
            "given_up_unpaid": COUNT,
        }
    ),
    "Your own claims on the company, in figures.",
)
PUBLIC_RECORD = component(
    "PublicRecord",
    fields(
        {
            "active": or_null(FLAG),
            "legal_form": or_null(TEXT),
            "created_on": or_null(DAY),
            "closed_on": or_null(DAY),
            "address": or_null(TEXT),
            "insolvency": or_null(one_of(Insolvency)),
            "notices": or_null(
                list_of(fields({"id": TEXT, "published_on": DAY, "title": TEXT, "court": TEXT})),
            ),
        }
    ),
    "What is published of the company; null where nobody was asked or nobody answered.",
)
RESULTS = component(
    "ScoringResults",
    fields(
        {
            "solvency_score": or_null(_SCORE),
            "risk_level": or_null(_LEVEL),
            "confidence": one_of(Confidence),
            "explanation": TEXT,
            "recommended_credit_limit": or_null(MONEY),
            "factors": list_of(
                fields({"factor": TEXT, "weight": COUNT, "contribution": INTEGER, "explanation": TEXT}),
            ),
            "sources": list_of(fields({"source": TEXT, "status": one_of(Answered), "explanation": TEXT})),
            "computed_at": MOMENT,
            "model_version": TEXT,
        },
        rarely={"own_record": OWN_RECORD, "public_record": PUBLIC_RECORD},
    ),
    "The report. The records come with the detailed one.",
)
SURVEILLANCE = component(
    "Surveillance",
    fields(
        {
            "duration": COUNT,
            "starts_on": DAY,
            "ends_on": DAY,
            "is_active": FLAG,
            "checked_on": or_null(DAY),
            "unavailable_sources": list_of(TEXT),
        }
    ),
    "Where the surveillance stands.",
)
ALERT = component(
    "ScoringAlert",
    fields(
        {
            "id": ID,
            "type": one_of(Alert.Kind),
            "message": TEXT,
            "details": fields(
                {},
                rarely={
                    "closed_on": or_null(DAY),
                    "notice": TEXT,
                    "published_on": DAY,
                    "title": TEXT,
                    "court": TEXT,
                    "from": TEXT,
                    "to": TEXT,
                },
            ),
            "created_at": MOMENT,
        }
    ),
    "One recorded change.",
)
ORDER = component(
    "ScoringOrder",
    fields(
        {
            **_ORDERED,
            **_WISH,
            "results": or_null(RESULTS),
            "company_siret": or_null({"type": "string", "pattern": "^[0-9]{14}$"}),
            "surveillance": or_null(SURVEILLANCE),
            "alerts": list_of(ALERT),
            "failure": or_null(TEXT),
        }
    ),
    "One order, with its results once they are there.",
)
PAGES = component("ScoringPagination", fields(PAGE), "Where a page stands in the list of orders.")
