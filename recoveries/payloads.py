"""What the calls on cases give: rows of the selectors in the contract's form."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from companies.models import Company
from companies.serializers import company_payload
from documents.serializers import document_row_payload
from invoicing.selectors import InvoiceRow
from invoicing.serializers import invoice_payload
from law.deadlines import Kind, told
from law.procedure_dates import GRANTED
from legalcity.lib.dates import add_days, day_text, moment_text
from legalcity.lib.money import money_text
from legalcity.lib.sealing import opened
from recoveries.catalogue import catalogue
from recoveries.court.selectors import payment_url
from recoveries.guards import recovery_values
from recoveries.models import Comment, Recovery
from recoveries.rules import FIELDS
from recoveries.selectors.detail import CaseDetail
from recoveries.selectors.listing import CaseRow
from recoveries.selectors.rows import AcompteRow, CommentRow, DetteRow, HistoryRow, InjunctionRow, NoticeRow
from recoveries.services.cases import CompleteCase

Payload = dict[str, Any]


def _person(user_id: int | None, first_name: str | None, last_name: str | None) -> Payload | None:
    if user_id is None:
        return None
    return {"id": user_id, "first_name": first_name, "last_name": last_name}


def due_on(due: Any, next_change: Any, today: date) -> date | None:
    """Of which day `due` is: today, unless it may be otherwise since `next_change`; None where nobody can say.

    Both as the database gives them.
    """
    if due is None:
        return None
    changes = next_change and date.fromisoformat(str(next_change))
    return min(today, add_days(changes, -1)) if changes else today


def case_row_payload(row: CaseRow, today: date) -> Payload:
    """A row of the list."""
    return {
        "id": row.id,
        "recovery_reference": row.recovery_reference,
        "debtor_name": row.debtor_name or None,
        "debtor_company": row.debtor_company or None,
        "customer_company": row.customer_company or None,
        "amount": row.amount,
        "amount_torecover": row.amount_torecover,
        "recovery_last_status": row.status_id,
        "recovery_due_date": row.recovery_due_date,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "status": catalogue.payload(row.status_id),
        "user": _person(row.user_id, row.first_name, row.last_name),
        "invoices_count": row.invoices_count,
        "comments_count": row.comments_count,
        "due": row.due,
        "due_on": day_text(due_on(row.due, row.next_change, today)),
        "external_id": row.external_id,
    }


# How fields are written that do not stand in answers as they are stored.
WRITTEN: dict[str, Callable[[Any], Any]] = {
    "recovery_due_date": day_text,
    "recovery_late_interest": bool,
    "recovery_interest_rate_percent": money_text,
    "recovery_penalty": bool,
    "recovery_penalty_amount": money_text,
    "recovery_penalty_percent": money_text,
}


def stored_fields(case: Payload) -> Payload:
    """Every stored field of a case that clients send, `type` included."""
    return {name: WRITTEN[name](case[name]) if name in WRITTEN else case[name] for name in FIELDS}


def _people(detail: CaseDetail) -> Payload:
    return {
        "user": _person(detail.case["user_id"], detail.handler.first_name, detail.handler.last_name),
        "customer": detail.customer,
        "debtor": detail.debtor,
        "status": catalogue.payload(detail.case["status_id"]),
    }


def _list_fields(case: Payload) -> Payload:
    return {
        "debtor_name": case["debtor_name"] or None,
        "debtor_company": case["debtor_company"] or None,
        "customer_company": case["customer_company"] or None,
        "recovery_last_status": case["status_id"],
        "user_id": case["user_id"],
        "invoices_count": case["invoices_count"],
        "comments_count": case["comments_count"],
        "created_at": moment_text(case["created_at"]),
        "updated_at": moment_text(case["updated_at"]),
    }


def case_detail_payload(detail: CaseDetail, today: date) -> Payload:
    """A case with all that the API shows of it: the documented keys first, in their order."""
    case = detail.case
    documents = [document_row_payload(row, {}) for row in detail.documents]
    return {
        "id": case["id"],
        "recovery_reference": case["recovery_reference"],
        "recovery_status": case["status_id"],
        "amount": money_text(case["amount"]),
        "amount_torecover": money_text(case["amount_torecover"]),
        **_people(detail),
        "statusHistory": [_history_payload(row) for row in detail.history],
        "invoices": [invoice_payload(row, None, today) for row in detail.invoices],
        "docs": [document for document in documents if document["invoice_id"] is None],
        "comments": [comment_payload(row) for row in detail.comments],
        "acomptes": [_acompte_payload(row) for row in detail.acomptes],
        "dettes": [_dette_payload(row) for row in detail.dettes],
        "all_docs": documents,
        **stored_fields(case),
        **_list_fields(case),
        "injunction": _injunction_payload(detail.injunction),
        "next_deadline": _next_deadline_payload(case),
        "formal_notices": [_notice_payload(row) for row in detail.formal_notices],
        "due": money_text(case["due"]),
        "due_on": day_text(due_on(case["due"], case["next_change"], today)),
    }


def case_update_payload(detail: CaseDetail) -> Payload:
    """A case as an update answers it: the documented keys first, in their order."""
    case = detail.case
    return {
        "id": case["id"],
        "recovery_reference": case["recovery_reference"],
        "recovery_service_object": case["recovery_service_object"],
        "updated_at": moment_text(case["updated_at"]),
        **_people(detail),
        **stored_fields(case),
        "recovery_status": case["status_id"],
        "amount": money_text(case["amount"]),
        "amount_torecover": money_text(case["amount_torecover"]),
        **_list_fields(case),
    }


def complete_payload(complete: CompleteCase) -> Payload:
    """What `complete` created."""
    case, remaining = complete.recovery, money_text(complete.recovery.amount_torecover)
    return {
        "recovery": _created_payload(case),
        "customer": _party_payload(complete.customer, is_debtor=False),
        "debtor": _party_payload(complete.debtor, is_debtor=True),
        "invoices": [_created_invoice_payload(invoice) for invoice in complete.invoices],
        "summary": {
            "total_invoices": len(complete.invoices),
            "total_amount": money_text(case.amount),
            "total_remaining": remaining,
        },
    }


def _created_payload(case: Recovery) -> Payload:
    return {
        "id": case.pk,
        "recovery_reference": case.recovery_reference,
        "recovery_service_object": case.recovery_service_object,
        "recovery_last_status": case.status_id,
        "recovery_due_date": day_text(case.recovery_due_date),
        "amount": money_text(case.amount),
        "amount_torecover": money_text(case.amount_torecover),
        "user_id": case.user_id,
        "created_at": moment_text(case.created_at),
        **stored_fields(recovery_values(case)),
    }


def _party_payload(company: Company, *, is_debtor: bool) -> Payload:
    whole = company_payload(company, is_debtor=is_debtor)
    keys = ("id", "company_name", "company_legalrep_firstname", "company_legalrep_lastname", "company_email")
    return {key: whole[key] for key in keys}


def _created_invoice_payload(invoice: InvoiceRow) -> Payload:
    return {
        "id": invoice.id,
        "invoice_number": invoice.invoice_number,
        "invoice_amount": money_text(invoice.invoice_amount),
        "invoice_date": day_text(invoice.invoice_date),
        "remaining_amount": money_text(invoice.remaining_amount),
    }


def _decimal(value: Any) -> Decimal:
    """SQLite gives floats."""
    return Decimal(str(value))


def _injunction_payload(row: InjunctionRow) -> Payload | None:
    if row.recovery_id is None:
        return None
    return {
        "id": row.recovery_id,
        "reference": row.recovery_reference,
        "procedure": row.procedure,
        "status": catalogue.payload(row.status_id),
        "url_pay": payment_url(opened(row.key)),
        "fee": {
            "amount": money_text(sum(map(_decimal, (row.court_fee, row.handling_fee, row.handling_vat)))),
            "court_fee": money_text(row.court_fee),
            "handling_fee": money_text(row.handling_fee),
            "handling_vat": money_text(row.handling_vat),
            "paid": row.fee_paid_on is not None,
            "paid_on": day_text(row.fee_paid_on),
            "confirmed": not row.is_fee_unconfirmed,
        },
        "granted": _granted_payload(row) if row.order_made_on else None,
    }


def _granted_payload(row: InjunctionRow) -> Payload:
    """What the order grants by head; null is all that was asked."""
    return {name.removeprefix("granted_"): money_text(getattr(row, name)) for name in GRANTED}


def _next_deadline_payload(case: Payload) -> Payload | None:
    if case["next_deadline"] is None:
        return None
    return {
        "code": case["next_deadline_code"],
        "on": day_text(case["next_deadline"]),
        "sentence": str(told(Kind(case["next_deadline_code"]))),
        "article": case["next_deadline_article"],
    }


def _history_payload(row: HistoryRow) -> Payload:
    return {
        "id": row.id,
        "from": row.from_status_id,
        "to": row.to_status_id,
        "status": catalogue.payload(row.to_status_id),
        "user": _person(row.user_id, row.first_name, row.last_name),
        "comment": row.comment or None,
        "created_at": moment_text(row.created_at),
    }


def comment_payload(comment: Comment | CommentRow) -> Payload:
    """A comment as the API shows it."""
    return {
        "id": comment.id,
        "recovery_id": comment.recovery_id,
        "user_id": comment.user_id,
        "comment": comment.text,
        "visibleToUser": bool(comment.visible_to_user),
        "visibleToDebtor": bool(comment.visible_to_debtor),
        "visibleToBailiff": bool(comment.visible_to_bailiff),
        "isRead": bool(comment.is_read),
        "created_at": moment_text(comment.created_at),
        "updated_at": moment_text(comment.updated_at),
        "comment_html": comment.html,
    }


def _acompte_payload(row: AcompteRow) -> Payload:
    return {
        "id": row.id,
        "amount": money_text(row.amount),
        "date": row.date,
        "method": row.method or None,
        "reference": row.reference or None,
        "comment": row.comment or None,
        "created_at": moment_text(row.created_at),
        "reversed_at": moment_text(row.reversed_at),
    }


def _dette_payload(row: DetteRow) -> Payload:
    return {
        "id": row.id,
        "label": row.label,
        "amount": money_text(row.amount),
        "date": row.date,
        "comment": row.comment or None,
        "created_at": moment_text(row.created_at),
        "reversed_at": moment_text(row.reversed_at),
        "head": row.head,
    }


def _notice_payload(row: NoticeRow) -> Payload:
    return {
        "id": row.id,
        "channel": row.channel,
        "state": row.state,
        "amount": money_text(row.amount),
        "sent_on": day_text(row.sent_on),
        "presented_on": day_text(row.presented_on),
        "received_on": day_text(row.received_on),
        "created_at": moment_text(row.created_at),
    }
