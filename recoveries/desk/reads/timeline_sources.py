"""What the timeline of a case is made of: its events, and the rows of the tables that have the words for them.

An event is thin: it names a thing by its id, and no person. So the event that a row of a table came to be is shown by
that row, with its words; it says who did it, and how. A row that no event tells (it is older than events, or than they
are kept, or there is no type for it) stands there by itself. All other events are shown by their own sentence, also
those of rows that are gone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from backoffice.audit import ADDED
from events.models import PAST
from legalcity.lib.errors import Sentence
from recoveries.ledger.drafting import REALLOCATED
from recoveries.ledger.posting_models import REVERSIBLE
from recoveries.models import Comment, Message, Posting, TransferRequest

EVENT = "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Rows of one kind. `columns` names what they tell; `tables` is what follows FROM, `t` being the row.

    `of_case` is the condition that it belongs to the case `%(case)s`; `who` the column of the person behind it, where
    its event does not say. `told_by` is the type of the event that tells it, `about` the id that the event names.
    """

    columns: Mapping[str, str]
    tables: str
    of_case: str = "t.recovery_id = %(case)s"
    who: str = "NULL"
    told_by: str = "NULL"
    about: str = "t.id"


@dataclass(frozen=True, slots=True)
class Tab:
    """What a tab shows: the rows of its source, if it has one, and the events of these families and types."""

    label: Sentence
    words: tuple[str, ...] = ()


# Of rows without a column for their author the audit knows who added them.
_ADDED_BY = (
    "LEFT JOIN accounts_auditevent a ON a.object_type = '{kind}' AND a.object_id = CAST(t.id AS text) "
    f"AND a.action = '{ADDED}'"
)
_POSTED = {
    Posting.Kind.CREDIT_NOTE: "credit_note.recorded",
    Posting.Kind.WAIVER: "waiver.recorded",
    Posting.Kind.WRITEOFF: "writeoff.recorded",
}


def _reversible(recorded: str, reversed_: str) -> str:
    return f"CASE WHEN t.reverses_id IS NULL THEN '{recorded}' ELSE '{reversed_}' END"


def _by_value(column: str, values: Mapping[Any, str]) -> str:
    cases = " ".join(f"WHEN '{value}' THEN '{code}'" for value, code in values.items())
    return f"CASE {column} {cases} END"


# What a letter came to; the events of formal notices are about others.
_SENT = {
    Message.State.PLANNED: "message.planned",
    **dict.fromkeys(Message.GONE_OUT, "message.sent"),
    Message.State.FAILED: "message.failed",
    Message.State.CANCELLED: "message.held",
}
# What an event is about, by its name, and who was given a case: events name people and things by their ids alone.
_ID = "CAST(t.object_id AS bigint)"
_THING = (
    f"CASE t.object_type WHEN 'company' THEN (SELECT company_name FROM companies_company WHERE id = {_ID}) "
    f"WHEN 'document' THEN (SELECT name FROM documents_document WHERE id = {_ID}) "
    f"WHEN 'signature_request' THEN (SELECT signer_name FROM documents_signaturerequest WHERE id = {_ID}) END"
)
_GIVEN_TO = (
    "CASE t.type WHEN 'recovery.assigned' THEN (SELECT first_name || ' ' || last_name FROM accounts_user "
    "WHERE id = CAST(t.data -> 'current' ->> 'user_id' AS bigint)) END"
)

# In this order at the same moment.
SOURCES: dict[str, Source] = {
    "status": Source(
        columns={
            "status_from": "f.name",
            "status_to": "s.name",
            "is_closing": "s.is_closing",
            "reason": "t.comment",
        },
        tables="recoveries_statuschange t JOIN recoveries_status s ON s.id = t.to_status_id "
        "LEFT JOIN recoveries_status f ON f.id = t.from_status_id",
        who="t.user_id",
        told_by="CASE WHEN t.from_status_id IS NULL THEN 'recovery.created' ELSE 'recovery.status_changed' END",
        about="t.recovery_id",
    ),
    "comment": Source(
        columns={
            "html": "t.html",
            **{column: f"t.{column}" for column in Comment.visibility.columns.values()},
            "is_read": "t.is_read",
            "is_ours": "COALESCE(a.is_staff, false)",
        },
        tables="recoveries_comment t LEFT JOIN accounts_user a ON a.id = t.user_id",
        who="t.user_id",
        told_by="'comment.created'",
    ),
    "pin": Source(
        columns={"is_pinned": "t.is_pinned", "note": "c.text"},
        tables="recoveries_notepin t JOIN recoveries_comment c ON c.id = t.comment_id",
        of_case="c.recovery_id = %(case)s",
        who="t.user_id",
    ),
    "document": Source(
        columns={"name": "t.name", "state": "t.state", "reason": "t.reason", "type": "y.type"},
        tables="documents_document t LEFT JOIN documents_filetype y ON y.id = t.file_type_id",
        who="t.author_id",
        told_by="'document.received'",
    ),
    "signature": Source(
        columns={"name": "d.name", "document_id": "d.id", "signer": "t.signer_name", "state": "t.state"},
        tables="(SELECT *, requested_at AS created_at FROM documents_signaturerequest) t "
        "JOIN documents_document d ON d.id = t.document_id",
        of_case="d.recovery_id = %(case)s",
        who="t.requested_by_id",
        told_by="'signature.requested'",
    ),
    "payment": Source(
        columns={
            "amount": "t.amount",
            "date": "t.date",
            "method": "t.method",
            "reference": "t.reference",
            "comment": "t.comment",
            "why": "t.reason",
        },
        tables=f"recoveries_acompte t {_ADDED_BY.format(kind='recoveries.acompte')}",
        who="a.actor_id",
        told_by=_reversible("payment.recorded", "payment.reversed"),
        about="COALESCE(t.reverses_id, t.id)",
    ),
    "debt": Source(
        columns={
            "amount": "t.amount",
            "date": "t.date",
            "label": "t.label",
            "comment": "t.comment",
            "why": "t.reason",
        },
        tables=f"recoveries_dette t {_ADDED_BY.format(kind='recoveries.dette')}",
        who="a.actor_id",
        told_by=_reversible("debt.recorded", "debt.cancelled"),
        about="COALESCE(t.reverses_id, t.id)",
    ),
    "account": Source(
        columns={
            "posted": "COALESCE(r.kind, t.kind)",
            "is_reversal": "r.id IS NOT NULL",
            "amount": "(SELECT SUM(l.debit) FROM recoveries_line l WHERE l.posting_id = t.id)",
            "date": "t.effective_on",
            "reason": "t.reason",
        },
        tables="(SELECT *, recorded_at AS created_at FROM recoveries_posting) t "
        "LEFT JOIN recoveries_posting r ON r.id = t.reverses_id",
        of_case=f"t.recovery_id = %(case)s AND COALESCE(r.kind, t.kind) IN {tuple(map(str, REVERSIBLE))} "
        f"AND t.supersedes_id IS NULL AND t.reason <> '{REALLOCATED}'",
        who="t.by_id",
        told_by=_by_value("t.kind", _POSTED),
    ),
    "remittance": Source(
        columns={
            "amount": "t.amount",
            "date": "t.paid_on",
            "reference": "t.reference",
            "is_reversed": "EXISTS (SELECT 1 FROM recoveries_remittance m WHERE m.reverses_id = t.id)",
        },
        tables="(SELECT m.id, m.recorded_at AS created_at, m.paid_on, m.reference, m.by_id, SUM(l.amount) AS amount "
        "FROM recoveries_posting p JOIN recoveries_remittanceline l ON l.posting_id = p.id "
        "JOIN recoveries_remittance m ON m.id = l.remittance_id WHERE p.recovery_id = %(case)s "
        "GROUP BY m.id, m.recorded_at, m.paid_on, m.reference, m.by_id) t",
        of_case="TRUE",
        who="t.by_id",
    ),
    "acknowledgement": Source(
        columns={"date": "t.date", "note": "t.note", "reverses": "t.reverses_id", "name": "d.name"},
        tables="recoveries_acknowledgement t LEFT JOIN documents_document d ON d.id = t.document_id",
        who="t.user_id",
    ),
    "hold": Source(
        columns={"is_lifted": "t.is_lifted", "reason": "t.reason"},
        tables="recoveries_holdchange t",
        who="t.user_id",
    ),
    "email": Source(
        columns={
            "subject": "t.subject",
            "letter": "t.kind",
            "recipient": "t.recipient",
            "state": "t.state",
            "error": "t.error",
        },
        tables="recoveries_message t",
        who="t.user_id",
        told_by=_by_value("t.state", _SENT),
    ),
    "transfer": Source(
        columns={
            "state": "t.state",
            "reasons": "t.reasons",
            "from_id": "o.id",
            "from_reference": "o.recovery_reference",
            "to_id": "n.id",
            "to_reference": "n.recovery_reference",
        },
        # The request stands on the case that was transferred, and is told on both.
        tables="recoveries_transferrequest t JOIN recoveries_recovery o ON o.id = t.recovery_id "
        f"LEFT JOIN recoveries_recovery n ON n.id = o.transferred_to_id AND t.state = '{TransferRequest.State.DONE}'",
        of_case="t.recovery_id IN (SELECT CAST(%(case)s AS bigint) UNION ALL "
        "SELECT id FROM recoveries_recovery WHERE transferred_to_id = %(case)s)",
        who="t.user_id",
        told_by="'transfer.requested'",
    ),
    EVENT: Source(
        columns={
            "type": "t.type",
            "effective_at": "t.effective_at",
            "data": "t.data",
            "thing": _THING,
            "given_to": _GIVEN_TO,
        },
        # What was loaded was recorded long after it happened.
        tables=f"(SELECT *, CASE door WHEN '{PAST}' THEN effective_at ELSE recorded_at END AS created_at "
        "FROM events_event) t",
        who="t.actor_id",
    ),
}


def _is_gone(table: str) -> str:
    return f"NOT EXISTS (SELECT 1 FROM {table} r WHERE r.id = {_ID})"


_NEVER = "1 = 0"
# When events that a row tells are shown by themselves: never, or once the row is gone.
_ALONE = {
    **dict.fromkeys(("recovery.created", "recovery.status_changed"), _NEVER),
    # The change of status says it, and why.
    **dict.fromkeys(("recovery.closed", "recovery.reopened", "recovery.paid"), _NEVER),
    **dict.fromkeys(("payment.recorded", "payment.reversed", "debt.recorded", "debt.cancelled"), _NEVER),
    **dict.fromkeys(_POSTED.values(), _NEVER),
    **dict.fromkeys(("transfer.requested", "transfer.completed", "transfer.refused", "transfer.failed"), _NEVER),
    **dict.fromkeys(_SENT.values(), "t.object_type <> 'message'"),
    "comment.created": _is_gone("recoveries_comment"),
    **dict.fromkeys(("document.received", "document.ready"), _is_gone("documents_document")),
    "signature.requested": _is_gone("documents_signaturerequest"),
}
_CASES = " ".join(f"WHEN '{code}' THEN {when}" for code, when in _ALONE.items())
SHOWN_ALONE = f"CASE t.type {_CASES} ELSE 1 = 1 END"

TABS: dict[str, Tab] = {
    "status": Tab(_("Status"), ("recovery.status_changed",)),
    "comment": Tab(_("Comments"), ("comment.*",)),
    "pin": Tab(_("Pinned notes")),
    "document": Tab(_("Documents"), ("document.*",)),
    "signature": Tab(_("Signatures"), ("signature.*",)),
    "payment": Tab(_("Payments (acomptes)"), ("payment.*",)),
    "debt": Tab(_("Debts (dettes)"), ("debt.*",)),
    "account": Tab(
        _("Credit notes, waivers, losses, refunds"), ("credit_note.*", "waiver.*", "writeoff.*", "invoice.settled")
    ),
    "remittance": Tab(_("Hand-overs to the client")),
    "acknowledgement": Tab(_("Acknowledgements")),
    "hold": Tab(_("Hold of limitation")),
    "email": Tab(_("Letters"), ("message.*",)),
    "transfer": Tab(_("Transfers"), ("transfer.*",)),
    "claim": Tab(_("Case, parties, invoices"), ("recovery.updated", "recovery.assigned", "company.*", "invoice.*")),
    "court": Tab(_("Court and legal dates"), ("procedure.*", "deadline.*")),
    EVENT: Tab(_("Events")),
}
