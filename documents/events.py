"""What happens to the documents of cases, and to the signatures asked for on them."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from documents.models import Document, SignatureRequest
from events.schemas import FLAG, ID, change, fields, one_of, or_null, thing, told
from events.services import Ref, event_record
from events.types import Changes, EventType, Json, Seen, event_type, seen_by

State = Document.State
# The columns that say who sees a document, by their names in the API.
VISIBLE = {
    "visible_to_user": "visibleToUser",
    "visible_to_debtor": "visibleToDebtor",
    "visible_to_bailiff": "visibleToBailiff",
    "visible_to_oip": "visibleToOIP",
}

_DOCUMENT = thing("document", {"recovery_id": ID, "invoice_id": or_null(ID), "file_type_id": or_null(ID)})
_EXAMPLE: Json = {"type": "document", "id": 12, "recovery_id": 25, "invoice_id": None, "file_type_id": 1}
_VISIBILITY = dict.fromkeys(VISIBLE.values(), FLAG)
_ANYBODY = Seen.CLIENT | Seen.STAFF | Seen.DEBTOR | Seen.BAILIFF


def _ended(fact: str, sentence: Any, state: State) -> EventType:
    return event_type(
        f"document.{fact}",
        sentence,
        told(_DOCUMENT, current=fields({"state": one_of([state])})),
        {"object": _EXAMPLE, "current": {"state": state.value}},
        audience=_ANYBODY,
    )


DOCUMENT_RECEIVED = event_type(
    "document.received",
    _("A document was filed with a case, by its bytes or by its address."),
    told(_DOCUMENT, current=fields({"state": one_of(State)})),
    {"object": _EXAMPLE, "current": {"state": "scanning"}},
    audience=_ANYBODY,
)
DOCUMENT_READY = _ended("ready", _("A document was scanned and can be opened."), State.READY)
DOCUMENT_REJECTED = _ended("rejected", _("A document was refused: it is served to nobody."), State.REJECTED)
DOCUMENT_FAILED = _ended("failed", _("A document could not be fetched."), State.FAILED)
DOCUMENT_DELETED = event_type(
    "document.deleted",
    _("A document was deleted."),
    told(_DOCUMENT),
    {"object": _EXAMPLE},
    audience=_ANYBODY,
)
VISIBILITY_CHANGED = event_type(
    "document.visibility_changed",
    _("A document was shown to somebody, or hidden."),
    change(_DOCUMENT, _VISIBILITY),
    {
        "object": _EXAMPLE,
        "previous": {"visibleToDebtor": False},
        "current": {"visibleToDebtor": True},
        "changed": ["visibleToDebtor"],
    },
    audience=_ANYBODY,
)
ENDED: dict[str, EventType] = {
    State.READY: DOCUMENT_READY,
    State.REJECTED: DOCUMENT_REJECTED,
    State.FAILED: DOCUMENT_FAILED,
}


def document_told(
    declared: EventType,
    document: Document,
    *,
    changes: Changes | None = None,
    before: Seen = Seen.NOBODY,
    by: User | None = None,
    effective_at: datetime | None = None,
    **more: Json,
) -> None:
    """Record an event of a document, for who sees it now or saw it `before`."""
    about = {
        "type": "document",
        "id": document.pk,
        "recovery_id": document.recovery_id,
        "invoice_id": document.invoice_id,
        "file_type_id": document.file_type_id,
    }
    event_record(
        type=declared,
        owner_id=document.owner_id,
        obj=Ref("document", document.pk),
        recovery_id=document.recovery_id,
        data={"object": about, **more},
        changes=changes,
        audience=before | seen_by(Document.visibility, document),
        effective_at=effective_at,
        by=by,
    )


# --- signatures ------------------------------------------------------------------------------------------------------
_SIGNATURE = thing("signature_request", {"recovery_id": ID, "document_id": ID})
_ASKED: Json = {"type": "signature_request", "id": 3, "recovery_id": 25, "document_id": 12}

SIGNATURE_REQUESTED = event_type(
    "signature.requested",
    _("Somebody was asked to sign a document."),
    told(_SIGNATURE),
    {"object": _ASKED},
    audience=_ANYBODY,
)
SIGNATURE_SIGNED = event_type(
    "signature.signed", _("A document was signed."), told(_SIGNATURE), {"object": _ASKED}, audience=_ANYBODY
)
SIGNATURE_DECLINED = event_type(
    "signature.declined",
    _("Somebody has declined to sign a document."),
    told(_SIGNATURE),
    {"object": _ASKED},
    audience=_ANYBODY,
)


def signature_told(declared: EventType, request: SignatureRequest, document: Document, *, by: User | None) -> None:
    """Record an event of a signature asked for on `document`, for who sees that."""
    about = {
        "type": "signature_request",
        "id": request.pk,
        "recovery_id": document.recovery_id,
        "document_id": document.pk,
    }
    event_record(
        type=declared,
        owner_id=document.owner_id,
        obj=Ref("signature_request", request.pk),
        recovery_id=document.recovery_id,
        data={"object": about},
        audience=seen_by(Document.visibility, document),
        by=by,
    )
