"""What happens to a case on its way to court: its transfer, the procedure, the legal dates."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from events.schemas import (
    AMOUNT,
    DAY,
    ID,
    IDS,
    MOST_IDS,
    WORD,
    change,
    fields,
    one_of,
    or_null,
    plain,
    sides,
    thing,
    told,
)
from events.services import Ref, Told, changes_of
from events.types import EventType, Json, event_type
from law.deadlines import Kind
from recoveries.court.recorded import FIELDS
from recoveries.models import DeadlineAlert, Injunction, Recovery, TransferRequest

# --- the transfer ----------------------------------------------------------------------------------------------------
_TRANSFER = thing("transfer", {"recovery_id": ID})
_ASKED: Json = {"type": "transfer", "id": 2, "recovery_id": 25}

TRANSFER_REQUESTED = event_type(
    "transfer.requested", _("The transfer of a case to court was asked for."), told(_TRANSFER), {"object": _ASKED}
)
TRANSFER_COMPLETED = event_type(
    "transfer.completed",
    _("A case was transferred to court; `recovery_id` of `current` is the new case."),
    told(_TRANSFER, current=fields({"recovery_id": ID, "left_behind_invoice_ids": IDS})),
    {"object": _ASKED, "current": {"recovery_id": 31, "left_behind_invoice_ids": [42]}},
)
TRANSFER_REFUSED = event_type(
    "transfer.refused",
    _("A case may not be transferred to court, for these reasons."),
    told(_TRANSFER, current=fields({"reason_codes": {"type": "array", "items": WORD}})),
    {"object": _ASKED, "current": {"reason_codes": ["nothing_unpaid"]}},
)
TRANSFER_FAILED = event_type(
    "transfer.failed",
    _("The transfer of a case could not be carried out: nothing was changed."),
    told(_TRANSFER),
    {"object": _ASKED},
)


def transfer_event(declared: EventType, request: TransferRequest, **current: Any) -> Told:
    """An event of a request for transfer, in the case that was to be transferred."""
    data: Json = {"object": {"type": "transfer", "id": request.pk, "recovery_id": request.recovery_id}}
    return Told(
        type=declared,
        owner_id=request.owner_id,
        obj=Ref("transfer", request.pk),
        recovery_id=request.recovery_id,
        data={**data, "current": current} if current else data,
        by=request.user,
    )


def completed_event(request: TransferRequest, *, to_case: int, left_behind: Sequence[Mapping[str, Any]]) -> Told:
    """A transfer that was carried out."""
    ids = [each["id"] for each in left_behind if each["id"]][:MOST_IDS]
    more = {"recovery_id": to_case, "left_behind_invoice_ids": ids}
    return transfer_event(TRANSFER_COMPLETED, request, **more)


# --- the procedure ---------------------------------------------------------------------------------------------------
UNTOLD = ("court_name", "file_number", "fee_payment_reference")  # Texts that people write
FEE_PAID_ON = "fee_paid_on"


def _schema(column: object) -> Json:
    if isinstance(column, models.DateField):
        return or_null(DAY)
    return or_null(AMOUNT) if isinstance(column, models.DecimalField) else or_null(WORD)


def _told_fields(names: Sequence[str]) -> Json:
    return {name: _schema(Injunction._meta.get_field(name)) for name in names if name not in UNTOLD}


TOLD = _told_fields(FIELDS)
_PROCEDURE = thing("procedure", {"recovery_id": ID})
_RUNNING: Json = {"type": "procedure", "id": 4, "recovery_id": 31}

PROCEDURE_UPDATED = event_type(
    "procedure.updated",
    _("The court or a date of a procedure was recorded."),
    change(_PROCEDURE, TOLD),
    {
        "object": _RUNNING,
        "previous": {"filed_on": None},
        "current": {"filed_on": "2026-09-15"},
        "changed": ["filed_on"],
    },
)
PROCEDURE_FEE_PAID = event_type(
    "procedure.fee_paid",
    _("The fee of a procedure was paid."),
    told(_PROCEDURE, current=fields({"on": DAY})),
    {"object": _RUNNING, "current": {"on": "2026-09-10"}},
)


def procedure_events(
    procedure: Injunction, changed: Mapping[str, Sequence[Any]], *, owner_id: int, by: User | None
) -> list[Told]:
    """What was recorded of a procedure: `changed` is field → [before, after] of what differs."""
    about = {"type": "procedure", "id": procedure.pk, "recovery_id": procedure.recovery_id}
    common: dict[str, Any] = {
        "owner_id": owner_id,
        "obj": Ref("procedure", procedure.pk),
        "recovery_id": procedure.recovery_id,
        "by": by,
    }
    events = []
    if changed:
        data = {"object": about, **sides(changed, TOLD)}
        events.append(Told(type=PROCEDURE_UPDATED, data=data, changes=changes_of(procedure, changed), **common))
    if changed.get(FEE_PAID_ON, (None, None))[1] is not None:
        data = {"object": about, "current": {"on": changed[FEE_PAID_ON][1]}}
        events.append(Told(type=PROCEDURE_FEE_PAID, data=data, **common))
    return events


# --- legal dates -----------------------------------------------------------------------------------------------------
_DEADLINE = thing("deadline", {"recovery_id": ID})
_DUE: Json = {"type": "deadline", "id": 6, "recovery_id": 31}
_DATE = fields({"code": one_of(Kind), "on": DAY})
_SAID: Json = {"code": "service", "on": "2026-12-15"}

DEADLINE_APPROACHING = event_type(
    "deadline.approaching",
    _("A legal date is near."),
    told(_DEADLINE, current=_DATE),
    {"object": _DUE, "current": _SAID},
)
DEADLINE_PASSED = event_type(
    "deadline.passed",
    _("A legal date is over."),
    told(_DEADLINE, current=_DATE),
    {"object": _DUE, "current": _SAID},
)


def deadline_event(declared: EventType, alert: DeadlineAlert, case: Recovery) -> Told:
    """A legal date of a case, as time goes by."""
    return Told(
        type=declared,
        owner_id=case.owner_id,
        obj=Ref("deadline", alert.pk),
        recovery_id=case.pk,
        data={
            "object": {"type": "deadline", "id": alert.pk, "recovery_id": case.pk},
            "current": {"code": alert.kind, "on": plain(alert.date)},
        },
    )
