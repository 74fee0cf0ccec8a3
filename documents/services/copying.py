"""The documents of a case that goes on as another one."""

from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat

from documents.models import Document
from legalcity.lib.copying import rows_copy

State = Document.State
# What is nobody's yet: a worker who has the document on the one case does not have it on the other.
NOT_COPIED = ("claimed_until",)


def documents_copy(*, from_case: int, to_case: int) -> None:
    """Link the documents of a case to another one: the copies have the same files. The invoices are copied before.

    Those that wait for the scanner are scanned for each case; what has no bytes yet, or was refused, is not linked.
    The invoice is the copy of theirs, none where that was not copied. Keys name no bytes, and need only be unique.
    """
    invoices = Document._meta.get_field("invoice").related_model._default_manager
    own = invoices.filter(recovery_id=to_case, invoice_number=OuterRef("invoice__invoice_number"))
    linked = Document.objects.filter(recovery_id=from_case, file__isnull=False, state__in=(State.READY, State.SCANNING))
    rows_copy(
        linked.order_by("id"),
        instead={
            "recovery_id": Value(to_case),
            "invoice_id": Subquery(own.values("pk")[:1]),
            "key": Concat(Value(f"linked/{to_case}/"), Cast("id", CharField())),
        },
        left_out=NOT_COPIED,
    )
