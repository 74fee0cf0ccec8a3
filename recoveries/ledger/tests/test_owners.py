"""Each row of money says whose case it is of, and the database holds it true."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from recoveries.ledger.services import acompte_record, dette_record
from recoveries.models import Acknowledgement, Acompte, CaseBalance, Dette, FormalNotice, Posting
from recoveries.services.notices import notice_enter
from tests.factories import Api, case_id

pytestmark = pytest.mark.django_db
MONEY = (Acompte, Dette, FormalNotice, CaseBalance, Acknowledgement)


def test_rows_of_money_have_the_owner_of_their_case(owner: Api, stranger: Api) -> None:
    case, day = case_id(owner), date(2026, 3, 2)
    acompte_record(recovery_id=case, amount=Decimal(1), day=day, confirmed=True, by=None)
    dette_record(recovery_id=case, label="Deposit", amount=Decimal(1), day=day, by=None)
    notice_enter(recovery_id=case, channel="registered", state="received", sent_on=day, received_on=day, by=None)
    Acknowledgement.objects.create(recovery_id=case, date=day, note="His letter.")
    for model in (*MONEY, Posting):
        assert set(model.objects.values_list("owner_id", flat=True)) == {owner.user.pk}
    if connection.vendor == "postgresql":
        for model in MONEY:
            with pytest.raises(IntegrityError, match="of_owner"), transaction.atomic():
                _given_away(model, stranger)


def _given_away(model: Any, to: Api) -> None:
    model.objects.update(owner_id=to.user.pk)
    connection.check_constraints()
