"""Limitation as a clock of the case: it follows every change, until the order is served."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from recoveries.court.clocks import alerts_record, next_deadlines_mend
from recoveries.court.procedure import procedure_record
from recoveries.court.tests.transfers import transferred
from recoveries.desk.tests.pages import act_page, followed, words
from recoveries.ledger.services import acompte_record
from recoveries.models import DeadlineAlert, Recovery
from tests.backoffice import browser_of, chief, page_of
from tests.factories import Api, CompanyBody, case_id, detail, move

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
TODAY = NOON.date()
CONSUMER = {"company_type": "particular"}
CLAIM = {"invoice_date": "2024-12-03", "invoice_due_date": "2025-01-03"}
LAPSES = "2026-12-03"


@pytest.fixture(autouse=True)
def that_day() -> Any:
    """Everything happens on that day."""
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def consumer_case(owner: Api) -> Callable[..., int]:
    """Gives cases against a consumer, with an invoice of 3 December 2024 unless it is said otherwise."""
    return lambda **invoice: case_id(owner, debtor=CONSUMER, invoices=[{**CLAIM, **invoice}])


def lapses(case: int) -> str | None:
    """The kept day, which is the reckoned one."""
    assert next_deadlines_mend() == 0
    day = Recovery.objects.get(pk=case).next_deadline
    return day.isoformat() if day else None


def told(api: Api, case: int) -> list[dict[str, Any]]:
    """What the call says of the case's deadlines."""
    items: list[dict[str, Any]] = api.data("GET", f"/api/recoveries/{case}/deadlines")["items"]
    return items


def record(case: int, **values: Any) -> None:
    procedure_record(recovery_id=case, values=values, today=TODAY, by=None)


def test_a_client_sees_until_when_the_claim_can_be_asked_for(owner: Api, consumer_case: Callable[..., int]) -> None:
    case = consumer_case()
    shown = detail(owner, case)
    assert list(shown).index("next_deadline") > list(shown).index("injunction")
    assert shown["next_deadline"] == {
        "code": "limitation",
        "on": LAPSES,
        "sentence": "Have the order served before the claim is time-barred. "
        "The claim can no longer be asked for in court.",
        "article": "art. L218-2 C. conso.",
    }
    assert told(owner, case) == [{**shown["next_deadline"], "law_version": None}]


def test_the_order_is_to_be_served_before_the_claim_lapses(owner: Api, consumer_case: Callable[..., int]) -> None:
    injunction = transferred(owner, consumer_case())
    record(injunction, filed_on=date(2026, 11, 20), order_made_on=TODAY)
    assert [(each["code"], each["on"], each["law_version"]) for each in told(owner, injunction)] == [
        ("limitation", LAPSES, None),
        ("service", "2027-03-01", "since_2026_09_01"),
    ]
    assert lapses(injunction) == LAPSES
    record(injunction, served_on=TODAY)
    assert lapses(injunction) == "2026-12-28"  # the debtor's time to oppose
    assert [each["code"] for each in told(owner, injunction)] == ["opposition", "enforceable"]
    record(injunction, ended_on=TODAY)
    assert lapses(injunction) == LAPSES, "an end without a title wipes the interruption out"


def test_it_follows_every_change(owner: Api, consumer_case: Callable[..., int]) -> None:
    case = consumer_case()
    base = f"/api/recoveries/{case}"
    invoice = detail(owner, case)["invoices"][0]["id"]
    owner.data("PUT", f"{base}/invoices/{invoice}", {"performed_on": "2025-03-10"})
    assert lapses(case) == "2027-03-10"
    owner.data("POST", f"{base}/invoices", {**CLAIM, "invoice_number": "OTHER", "invoice_amount": "5.00"})
    assert lapses(case) == LAPSES
    debtor = detail(owner, case)["debtor"]["id"]
    owner.data("PUT", f"{base}/companies/{debtor}", CompanyBody(company_type="association"))
    assert lapses(case) == "2029-12-03"
    owner.data("PUT", base, {"matter": "housing_lease"})
    assert lapses(case) == "2027-12-03"
    move(case, 9)
    assert (lapses(case), detail(owner, case)["next_deadline"]) == (None, None)


def test_a_bare_case_has_no_clock_until_it_has_an_invoice(owner: Api) -> None:
    case = owner.data("POST", "/api/recoveries", {"recovery_service_object": "x", "recovery_due_date": "2025-01-03"})
    assert (case["next_deadline"], case["matter"]) == (None, "ordinary")
    assert told(owner, case["id"]) == []


def test_a_payment_shows_a_second_day_and_a_paid_claim_none(owner: Api, consumer_case: Callable[..., int]) -> None:
    case = consumer_case()
    acompte_record(recovery_id=case, amount=Decimal("10.00"), day=date(2026, 2, 1), by=None)
    assert [(each["code"], each["on"]) for each in told(owner, case)] == [
        ("limitation", LAPSES),
        ("limitation_if_paid", "2028-02-01"),
    ]
    acompte_record(recovery_id=case, amount=Decimal("90.00"), day=date(2026, 2, 1), by=None)
    assert lapses(case) is None


def test_a_lost_invoice_hides_no_clock_that_runs(owner: Api) -> None:
    old = {"invoice_number": "OLD", "invoice_date": "2020-01-01", "invoice_due_date": "2020-02-01"}
    assert lapses(case_id(owner, debtor=CONSUMER, invoices=[old, CLAIM])) == LAPSES
    assert lapses(case_id(owner, debtor=CONSUMER, invoices=[old])) == "2022-01-01"


def test_a_day_that_passes_moves_the_kept_date(owner: Api) -> None:
    other = {"invoice_number": "NEXT", "invoice_date": "2025-06-01", "invoice_due_date": "2025-07-01"}
    case = case_id(owner, debtor=CONSUMER, invoices=[other, CLAIM])
    with time_machine.travel(datetime(2026, 12, 4, 12, tzinfo=UTC), tick=False):
        assert lapses(case) == LAPSES, "it may run from the due date"
    with time_machine.travel(datetime(2027, 1, 4, 12, tzinfo=UTC), tick=False):
        assert next_deadlines_mend() == 1
        assert lapses(case) == "2027-06-01"


def test_ops_and_staff_are_told_of_limitation(owner: Api, consumer_case: Callable[..., int]) -> None:
    case = consumer_case()
    out = StringIO()
    call_command("check_deadlines", "--days", "5", stdout=out)
    reference = Recovery.objects.get(pk=case).recovery_reference
    assert out.getvalue().startswith(f"{LAPSES}  {reference}  Have the order served before the claim is time-barred: ")
    assert [alerts_record(days=days, today=TODAY) for days in (4, 5, 5)] == [0, 1, 0]
    assert DeadlineAlert.objects.get().recovery_id == case


def test_the_lists_of_staff_know_it(owner: Api, consumer_case: Callable[..., int]) -> None:
    browser = browser_of(chief(language="en"))
    case = Recovery.objects.get(pk=consumer_case())
    later = Recovery.objects.get(pk=consumer_case(invoice_date="2025-12-03", invoice_due_date="2026-01-03"))
    address = page_of(Recovery, "changelist")
    soon = browser.get(address, {"deadline": "7"}).content.decode()
    assert (case.recovery_reference in soon, later.recovery_reference in soon) == (True, False)
    place = [column for column in words(browser.get(address).content.decode()).split() if column == "12/03/2026"]
    assert place, "its column"
    home = words(browser.get("/admin/").content.decode())
    assert f"{case.recovery_reference} · " in home
    assert "Have the order served before the claim is time-barred (art. L218-2 C. conso.)." in home


def test_a_kept_date_that_is_wrong_is_found_and_repaired(consumer_case: Callable[..., int]) -> None:
    case = consumer_case()
    Recovery.objects.filter(pk=case).update(next_deadline=date(2030, 1, 1))
    with pytest.raises(CommandError):
        call_command("check_copies", stdout=StringIO())
    call_command("check_copies", "--repair", stdout=StringIO())
    assert lapses(case) == LAPSES


def test_sixty_thousand_euros_opposed_ask_for_a_lawyer(owner: Api) -> None:
    claim = {"invoice_amount": "60000.00", "invoice_date": "2026-06-01", "invoice_due_date": "2026-07-01"}
    case = transferred(owner, case_id(owner, debtor={"company_type": "association"}, invoices=[claim]))
    record(case, order_made_on=date(2026, 9, 10), served_on=date(2026, 10, 5), opposed_on=date(2026, 10, 26))
    record(case, opposition_notified_on=date(2026, 11, 20))
    [item] = told(owner, case)
    assert (item["code"], item["on"]) == ("lawyer", "2026-12-07")
    assert "the interruption of limitation is lost" in item["sentence"]


def test_before_the_commercial_court_the_lawyer_stands_at_the_hearing(owner: Api) -> None:
    claim = {"invoice_amount": "60000.00", "invoice_date": "2026-06-01", "invoice_due_date": "2026-07-01"}
    case = transferred(owner, case_id(owner, invoices=[claim]))
    record(case, order_made_on=date(2026, 9, 10), served_on=date(2026, 10, 5), opposed_on=date(2026, 10, 26))
    assert lapses(case) is None
    record(case, hearing_on=date(2027, 2, 10))
    assert lapses(case) == "2027-02-09"


def test_an_opposition_after_its_time_is_flagged(owner: Api) -> None:
    claim = {"invoice_date": "2026-06-01", "invoice_due_date": "2026-07-01"}
    case = transferred(owner, case_id(owner, invoices=[claim]))
    record(case, order_made_on=date(2026, 9, 10), served_on=date(2026, 10, 5), served_how="person")
    record(case, opposed_on=date(2026, 11, 6))
    said = words(browser_of(chief(language="en")).get(page_of(Recovery, "change", case)).content.decode())
    assert "The opposition came after its time." in said
    assert "12/08/2026 The order may be enforced" in said


def test_staff_say_what_the_claim_is_about(owner: Api, consumer_case: Callable[..., int]) -> None:
    case = Recovery.objects.get(pk=consumer_case())
    browser = browser_of(chief(language="en"))
    assert "ordinary claim" in act_page(browser, case, "set-matter").content.decode()
    assert "The claim is now: housing lease." in words(followed(browser, case, "set-matter", matter="housing_lease"))
    assert detail(owner, case.pk)["matter"] == "housing_lease"
    assert lapses(case.pk) == "2027-12-03"


@pytest.mark.parametrize("day", ["1989-12-31", "2101-01-01", "0026-11-20", "9999-12-31"])
def test_a_day_of_performance_is_a_plausible_one(owner: Api, consumer_case: Callable[..., int], day: str) -> None:
    case = consumer_case(performed_on="2024-11-15")
    shown = detail(owner, case)["invoices"][0]
    assert shown["performed_on"] == "2024-11-15"
    errors = owner.errors("PUT", f"/api/recoveries/{case}/invoices/{shown['id']}", {"performed_on": day})
    assert errors == {"performed_on": ["The performed on field must be a date between 1990-01-01 and 2100-12-31."]}


def test_what_the_call_does_not_take_is_refused(owner: Api, consumer_case: Callable[..., int]) -> None:
    address = f"/api/recoveries/{consumer_case()}/deadlines"
    assert owner.errors("GET", f"{address}?page=1") == {"page": ["The page parameter is unknown."]}
    assert owner.get("/api/recoveries/987654321/deadlines").status_code == 404
