"""A bare case, its parties and invoices to follow."""

from recoveries.models import Recovery
from recoveries.rules import FIELDS
from recoveries.serializers import RecoverySerializer
from tests.factories import Api, CompanyBody, InvoiceBody, RecoveryBody, detail

CASES = "/api/recoveries"


def test_a_bare_case_has_nothing_but_its_fields(owner: Api) -> None:
    answer = owner.post(CASES, RecoveryBody(type=2, recovery_observations="Late again"))
    assert (answer.status_code, answer.json()["message"]) == (201, "Recovery created successfully")
    case = answer.json()["data"]
    assert (case["customer"], case["debtor"]) == (None, None)
    for key in ("invoices", "docs", "all_docs", "comments", "acomptes", "dettes"):
        assert case[key] == []
    assert (case["amount"], case["amount_torecover"]) == ("0.00", "0.00")
    assert (case["type"], case["recovery_observations"], case["recovery_status"]) == (2, "Late again", 1)
    assert len(case["statusHistory"]) == 1


def test_every_field_that_may_be_sent_is_kept_and_shown(owner: Api) -> None:
    case = owner.data("POST", CASES, RecoveryBody())
    assert list(RecoverySerializer().fields) == list(FIELDS)
    assert set(FIELDS) <= case.keys()


def test_a_bare_case_becomes_a_complete_one(owner: Api) -> None:
    case = owner.data("POST", CASES, RecoveryBody())
    base = f"{CASES}/{case['id']}"
    for side in ("customer", "debtor"):
        owner.data("POST", f"{base}/companies", CompanyBody(relation_type=side, company_name=f"The {side}"))
    owner.data("POST", f"{base}/invoices", InvoiceBody(invoice_amount="12.34"))
    shown = detail(owner, case["id"])
    assert (shown["customer"]["company_name"], shown["debtor"]["company_name"]) == ("The customer", "The debtor")
    assert (shown["customer_company"], shown["debtor_company"]) == ("The customer", "The debtor")
    assert (shown["amount"], shown["amount_torecover"], shown["invoices_count"]) == ("12.34", "12.34", 1)


def test_the_owner_is_the_caller_whoever_handles_the_case(owner: Api) -> None:
    mine = owner.data("POST", CASES, RecoveryBody())
    left_to_staff = owner.data("POST", CASES, RecoveryBody(assign_to_me=False))
    assert (mine["user"]["id"], left_to_staff["user"]) == (owner.user.pk, None)
    assert set(Recovery.objects.values_list("owner_id", flat=True)) == {owner.user.pk}


def test_a_refused_case_leaves_nothing(owner: Api) -> None:
    errors = owner.errors("POST", CASES, RecoveryBody(recovery_penalty=True))
    assert set(errors) == {"recovery_penalty_type"}
    assert Recovery.objects.count() == 0
    assert owner.data("GET", CASES)["pagination"]["total"] == 0
