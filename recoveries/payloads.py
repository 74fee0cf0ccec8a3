"""What the calls on cases give: rows of the selectors in the contract's form."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from companies.models import Company
from companies.serializers import company_payload
from documents.serializers import DocumentRow, document_row_payload
from invoicing.models import Invoice
from invoicing.rules import days_overdue, is_paid
from legalcity.lib.dates import day, day_text, moment_text
from legalcity.lib.money import money_text
from recoveries.catalogue import catalogue
from recoveries.court.selectors import payment_url
from recoveries.guards import recovery_values
from recoveries.models import Comment, Recovery
from recoveries.rules import FIELDS
from recoveries.selectors.detail import CaseDetail
from recoveries.services.cases import CompleteCase

Row = Sequence[Any]
Payload = dict[str, Any]


def _person(user_id: int | None, first_name: str | None, last_name: str | None) -> Payload | None:
    if user_id is None:
        return None
    return {"id": user_id, "first_name": first_name, "last_name": last_name}


def case_row_payload(row: Row) -> Payload:
    """A row of the list (selectors.listing.COLUMNS)."""
    return {
        "id": row[0],
        "recovery_reference": row[1],
        "debtor_name": row[2] or None,
        "debtor_company": row[3] or None,
        "customer_company": row[4] or None,
        "amount": money_text(row[5]),
        "amount_torecover": money_text(row[6]),
        "recovery_last_status": row[7],
        "recovery_due_date": day_text(row[8]),
        "created_at": moment_text(row[9]),
        "updated_at": moment_text(row[10]),
        "status": catalogue.payload(row[7]),
        "user": _person(row[11], row[12], row[13]),
        "invoices_count": row[14],
        "comments_count": row[15],
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
        "user": _person(detail.case["user_id"], *detail.handler),
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
    case, children = detail.case, detail.children
    documents = [document_row_payload(DocumentRow(*row), {}) for row in children["docs"]]
    return {
        "id": case["id"],
        "recovery_reference": case["recovery_reference"],
        "recovery_status": case["status_id"],
        "amount": money_text(case["amount"]),
        "amount_torecover": money_text(case["amount_torecover"]),
        **_people(detail),
        "statusHistory": [_history_payload(row) for row in children["history"]],
        "invoices": [_invoice_payload(case["id"], row, today) for row in children["invoices"]],
        "docs": [document for document in documents if document["invoice_id"] is None],
        "comments": [_comment_row_payload(case["id"], row) for row in children["comments"]],
        "acomptes": [_acompte_payload(row) for row in children["acomptes"]],
        "dettes": [_dette_payload(row) for row in children["dettes"]],
        "all_docs": documents,
        **stored_fields(case),
        **_list_fields(case),
        "injunction": _injunction_payload(detail.injunction),
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
        "customer": _party_payload(complete.customer),
        "debtor": _party_payload(complete.debtor),
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


def _party_payload(company: Company) -> Payload:
    whole = company_payload(company)
    keys = ("id", "company_name", "company_legalrep_firstname", "company_legalrep_lastname", "company_email")
    return {key: whole[key] for key in keys}


def _created_invoice_payload(invoice: Invoice) -> Payload:
    return {
        "id": invoice.pk,
        "invoice_number": invoice.invoice_number,
        "invoice_amount": money_text(invoice.invoice_amount),
        "invoice_date": day_text(invoice.invoice_date),
        "remaining_amount": money_text(invoice.remaining_amount),
    }


def _injunction_payload(row: Row) -> Payload | None:
    recovery_id, reference, procedure, status_id, key, court_fee, handling_fee, paid_on = row
    if recovery_id is None:
        return None
    return {
        "id": recovery_id,
        "reference": reference,
        "procedure": procedure,
        "status": catalogue.payload(status_id),
        "url_pay": payment_url(key),
        "fee": {
            "amount": money_text(Decimal(str(court_fee)) + Decimal(str(handling_fee))),
            "court_fee": money_text(court_fee),
            "handling_fee": money_text(handling_fee),
            "paid": paid_on is not None,
            "paid_on": day_text(paid_on),
        },
    }


def _history_payload(row: Row) -> Payload:
    change_id, before, after, user_id, first_name, last_name, comment, created_at = row
    return {
        "id": change_id,
        "from": before,
        "to": after,
        "status": catalogue.payload(after),
        "user": _person(user_id, first_name, last_name),
        "comment": comment or None,
        "created_at": moment_text(created_at),
    }


def _invoice_payload(recovery_id: int, row: Row, today: date) -> Payload:
    invoice_id, amount, number, issued, due, part_paid, part, remaining, api_invoice_id = row
    return {
        "id": invoice_id,
        "recovery_id": recovery_id,
        "invoice_amount": money_text(amount),
        "invoice_number": number,
        "invoice_date": issued,
        "invoice_due_date": due,
        "invoice_part_paid": bool(part_paid),
        "invoice_part_paid_amount": money_text(part),
        "remaining_amount": money_text(remaining),
        "api_invoice_id": api_invoice_id,
        "is_paid": is_paid(remaining),
        "days_overdue": days_overdue(day(due), remaining, today),
    }


def _comment_row_payload(recovery_id: int, row: Row) -> Payload:
    comment_id, user_id, html, text, to_user, to_debtor, to_bailiff, is_read, created_at, updated_at = row
    return {
        "id": comment_id,
        "recovery_id": recovery_id,
        "user_id": user_id,
        "comment": html,
        "visibleToUser": bool(to_user),
        "visibleToDebtor": bool(to_debtor),
        "visibleToBailiff": bool(to_bailiff),
        "isRead": bool(is_read),
        "created_at": moment_text(created_at),
        "updated_at": moment_text(updated_at),
        "comment_text": text,
    }


def comment_payload(comment: Comment) -> Payload:
    """A comment as the API shows it."""
    return _comment_row_payload(
        comment.recovery_id,
        (
            comment.pk,
            comment.user_id,
            comment.html,
            comment.text,
            comment.visible_to_user,
            comment.visible_to_debtor,
            comment.visible_to_bailiff,
            comment.is_read,
            comment.created_at,
            comment.updated_at,
        ),
    )


def _acompte_payload(row: Row) -> Payload:
    acompte_id, amount, on, method, reference, comment, created_at = row
    return {
        "id": acompte_id,
        "amount": money_text(amount),
        "date": on,
        "method": method or None,
        "reference": reference or None,
        "comment": comment or None,
        "created_at": moment_text(created_at),
    }


def _dette_payload(row: Row) -> Payload:
    dette_id, label, amount, on, comment, created_at = row
    return {
        "id": dette_id,
        "label": label,
        "amount": money_text(amount),
        "date": on,
        "comment": comment or None,
        "created_at": moment_text(created_at),
    }
