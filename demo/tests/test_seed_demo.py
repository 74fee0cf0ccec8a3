"""The demonstration portfolio: the same for the same seed, exact in every sum, and readable through the API."""

import json
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F, QuerySet
from django.test import TestCase
from pytest_django import Settings
from stdnum.fr import tva

from accounts.models import User
from companies.models import Company
from companies.rules import QUALITIES, company_errors
from invoicing.models import Invoice, ProtectedInvoice, ProtectedInvoiceChange
from invoicing.rules import invoice_errors
from law.vocabulary import CaseType, Step
from legalcity.lib.reading.identifiers import is_real_siren
from recoveries.html import cleaned, plain_text
from recoveries.ledger.beginning import cases_begin
from recoveries.ledger.tests.before import ledgers_vanish
from recoveries.models import (
    Acompte,
    CaseBalance,
    CaseCount,
    Comment,
    Dette,
    Line,
    Posting,
    Recovery,
    Status,
    StatusChange,
)
from recoveries.rules import recovery_errors
from recoveries.services.cases import recovery_delete
from recoveries.services.copies import copies_refresh
from recoveries.services.deadlines import stale_deadlines
from recoveries.services.totals import comments_count_refresh, totals_refresh
from recoveries.statuses import OPEN, is_allowed
from tests.counts import case_counts_rebuild
from tests.factories import Api, ApiUserFactory, case_id

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 2)
CASES = 60
MODELS = (
    *(Company, Recovery, Invoice, StatusChange, Comment, Acompte, Dette),
    *(ProtectedInvoice, ProtectedInvoiceChange),
)
SUMS = ("amount", "amount_torecover", "invoices_count", "comments_count")


def seed(cases: int = CASES, *more: str) -> str:
    """What seed_demo says."""
    out = StringIO()
    call_command("seed_demo", "--cases", str(cases), "--today", str(TODAY), *more, stdout=out)
    return out.getvalue()


def content() -> list[Any]:
    """Every row of the portfolio, with words in the place of the ids that the database hands out."""
    references = dict(Recovery.objects.values_list("id", "recovery_reference"))
    emails = dict(User.objects.values_list("id", "email"))
    sirens = dict(Company.objects.values_list("id", "company_siren"))
    words = {
        "recovery_id": references,
        "owner_id": emails,
        "user_id": emails,
        "customer_id": sirens,
        "debtor_id": sirens,
        "invoice_id": dict(ProtectedInvoice.objects.values_list("id", "tracking_code")),
    }
    rows: list[Any] = []
    for model in MODELS:
        for row in model.objects.values():
            del row["id"]
            if model is Company and row["company_email"].startswith("compta."):
                # The accounts' own companies are saved as of now, like the accounts.
                del row["created_at"], row["updated_at"]
            values = {name: words[name].get(value) if name in words else value for name, value in row.items()}
            rows.append(sorted((name, str(value)) for name, value in values.items()))
    return sorted(rows)


def ledgers() -> tuple[list[Any], list[Any], list[Any]]:
    """Postings, their lines and the balances, as they were written, without the ids of postings."""
    named = [*(field.attname for field in Posting._meta.concrete_fields if field.attname not in ("id", "recovery_id"))]
    lined = [field.attname for field in Line._meta.concrete_fields if field.attname not in ("id", "posting_id")]
    postings = Posting.objects.order_by("id").values_list("recovery_id", "kind", *named)
    lines = Line.objects.order_by("id").values_list("posting__recovery_id", "posting__effective_on", *lined)
    return list(postings), list(lines), list(CaseBalance.objects.order_by("pk").values_list())


def clear() -> None:
    """An empty database."""
    ledgers_vanish()
    for model in (Recovery, Company, ProtectedInvoice, User):
        model.objects.all().delete()


def sums() -> list[Any]:
    """What the cases say they add up to."""
    return list(Recovery.objects.order_by("id").values_list(*SUMS, "status_id"))


class TestDeterminism:
    def test_the_same_seed_and_day_give_the_same_rows(self) -> None:
        seed(25)
        first = content()
        clear()
        seed(25)
        assert content() == first

    @pytest.mark.same_everywhere
    def test_another_seed_gives_other_cases(self) -> None:
        seed(10)
        first = set(Recovery.objects.values_list("debtor_name", flat=True))
        clear()
        seed(10, "--seed", "2")
        assert set(Recovery.objects.values_list("debtor_name", flat=True)) != first

    def test_in_two_goes_it_becomes_what_it_is_in_one(self) -> None:
        seed(10)
        seed(25)
        two_goes = content()
        clear()
        seed(25)
        assert content() == two_goes


class TestTopUp:
    def test_a_second_run_adds_nothing(self) -> None:
        assert seed(20).startswith("20 cases added, 0 there already")
        before, users = content(), User.objects.count()
        assert seed(20).startswith("0 cases added, 20 there already")
        assert content() == before
        assert User.objects.count() == users

    @pytest.mark.same_everywhere
    def test_a_smaller_number_removes_nothing(self) -> None:
        seed(20)
        seed(5)
        assert Recovery.objects.count() == 20

    def test_a_case_that_was_deleted_comes_back_alone(self) -> None:
        seed(20)
        before = content()
        recovery_delete(recovery=Recovery.objects.filter(acomptes=None).order_by("id")[7], by=None)
        assert seed(20).startswith("1 cases added, 19 there already")
        assert content() == before

    def test_cases_of_others_are_left_alone(self, owner: Api) -> None:
        mine = case_id(owner)
        seed(10)
        seed(15)
        assert Recovery.objects.count() == 16
        assert owner.data("GET", f"/api/recoveries/{mine}")["customer"]["company_name"]

    @pytest.mark.same_everywhere
    def test_another_seed_in_the_same_database_is_refused(self) -> None:
        seed(5)
        with pytest.raises(CommandError, match="add to it with --seed 1"):
            seed(5, "--seed", "2")
        assert Recovery.objects.count() == 5

    @pytest.mark.same_everywhere
    def test_an_account_of_somebody_else_is_not_taken_over(self) -> None:
        ApiUserFactory(email="ateliers.morvan@example.fr")
        with pytest.raises(CommandError, match="is not of this portfolio"):
            seed(5)
        assert not Recovery.objects.exists()

    @pytest.mark.same_everywhere
    def test_production_is_no_place_for_it(self, settings: Settings) -> None:
        settings.DEMONSTRATION_ALLOWED = False
        with pytest.raises(CommandError, match="this is production"):
            seed(1)
        assert not User.objects.exists()

    @pytest.mark.same_everywhere
    @pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
    def test_a_day_far_from_ours_is_refused(self, day: str) -> None:
        with pytest.raises(CommandError, match="--today must be between"):
            seed(1, "--today", day)

    @pytest.mark.same_everywhere
    @pytest.mark.parametrize("cases", [-1, 10**12])
    def test_a_number_that_makes_no_sense_is_refused(self, cases: int) -> None:
        with pytest.raises(CommandError, match="--cases must be between"):
            seed(cases)


class TestExactness:
    def test_the_sums_are_those_that_the_services_reckon(self) -> None:
        seed()
        before = sums()
        for pk in Recovery.objects.values_list("id", flat=True):
            totals_refresh(recovery_id=pk)
            comments_count_refresh(recovery_id=pk)
        assert sums() == before
        assert any(acompte.amount for acompte in Acompte.objects.all())
        assert any(dette.amount for dette in Dette.objects.all())
        assert Recovery.objects.exclude(amount=F("amount_torecover")).exists()

    def test_the_copies_are_those_that_the_services_write(self) -> None:
        seed(30)
        changed = [pk for pk in Recovery.objects.values_list("id", flat=True) if copies_refresh(recovery_id=pk)]
        assert changed == []
        assert not Recovery.objects.filter(search_text="").exists()

    def test_the_ledgers_are_those_that_the_services_begin(self) -> None:
        call_command("seed_demo", "--cases", "150", stdout=StringIO())
        written = ledgers()
        ledgers_vanish()
        cases_begin(ids=Recovery.objects.values_list("id", flat=True))
        assert ledgers() == written
        assert {kind for _case, kind, *_rest in written[0]} == {"claim", "payment"}

    def test_the_legal_dates_are_those_that_the_services_reckon(self) -> None:
        call_command("seed_demo", "--cases", "150", stdout=StringIO())
        assert stale_deadlines() == []
        assert Recovery.objects.exclude(next_deadline=None).exists()

    def test_the_counters_of_cases_are_right_after_every_run(self, owner: Api) -> None:
        case_id(owner)
        for cases in (20, 45):
            seed(cases)
            counted = sorted(CaseCount.objects.values_list("owner_id", "status_id", "n"))
            case_counts_rebuild()
            assert sorted(CaseCount.objects.values_list("owner_id", "status_id", "n")) == counted
            assert sum(n for _, _, n in counted) == cases + 1

    def test_the_history_leads_by_allowed_moves_to_the_status_of_the_case(self) -> None:
        added = Status.objects.create(id=50, name="Recherche", group_id=6, position=50)
        seed(300)
        reached = set()
        for case in Recovery.objects.all():
            steps = list(StatusChange.objects.filter(recovery=case).order_by("created_at", "id"))
            moves = [(step.from_status_id, step.to_status_id) for step in steps]
            assert [before for before, _ in moves] == [None, *(after for _, after in moves)][: len(moves)]
            assert all(is_allowed(*move, added=[added.pk]) for move in moves)
            assert case.status_id == moves[-1][1]
            reached.add(case.status_id)
        assert reached == {*OPEN[CaseType.AMICABLE], Step.PAID, Step.CLOSED, added.pk}

    def test_nothing_remains_of_what_is_paid_and_something_of_the_rest(self) -> None:
        seed(200)
        paid = Recovery.objects.filter(status_id=Step.PAID)
        assert paid.exists()
        assert not paid.exclude(amount_torecover=0, balance__due=0, balance__not_due=0, balance__surplus=0).exists()
        assert not Recovery.objects.exclude(status_id=Step.PAID).filter(amount_torecover=0).exists()


@pytest.mark.same_everywhere
class TestBelief(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        """One portfolio, which none of them changes."""
        seed(150)

    def test_companies_pass_the_strictest_rules(self) -> None:
        for company in Company.objects.all():
            values = {field.name: getattr(company, field.name) for field in Company._meta.concrete_fields}
            assert company_errors(values, strict_siren=True, reject_inapplicable=True) == {}
            company.full_clean()

    def test_companies_are_of_every_type(self) -> None:
        assert set(Company.objects.values_list("company_type", flat=True)) == set(Company.Type.values)
        assert set(Company.objects.values_list("company_legal_form", flat=True)) >= {"SARL", "SAS", None}
        assert set(QUALITIES) >= set(filter(None, Company.objects.values_list("company_legal_form", flat=True)))

    def test_cases_and_invoices_pass_their_rules(self) -> None:
        for case in Recovery.objects.all():
            values = {field.name: getattr(case, field.name) for field in Recovery._meta.concrete_fields}
            assert recovery_errors(values, reject_inapplicable=True) == {}
        for invoice in Invoice.objects.all():
            values = {field.name: getattr(invoice, field.name) for field in Invoice._meta.concrete_fields}
            assert invoice_errors(values, reject_inapplicable=True) == {}
            assert invoice.invoice_amount > Decimal(10)

    def test_comments_are_as_the_api_would_have_stored_them(self) -> None:
        comments: QuerySet[Comment] = Comment.objects.all()
        for comment in comments:
            assert comment.html == cleaned(comment.html)
            assert comment.text == plain_text(comment.html)
            assert "{" not in comment.text
        for flag in ("is_read", "visible_to_debtor", "visible_to_user"):
            assert set(comments.values_list(flag, flat=True)) == {True, False}

    def test_nothing_happens_after_today_and_everything_is_due(self) -> None:
        for model in (Recovery, Invoice, StatusChange, Comment, Acompte, Dette):
            assert max(row.created_at.date() for row in model.objects.all()) < TODAY
        assert max(case.updated_at.date() for case in Recovery.objects.all()) < TODAY
        filed = [case.created_at.date() for case in Recovery.objects.all()]
        assert (TODAY - min(filed)).days > 500
        for case in Recovery.objects.all():
            dues = [invoice.invoice_due_date for invoice in case.invoices.all()]
            assert case.recovery_due_date == max(dues) < case.created_at.date()
            assert case.updated_at >= case.created_at

    def test_protected_invoices_of_every_client(self) -> None:
        for client in User.objects.filter(is_staff=False):
            assert 4 <= ProtectedInvoice.objects.owned_by(client).count() <= 9
        invoices = list(ProtectedInvoice.objects.all())
        assert {invoice.status for invoice in invoices} == set(ProtectedInvoice.Status.values)
        for invoice in invoices:
            assert is_real_siren(invoice.siren)
            assert invoice.tracking_code == f"fyn_{invoice.api_invoice_id}"
            assert invoice.created_at.date() < TODAY
            steps = [(step.from_status, step.to_status, step.user_id) for step in invoice.changes.all()]
            assert steps == ([] if invoice.status == "pending" else [("pending", invoice.status, invoice.owner_id)])
            for step in invoice.changes.all():
                assert invoice.created_at < step.created_at == invoice.updated_at
                assert step.created_at.date() < TODAY

    def test_nobody_real_is_written_to_or_called(self) -> None:
        emails = [
            *Company.objects.values_list("company_email", flat=True),
            *User.objects.values_list("email", flat=True),
        ]
        assert {email.partition("@")[2] for email in emails} == {"example.fr"}
        fiction = ("+3319900", "+3326191", "+3335301", "+3346571", "+3353649", "+3363998")
        phones = [
            *Company.objects.values_list("company_phone", flat=True),
            *User.objects.values_list("phone", flat=True),
        ]
        assert all(phone.startswith(fiction) and len(phone) == 12 for phone in phones)

    def test_clients_have_a_company_and_staff_have_no_api(self) -> None:
        clients = User.objects.filter(is_staff=False)
        assert clients.count() == 12
        for client in clients:
            assert is_real_siren(client.siren)
            assert tva.is_valid(client.metadata["vat_number"])
            assert client.metadata["vat_number"].endswith(client.siren)
        assert list(User.objects.filter(is_staff=True).values_list("has_api_access", flat=True)) == [False] * 8
        assert User.objects.filter(is_superuser=True).count() == 1
        assert not any(user.has_usable_password() for user in User.objects.all())


class TestThroughTheApi:
    def test_every_case_is_in_its_owners_list_and_opens(self) -> None:
        seed(40)
        seen = 0
        for client in User.objects.filter(is_staff=False):
            api = Api.of(client)
            page = api.data("GET", "/api/recoveries?per_page=100&sort_by=id&sort_order=asc")
            mine = Recovery.objects.filter(owner=client).order_by("id")
            assert [row["id"] for row in page["recoveries"]] == list(mine.values_list("id", flat=True))
            assert page["pagination"]["total"] == mine.count()
            for row in page["recoveries"]:
                case = api.data("GET", f"/api/recoveries/{row['id']}")
                assert case["amount"] == row["amount"]
                assert len(case["invoices"]) == row["invoices_count"]
                assert len(case["comments"]) == row["comments_count"]
                assert case["statusHistory"][-1]["to"] == case["recovery_status"]
                seen += 1
        assert seen == 40

    def test_a_case_is_found_by_its_debtor(self) -> None:
        seed(10)
        case = Recovery.objects.order_by("id")[0]
        api = Api.of(User.objects.get(pk=case.owner_id))
        found = api.data("GET", f"/api/recoveries?search={case.debtor_name}")
        assert case.pk in [row["id"] for row in found["recoveries"]]

    @pytest.mark.same_everywhere
    def test_the_printed_credentials_work_until_the_next_ones(self) -> None:
        first = json.loads(seed(5, "--credentials").splitlines()[-1])
        assert list(first) == ["email", "api_key", "staff_email", "staff_password", "staff_roles"]
        client = User.objects.get(email=first["email"])
        assert Api.of(client, first["api_key"]).data("GET", "/api/auth/me")["id"] == client.pk
        second = json.loads(seed(5, "--credentials").splitlines()[-1])
        assert Api.of(client, second["api_key"]).token
        refused = Api().post("/api/auth/login", {"email": first["email"], "key": first["api_key"]})
        assert refused.status_code == 401
        staff = User.objects.get(email=second["staff_email"])
        assert staff.check_password(second["staff_password"])
        assert not staff.check_password(first["staff_password"])
        assert staff.is_superuser
        for role, address in second["staff_roles"].items():
            holder = User.objects.get(email=address)
            assert holder.check_password(second["staff_password"])
            assert (holder.is_staff, holder.is_superuser, holder.groups.get().name) == (True, False, role)
