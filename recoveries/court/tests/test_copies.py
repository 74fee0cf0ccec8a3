"""What a transfer copies: each column of a model, unless it is said here why it is another one in the copy."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from companies.models import Company
from documents.models import Document, FileType, StoredFile
from documents.services.copying import documents_copy
from invoicing.models import Invoice
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.court.transfer import COPIES
from recoveries.ledger.acknowledgements import acknowledgements_copy
from recoveries.ledger.moving import records_move
from recoveries.ledger.posting import Source, ledger_follow
from recoveries.models import Acknowledgement, Acompte, Comment, Dette, FormalNotice, Message, Recovery
from recoveries.rules import FIELDS
from recoveries.services.comments import comments_copy
from recoveries.services.notices import notices_copy
from tests.factories import Api, ApiUserFactory, bare_case_id

pytestmark = pytest.mark.django_db

CASE = {"recovery_id": "the copy is another case's"}
# Columns that are others in the copy, and why.
OTHERS: dict[type[models.Model], dict[str, str]] = {
    Invoice: CASE,
    Dette: CASE,
    Acompte: {**CASE, "moved_from_id": "names the payment that went along", "invoice_id": "names the copy"},
    Comment: CASE,
    Acknowledgement: {**CASE, "document_id": "the copy of its document"},
    Document: {
        **CASE,
        "invoice_id": "the copy of its invoice, when that was copied",
        "key": "unique",
        "claimed_until": "a worker who has the one does not have the other",
        "fetch_seconds": "what is fetched for the one costs the other nothing",
        "waits_for_id": "the original, while that has no file",
        "is_told": "it came with its case",
    },
    FormalNotice: {**CASE, "proof_id": "the copy of that document, when that was copied"},
}
COPIED: dict[type[models.Model], Callable[..., None]] = {
    Invoice: records_move,
    Dette: records_move,
    Acompte: records_move,
    Comment: comments_copy,
    Acknowledgement: acknowledgements_copy,
    Document: documents_copy,
    FormalNotice: notices_copy,
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
            "owner_id": owner.user.pk,  # That of the case, as the database holds it to be.
            "user_id": ApiUserFactory().pk,
            "author_id": ApiUserFactory().pk,
            "document_id": Document.objects.create(recovery_id=case, key="b").pk if model is Acknowledgement else None,
            "by_id": ApiUserFactory().pk,
            "message_id": Message.objects.create(recovery_id=case, kind="relance_1").pk if model is FormalNotice else 0,
            "proof_id": None,
            "file_id": file.pk,
            "file_type_id": FileType.objects.first().pk,
            "invoice_id": None,
            "reverses_id": None,  # What was reversed is not copied, nor is what reverses it.
            "reason": "",
            "moved_from_id": None,
            "head": "deposit",  # What stays with the creditor does not go along.
            "waits_for_id": None,
            "state": "received" if model is FormalNotice else "scanning",
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
    ledger_follow(recovery_id=original, by=None, source=Source.STAFF)
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
    assert {records_move, *COPIES} == set(COPIED.values())


# The case in court: columns that are not what clients send (FIELDS), and what becomes of them.
SAME = {"owner_id", "user_id"}
ITS_OWN = {
    **dict.fromkeys(("id", "created_at", "updated_at"), "a case of its own"),
    "recovery_reference": "by which courts know it",
    "type": "it is in court",
    "status_id": "where the way to court begins",
    **dict.fromkeys(("customer_id", "debtor_id"), "the parties as they are on this day"),
    "transferred_to_id": "names the case in court",
    **dict.fromkeys(("amount", "amount_torecover", "invoices_count", "comments_count"), "reckoned from its rows"),
    **dict.fromkeys(("debtor_name", "debtor_company", "customer_company", "debtor_country"), "from its parties"),
    "is_hold_lifted": "which the copy of the holds tells",
    "search_text": "from its parties, its invoices and its reference",
    "external_id": "which names one case of an account",
    **dict.fromkeys(("next_deadline", "next_deadline_code", "next_deadline_article"), "its own legal dates"),
}
PARTYS_OWN = {"id", "reference", "created_at", "updated_at"}


def test_the_case_in_court_has_every_column_of_the_case_it_comes_from(owner: Api) -> None:
    columns = {field.attname: field for field in Recovery._meta.concrete_fields}
    assert set(columns) - set(FIELDS) - SAME == set(ITS_OWN) - set(FIELDS), "neither copied nor excepted"
    case = transferable(owner)
    sent = {name: telling(columns[name]) for name in FIELDS if name not in {"type", "matter"}}
    Recovery.objects.filter(pk=case).update(**sent, user_id=ApiUserFactory().pk)
    [before] = Recovery.objects.filter(pk=case).values()
    [after] = Recovery.objects.filter(pk=transferred(owner, case)).values()
    assert {name for name in before if before[name] != after[name]} - set(ITS_OWN) == set()


@pytest.mark.parametrize("side", ["customer", "debtor"])
def test_the_parties_of_the_case_in_court_have_every_column(owner: Api, side: str) -> None:
    def party(case: int) -> dict[str, Any]:
        [values] = Company.objects.filter(pk=Recovery.objects.values_list(f"{side}_id").get(pk=case)[0]).values()
        return values

    case = transferable(owner)
    before, after = party(case), party(transferred(owner, case))
    assert {name for name in before if before[name] != after[name]} <= PARTYS_OWN
