"""What many do at the same moment: on PostgreSQL, each in a thread with a connection of its own."""

from collections import Counter
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count, Sum

from accounts.models import AccessToken, ApiKey, User
from accounts.services import key_revoke
from companies.models import Company
from invoicing.models import Invoice
from law.vocabulary import Step
from recoveries.models import CaseCount, Comment, Recovery, StatusChange
from recoveries.services.life import status_move
from recoveries.services.parties import party_correct
from recoveries.statuses import STATUSES
from scoring.models import TokenBalance, TokenEntry
from scoring.services.tokens import tokens_grant
from tests.factories import (
    Api,
    ApiUserFactory,
    CompanyBody,
    InvoiceBody,
    RegisterBody,
    bare_case_id,
    case_id,
    complete_body,
    detail,
    move,
)
from tests.races import at_once, statuses_at_once, twin

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="row locks and races need PostgreSQL"),
    # Threads see committed rows only; migrations made the catalogue of statuses, which is put back for each test.
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

MANY = 20
TAKEN = (
    "Failed to create company: This recovery case already has a customer. "
    "Each recovery can have only one customer and one debtor."
)


@pytest.fixture
def race_owner() -> Api:
    """A client of the firm, who may register further users."""
    return Api.of(ApiUserFactory(email="owner@example.com", can_register=True))


def totals_of(recovery_id: int) -> tuple[Decimal, Decimal, int]:
    """What the case says that it adds up to."""
    case = Recovery.objects.get(pk=recovery_id)
    return case.amount, case.amount_torecover, case.invoices_count


def assert_counts_are_exact(owner: User) -> None:
    """The kept numbers of cases are the numbers of cases."""
    counted = Recovery.objects.filter(owner=owner).values_list("status_id").annotate(n=Count("pk"))
    kept = CaseCount.objects.filter(owner=owner).values_list("status_id").annotate(sum=Sum("n")).exclude(sum=0)
    assert dict(kept) == dict(counted)


# --- a case and its parties ------------------------------------------------------------------------------------


def test_who_files_does_not_wait_for_another_of_the_account_who_has_not_ended(race_owner: Api) -> None:
    def asked(sql: str) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()

    slot = "SELECT pg_backend_pid() & 15"
    ours, other = asked(slot), twin(race_owner)

    def file(_number: int) -> int:
        while asked(slot) == ours:
            connection.close()  # The next session has another number.
        asked("SELECT set_config('lock_timeout', '10s', false)")
        return case_id(other)

    with transaction.atomic():
        case_id(race_owner)
        at_once(1, file)
    assert race_owner.data("GET", "/api/recoveries")["pagination"]["total"] == 2
    assert_counts_are_exact(race_owner.user)


def test_a_case_gets_one_customer(race_owner: Api) -> None:
    case = bare_case_id(race_owner)
    path = f"/api/recoveries/{case}/companies"

    def attach(number: int) -> tuple[int, str]:
        answer = twin(race_owner).post(path, CompanyBody(relation_type="customer", company_name=f"Rival {number}"))
        return answer.status_code, answer.json()["message"]

    answers = Counter(at_once(MANY, attach))
    assert answers == {
        (201, "Company created and associated with recovery successfully"): 1,
        (500, TAKEN): MANY - 1,
    }
    winner = Company.objects.get()
    shown = detail(race_owner, case)
    assert shown["customer"]["id"] == winner.pk
    assert shown["customer_company"] == winner.company_name
    assert shown["debtor"] is None


def test_a_party_is_changed_from_its_cases_and_by_staff_at_once(race_owner: Api) -> None:
    cases = [case_id(race_owner) for _number in range(3)]
    debtor_id = detail(race_owner, cases[0])["debtor"]["id"]
    Recovery.objects.update(debtor=debtor_id)

    def change(api: Api, number: int) -> Any:
        field = ("company_city", "company_phone", "company_email")[number % 3]
        value = ("Lyon", "0472000000", "office@example.com")[number % 3]
        return api.send("PUT", f"/api/recoveries/{cases[number % 3]}/companies/{debtor_id}", {field: value})

    def correct(number: int) -> None:
        values = {"company_address": f"{number} rue Haute"}
        party_correct(recovery_id=cases[number % 3], side="debtor", values=values, by=None)

    apis = [twin(race_owner) for _number in range(12)]
    answers = at_once(18, lambda n: change(apis[n], n).status_code if n < 12 else correct(n))
    assert answers[:12] == [200] * 12
    party = Company.objects.get(pk=debtor_id)
    shown = (party.company_city, party.company_phone, party.company_email)
    assert shown == ("Lyon", "0472000000", "office@example.com")
    assert str(party.company_address).endswith("rue Haute")


def test_cases_opened_at_once_are_all_counted(race_owner: Api) -> None:
    answers = statuses_at_once(MANY, race_owner, lambda api, _n: api.post("/api/recoveries/complete", complete_body()))
    assert answers == {201: MANY}
    assert_counts_are_exact(race_owner.user)
    listed = race_owner.data("GET", "/api/recoveries?per_page=100")
    assert listed["pagination"]["total"] == MANY
    assert len({case["recovery_reference"] for case in listed["recoveries"]}) == MANY


def test_a_case_is_deleted_once(race_owner: Api) -> None:
    case, other = case_id(race_owner), case_id(race_owner)
    answers = statuses_at_once(10, race_owner, lambda api, _n: api.delete(f"/api/recoveries/{case}"))
    assert answers == {200: 1, 404: 9}
    assert list(Recovery.objects.values_list("pk", flat=True)) == [other]
    assert Company.objects.count() == 2
    assert_counts_are_exact(race_owner.user)


def test_an_invoice_for_a_case_that_is_being_deleted(race_owner: Api) -> None:
    case = case_id(race_owner)

    def act(api: Api, number: int) -> Any:
        if number == 5:
            return api.delete(f"/api/recoveries/{case}")
        return api.post(f"/api/recoveries/{case}/invoices", InvoiceBody(invoice_number=f"LATE-{number}"))

    answers = statuses_at_once(10, race_owner, act)
    assert answers[200] == 1
    assert answers[201] + answers[404] == 9
    assert Invoice.objects.count() == 0


# --- money -----------------------------------------------------------------------------------------------------


def test_invoices_created_at_once_are_all_in_the_totals(race_owner: Api) -> None:
    case = case_id(race_owner, invoices=[])

    def create(api: Api, number: int) -> Any:
        body = InvoiceBody(
            invoice_number=f"AT-ONCE-{number}",
            invoice_amount=f"{number + 1}.10",
            invoice_part_paid=True,
            invoice_part_paid_amount="1.05",
        )
        return api.post(f"/api/recoveries/{case}/invoices", body)

    assert statuses_at_once(MANY, race_owner, create) == {201: MANY}
    # 1.10 + 2.10 + … + 20.10, less 1.05 each.
    assert totals_of(case) == (Decimal("212.00"), Decimal("191.00"), MANY)


def test_invoices_created_changed_and_deleted_at_once_leave_exact_totals(race_owner: Api) -> None:
    stored = [{"invoice_number": f"KEPT-{n}", "invoice_amount": "100.00"} for n in range(12)]
    case = case_id(race_owner, invoices=stored)
    path = f"/api/recoveries/{case}/invoices"
    ids = list(Invoice.objects.filter(recovery_id=case).order_by("id").values_list("id", flat=True))

    def act(api: Api, number: int) -> Any:
        if number < 6:
            return api.delete(f"{path}/{ids[number]}")
        if number < 12:
            change = {"invoice_amount": "40.25", "invoice_part_paid": True, "invoice_part_paid_amount": "0.25"}
            return api.put(f"{path}/{ids[number]}", change)
        return api.post(path, InvoiceBody(invoice_number=f"NEW-{number}", invoice_amount="7.07"))

    assert statuses_at_once(MANY, race_owner, act) == {200: 12, 201: 8}
    # 6 × 40.25 + 8 × 7.07; 0.25 is paid of each of the six.
    assert totals_of(case) == (Decimal("298.06"), Decimal("296.56"), 14)
    sums = Invoice.objects.filter(recovery_id=case).aggregate(a=Sum("invoice_amount"), r=Sum("remaining_amount"))
    assert totals_of(case) == (sums["a"], sums["r"], 14)


def test_an_invoice_number_is_given_once(race_owner: Api) -> None:
    case = case_id(race_owner, invoices=[])
    body = InvoiceBody(invoice_number="ONLY-ONE")
    answers = statuses_at_once(10, race_owner, lambda api, _n: api.post(f"/api/recoveries/{case}/invoices", body))
    assert answers == {201: 1, 422: 9}
    assert totals_of(case) == (Decimal("100.00"), Decimal("100.00"), 1)


def test_comments_written_at_once_are_all_counted(race_owner: Api) -> None:
    case = case_id(race_owner)
    path = f"/api/recoveries/{case}/comments"
    answers = statuses_at_once(MANY, race_owner, lambda api, n: api.post(path, {"comment": f"<p>Note {n}</p>"}))
    assert answers == {201: MANY}
    assert Comment.objects.filter(recovery_id=case).count() == MANY
    assert Recovery.objects.get(pk=case).comments_count == MANY


# --- tokens and users ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [2, 10])
def test_a_token_is_exchanged_once(race_owner: Api, times: int) -> None:
    def refresh(_number: int) -> tuple[int, str | None]:
        answer = twin(race_owner).post("/api/auth/refresh")
        return answer.status_code, answer.json().get("data", {}).get("token")

    answers = at_once(times, refresh)
    assert Counter(status for status, _token in answers) == {200: 1, 401: times - 1}
    fresh = Api()
    fresh.token = next(token for _status, token in answers if token)
    assert fresh.get("/api/auth/me").status_code == 200
    assert race_owner.get("/api/auth/me").status_code == 401
    assert AccessToken.objects.filter(revoked_at=None).count() == 1


def test_a_token_that_is_refreshed_and_revoked_at_once_is_dead(race_owner: Api) -> None:
    """Whoever comes first: the old token is gone, and at most one new one exists."""
    paths = ["/api/auth/refresh", "/api/auth/logout"] * 4
    answers = statuses_at_once(8, race_owner, lambda api, n: api.post(paths[n]))
    assert set(answers) <= {200, 401}
    assert race_owner.get("/api/auth/me").status_code == 401
    assert AccessToken.objects.filter(revoked_at=None).count() <= 1


def test_a_key_that_is_revoked_while_it_opens_sessions_leaves_none(race_owner: Api) -> None:
    """Logins and refreshes at the moment of the revocation: whoever comes first, nothing is open after it."""
    key = ApiKey.objects.get(user=race_owner.user)

    def meanwhile(number: int) -> int:
        if number == 4:
            return int(key_revoke(api_key=key))
        if number % 2:
            return twin(race_owner).post("/api/auth/refresh").status_code
        return Api().post("/api/auth/login", {"email": race_owner.user.email, "key": race_owner.key}).status_code

    assert set(at_once(8, meanwhile)) <= {1, 200, 401}
    assert not AccessToken.objects.filter(revoked_at=None).exists()


def test_registrations_of_one_e_mail_make_one_user(race_owner: Api) -> None:
    emails = ["new@example.com", "New@Example.com"]
    answers = statuses_at_once(
        10, race_owner, lambda api, n: api.post("/api/auth/register", RegisterBody(email=emails[n % 2]))
    )
    assert answers == {201: 1, 200: 9}
    user = User.objects.get(email__iexact="new@example.com")
    assert ApiKey.objects.filter(user=user, revoked_at=None).count() == 10


def test_one_registrar_wins_an_e_mail() -> None:
    registrars = [Api.of(ApiUserFactory(can_register=True)) for _ in range(6)]
    bodies = [RegisterBody(email="wanted@example.com") for _ in registrars]

    def register(number: int) -> int:
        return int(registrars[number].post("/api/auth/register", bodies[number]).status_code)

    assert Counter(at_once(6, register)) == {201: 1, 403: 5}
    assert User.objects.filter(email="wanted@example.com").count() == 1


def test_tokens_granted_at_once_add_up() -> None:
    user = ApiUserFactory()
    at_once(10, lambda number: tokens_grant(user=user, amount=number + 1))
    assert TokenBalance.objects.get(user=user).tokens == 55
    assert TokenEntry.objects.filter(user=user).aggregate(sum=Sum("amount"))["sum"] == 55


# --- statuses --------------------------------------------------------------------------------------------------


def test_moves_of_one_case_make_one_chain(race_owner: Api) -> None:
    case = case_id(race_owner)
    move(case, Step.FORMAL_NOTICE)
    # Each of these leads to each other one, so that no order of the moves is refused.
    targets = [Step.PRE_LITIGATION, Step.PAYMENT_PLAN, Step.DISPUTE] * 4
    at_once(len(targets), lambda n: status_move(recovery_id=case, to_status=targets[n], by=None).pk)
    steps = list(StatusChange.objects.filter(recovery_id=case).order_by("id").values_list("from_status", "to_status"))
    assert steps[:2] == [(None, Step.CREATED), (Step.CREATED, Step.FORMAL_NOTICE)]
    assert len(steps) > 3
    for (_before, reached), (left, _after) in pairwise(steps):
        assert left == reached
    assert all(left != reached for left, reached in steps)
    assert Recovery.objects.get(pk=case).status_id == steps[-1][1]
    assert_counts_are_exact(race_owner.user)


def test_moves_of_many_cases_keep_the_counts(race_owner: Api) -> None:
    """Half go one way while half come back: two moves over the same counters never wait for each other."""
    cases = [case_id(race_owner) for _ in range(12)]
    plan, dispute = Step.PAYMENT_PLAN, Step.DISPUTE
    for index, case in enumerate(cases):
        move(case, plan if index % 2 else dispute)
    wanted = {case: dispute if index % 2 else plan for index, case in enumerate(cases)}
    at_once(12, lambda n: status_move(recovery_id=cases[n], to_status=wanted[cases[n]], by=None).pk)
    assert dict(Recovery.objects.values_list("pk", "status_id")) == wanted
    assert_counts_are_exact(race_owner.user)
    group = STATUSES[plan].group.id
    assert race_owner.data("GET", f"/api/recoveries?status={group}")["pagination"]["total"] == 6
