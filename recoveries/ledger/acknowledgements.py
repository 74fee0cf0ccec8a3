"""Acknowledgements of the debt by the debtor (article 2240 C. civ.): each restarts limitation from its day."""

from datetime import date

from django.db import transaction
from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.audit import ADDED, audit_record, field_values
from documents.models import Document
from legalcity.lib.clock import today
from legalcity.lib.copying import rows_copy
from legalcity.lib.errors import Forbidden, Invalid
from recoveries.ledger.services import account_lock, require_plausible
from recoveries.models import Acknowledgement
from recoveries.services.deadlines import next_deadlines_refresh
from recoveries.services.touching import cases_touch


@transaction.atomic
def acknowledgement_record(
    *, recovery_id: int, day: date, note: str, document_id: int | None = None, by: User | None
) -> Acknowledgement:
    """The debtor recognised the debt on `day`, as `note` and perhaps a document of the case tell.

    Raises Invalid for a day to come or before the first claim, and for a document of another case; Forbidden after a
    transfer.
    """
    account_lock(recovery_id=recovery_id)
    require_plausible(day, recovery_id)
    if document_id is not None and not Document.objects.filter(pk=document_id, recovery_id=recovery_id).exists():
        raise Invalid({"document": [_("This case has no such document.")]})
    return _written(Acknowledgement(recovery_id=recovery_id, date=day, note=note, document_id=document_id), by)


@transaction.atomic
def acknowledgement_reverse(
    *, recovery_id: int, acknowledgement_id: int, note: str, by: User | None
) -> Acknowledgement:
    """Take an acknowledgement out of limitation; `note` says why. Returns the row that reverses it, dated today.

    Raises DoesNotExist for one of another case, Forbidden for one that was reversed, for a reversal, after a transfer.
    """
    account_lock(recovery_id=recovery_id)
    row = Acknowledgement.objects.select_related("reversal").get(pk=acknowledgement_id, recovery_id=recovery_id)
    if row.reverses_id is not None or hasattr(row, "reversal"):
        raise Forbidden(_("This was reversed already."))
    return _written(Acknowledgement(recovery_id=recovery_id, date=today(), note=note, reverses=row), by)


def _written(row: Acknowledgement, by: User | None) -> Acknowledgement:
    row.user = by
    row.save(force_insert=True)
    next_deadlines_refresh(recovery_ids=[row.recovery_id])
    cases_touch(row.recovery_id)
    audit_record(action=ADDED, target=row, after=field_values(row), actor=by)
    return row


def acknowledgements_copy(*, from_case: int, to_case: int) -> None:
    """Copy the acknowledgements of a case that count to another one, with its copies of their documents.

    Documents are copied before (`documents/services/copying.py` gives their keys). The caller holds the lock.
    """
    linked = Document.objects.filter(
        key=Concat(Value(f"linked/{to_case}/"), Cast(OuterRef("document_id"), CharField()))
    )
    rows_copy(
        Acknowledgement.objects.standing().filter(recovery_id=from_case).order_by("id"),
        instead={"recovery_id": Value(to_case), "document_id": Subquery(linked.values("pk")[:1])},
    )
