"""Whatever belongs to a case says whose case it is, and the database holds it true."""

from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from documents.services.documents import document_announce
from legalcity.lib.clock import today
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.ledger.services import acompte_record, dette_record
from recoveries.models import Acknowledgement, MessageCase, Posting, Recovery
from recoveries.services.notices import notice_enter
from tests.factories import Api
from tests.rows import a_row

pytestmark = pytest.mark.django_db


def of_cases() -> list[type[models.Model]]:
    """The models whose rows hang on a case."""
    return [
        model
        for model in apps.get_models()
        if any(field.name == "recovery" and field.related_model is Recovery for field in model._meta.local_fields)
    ]


def test_what_services_write_has_the_owner_of_the_case(owner: Api, stranger: Api) -> None:
    case, day = transferable(owner), today()
    acompte_record(recovery_id=case, amount=Decimal(1), day=day, confirmed=True, by=None)
    dette_record(recovery_id=case, label="Deposit", amount=Decimal(1), day=day, by=None)
    notice_enter(recovery_id=case, channel="registered", state="received", sent_on=day, received_on=day, by=None)
    Acknowledgement.objects.create(recovery_id=case, date=day, note="His letter.")
    assert owner.post(f"/api/recoveries/{case}/comments", {"comment": "<p>Hello</p>"}).status_code == 201
    document_announce(recovery_id=case, url="http://10.0.0.1/a", values={"name": "Order"}, by=None)
    transferred(owner, case)
    seen = set()
    for model in of_cases():
        owners = set(model._base_manager.values_list("owner_id", flat=True))
        assert owners <= {owner.user.pk}, model
        seen |= {model.__name__} if owners else set()
    assert len(seen) >= 12, seen


def test_no_row_belongs_to_another_client_than_its_case(stranger: Api) -> None:
    for model in of_cases():
        a_row(model)
    if connection.vendor != "postgresql":
        return
    for model in of_cases():
        assert keys_to_cases(model) == [f"{model._meta.db_table}_of_owner"], "checked once, whatever it says"
        if model not in (Posting, MessageCase):  # These are not changed at all.
            with pytest.raises(IntegrityError, match="of_owner"), transaction.atomic():
                _given_away(model, stranger)


def keys_to_cases(model: type[models.Model]) -> list[str]:
    """The foreign keys to cases by which a row is found to belong to one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f' "
            "AND confrelid = 'recoveries_recovery'::regclass",
            [model._meta.db_table],
        )
        return [name for (name,) in cursor.fetchall()]


def _given_away(model: Any, to: Api) -> None:
    model._base_manager.update(owner_id=to.user.pk)
    connection.check_constraints()
