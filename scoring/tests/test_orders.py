"""Ordering, the list, one order: what clients send and get."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine

from companies.models import Company
from legalcity.lib.clock import today
from scoring.models import OrderYear, ScoringOrder, TokenBalance, TokenEntry
from scoring.selectors import levels_of
from scoring.services.pipeline import Outcome
from scoring.services.tokens import tokens_grant
from scoring.tests.people import ORDER, ORDERS, TOKENS, debtor, place, shown, unknown_company, work
from tests.factories import Api, OrderBody
from tests.noon import noon_of

pytestmark = pytest.mark.django_db
noon = noon_of(today())

Change = Callable[..., None]


@pytest.fixture
def company_id(owner: Api) -> int:
    """A company of the owner's."""
    return debtor(owner)


def order(api: Api, company_id: int, **body: object) -> dict:
    """What a call that has the tokens answers."""
    place(api, company_id, **body)
    return shown(api, ScoringOrder.objects.latest("id").order_id)


def test_an_order_costs_a_token_for_each_service(owner: Api, company_id: int) -> None:
    tokens_grant(user=owner.user, amount=5)
    for services, left in ((["solvency_report"], 4), (["surveillance"], 3), (["solvency_report", "surveillance"], 1)):
        answer = owner.post(ORDER, OrderBody(company_id=company_id, services=services))
        assert answer.status_code == 201
        assert answer.json()["data"]["services"] == services
        assert owner.data("GET", TOKENS) == {"remaining_tokens": left}
    spent = TokenEntry.objects.filter(kind="spent").order_by("id")
    assert [(line.amount, line.by, line.reason) for line in spent] == [
        (-1, owner.user, f"SCR-{today().year}-001"),
        (-1, owner.user, f"SCR-{today().year}-002"),
        (-2, owner.user, f"SCR-{today().year}-003"),
    ]


def test_too_few_tokens_order_nothing(owner: Api, company_id: int) -> None:
    tokens_grant(user=owner.user, amount=1)
    answer = owner.post(ORDER, OrderBody(company_id=company_id))
    assert (answer.status_code, answer.json()) == (
        403,
        {"success": False, "message": "Not enough tokens available", "code": "not_enough_tokens"},
    )
    assert ScoringOrder.objects.count() == 0
    assert owner.data("GET", TOKENS) == {"remaining_tokens": 1}
    # No number was used up.
    assert owner.data("POST", ORDER, OrderBody(company_id=company_id, services=["surveillance"]))["order_id"].endswith(
        "-001"
    )


def test_somebody_who_never_had_tokens(stranger: Api) -> None:
    mine = unknown_company(stranger)
    assert stranger.post(ORDER, OrderBody(company_id=mine)).status_code == 403


def test_a_service_named_twice_is_ordered_once(owner: Api, company_id: int) -> None:
    tokens_grant(user=owner.user, amount=5)
    sent = ["surveillance", "solvency_report", "surveillance"]
    data = owner.data("POST", ORDER, OrderBody(company_id=company_id, services=sent))
    assert data["services"] == ["solvency_report", "surveillance"]
    assert owner.data("GET", TOKENS) == {"remaining_tokens": 3}


def test_only_the_callers_companies(owner: Api, stranger: Api) -> None:
    tokens_grant(user=owner.user, amount=5)
    theirs = debtor(stranger)
    for company_id in (theirs, 10**17, 0, -1):
        errors = owner.errors("POST", ORDER, OrderBody(company_id=company_id))
        assert errors == {"company_id": ["The selected company id is invalid."]}
    assert owner.data("GET", TOKENS) == {"remaining_tokens": 5}


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("sent", "key", "sentence"),
    [
        ({"services": []}, "services", "The services field is required."),
        ({"services": None}, "services", "The services field is required."),
        ({"services": "surveillance"}, "services", "The services field must be an array."),
        ({"services": {"0": "surveillance"}}, "services", "The services field must be an array."),
        ({"services": ["surveillance", "x"]}, "services.1", None),
        ({"services": [None]}, "services.0", None),
        ({"services": [["surveillance"]]}, "services.0", None),
        ({"company_name": None}, "company_name", "The company name field is required."),
        ({"company_siret": "123"}, "company_siret", "The company siret must be exactly 14 characters."),
        ({"report_type": "long"}, "report_type", "The selected report type is invalid."),
        ({"priority": "now"}, "priority", "The selected priority is invalid."),
        ({"surveillance_duration": 0}, "surveillance_duration", None),
        ({"surveillance_duration": 37}, "surveillance_duration", None),
        ({"surveillance_duration": "x"}, "surveillance_duration", None),
        ({"company_id": "12a"}, "company_id", "The company id field must be an integer."),
        ({"company_id": None}, "company_id", "The company id field is required."),
    ],
)
def test_what_does_not_do(owner: Api, company_id: int, sent: dict, key: str, sentence: str | None) -> None:
    errors = owner.errors("POST", ORDER, OrderBody(company_id=company_id) | sent)
    assert list(errors) == [key]
    assert sentence is None or errors[key] == [sentence]


def test_every_fault_is_told_at_once(owner: Api) -> None:
    assert set(owner.errors("POST", ORDER, {"priority": "now"})) == {
        "company_id",
        "company_name",
        "services",
        "priority",
    }


def test_defaults(owner: Api, company_id: int) -> None:
    tokens_grant(user=owner.user, amount=2)
    body = {"company_id": str(company_id), "company_name": "A", "services": ["solvency_report", "surveillance"]}
    owner.data("POST", ORDER, body)
    made = ScoringOrder.objects.get()
    assert (made.report_type, made.priority, made.surveillance_months) == ("standard", "standard", 12)


def test_what_does_not_apply_is_dropped(owner: Api, company_id: int) -> None:
    assert order(owner, company_id, services=["surveillance"])["report_type"] is None
    order(owner, company_id, services=["solvency_report"])
    assert ScoringOrder.objects.latest("id").surveillance_months is None


def test_or_refused_where_the_firm_wants_it_so(owner: Api, company_id: int, system_setting: Change) -> None:
    system_setting(INAPPLICABLE_FIELDS="reject")
    assert owner.errors("POST", ORDER, OrderBody(company_id=company_id, services=["surveillance"])) == {
        "report_type": ["The report type must be null when services is surveillance."]
    }
    assert owner.errors("POST", ORDER, OrderBody(company_id=company_id, services=["solvency_report"])) == {
        "surveillance_duration": ["The surveillance duration must be null when services is solvency_report."]
    }


@time_machine.travel(datetime(2026, 12, 31, 22, 59, tzinfo=UTC), tick=False)
def test_numbers_begin_anew_with_the_year_in_paris(owner: Api, company_id: int) -> None:
    owner.login()
    assert [place(owner, company_id) for _ in range(2)] == ["SCR-2026-001", "SCR-2026-002"]
    with time_machine.travel(datetime(2026, 12, 31, 23, 1, tzinfo=UTC), tick=False):
        assert place(owner, company_id) == "SCR-2027-001"


def test_numbers_grow_beyond_three_digits(owner: Api, company_id: int) -> None:
    place(owner, company_id)
    OrderYear.objects.update(last=999)
    number = place(owner, company_id)
    assert number.endswith("-1000")
    assert shown(owner, number)["order_id"] == number


@pytest.mark.same_everywhere
@pytest.mark.parametrize(("priority", "due"), [("express", "2026-03-02T10:00"), ("standard", "2026-03-03T13:00")])
def test_estimated_delivery_in_working_hours(owner: Api, company_id: int, priority: str, due: str) -> None:
    # A Friday, 16:00 in Paris: two hours are left of it.
    with time_machine.travel(datetime(2026, 2, 27, 15, 0, tzinfo=UTC), tick=False):
        owner.login()
        tokens_grant(user=owner.user, amount=2)
        data = owner.data("POST", ORDER, OrderBody(company_id=company_id, priority=priority))
    assert data["estimated_delivery"] == f"{due}:00.000000Z"


def test_the_list_is_the_callers_newest_first_with_pagination_beside_data(
    owner: Api, stranger: Api, company_id: int
) -> None:
    numbers = [place(owner, company_id, services=["solvency_report"]) for _ in range(3)]
    watched = place(owner, company_id, services=["surveillance"])
    place(stranger, unknown_company(stranger))
    work(numbers[0])
    body = owner.get(f"{ORDERS}?per_page=3").json()
    assert [row["order_id"] for row in body["data"]["scoring_orders"]] == [watched, *numbers[:0:-1]]
    assert body["pagination"] == {
        "current_page": 1, "per_page": 3, "total": 4, "last_page": 2, "from": 1, "to": 3,
    }  # fmt: skip
    assert list(body) == ["success", "data", "pagination", "message"]

    def listed(query: str) -> list[str]:
        return [row["order_id"] for row in owner.get(f"{ORDERS}?{query}").json()["data"]["scoring_orders"]]

    assert listed("per_page=3&page=2") == [numbers[0]]
    assert listed("page=9") == []
    assert listed("service_type=surveillance") == [watched]
    assert listed("service_type=solvency_report&status=completed") == [numbers[0]]
    assert listed("status=failed") == []
    assert set(owner.errors("GET", f"{ORDERS}?status=done&service_type=x&per_page=101&page=0")) == {
        "status", "service_type", "per_page", "page",
    }  # fmt: skip


@pytest.mark.parametrize(
    "order_id",
    ["SCR-2026-999", "x", "SCR-2026-001%00", "SCR-2026-%F0%9F%98%80", "scr-2026-001", "SCR-٢٠٢٦-001", "9" * 999],
)
def test_an_order_that_is_not_there(owner: Api, company_id: int, order_id: str) -> None:
    place(owner, company_id)
    answer = owner.get(f"{ORDERS}/{order_id}")
    assert (answer.status_code, answer.json()["message"]) == (404, "Scoring order not found")


def test_another_accounts_order_is_not_there(owner: Api, stranger: Api, company_id: int) -> None:
    number = place(owner, company_id)
    assert stranger.get(f"{ORDERS}/{number}").status_code == 404


def test_a_new_order_has_no_results(owner: Api, company_id: int) -> None:
    told = shown(owner, place(owner, company_id))
    assert list(told)[:5] == ["order_id", "company_name", "services", "status", "results"]
    assert (told["status"], told["results"], told["alerts"], told["surveillance"]) == ("pending", None, [], None)


def test_an_order_outlives_its_company(owner: Api, company_id: int) -> None:
    number = place(owner, company_id)
    owner.delete(f"/api/recoveries/{owner.data('GET', '/api/recoveries')['recoveries'][0]['id']}")
    assert not Company.objects.filter(pk=company_id).exists()
    work(number)
    assert shown(owner, number)["results"]["solvency_score"] is None


def test_failed_writes_leave_nothing(owner: Api, company_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens_grant(user=owner.user, amount=2)

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("scoring.services.orders.spending_note", broken)
    answer = owner.post(ORDER, OrderBody(company_id=company_id))
    assert (answer.status_code, answer.json()["message"]) == (500, "Failed to place scoring order")
    assert TokenBalance.objects.get(user=owner.user).tokens == 2
    assert (ScoringOrder.objects.count(), TokenEntry.objects.filter(kind="spent").count()) == (0, 0)


def test_the_levels_of_more_companies_than_a_statement_has_values(owner: Api, company_id: int) -> None:
    assert work(place(owner, company_id)) == Outcome.DONE
    level = ScoringOrder.objects.get().results["risk_level"]
    many = [company_id, *range(10**9, 10**9 + 300_000)]
    assert levels_of(many, many[1:]) == {}
    assert levels_of([owner.user.pk, *many[1:]], many) == {(owner.user.pk, company_id): level}
