"""Orders as the API shows them."""

from typing import Any

from legalcity.lib.clock import today
from legalcity.lib.dates import day_text, moment_text
from scoring.models import Alert, ScoringOrder, Surveillance
from scoring.wording import alert_sentence, cap_or_factor, confidence_sentence, failure_sentence, source_sentence

Json = dict[str, Any]


def placed_payload(order: ScoringOrder) -> Json:
    """A new order."""
    return {
        "order_id": order.order_id,
        "services": order.services,
        "status": order.status,
        "estimated_delivery": moment_text(order.estimated_delivery),
    }


def row_payload(order: ScoringOrder) -> Json:
    """An order in a list."""
    results = order.results or {}
    return {
        "order_id": order.order_id,
        "company_id": order.company_id,
        "company_name": order.company_name,
        "services": order.services,
        "status": order.status,
        "report_type": order.report_type,
        "priority": order.priority,
        "surveillance_duration": order.surveillance_months,
        "solvency_score": results.get("solvency_score") if order.solvency_report else None,
        "risk_level": results.get("risk_level"),
        "created_at": moment_text(order.created_at),
        "estimated_delivery": moment_text(order.estimated_delivery),
        "completed_at": moment_text(order.completed_at),
    }


def order_payload(order: ScoringOrder) -> Json:
    """One order with its results: the contract's keys first."""
    watch: Surveillance | None = getattr(order, "watch", None)
    return {
        "order_id": order.order_id,
        "company_name": order.company_name,
        "services": order.services,
        "status": order.status,
        "results": None if order.results is None else results_payload(order, order.results),
        "company_id": order.company_id,
        "company_siret": order.company_siret,
        "report_type": order.report_type,
        "priority": order.priority,
        "surveillance": watch and surveillance_payload(watch),
        "alerts": [alert_payload(alert) for alert in watch.alerts.all()] if watch else [],
        "failure": failure_sentence(order) if order.status == ScoringOrder.Status.FAILED else None,
        "created_at": moment_text(order.created_at),
        "estimated_delivery": moment_text(order.estimated_delivery),
        "completed_at": moment_text(order.completed_at),
    }


def results_payload(order: ScoringOrder, results: Json) -> Json:
    """The report. A surveillance alone tells the risk level that it watches; the detailed report what it rests on."""
    shown = {
        "solvency_score": results["solvency_score"],
        "risk_level": results["risk_level"],
        "confidence": results["confidence"],
        "explanation": confidence_sentence(results),
        "recommended_credit_limit": results["recommended_credit_limit"],
        "factors": [
            {
                "factor": part["factor"],
                "weight": part["weight"],
                "contribution": part["contribution"],
                "explanation": cap_or_factor(part["factor"], results),
            }
            for part in results["factors"]
        ],
        "sources": [{**source, "explanation": source_sentence(source["status"])} for source in results["sources"]],
        "computed_at": results["computed_at"],
        "model_version": results["model_version"],
    }
    if not order.solvency_report:
        shown |= {"solvency_score": None, "recommended_credit_limit": None, "factors": []}
    if order.report_type == ScoringOrder.ReportType.DETAILED:
        shown |= {"own_record": results["own_record"], "public_record": results["public_record"]}
    return shown


def surveillance_payload(watch: Surveillance) -> Json:
    """Where the surveillance stands."""
    return {
        "duration": watch.order.surveillance_months,
        "starts_on": day_text(watch.starts_on),
        "ends_on": day_text(watch.ends_on),
        "is_active": watch.ends_on > today(),
        "checked_on": day_text(watch.checked_on),
        "unavailable_sources": watch.silent,
    }


def alert_payload(alert: Alert) -> Json:
    """One recorded change."""
    return {
        "id": alert.pk,
        "type": alert.kind,
        "message": alert_sentence(alert),
        "details": alert.details,
        "created_at": moment_text(alert.created_at),
    }
