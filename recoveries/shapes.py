"""Cases, and what hangs on them, as the API answers them."""

from companies.shapes import COMPANY, FILED_COMPANY
from documents.shapes import CASE_DOCUMENT
from invoicing.shapes import CASE_INVOICE, FILED_INVOICE
from law.account.facts import DebtHead, NoticeState
from law.deadlines import Kind, Regime
from law.notices import Channel
from law.procedure_dates import GRANTED
from law.vocabulary import CaseType, Court, InterestRate, Matter, PenaltyType, Procedure
from legalcity.api.components import (
    COUNT,
    DAY,
    FLAG,
    ID,
    MOMENT,
    MONEY,
    PERCENT,
    TEXT,
    URL,
    Schema,
    component,
    described,
    fields,
    list_of,
    one_of,
    or_null,
)
from recoveries.models import Recovery

STATUS_ID: Schema = described(ID, "Where the case stands; the firm may add statuses.")
STATUS = component(
    "Status", fields({"id": ID, "name": TEXT, "description": TEXT}), "A status: its id, and how the firm calls it."
)
PERSON = component(
    "Person",
    fields({"id": ID, "first_name": or_null(TEXT), "last_name": or_null(TEXT)}),
    "Somebody who works on a case.",
)
_DUE = described(or_null(MONEY), "What the debtor owes; null while nobody can say, because no rate is known.")
_DUE_ON = described(
    or_null(DAY),
    "The day that `due` is of: today in the detail; in the list, shortly after midnight, it may be the day before.",
)
_AMOUNTS: Schema = {
    "amount": described(MONEY, "Invoices and further debts together."),
    "amount_torecover": described(MONEY, "What payments have left of it, without interest."),
}
_PARTIES: Schema = {
    "debtor_name": or_null(TEXT),
    "debtor_company": or_null(TEXT),
    "customer_company": or_null(TEXT),
}
_COUNTS: Schema = {"invoices_count": COUNT, "comments_count": COUNT}
_MOMENTS: Schema = {"created_at": MOMENT, "updated_at": MOMENT}
_NAMES: Schema = {"id": ID, "recovery_reference": TEXT}
EXTERNAL_ID = described(or_null(TEXT), "The client's own reference, which one case of the account has.")
STORED: Schema = {
    "type": one_of(CaseType),
    "recovery_service_object": TEXT,
    "recovery_due_date": DAY,
    "recovery_late_interest": FLAG,
    "recovery_interest_rate": or_null(one_of(InterestRate)),
    "recovery_interest_rate_percent": or_null(PERCENT),
    "recovery_penalty": FLAG,
    "recovery_penalty_type": or_null(one_of(PenaltyType)),
    "recovery_penalty_amount": or_null(MONEY),
    "recovery_penalty_percent": or_null(PERCENT),
    "recovery_raison_notpaid": or_null(one_of(Recovery.Reason)),
    "recovery_observations": or_null(TEXT),
    "matter": one_of(Matter),
    "external_id": EXTERNAL_ID,
}
RECOVERY_ROW = component(
    "RecoveryRow",
    fields(
        {
            **_NAMES,
            **_PARTIES,
            **_AMOUNTS,
            "recovery_last_status": STATUS_ID,
            "recovery_due_date": DAY,
            **_MOMENTS,
            "status": STATUS,
            "user": or_null(PERSON),
            **_COUNTS,
            "due": _DUE,
            "due_on": _DUE_ON,
            "external_id": EXTERNAL_ID,
        }
    ),
    "A case in the list.",
)
COMMENT = component(
    "Comment",
    fields(
        {
            "id": ID,
            "recovery_id": ID,
            "user_id": or_null(ID),
            "comment": described(TEXT, "The plain text."),
            "visibleToUser": FLAG,
            "visibleToDebtor": FLAG,
            "visibleToBailiff": FLAG,
            "isRead": FLAG,
            **_MOMENTS,
            "comment_html": described(TEXT, "The sanitised HTML."),
        }
    ),
    "A comment.",
)
COMMENTS_SUMMARY = component(
    "CommentsSummary",
    fields(
        {"total_comments": COUNT, "unread_count": COUNT, "visible_to_debtor": COUNT, "visible_to_bailiff": COUNT},
    ),
    "Over all comments that you see, whatever the filters.",
)
HISTORY = component(
    "StatusChange",
    fields(
        {
            "id": ID,
            "from": or_null(ID),
            "to": ID,
            "status": STATUS,
            "user": or_null(PERSON),
            "comment": or_null(TEXT),
            "created_at": MOMENT,
        }
    ),
    "A step in the life of a case.",
)
ACOMPTE = component(
    "Acompte",
    fields(
        {
            "id": ID,
            "amount": MONEY,
            "date": DAY,
            "method": or_null(TEXT),
            "reference": or_null(TEXT),
            "comment": or_null(TEXT),
            "created_at": MOMENT,
            "reversed_at": described(or_null(MOMENT), "When it was taken back; then it counts nowhere."),
        }
    ),
    "A payment received.",
)
DETTE = component(
    "Dette",
    fields(
        {
            "id": ID,
            "label": TEXT,
            "amount": MONEY,
            "date": DAY,
            "comment": or_null(TEXT),
            "created_at": MOMENT,
            "reversed_at": or_null(MOMENT),
            "head": one_of(DebtHead),
        }
    ),
    "A debt beside the invoices.",
)
FEE = component(
    "CourtFee",
    fields(
        {
            "amount": MONEY,
            "court_fee": MONEY,
            "handling_fee": MONEY,
            "handling_vat": MONEY,
            "paid": FLAG,
            "paid_on": or_null(DAY),
            "confirmed": described(FLAG, "False while an unpaid court fee is still to be compared with its text."),
        }
    ),
    "What the procedure costs.",
)
INJUNCTION = component(
    "Injunction",
    fields(
        {
            "id": ID,
            "reference": TEXT,
            "procedure": one_of(Procedure),
            "status": STATUS,
            "url_pay": described(URL, "A page without login on which the fee can be paid."),
            "fee": FEE,
            "granted": or_null(
                component(
                    "Granted",
                    fields({name.removeprefix("granted_"): or_null(MONEY) for name in GRANTED}),
                    "What the order grants by head; null is all that was asked.",
                )
            ),
        }
    ),
    "The injunction procedure of a case.",
)
_DEADLINE: Schema = {
    "code": one_of(Kind),
    "on": described(DAY, "The last day."),
    "sentence": described(TEXT, "What it is for, and what is lost."),
    "article": TEXT,
}
NEXT_DEADLINE = component("NextDeadline", fields(_DEADLINE), "The next legal date of a case.")
DEADLINE = component(
    "Deadline", fields({**_DEADLINE, "law_version": or_null(one_of(Regime))}), "A legal date that runs on a case."
)
FORMAL_NOTICE = component(
    "FormalNotice",
    fields(
        {
            "id": ID,
            "channel": one_of(Channel),
            "state": one_of(NoticeState),
            "amount": or_null(MONEY),
            "sent_on": or_null(DAY),
            "presented_on": or_null(DAY),
            "received_on": or_null(DAY),
            "created_at": MOMENT,
        }
    ),
    "A formal notice (mise en demeure).",
)
_CHANGED: Schema = {
    **_NAMES,
    **STORED,
    **_AMOUNTS,
    **_PARTIES,
    "recovery_status": STATUS_ID,
    "recovery_last_status": STATUS_ID,
    "status": STATUS,
    "user_id": or_null(ID),
    "user": or_null(PERSON),
    "customer": or_null(COMPANY),
    "debtor": or_null(COMPANY),
    **_COUNTS,
    **_MOMENTS,
}
UPDATED_RECOVERY = component("UpdatedRecovery", fields(_CHANGED), "A case as an update answers it.")
RECOVERY = component(
    "Recovery",
    fields(
        {
            **_CHANGED,
            "due": _DUE,
            "due_on": _DUE_ON,
            "statusHistory": list_of(HISTORY),
            "invoices": list_of(CASE_INVOICE),
            "docs": described(list_of(CASE_DOCUMENT), "Those that belong to no invoice."),
            "all_docs": list_of(CASE_DOCUMENT),
            "comments": list_of(COMMENT),
            "acomptes": list_of(ACOMPTE),
            "dettes": list_of(DETTE),
            "injunction": or_null(INJUNCTION),
            "next_deadline": or_null(NEXT_DEADLINE),
            "formal_notices": list_of(FORMAL_NOTICE),
        }
    ),
    "A case with all that hangs on it.",
)
FILED_RECOVERY = component(
    "FiledRecovery",
    fields(
        {
            **_NAMES,
            **STORED,
            **_AMOUNTS,
            "recovery_last_status": STATUS_ID,
            "user_id": or_null(ID),
            "created_at": MOMENT,
        }
    ),
    "A case that was filed.",
)
COMPLETE = component(
    "FiledCase",
    fields(
        {
            "recovery": FILED_RECOVERY,
            "customer": FILED_COMPANY,
            "debtor": FILED_COMPANY,
            "invoices": list_of(FILED_INVOICE),
            "summary": fields({"total_invoices": COUNT, "total_amount": MONEY, "total_remaining": MONEY}),
        }
    ),
    "A case that was filed with its parties and invoices.",
)
ELIGIBILITY = component(
    "Eligibility",
    fields(
        {
            "eligible": FLAG,
            "procedure": or_null(one_of(Procedure)),
            "court_type": or_null(one_of(Court)),
            "reasons": list_of(TEXT),
            "reason_codes": described(list_of(TEXT), "The codes of `reasons`, in their order."),
            "warnings": list_of(TEXT),
            "invoices": list_of(
                component(
                    "InvoiceEligibility",
                    fields(
                        {
                            "id": ID,
                            "invoice_number": TEXT,
                            "transferable": FLAG,
                            "reason": or_null(TEXT),
                            "warning": or_null(TEXT),
                        }
                    ),
                    "What a transfer would do with an invoice.",
                )
            ),
        }
    ),
    "Whether a case may go to court.",
)
TRANSFER = component(
    "Transfer",
    fields(
        {
            "id": ID,
            "reference": TEXT,
            "type": one_of(["INJONCTION DE PAYER"]),
            "assign_to_me": FLAG,
            "customer_ref": or_null(TEXT),
            "debtor_ref": or_null(TEXT),
            "url_pay": URL,
            "left_behind": list_of(
                component(
                    "LeftBehind",
                    fields({"id": ID, "invoice_number": TEXT, "reason": TEXT}),
                    "An invoice that a transfer did not take along.",
                )
            ),
        }
    ),
    "The case that went to court.",
)
TRANSFER_PENDING = component(
    "PendingTransfer", fields({"state": one_of(["pending"]), "poll_url": URL}), "A transfer that is under way."
)
