"""What a transfer copies: each column of a model, unless it is said here why it is another one in the copy."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from documents.models import Document, FileType, StoredFile
from documents.services.copying import documents_copy
from invoicing.models import Invoice
from recoveries.court.transfer import COPIES
from recoveries.ledger.moving import claims_copy
from recoveries.models import Acompte, Comment, Dette
from recoveries.services.comments import comments_copy
from tests.factories import Api, ApiUserFactory, bare_case_id

pytestmark = pytest.mark.django_db

CASE = {"recovery_id": "the copy is another case's"}
# Columns that are others in the copy, and why.
OTHERS: dict[type[models.Model], dict[str, str]] = {
    Invoice: CASE,
    Dette: CASE,
    Acompte: {**CASE, "moved_from_id": "names the payment that went along"},
    Comment: CASE,
    Document: {
        **CASE,
        "invoice_id": "the copy of its invoice, when that was copied",
        "key": "unique",
        "claimed_until": "a worker who has the one does not have the other",
        "fetch_seconds": "what is fetched for the one costs the other nothing",
        "waits_for_id": "the original, while that has no file",
    },
}
COPIED: dict[type[models.Model], Callable[..., None]] = {
    Invoice: claims_copy,
    Dette: claims_copy,
    Acompte: claims_copy,
    Comment: comments_copy,
    Document: documents_copy,
}


def telling(field: models.Field) -> Any:
    """A value that is not the one that a new row would have, so that a column that is not copied shows."""
    kind = field.get_internal_type()
    if field.choices:
        return next(value for value, _label in reversed(field.choices) if value != field.get_default())
    match kind:
        case "CharField" | "TextField":
            return f"{field.attname}!"[: field.max_length]
        case "BooleanField":
            return not field.get_default()
        case "DecimalField":
            return Decimal("12.34")
        case "DateField":
            return date(2020, 2, 3)
        case "DateTimeField":
            return datetime(2020, 2, 3, 4, 5, 6, tzinfo=UTC)
        case "PositiveSmallIntegerField" | "FloatField":
            return 7
    raise AssertionError(f"{field}: say here what a telling value is")


@pytest.fixture
def filled(owner: Api) -> Callable[..., models.Model]:
    """Makes a row of a model on a case, each of its columns telling."""

    def of(model: type[models.Model], case: int) -> models.Model:
        file = StoredFile.objects.create(key="a", filename="a", mime="application/pdf", size=1, sha256="0" * 64)
        chosen = {
            "recovery_id": case,
            "user_id": ApiUserFactory().pk,
            "author_id": ApiUserFactory().pk,
            "file_id": file.pk,
            "file_type_id": FileType.objects.first().pk,
            "invoice_id": None,
            "reverses_id": None,  # What was reversed is not copied, nor is what reverses it.
            "reason": "",
            "moved_from_id": None,
            "waits_for_id": None,
            "state": "scanning",
            "invoice_due_date": date(2020, 3, 3),
            "invoice_amount": Decimal("100.00"),
        }
        columns = [field for field in model._meta.concrete_fields if not (field.primary_key or field.generated)]
        values = {
            field.attname: chosen[field.attname] if field.attname in chosen else telling(field) for field in columns
        }
        row = model._default_manager.create(**values)
        model._default_manager.filter(pk=row.pk).update(**values)  # Moments that a new row gives itself.
        return row

    return of


@pytest.mark.parametrize("model", COPIED)
def test_a_copy_has_every_column_of_its_model(
    owner: Api, filled: Callable[..., models.Model], model: type[models.Model]
) -> None:
    original, other = bare_case_id(owner), bare_case_id(owner)
    row = filled(model, original)
    with CaptureQueriesContext(connection) as told:
        COPIED[model](from_case=original, to_case=other)
    inserted = f'INSERT INTO "{model._meta.db_table}"'
    assert len([query for query in told if query["sql"].startswith(inserted)]) == 1
    [before] = model._default_manager.filter(pk=row.pk).values()
    [after] = model._default_manager.filter(recovery_id=other).values()
    differing = {name for name in before if before[name] != after[name]} - {"id"}
    assert differing - set(OTHERS[model]) == set(), "neither copied nor excepted"
    assert set(OTHERS[model]) <= set(before), "excepted, and not there"


def test_a_transfer_copies_all_of_them() -> None:
    assert {claims_copy, *COPIES} == set(COPIED.values())
