"""A case that is written by one statement is the case that the ORM writes, row for row."""

from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from law.vocabulary import InterestRate
from legalcity.lib import many_rows, one_statement
from recoveries.models import CaseCount, Recovery
from tests.factories import Api, ApiUserFactory, complete_body, detail
from tests.written import common, newest, written

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has the way of the ORM alone"),
    pytest.mark.django_db,
]
COMPLETE = "/api/recoveries/complete"
TEXTS = st.sampled_from(["Ébénisterie “Lefèvre”", 'a "quoted" \\ one', "Œuvre – 1’été", "x" * 250, "100 %s", "{0}"])
AMOUNTS = st.decimals("0.01", "999999999999.99", places=2).map(str) | st.just("0.00")
INVOICES = st.lists(
    st.fixed_dictionaries(
        {
            "invoice_amount": AMOUNTS,
            "invoice_date": st.sampled_from(["1990-01-01", "2025-10-20", "2026-11-29"]),
            "invoice_due_date": st.sampled_from(["2026-12-31", "2100-12-31", None]),
        },
        optional={
            "api_invoice_id": TEXTS.map(lambda text: text[:40]),
            "is_disputed": st.booleans(),
            "performed_on": st.sampled_from(["2024-02-29", None]),
        },
    ),
    max_size=4,
)
PAID = {"invoice_amount": "100.00", "invoice_part_paid": True, "invoice_part_paid_amount": "40.25"}
RECOVERIES = st.fixed_dictionaries(
    {"recovery_service_object": TEXTS},
    optional={
        "recovery_observations": TEXTS,
        "matter": st.sampled_from(["ordinary", "housing_lease"]),
        "type": st.sampled_from([1, 2]),
        "assign_to_me": st.booleans(),
        "external_id": st.sampled_from(["ERP–7", "erp 8"]),
    },
)
INTEREST = {
    **{
        "recovery_late_interest": True,
        "recovery_interest_rate": InterestRate.CUSTOM.value,
        "recovery_interest_rate_percent": "9.5",
    },
    **{"recovery_penalty": True, "recovery_penalty_type": "percent", "recovery_penalty_percent": "10"},
}
PERSON = {"company_type": "particular", "company_legalrep_firstname": "Zoé", "company_country": "Deutschland"}


@hypothesis_settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RECOVERIES, st.fixed_dictionaries({}, optional={"company_name": TEXTS}), INVOICES)
@example({}, {}, [])
@example({}, PERSON, [{}] * 40)
@example(INTEREST, {}, [PAID, {}, {**PAID, "invoice_part_paid_amount": "100.00"}])
def test_one_statement_writes_what_the_orm_writes(
    recovery: dict[str, Any], debtor: dict[str, Any], invoices: list[dict[str, Any]]
) -> None:
    body = complete_body(recovery=recovery, debtor=debtor, invoices=invoices)
    together = _filed(body)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(one_statement, "WAITING_ON", ())
        patch.setattr(many_rows, "BY_JSON", ())
        assert _filed(body) == together
    assert together[1]["recoveries_recovery"], together


def _filed(body: dict[str, Any]) -> tuple[Any, ...]:
    """The answer to `body`, the rows that it wrote, the case as it is shown and the count of an account of its own."""
    owner = Api.of(ApiUserFactory(first_name="Ann", last_name="Martin"))
    before = newest()
    answer = owner.data("POST", COMPLETE, body)
    case = detail(owner, answer["recovery"]["id"])
    counted = list(CaseCount.objects.filter(owner=owner.user).values_list("status_id", "n"))
    assert [invoice["id"] for invoice in answer["invoices"]] == sorted(invoice["id"] for invoice in case["invoices"])
    return common(answer), written(before), common(case), counted


def test_two_references_of_the_client_are_refused_as_ever() -> None:
    owner = Api.of(ApiUserFactory())
    body = complete_body(recovery={"external_id": "ERP 7"})
    assert owner.post(COMPLETE, body).status_code == 201
    refused = owner.post(COMPLETE, body)
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["recovery.external_id"])
    assert Recovery.objects.filter(owner=owner.user).count() == 1
