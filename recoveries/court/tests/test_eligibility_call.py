"""May a case go to court? The call that tells before one asks, and says the same as the transfer."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from companies.models import Company
from invoicing.models import Invoice
from legalcity.lib.clock import today
from recoveries.court.hold import hold_lift
from recoveries.court.tests.transfers import eligibility_path, overdue, transfer_path, transferable, transferred
from recoveries.ledger.posting import Source, ledger_follow
from recoveries.ledger.services import acompte_record
from recoveries.models import Recovery, TransferRequest
from tests.factories import Api, bare_case_id, case_id, move

pytestmark = pytest.mark.same_everywhere

KEYS = ["eligible", "procedure", "court_type", "reasons", "warnings", "invoices", "reason_codes"]
NO_SUCH_ID = 987654321


def asked(api: Api, case: int) -> dict[str, Any]:
    """The answer; where it is no, the transfer says the same."""
    answer = api.get(eligibility_path(case))
    body = answer.json()
    assert (answer.status_code, list(body)) == (200, ["success", "data", "message"])
    assert body["message"] == "Injunction eligibility retrieved successfully"
    data = body["data"]
    assert list(data) == KEYS
    assert data["eligible"] is (data["reasons"] == [])
    assert len(data["reason_codes"]) == len(data["reasons"])
    if not data["eligible"]:
        refused = api.post(transfer_path(case))
        assert (refused.status_code, refused.json()) == (
            403,
            {
                "success": False,
                "message": "This recovery is not eligible for injunction transfer",
                "reasons": data["reasons"],
                "reason_codes": data["reason_codes"],
                "code": "not_eligible",
            },
        )
    return data


def test_a_case_that_may_go(owner: Api) -> None:
    case = transferable(owner, invoices=[{"invoice_number": "INV-1"}])
    data = asked(owner, case)
    [invoice] = data["invoices"]
    assert data == {
        "eligible": True,
        "procedure": "national",
        "court_type": "tribunal_de_commerce",
        "reasons": [],
        "warnings": [
            "No formal notice has been sent to the debtor (art. 1231-6 C. civ.).",
            "The court fee of 33.47 EUR is still to be confirmed.",
        ],
        "invoices": [
            {
                "id": invoice["id"],
                "invoice_number": "INV-1",
                "transferable": True,
                "reason": None,
                "warning": None,
            }
        ],
        "reason_codes": [],
    }
    move(case, 4)
    assert asked(owner, case)["warnings"] == ["The court fee of 33.47 EUR is still to be confirmed."]


def test_asking_changes_nothing(owner: Api) -> None:
    case = transferable(owner)
    before = Recovery.objects.values().get(pk=case)
    asked(owner, case)
    assert Recovery.objects.values().get(pk=case) == before
    assert not TransferRequest.objects.exists()


def test_whose_case_it_is_counts(owner: Api, stranger: Api, staff: Api, anonymous: Api) -> None:
    path = eligibility_path(transferable(owner))
    for other in (stranger, staff):
        answer = other.get(path)
        assert (answer.status_code, answer.json()["message"]) == (403, "Unauthorized access to this recovery")
    assert (anonymous.get(path).status_code, anonymous.get(path).json()["message"]) == (401, "Unauthenticated")
    missing = owner.get(eligibility_path(NO_SUCH_ID))
    assert (missing.status_code, missing.json()) == (
        404,
        {"success": False, "message": "Recovery not found", "code": "case_not_found"},
    )


def test_a_bare_case_has_every_reason_at_once(owner: Api) -> None:
    data = asked(owner, bare_case_id(owner))
    assert data == {
        "eligible": False,
        "procedure": None,
        "court_type": None,
        "reasons": [
            "The case has no creditor (art. 54, 1407 CPC).",
            "The case has no debtor (art. 54, 1407 CPC).",
            "The case has no invoice that is not fully paid (art. 1405 CPC).",
        ],
        "warnings": ["No formal notice has been sent to the debtor (art. 1231-6 C. civ.)."],
        "invoices": [],
        "reason_codes": ["no_customer", "no_debtor", "nothing_unpaid"],
    }


@pytest.mark.parametrize(
    ("debtor", "creditor", "procedure", "reason"),
    [
        ("FR", "Germany", "national", None),
        ("Allemagne", "France", "european", None),
        ("germany", "FR", "european", None),
        ("Danemark", "France", None, "Denmark does not take part in the European order for payment"),
        ("Suisse", "France", None, "The debtor is neither in France nor in the European Union"),
        ("Allemagne", "Allemagne", None, "The creditor and the debtor are in the same member state"),
        ("Allemagne", "Suisse", None, "The creditor is not in a member state that takes part"),
        ("Atlantis", "France", None, "The debtor's country is missing or could not be understood"),
    ],
)
def test_countries_decide(owner: Api, debtor: str, creditor: str, procedure: str | None, reason: str | None) -> None:
    case = transferable(owner, customer={"company_country": creditor}, debtor={"company_country": debtor})
    data = asked(owner, case)
    assert data["procedure"] == procedure
    assert [sentence.startswith(reason or "") for sentence in data["reasons"]] == ([True] if reason else [])


def test_a_debtor_without_a_country_is_not_eligible(owner: Api) -> None:
    case = transferable(owner)
    Company.objects.filter(pk=Recovery.objects.get(pk=case).debtor_id).update(company_country=None)
    assert asked(owner, case)["reasons"] == [
        "The debtor's country is missing or could not be understood (art. 1406 CPC)."
    ]


@pytest.mark.parametrize(
    ("setting", "passes", "fails", "reason"),
    [
        ("INJUNCTION_MIN_AMOUNT", "100.00", "100.01", "The amount is under the minimum of 100.01 EUR."),
        ("INJUNCTION_MAX_AMOUNT", "100.00", "99.99", "The amount is over the maximum of 99.99 EUR."),
        ("INJUNCTION_MIN_AGE_DAYS", 90, 91, "The oldest unpaid invoice has been due for less than 91 days."),
        ("INJUNCTION_MAX_AGE_DAYS", 90, 89, "The oldest unpaid invoice has been due for more than 89 days."),
    ],
)
def test_staff_set_the_limits(
    owner: Api, system_setting: Callable[..., None], setting: str, passes: Any, fails: Any, reason: str
) -> None:
    case = transferable(owner)
    system_setting(**{setting: _typed(passes)})
    assert asked(owner, case)["eligible"]
    system_setting(**{setting: _typed(fails)})
    assert asked(owner, case)["reasons"] == [reason]


def _typed(value: Any) -> Any:
    return Decimal(value) if isinstance(value, str) else value


@pytest.mark.parametrize("setting", ["INJUNCTION_MAX_AMOUNT", "INJUNCTION_MAX_AGE_DAYS"])
def test_zero_is_no_limit(owner: Api, system_setting: Callable[..., None], setting: str) -> None:
    system_setting(**{setting: _typed("0") if "AMOUNT" in setting else 0})
    assert asked(owner, transferable(owner))["eligible"]


def test_what_is_due_counts(owner: Api) -> None:
    assert asked(owner, transferable(owner, invoices=[overdue(days=1)]))["eligible"]
    for days in (0, -10):
        case = case_id(owner, invoices=[overdue(days=days)])
        assert asked(owner, case)["reasons"] == ["No unpaid invoice is past its due date (art. 1405 CPC)."]
    paid = case_id(owner, invoices=[overdue(invoice_part_paid=True, invoice_part_paid_amount="100.00")])
    assert asked(owner, paid)["reasons"] == ["The case has no invoice that is not fully paid (art. 1405 CPC)."]


def test_an_invoice_without_a_due_date_is_due_on_its_own(owner: Api) -> None:
    case = case_id(owner, invoices=[overdue(invoice_due_date=None)])
    assert asked(owner, case)["eligible"]


@pytest.mark.parametrize("status", [8, 9])
def test_a_closed_case_is_not_eligible(owner: Api, status: int) -> None:
    case = transferable(owner)
    move(case, status)
    assert asked(owner, case)["reasons"] == ["The case is closed."]


def test_both_cases_after_a_transfer(owner: Api) -> None:
    case = transferable(owner)
    copy = transferred(owner, case)
    assert asked(owner, case)["reasons"] == ["The case has already been transferred to an injunction procedure."]
    assert asked(owner, copy)["reasons"] == ["Only an amicable case can be transferred."]


def test_against_a_consumer_in_germany_only_german_courts_can_make_the_order(owner: Api) -> None:
    german = {"company_type": "particular", "company_country": "Allemagne"}
    data = asked(owner, transferable(owner, debtor=german))
    assert data["reasons"] == [
        "Against a consumer only the courts of the consumer's own member state can make the order "
        "(art. 6(2) Reg. (EC) 1896/2006)."
    ]
    business = asked(owner, transferable(owner, debtor={"company_country": "Allemagne"}))
    assert business["eligible"]
    assert any(each.startswith("The court is that of the place of performance") for each in business["warnings"])


def test_each_invoice_has_its_own_answer(owner: Api) -> None:
    case = transferable(
        owner,
        invoices=[
            {"days": 3000, "invoice_number": "OLD", "invoice_amount": "1.00"},
            {"invoice_number": "LIVE", "invoice_amount": "9000.00"},
            {"days": -10, "invoice_number": "FUTURE"},
        ],
    )
    data = asked(owner, case)
    assert data["eligible"]
    assert {each["invoice_number"]: each["transferable"] for each in data["invoices"]} == {
        "OLD": False,
        "LIVE": True,
        "FUTURE": False,
    }
    assert "time-barred" in data["invoices"][0]["reason"]
    assert "has not passed" in data["invoices"][2]["reason"]


def test_what_only_a_payment_may_have_saved_is_warned_of(owner: Api) -> None:
    case = transferable(owner, debtor={"company_type": "particular"}, invoices=[{"days": 730}])
    assert "time-barred" in asked(owner, case)["reasons"][0]
    acompte_record(recovery_id=case, amount=Decimal("10.00"), day=today() - timedelta(days=300), by=None)
    assert "a manager has to lift the hold" in asked(owner, case)["reasons"][0]
    hold_lift(recovery_id=case, reason="Paid with a letter.", by=None)
    data = asked(owner, case)
    assert data["eligible"]
    assert any("a manager has lifted the hold" in warning for warning in data["warnings"])
    assert "unless the payments or the due date prolonged the time" in data["invoices"][0]["warning"]


def test_a_due_date_at_the_end_of_time_fails_nothing(owner: Api) -> None:
    case = case_id(owner, invoices=[{}])
    Invoice.objects.update(invoice_date=date(9999, 12, 30), invoice_due_date=date(9999, 12, 31))
    ledger_follow(recovery_id=case, by=None, source=Source.STAFF)
    assert asked(owner, case)["reasons"] == ["No unpaid invoice is past its due date (art. 1405 CPC)."]
    assert owner.data("GET", f"/api/recoveries/{case}")["next_deadline"]["on"] == "9999-12-31"
