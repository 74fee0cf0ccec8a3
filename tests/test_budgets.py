"""How many statements a call may cost, and that each sort of the list of cases is read from its index.

Statements count token and user; not what opens and closes a transaction, nor what a process reads once and keeps
(system settings, catalogue of statuses, facts of the law, rates).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from itertools import count, product
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from events.public_ids import public_id
from events.tests.feeds import committed
from events.webhooks.models import Delivery
from invoicing.models import Invoice
from legalcity.lib.clock import today
from legalcity.lib.settings.live import live
from recoveries.catalogue import catalogue
from recoveries.desk.tests.pages import office_of
from recoveries.ledger.rate_book import rate_book
from recoveries.legal_facts import facts_book
from recoveries.letters.scenarios.ticking import tick
from recoveries.models import Comment, Enrolment, Recovery, ScenarioVersion, StatusChange
from recoveries.selectors.listing import SORTS, Wanted, cases_page
from recoveries.selectors.matches import FEW
from recoveries.services.copies import copies_set
from tests.counts import case_counts_rebuild
from tests.doors import things
from tests.factories import Api, ApiUserFactory, case_id, complete_body
from tests.in_bulk import CASES_IN_BULK

# The most statements of each call, whatever it finds.
BUDGETS = {
    "GET /api/recoveries": 3,
    "GET /api/recoveries?search=company": 4,
    "GET /api/recoveries/{case}": 2,
    "GET /api/recoveries/{case}/companies": 4,
    "GET /api/recoveries/{case}/invoices": 4,
    "GET /api/recoveries/{case}/comments": 4,
    "GET /api/companies/type/both": 2,
    "GET /api/auth/me": 1,
    "GET /api/recoveries/{case}/decompte": 5,
    "GET /api/recoveries/{case}/postings": 4,
    "GET /api/events": 2,
    "GET /api/webhook-endpoints": 2,
    "GET /api/webhook-endpoints/{endpoint}/deliveries": 3,
    "POST /api/webhook-endpoints/{endpoint}/replay": 6,
    "POST /api/recoveries/complete": 5 if connection.vendor == "postgresql" else 10,
    "POST /api/recoveries/{case}/payments": 30,
}
TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")

CASE_SORT_INDEXES = {
    # An account with a fifth of all cases finds its newest as fast by the primary key.
    "id": "recovery_by_owner recoveries_recovery_pkey",
    "recovery_reference": "recovery_by_reference",
    "recovery_service_object": "recovery_by_service",
    "recovery_last_status": "recovery_by_status",
    "recovery_due_date": "recovery_by_due_date",
    "amount": "recovery_by_amount",
    "amount_torecover": "recovery_by_torecover",
    "user_id": "recovery_by_handler",
    "created_at": "recovery_by_created",
    "updated_at": "recovery_by_updated",
    "debtor_name": "recovery_by_debtor_name",
    "debtor_company": "recovery_by_debtor_company",
    "customer_company": "recovery_by_customer_company",
}

Node = tuple[str, str | None, str | None]

pytestmark = pytest.mark.django_db
needs_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="plans are those of PostgreSQL")

SIZES = (1, 15, 100)


@pytest.fixture(autouse=True)
def budget_kept_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process keeps is read before the counting and does not grow old in the middle of it."""
    monkeypatch.setattr("legalcity.lib.snapshot.MAX_AGE", 3600.0)
    assert live.MAX_PAGE_SIZE
    assert catalogue.entries
    assert facts_book.value
    assert rate_book.value
    assert public_id(1)


@pytest.fixture
def budget_owner(budget_kept_reads: None) -> Api:
    """The account that asks."""
    return Api.of(ApiUserFactory(email="owner@example.com"))


def statements(call: Callable[[], Any], *, status: int = 200) -> list[str]:
    """The statements of a call of the API that must answer `status`."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = call()
    assert answer.status_code == status, answer.content
    return [query["sql"] for query in captured if not query["sql"].startswith(TRANSACTION)]


def file_cases(owner: User, many: int) -> None:
    """So many bare cases of an account, with what their services would have kept."""
    numbers = count(Recovery.objects.count())
    cases = [
        Recovery(
            owner=owner,
            user=owner,
            status_id=1,
            recovery_reference=f"REC-{next(numbers):06}",
            recovery_service_object="Consulting",
            recovery_due_date=date(2025, 12, 31),
        )
        for _ in range(many)
    ]
    for case in cases:
        copies_set(case, customer=None, debtor=None, numbers=())
    Recovery.objects.bulk_create(cases)
    case_counts_rebuild()


def hang_children(case: int, user: User, many: int) -> None:
    """So many invoices, comments and changes of status on a case."""
    day, of_case = date(2025, 1, 1), {"recovery_id": case, "owner_id": user.pk}
    Invoice.objects.bulk_create(
        Invoice(**of_case, invoice_number=f"MORE-{n}", invoice_date=day + timedelta(n), invoice_amount=10)
        for n in range(many)
    )
    Comment.objects.bulk_create(Comment(**of_case, user=user, html="<p>Hi</p>", text="Hi") for _ in range(many))
    StatusChange.objects.bulk_create(StatusChange(**of_case, to_status_id=1, user=user) for _ in range(many))


# --- reads -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", SIZES)
def test_list_of_cases(budget_owner: Api, rows: int) -> None:
    file_cases(budget_owner.user, rows + 20)
    asked = statements(lambda: budget_owner.get(f"/api/recoveries?per_page={rows}"))
    assert len(asked) <= BUDGETS["GET /api/recoveries"], asked
    assert len(budget_owner.data("GET", f"/api/recoveries?per_page={rows}")["recoveries"]) == rows


@pytest.mark.parametrize("query", ["sort_by=debtor_name", "status=1", "page=3", "page=900", "sort_order=asc&page=2"])
def test_list_of_cases_however_it_is_asked(budget_owner: Api, query: str) -> None:
    file_cases(budget_owner.user, 60)
    asked = statements(lambda: budget_owner.get(f"/api/recoveries?{query}"))
    assert len(asked) <= BUDGETS["GET /api/recoveries"], asked


@pytest.mark.parametrize("rows", SIZES)
def test_search_of_cases(budget_owner: Api, rows: int) -> None:
    file_cases(budget_owner.user, rows)
    asked = statements(lambda: budget_owner.get(f"/api/recoveries?search=rec-&per_page={rows}"))
    assert len(asked) <= BUDGETS["GET /api/recoveries?search=company"], asked


@pytest.mark.parametrize("children", [1, 500])
@pytest.mark.parametrize("path", ["", "/invoices", "/comments", "/companies"])
def test_reads_of_one_case(budget_owner: Api, path: str, children: int) -> None:
    case = case_id(budget_owner)
    hang_children(case, budget_owner.user, children)
    pages = "" if path in ("", "/companies") else "?per_page=100"
    asked = statements(lambda: budget_owner.get(f"/api/recoveries/{case}{path}{pages}"))
    assert len(asked) <= BUDGETS[f"GET /api/recoveries/{{case}}{path}"], asked


@pytest.mark.parametrize("many", [1, 40])
@pytest.mark.parametrize("path", ["decompte", "postings"])
def test_the_account_of_a_case(budget_owner: Api, path: str, many: int) -> None:
    case = case_id(budget_owner, invoices=[{"invoice_number": f"N-{n}"} for n in range(many)])
    for n in range(1, many, 10):
        pay(budget_owner, case, n)
    asked = statements(lambda: budget_owner.get(f"/api/recoveries/{case}/{path}"))
    assert len(asked) <= BUDGETS[f"GET /api/recoveries/{{case}}/{path}"], asked


@pytest.mark.parametrize("cases", [1, 12])
def test_companies_of_an_account(budget_owner: Api, cases: int) -> None:
    for _ in range(cases):
        case_id(budget_owner)
    asked = statements(lambda: budget_owner.get("/api/companies/type/both"))
    assert len(asked) <= BUDGETS["GET /api/companies/type/both"], asked
    assert len(budget_owner.data("GET", "/api/companies/type/both")) == 2 * cases


@pytest.mark.parametrize("query", ["", "?type=recovery.*&limit=200&since=2026-01-01T00:00:00Z"])
def test_the_feed(budget_owner: Api, query: str) -> None:
    for n in range(60):
        committed(budget_owner.user.pk, xact=n + 1)
    asked = statements(lambda: budget_owner.get(f"/api/events{query}"))
    assert len(asked) <= BUDGETS["GET /api/events"], asked


@pytest.mark.parametrize("many", [1, 60])
def test_webhooks(budget_owner: Api, many: int) -> None:
    known = things(budget_owner)
    address = f"/api/webhook-endpoints/{known['endpoint_id']}"
    event = Delivery.objects.get().event_id
    endpoint = known["endpoint_id"]
    Delivery.objects.bulk_create(
        Delivery(endpoint_id=endpoint, event_id=event, is_replay=True, state="failed") for _row in range(many)
    )
    for path, call in (
        ("GET /api/webhook-endpoints", lambda: budget_owner.get("/api/webhook-endpoints")),
        ("GET /api/webhook-endpoints/{endpoint}/deliveries", lambda: budget_owner.get(f"{address}/deliveries")),
    ):
        asked = statements(call)
        assert len(asked) <= BUDGETS[path], asked
    path = "POST /api/webhook-endpoints/{endpoint}/replay"
    asked = statements(lambda: budget_owner.post(f"{address}/replay", {}), status=202)
    assert len(asked) <= BUDGETS[path], asked


def test_token_state_user_and_active_flag_are_one_statement(budget_owner: Api) -> None:
    asked = statements(lambda: budget_owner.get("/api/auth/me"))
    assert len(asked) == BUDGETS["GET /api/auth/me"], asked


# --- writes ----------------------------------------------------------------------------------------------------


def test_a_complete_case_costs_the_same_however_many_invoices_it_brings(budget_owner: Api) -> None:
    """SQLite takes so many values in one statement, so a long list of rows goes there in several."""
    costs = {}
    for many in (3, 50, 500):
        body = complete_body(invoices=[{"invoice_number": f"N-{n}"} for n in range(many)])
        asked = statements(partial(budget_owner.post, "/api/recoveries/complete", body), status=201)
        costs[many] = len(asked)
        for table, rows, at_once in (("invoicing_invoice", many, 71), ("recoveries_line", 2 * many, 124)):
            written = [sql for sql in asked if sql.startswith(f'INSERT INTO "{table}"')]
            at_most = 1 if connection.vendor == "postgresql" else 1 + rows // at_once
            assert len(written) <= at_most
            costs[many] -= len(written) - 1
    assert set(costs.values()) == {BUDGETS["POST /api/recoveries/complete"]}, costs


@pytest.mark.parametrize("many", [1, 40])
def test_a_payment_costs_the_same_however_much_there_is(budget_owner: Api, many: int) -> None:
    case = case_id(budget_owner, invoices=[{"invoice_number": f"N-{n}"} for n in range(many)])
    for n in range(1, many, 10):
        pay(budget_owner, case, n)
    asked = statements(lambda: pay(budget_owner, case, 50), status=201)
    assert len(asked) <= BUDGETS["POST /api/recoveries/{case}/payments"], asked


def pay(api: Api, case: int, amount: int) -> Any:
    """A payment of today; of another amount each time, so that it is no double."""
    return api.post(f"/api/recoveries/{case}/payments", {"amount": str(amount), "date": today().isoformat()})


# --- plans -----------------------------------------------------------------------------------------------------

STAFF_SORT_INDEXES = {
    "creditor_shown": "recovery_all_by_creditor",
    "to_recover": "recovery_all_by_torecover",
    "due": "recovery_all_by_due_date",
    "created": "recovery_newest",
}
BALANCES_IN_BULK = """
    INSERT INTO recoveries_casebalance (recovery_id, owner_id, "on", due, missing_on, is_provisional)
    SELECT id, owner_id, current_date, CASE WHEN id % 50 > 0 THEN greatest(id % 997 - 300, 0) END, current_date, false
    FROM recoveries_recovery
"""


@contextmanager
def noted() -> Iterator[list[tuple[str, Any]]]:
    """The statements that are made inside, with their values."""
    seen: list[tuple[str, Any]] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen


def page_statement(wanted: Wanted) -> tuple[str, Any]:
    """The statement that reads a page of cases, with its values."""
    with noted() as seen:
        total, rows = cases_page(wanted)
    assert rows
    assert total >= len(rows)
    return seen[-1]


def staff_page_statement(office: Client, query: str) -> tuple[str, Any]:
    """The statement that reads a page of the list of cases of staff, with its values."""
    with noted() as seen:
        assert office.get(f"/admin/recoveries/recovery/?{query}").context["cl"].result_list
    [statement] = [one for one in seen if "LIMIT 50" in one[0] and '"recoveries_recovery"."amount"' in one[0]]
    return statement


def scans(plan: dict[str, Any]) -> Iterator[Node]:
    """Each node of a plan: its type, its table, its index."""
    yield plan["Node Type"], plan.get("Relation Name"), plan.get("Index Name")
    for below in plan.get("Plans", []):
        yield from scans(below)


def assert_read_in_order(nodes: list[Node], indexes: list[str], asked: Any) -> None:
    """The cases come from one of `indexes`, and from nowhere else; nothing is sorted."""
    on_cases = [(kind, index) for kind, table, index in nodes if table == "recoveries_recovery"]
    assert on_cases in [[("Index Scan", index)] for index in indexes], (asked, nodes)
    assert not [kind for kind, _table, _index in nodes if "Sort" in kind], (asked, nodes)


def assert_passed_over(nodes: list[Node], indexes: list[str], asked: Any) -> None:
    """Ids come in order from one of `indexes`, unsorted; the rows of the page alone by their keys."""
    *walked, fetched = [place for place, (_kind, table, _index) in enumerate(nodes) if table == "recoveries_recovery"]
    assert {nodes[place][2] for place in walked} in [{index} for index in indexes], (asked, nodes)
    assert {nodes[place][0] for place in walked} <= {"Index Scan", "Index Only Scan"}, (asked, nodes)
    assert nodes[fetched] == ("Index Scan", "recoveries_recovery", "recoveries_recovery_pkey"), (asked, nodes)
    kinds = [kind for kind, _table, _index in nodes]
    assert not [kind for kind in kinds[kinds.index("Limit") : walked[-1]] if "Sort" in kind], (asked, nodes)


def explained(sql: str, values: Any) -> list[Node]:
    """The nodes of PostgreSQL's plan for a statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", values)
        return list(scans(cursor.fetchone()[0][0]["Plan"]))


@pytest.mark.parametrize("group", [None, 1])
def test_page_1_is_one_statement_in_any_order(group: int | None) -> None:
    owner = ApiUserFactory()
    file_cases(owner, 3)
    for sort in SORTS:
        with noted() as seen:
            total, rows = cases_page(Wanted(owner.pk, group, None, sort, True, 0, 2))
        assert (total, len(rows), len(seen)) == (3, 2, 1), sort


@pytest.mark.postgres
@needs_postgresql
def test_each_sort_of_the_list_is_read_from_its_index() -> None:
    owners = [ApiUserFactory().pk for _ in range(10)]
    with connection.cursor() as cursor:
        cursor.execute(CASES_IN_BULK, [owners])
        cursor.execute("ANALYZE recoveries_recovery")
        cursor.execute("ANALYZE accounts_user")
    case_counts_rebuild()

    assert set(CASE_SORT_INDEXES) == set(SORTS)
    for sort, index in CASE_SORT_INDEXES.items():
        for descending in (True, False):
            for offset in (0, 4995):
                nodes = explained(*page_statement(Wanted(owners[0], None, None, sort, descending, offset, 15)))
                assert_passed_over(nodes, index.split(), (sort, descending, offset))

    for group in (1, 2, 3):
        nodes = explained(*page_statement(Wanted(owners[0], group, None, "created_at", True, 0, 15)))
        assert_passed_over(nodes, ["recovery_by_status_created"], group)

    with connection.cursor() as cursor:
        cursor.execute(BALANCES_IN_BULK)
        cursor.execute("ANALYZE recoveries_casebalance")
    for role, more in (("manager", ("", "&p=20", "&state=open&age=older")), ("handler", ("", "&state=open"))):
        office = office_of(role)
        column = list(office.get("/admin/recoveries/recovery/").context["cl"].list_display).index("owed")
        for query in (f"o={way}{column}{rest}" for way in ("", "-") for rest in more):
            nodes = explained(*staff_page_statement(office, query))
            assert "balance_by_due" in {index for _kind, _table, index in nodes}, (role, query, nodes)
            assert not [kind for kind, _table, _index in nodes if "Sort" in kind], (role, query, nodes)
        columns = list(office.get("/admin/recoveries/recovery/").context["cl"].list_display)
        for name, index in STAFF_SORT_INDEXES.items() if role == "manager" else ():
            for query in (f"o={way}{columns.index(name)}{rest}" for way in ("", "-") for rest in ("", "&p=20")):
                assert_read_in_order(explained(*staff_page_statement(office, query)), [index], query)
        nodes = explained(*staff_page_statement(office, f"o={column - 1}"))
        tables = {table for _kind, table, _index in nodes if table}
        assert tables == {"recoveries_recovery"}, "what is beside a row is not joined to all that is sorted"


@pytest.mark.postgres
@needs_postgresql
def test_a_large_account_among_small_ones_is_not_read_whole_for_its_first_page() -> None:
    """The plan that is kept is made for an account of the usual size, of which all may be sorted."""
    small = [User(email=f"small-{n}@example.com") for n in range(4000)]
    owners = [ApiUserFactory().pk, *(user.pk for user in User.objects.bulk_create(small))]
    with connection.cursor() as cursor:
        cursor.execute(CASES_IN_BULK, [owners])
        cursor.execute("ANALYZE recoveries_recovery")
        # As after a vacuum, which no transaction makes.
        cursor.execute("UPDATE pg_class SET relallvisible = relpages WHERE relname = 'recoveries_recovery'")
    case_counts_rebuild()
    for sort, index in CASE_SORT_INDEXES.items():
        nodes = explained(*page_statement(Wanted(owners[0], None, None, sort, True, 0, 15)))
        assert_passed_over(nodes, index.split(), sort)
    by_status = {"created_at": "recovery_by_status_created", "id": "recovery_by_status"}
    for group, sort in product((1, 2, 3), by_status):
        nodes = explained(*page_statement(Wanted(owners[0], group, None, sort, True, 0, 15)))
        assert_passed_over(nodes, [by_status[sort]], (group, sort))


@pytest.mark.postgres
@needs_postgresql
def test_searches_are_counted_in_the_index_that_carries_the_texts() -> None:
    """The rows of cases are read for texts that are too long for it, and for the page."""
    owners = [ApiUserFactory().pk for _ in range(10)]
    with connection.cursor() as cursor:
        cursor.execute(CASES_IN_BULK, [owners])
        cursor.execute("ANALYZE recoveries_recovery")
        # As after a vacuum, which no transaction makes.
        cursor.execute("UPDATE pg_class SET relallvisible = relpages WHERE relname = 'recoveries_recovery'")
    counted = [("Index Only Scan", "recovery_texts"), ("Index Scan", "recovery_long_texts")]
    for term, group, is_few in (("debtor", None, False), ("debtor", 1, False), ("eb", None, False), ("97", 2, True)):
        with noted() as seen:
            total, rows = cases_page(Wanted(owners[0], group, term, "created_at", True, 0, 15))
        assert rows
        assert (total <= FEW) is is_few, (term, total)
        [count, page] = [one for one in seen if "recoveries_recovery" in one[0]]
        nodes = explained(*count)
        assert [(kind, index) for kind, table, index in nodes if table == "recoveries_recovery"] == counted, (
            term,
            nodes,
        )
        assert ("search_text" in page[0]) is not is_few, "few are read by their ids"
        assert is_few or not [kind for kind, _table, _index in explained(*page)[1:] if "Sort" in kind], (term, page)


@pytest.mark.postgres
@needs_postgresql
def test_lists_are_prepared_and_searches_are_planned_for_their_term(owner: Api) -> None:
    case_id(owner)
    for _ in range(6):
        owner.data("GET", "/api/recoveries?search=company")
        owner.data("GET", "/api/recoveries?page=1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%%recoveries_recovery%%'")
        prepared = [statement for (statement,) in cursor.fetchall()]
    assert [statement for statement in prepared if "LIMIT" in statement]
    assert not [statement for statement in prepared if "search_text" in statement and "LIMIT" in statement]


CLOCK_WITH_NOTHING_DUE = 5  # statements: settings, savepoint or transaction, the claim
ENROLMENTS_IN_BULK = """
    INSERT INTO recoveries_enrolment (recovery_id, owner_id, version_id, state, position, entered_at, next_due_at,
        attempts, paused_by_client, why, reason, updated_at)
    SELECT 900000 + n, %s, %s, CASE WHEN n %% 2 = 0 THEN 'finished' ELSE 'running' END, 0, now(),
        now() + make_interval(hours => n), 0, FALSE, '', '', now()
    FROM generate_series(1, 20000) AS n
"""


@pytest.mark.postgres
@needs_postgresql
def test_the_clock_of_scenarios_finds_what_is_due_by_its_partial_index(system_setting: Callable[..., None]) -> None:
    """However many cases are in a scenario: those whose day has not come are never looked at."""
    system_setting(SCENARIOS_RUNNING=True)
    version = ScenarioVersion.objects.get(scenario__code="standard", state="published")
    with connection.cursor() as cursor:
        cursor.execute(ENROLMENTS_IN_BULK, [ApiUserFactory().pk, version.pk])
        cursor.execute("ANALYZE recoveries_enrolment")
    with CaptureQueriesContext(connection) as queries:
        assert tick() == 0
    [claim] = [one["sql"] for one in queries if "SKIP LOCKED" in one["sql"]]
    indexes = {index for _kind, table, index in explained(claim, None) if table == "recoveries_enrolment"}
    assert indexes == {"enrolment_due"}
    assert len(queries) <= CLOCK_WITH_NOTHING_DUE
    Enrolment.objects.all().delete()  # of cases that there are not
