"""Who is known not to act for a business is protected as a private person is."""

import pytest

from legalcity.lib.clock import today
from recoveries.court.transfer import eligibility_of
from recoveries.models import Recovery
from tests.factories import Api, case_id

pytestmark = pytest.mark.django_db
OLD = {"invoice_date": "2023-10-01", "invoice_due_date": "2023-11-01"}


@pytest.mark.parametrize("kind", ["freelance", "liberal", "association"])
def test_limitation_of_two_years_runs_for_a_confirmed_consumer(owner: Api, kind: str) -> None:
    debtor = {"company_type": kind, "acts_as": "consumer"}
    case = Recovery.objects.get(pk=case_id(owner, debtor=debtor, invoices=[OLD]))
    assert case.next_deadline_article.startswith("art. L218-2")
    answer = eligibility_of(case, today())
    assert (answer.eligible, "time-barred" in " ".join(map(str, answer.reasons))) == (False, True)


def test_a_day_of_performance_to_come_is_refused(owner: Api) -> None:
    case = case_id(owner)
    body = {"invoice_number": "N", "invoice_date": "2026-01-02", "invoice_amount": "1.00", "performed_on": "2099-01-01"}
    answer = owner.post(f"/api/recoveries/{case}/invoices", body)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["performed_on"])


def test_an_invoice_that_a_payment_names_can_be_deleted(owner: Api) -> None:
    case = case_id(owner, invoices=[{"invoice_number": "A"}, {"invoice_number": "B"}])
    invoice = owner.data("GET", f"/api/recoveries/{case}")["invoices"][0]["id"]
    body = {"amount": "5.00", "date": today().isoformat(), "invoice_id": invoice}
    assert owner.post(f"/api/recoveries/{case}/payments", body).status_code == 201
    assert owner.delete(f"/api/recoveries/{case}/invoices/{invoice}").status_code == 200
