"""The account of a case through the API: the décompte, postings, payments received by the creditor, credit notes."""

from typing import Any

import pytest
import time_machine

from recoveries.ledger.rate_services import rates_load
from recoveries.models import Acompte, Posting, Recovery
from recoveries.views import account_samples
from tests.factories import Api, case_id, detail, move

pytestmark = pytest.mark.django_db
F1 = {
    "invoice_number": "F1",
    "invoice_date": "2026-02-13",
    "invoice_due_date": "2026-03-15",
    "invoice_amount": "6000.00",
}
F2 = {
    "invoice_number": "F2",
    "invoice_date": "2026-04-30",
    "invoice_due_date": "2026-05-30",
    "invoice_amount": "2400.00",
}
TERMS = {"recovery_late_interest": True, "recovery_interest_rate": "no"}
PAYMENT = {"amount": "1500.00", "date": "2026-06-10", "method": "Virement", "reference": "VIR 12"}


@pytest.fixture(autouse=True)
def autumn(db: None) -> Any:
    rates_load()
    with time_machine.travel("2026-11-28T10:00:00Z", tick=False):
        yield


@pytest.fixture
def case(owner: Api) -> int:
    return case_id(owner, recovery=TERMS, invoices=[F1, F2])


def account(api: Api, case: int, query: str = "") -> dict[str, Any]:
    told: dict[str, Any] = api.data("GET", f"/api/recoveries/{case}/decompte{query}")
    return told


def pay(api: Api, case: int, **values: Any) -> Any:
    return api.post(f"/api/recoveries/{case}/payments", {**PAYMENT, **values})


def test_the_account_explains_every_euro(owner: Api, case: int) -> None:
    assert pay(owner, case).status_code == 201
    told = account(owner, case)
    assert told["total"] == {
        "principal": "7073.76", "interest": "418.77", "indemnity": "80.00", "penalty": "0.00", "cost": "0.00",
        "due": "7572.53",
    }  # fmt: skip
    assert told["payments"][0]["allocations"] == [
        {
            "number": "F1",
            "interest": "173.76",
            "principal": "1326.24",
            "indemnity": "0.00",
            "article": "art. 1342-10, 1343-1 C. civ.",
        }
    ]
    assert [period["percent"] for period in told["claims"][0]["periods"]] == ["12.15", "12.15", "12.40"]
    assert account(owner, case, "?on=2026-10-05")["total"]["due"] == "7442.76"
    assert account(owner, case, "?on=2026-06-10")["total"]["due"] == "7162.55"


def test_what_was_known_on_an_earlier_day_can_be_told(owner: Api, case: int) -> None:
    with time_machine.travel("2026-11-29T06:00:00Z", tick=False):
        pay(owner, case)
        now = account(owner, case, "?on=2026-11-28")
        then = account(owner, case, "?on=2026-11-28&known_on=2026-11-28")
    assert now["total"]["due"] == "7572.53"
    assert (then["payments"], then["known_on"], then["total"]["principal"]) == ([], "2026-11-28", "8400.00")
    assert then["sha256"] != now["sha256"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?on=2026-02-12", "on"),
        ("?on=28/11/2026", "on"),
        ("?on=2026-02-30", "on"),
        ("?on=2028-01-01", "on"),
        ("?known_on=2026-11-29", "known_on"),
        ("?known_on=2026-11-27", "known_on"),
        ("?day=2026-11-28", "day"),
        ("?on=2026-11-28&on=2026-11-27", "on"),
    ],
)
def test_a_question_that_has_no_answer_is_told_so(owner: Api, case: int, query: str, field: str) -> None:
    answer = owner.get(f"/api/recoveries/{case}/decompte{query}")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


def test_other_accounts_see_none_of_it(owner: Api, stranger: Api, case: int) -> None:
    for path in ("decompte", "decompte.pdf", "postings"):
        assert stranger.get(f"/api/recoveries/{case}/{path}").status_code == 403
        assert owner.get(f"/api/recoveries/987654321/{path}").status_code == 404
    assert pay(stranger, case).status_code == 403


def test_without_a_rate_the_account_says_for_which_day(owner: Api) -> None:
    from recoveries.models import EcbRate

    EcbRate.objects.all().delete()
    case = case_id(owner, recovery=TERMS, invoices=[F1])
    answer = owner.get(f"/api/recoveries/{case}/decompte")
    assert answer.status_code == 409
    assert "16/03/2026" in answer.json()["errors"]["on"][0]
    told = pay(owner, case)
    assert (told.status_code, told.json()["data"]["warnings"][0]["code"]) == (201, "unallocated")


def test_the_same_payment_is_asked_about(owner: Api, case: int) -> None:
    first = pay(owner, case).json()["data"]["id"]
    answer = pay(owner, case)
    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["payment_id"]) == ("duplicate_payment", first)
    assert pay(owner, case, confirm=True).status_code == 201


def test_the_same_credit_note_is_asked_about(owner: Api, case: int) -> None:
    sent = {"invoice_id": detail(owner, case)["invoices"][0]["id"], "amount": "10", "date": "2026-07-01"}
    first, again = (owner.post(f"/api/recoveries/{case}/credit-notes", sent) for _ in range(2))
    told = again.json()
    assert (again.status_code, told["code"]) == (409, "duplicate_credit_note")
    assert told["credit_note_id"] == first.json()["data"]["id"]
    confirmed = owner.post(f"/api/recoveries/{case}/credit-notes", {**sent, "confirm": True})
    assert confirmed.status_code == 201


def test_a_payment_is_warned_of_alone(owner: Api, case: int) -> None:
    pay(owner, case, reference="of nobody")
    assert pay(owner, case, amount="1.00", reference="F1").json()["data"]["warnings"] == []


def test_what_is_paid_beyond_what_is_owed_is_surplus(owner: Api, case: int) -> None:
    told = pay(owner, case, amount="10000.00").json()["data"]
    assert told["surplus"] != "0.00"
    assert [warning["code"] for warning in told["warnings"]] == ["not_assigned", "surplus"]
    assert detail(owner, case)["status"]["id"] == 8


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "-1"}, "amount"),
        ({"amount": "1.234"}, "amount"),
        ({"amount": "1" * 13}, "amount"),
        ({"amount": None}, "amount"),
        ({"date": "2026-11-29"}, "date"),
        ({"date": "1989-12-31"}, "date"),
        ({"date": "2026-02-12"}, "date"),
        ({"date": "2026-04-01", "reference": "F2"}, "date"),
        ({"invoice_id": 987654321}, "invoice_id"),
        ({"invoice_id": "x"}, "invoice_id"),
        ({"reference": "a\x00b"}, "reference"),
    ],
)
def test_a_payment_that_cannot_be_is_refused_with_a_sentence(
    owner: Api, case: int, values: dict[str, Any], field: str
) -> None:
    answer = pay(owner, case, **values)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert not Acompte.objects.exists()


def test_a_closed_case_takes_no_payment_through_the_api(owner: Api, case: int) -> None:
    move(case, 9)
    answer = pay(owner, case)
    assert (answer.status_code, "reopen" in answer.json()["message"]) == (409, True)


def test_a_credit_note_takes_principal_away_from_its_day_on(owner: Api, case: int) -> None:
    invoice = detail(owner, case)["invoices"][0]
    sent = {"invoice_id": invoice["id"], "amount": "1000.00", "date": "2026-07-01", "reference": "AV-1"}
    answer = owner.post(f"/api/recoveries/{case}/credit-notes", sent)
    assert answer.status_code == 201
    [claim] = [row for row in account(owner, case)["claims"] if row["id"] == invoice["id"]]
    assert claim["credit_notes"] == [
        {"id": answer.json()["data"]["id"], "on": "2026-07-01", "amount": "1000.00", "reference": "AV-1"}
    ]
    more = owner.post(f"/api/recoveries/{case}/credit-notes", {**sent, "amount": "9000.00"})
    assert (more.status_code, list(more.json()["errors"])) == (422, ["amount"])


def test_postings_are_read_on_from_a_place(owner: Api, stranger: Api, case: int) -> None:
    pay(owner, case)
    first = owner.data("GET", f"/api/recoveries/{case}/postings?limit=1")
    assert [item["kind"] for item in first["items"]] == ["claim"]
    second = owner.data("GET", f"/api/recoveries/{case}/postings?limit=1&after={first['next']}")
    assert ([item["kind"] for item in second["items"]], second["next"]) == (["direct_payment"], None)
    for line in ("debit", "credit"):
        assert sum(float(each[line]) for each in second["items"][0]["lines"]) == 1500
    theirs = case_id(stranger)
    for query in (f"?after={first['next']}", "?after=abc", "?limit=0", "?limit=201", "?x=1"):
        assert stranger.get(f"/api/recoveries/{theirs}/postings{query}").status_code == 422


def test_a_case_with_money_received_is_not_deleted(owner: Api, case: int) -> None:
    pay(owner, case)
    answer = owner.delete(f"/api/recoveries/{case}")
    assert (answer.status_code, "Money was received" in answer.json()["message"]) == (409, True)
    assert Recovery.objects.filter(pk=case).exists()
    assert Posting.objects.filter(recovery=case).count() == 2


def shape(value: Any) -> Any:
    """The keys of an answer and of what is in it, by the first of each list."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else None


def test_the_reference_shows_the_answers_as_they_are(owner: Api) -> None:
    """Each sample has the keys of a real answer; a list that is empty here says nothing of its items."""
    due_later = {**F2, "invoice_due_date": "2027-01-31"}
    case = case_id(owner, recovery=TERMS, invoices=[F1, due_later])
    invoice = next(row["id"] for row in detail(owner, case)["invoices"] if row["invoice_number"] == "F1")
    note = {"invoice_id": invoice, "amount": "100.00", "date": "2026-07-01", "reference": "AV-1"}
    shown = {
        "CREDIT_NOTE": owner.post(f"/api/recoveries/{case}/credit-notes", note),
        "PAYMENT": pay(owner, case, invoice_id=invoice),
        "DECOMPTE": owner.get(f"/api/recoveries/{case}/decompte"),
        "POSTINGS": owner.get(f"/api/recoveries/{case}/postings"),
    }
    for name, answer in shown.items():
        real, sample = shape(answer.json()["data"]), shape(getattr(account_samples, name)[answer.status_code]["data"])
        if name == "DECOMPTE":
            real |= {name: sample[name] for name in ("warnings", "waivers")}
        if name == "POSTINGS":
            real, sample = real["items"][0].keys(), sample["items"][0].keys()
        assert real == sample, name
    twice = pay(owner, case, invoice_id=invoice)
    assert twice.json().keys() == account_samples.PAYMENT[409].keys()
