"""The documents of a case that goes on as another one."""

from django.db.models import Case, CharField, F, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.functions import Cast, Concat

from documents.models import Document
from documents.selectors import ENDED_BADLY
from legalcity.lib.copying import rows_copy

# What is nobody's yet: a worker who has the document on the one case does not have it on the other.
NOT_COPIED = ("claimed_until", "fetch_seconds")


def documents_copy(*, from_case: int, to_case: int) -> None:
    """Link the documents of a case to another one: the copies have the same files. The invoices are copied before.

    Those that wait for the scanner are scanned for each case; those that are still to be fetched are fetched once, and
    the copy waits for that (`pipeline.py`). What ended badly is not linked. The invoice is the copy of theirs, none
    where that was not copied. Keys name no bytes, and need only be unique. The caller holds the lock of the first case.
    """
    invoices = Document._meta.get_field("invoice").related_model._default_manager
    own = invoices.filter(recovery_id=to_case, invoice_number=OuterRef("invoice__invoice_number"))
    linked = Document.objects.filter(recovery_id=from_case).exclude(state__in=ENDED_BADLY)
    rows_copy(
        linked.order_by("id"),
        instead={
            "recovery_id": Value(to_case),
            "invoice_id": Subquery(own.values("pk")[:1]),
            "key": Concat(Value(f"linked/{to_case}/"), Cast("id", CharField())),
            "is_told": Value(True),  # with the case
            "waits_for_id": Case(When(file=None, then=F("id"))),
            "attempts": Case(When(file=None, then=0), default=F("attempts"), output_field=IntegerField()),
        },
        left_out=NOT_COPIED,
    )
