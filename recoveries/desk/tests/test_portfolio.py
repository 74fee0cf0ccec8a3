"""The portfolio: figures of cases made by hand, who may see them, files, charts, and what a page costs."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent, User
from legalcity.lib.clock import today
from recoveries.desk.charts import Bar, Series, columns, nice_top, rows
from recoveries.desk.reads.portfolio import AgeRow, Portfolio, Question, portfolio
from recoveries.ledger.models import Entry
from recoveries.ledger.reversals import acompte_reverse
from recoveries.ledger.services import acompte_record, direct_payment_record
from recoveries.models import Acompte, Recovery, Status
from tests.backoffice import browser_of, chief
from tests.factories import Api, ApiUserFactory, case_id, move

pytestmark = pytest.mark.django_db

PAGE = "/admin/portfolio/"
MAY = Question(date(2026, 5, 1), date(2026, 6, 1))
QUERY = {"first": "2026-05", "last": "2026-06"}


def forget() -> None:
    """Empty the cache of this process; a shared one has the keys of others, too."""
    getattr(cache, "delete_pattern", lambda _pattern: cache.clear())("*")


@pytest.fixture
def boss() -> User:
    return chief(language="en")


@pytest.fixture
def office(boss: User) -> Client:
    return browser_of(boss)


@pytest.fixture
def filed(owner: Api) -> Callable[..., int]:
    """Files a case of one invoice of 100 EUR at a moment, due so many days before it. The debtor is a person."""

    def make(
        moment: datetime = datetime(2026, 5, 10, 9, tzinfo=UTC),
        *,
        age: int = 40,
        api: Api = owner,
        debtor: str = "particular",
        **invoice: Any,
    ) -> int:
        due = moment.date() - timedelta(days=age)
        dates = {"invoice_due_date": due.isoformat(), "invoice_date": (due - timedelta(days=30)).isoformat()}
        pk = case_id(api, invoices=[{**dates, **invoice}], debtor={"company_type": debtor})
        Recovery.objects.filter(pk=pk).update(created_at=moment, user=None)
        return pk

    return make


def pay(case: int, amount: str, day: date = date(2026, 6, 3)) -> None:
    acompte_record(recovery_id=case, amount=Decimal(amount), day=day, confirmed=True, by=None)


def figures(question: Question = MAY) -> Portfolio:
    forget()
    return portfolio(question)


def month(found: Portfolio, number: int) -> tuple[int, Decimal, Decimal, Decimal]:
    row = next(row for row in found.months if row.month.month == number)
    return row.cases, row.claimed, row.open, row.received


def test_months(filed: Callable[..., int]) -> None:
    first = filed()
    pay(first, "30.50")
    filed(datetime(2026, 6, 30, 21, 59, tzinfo=UTC))  # 23:59 in Paris
    filed(datetime(2026, 6, 30, 22, 0, tzinfo=UTC))  # July in Paris
    outside = filed(datetime(2026, 4, 30, 21, 0, tzinfo=UTC))
    pay(outside, "10", date(2026, 5, 31))
    pay(outside, "5", date(2026, 7, 1))
    closed = filed()
    move(closed, 9)
    found = figures()
    assert [row.month for row in found.months] == [date(2026, 5, 1), date(2026, 6, 1)]
    assert month(found, 5) == (2, Decimal("200.00"), Decimal("69.50"), Decimal("10.00"))
    assert month(found, 6) == (1, Decimal("100.00"), Decimal("100.00"), Decimal("30.50"))


def test_a_claim_that_goes_to_court_is_counted_once(filed: Callable[..., int]) -> None:
    before, after = filed(), filed(datetime(2026, 6, 10, 9, tzinfo=UTC))
    pay(before, "20")
    Recovery.objects.filter(pk=before).update(status_id=10, transferred_to_id=after)
    found = figures()
    assert month(found, 5) == (0, Decimal("0.00"), Decimal("0.00"), Decimal("0.00"))
    assert month(found, 6) == (1, Decimal("100.00"), Decimal("100.00"), Decimal("20.00"))
    assert sum(row.cases for row in found.ages) == 1
    assert {row.status_id: row.cases for row in found.statuses} == {1: 1, 10: 1}


def test_statuses(filed: Callable[..., int]) -> None:
    filed()
    move(filed(), 4)
    move(filed(), 4)
    move(filed(), 9)
    found = figures().statuses
    assert [(row.status_id, row.cases, row.open) for row in found] == [
        (1, 1, Decimal("100.00")),
        (4, 2, Decimal("200.00")),
        (9, 1, Decimal("0.00")),
    ]


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (-3, -1),
        (0, -1),
        (1, 0),
        (30, 0),
        (31, 1),
        (60, 1),
        (61, 2),
        (90, 2),
        (91, 3),
        (180, 3),
        (181, 4),
        (365, 4),
        (366, 5),
    ],
)
def test_bands_of_age(filed: Callable[..., int], age: int, band: int) -> None:
    moment = datetime.combine(today(), datetime.min.time(), UTC).replace(hour=12)
    filed(moment, age=age)
    found = figures(Question(today().replace(day=1), today().replace(day=1)))
    [row] = [row for row in found.ages if row.cases]
    assert (row.band, row.open_cases, row.open) == (band, 1, Decimal("100.00"))


def test_the_oldest_due_date_counts_and_age_goes_on(owner: Api, filed: Callable[..., int]) -> None:
    moment = datetime(2026, 5, 10, 9, tzinfo=UTC)
    bills = [{"invoice_date": "2026-02-01", "invoice_due_date": day} for day in ("2026-03-01", "2026-05-01")]
    pk = case_id(owner, invoices=bills)
    Recovery.objects.filter(pk=pk).update(created_at=moment)
    found = figures().ages
    assert [row.band for row in found if row.cases] == [2]  # 70 days at filing
    days = (today() - date(2026, 3, 1)).days
    [today_band] = [row.band for row in found if row.open_cases]
    assert today_band == (4 if days <= 365 else 5)


def test_recovery_rate(filed: Callable[..., int]) -> None:
    half = filed(invoice_part_paid=True, invoice_part_paid_amount="20.00")
    pay(half, "40")
    over = filed()
    pay(over, "500")  # more than was owed counts as all of it
    filed(age=200)
    found = {row.band: row for row in figures().ages}
    young, old = found[1], found[4]
    assert (young.claimed, young.recovered) == (Decimal("180.00"), Decimal("140.00"))
    assert young.rate is not None
    assert round(young.rate, 1) == Decimal("77.8")
    assert (old.claimed, old.recovered, old.rate) == (Decimal("100.00"), Decimal("0.00"), Decimal(0))
    assert AgeRow(0).rate is None


def test_nothing_is_recovered_in_full_on_which_something_is_owed(filed: Callable[..., int]) -> None:
    pay(filed(debtor="commercial"), "100")  # The indemnity of 40 EUR is left.
    found = figures()
    [row] = [row for row in found.ages if row.cases]
    assert (row.claimed, row.recovered, row.open) == (Decimal("140.00"), Decimal("100.00"), Decimal(0))
    assert sum(row.open for row in found.ages) == sum(row.open for row in found.months) == Decimal("40.00")


def test_a_payment_that_was_taken_back_is_in_no_month(filed: Callable[..., int]) -> None:
    pk = filed()
    pay(pk, "60", date(2026, 5, 20))
    paid = Acompte.objects.get(recovery=pk)
    pay(pk, "15")
    acompte_reverse(recovery_id=pk, acompte_id=paid.pk, reason=Entry.Reason.REJECTED, by=None)
    found = figures()
    assert [row.received for row in found.months] == [Decimal("0.00"), Decimal("15.00")]


def test_what_the_creditor_received_came_in_too(filed: Callable[..., int], owner: Api) -> None:
    pk = filed()
    assert owner.user is not None
    direct_payment_record(recovery_id=pk, amount=Decimal("30.00"), day=date(2026, 6, 2), by=owner.user)
    assert month(figures(), 6)[3] == Decimal("30.00")


def test_by_client_and_by_handler(owner: Api, stranger: Api, boss: User, filed: Callable[..., int]) -> None:
    pay(filed(), "10")
    theirs = filed(api=stranger)
    Recovery.objects.filter(pk=theirs).update(user=boss)
    pay(theirs, "25")
    of_client = figures(Question(MAY.first, MAY.last, owner_id=owner.user.pk))
    of_handler = figures(Question(MAY.first, MAY.last, handler_id=boss.pk))
    for found, open_amount, received in ((of_client, "90.00", "10.00"), (of_handler, "75.00", "25.00")):
        assert sum(row.cases for row in found.months) == sum(row.cases for row in found.ages) == 1
        assert sum(row.open for row in found.months) == sum(row.open for row in found.statuses) == Decimal(open_amount)
        assert sum(row.received for row in found.months) == Decimal(received)


@pytest.mark.parametrize(
    ("role", "status"), [("handler", 403), ("manager", 200), ("accountant", 200), ("auditor", 200)]
)
def test_handlers_cannot_open_it(role: str, status: int) -> None:
    person = ApiUserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    browser = browser_of(person)
    assert browser.get(PAGE).status_code == status
    assert browser.post(f"{PAGE}months.csv", query_params=QUERY).status_code == status
    link = f'href="{PAGE}"' in browser.get("/admin/").content.decode()
    assert link is (status == 200)


def test_strangers_and_clients_are_sent_to_the_door(owner: Api) -> None:
    for browser in (Client(), browser_of(owner.user)):
        assert browser.get(PAGE).status_code == 302
        assert browser.post(f"{PAGE}months.csv").status_code == 302


@pytest.mark.same_everywhere
def test_the_page_is_readable_without_scripts(office: Client, filed: Callable[..., int]) -> None:
    Status.objects.filter(pk=1).update(name="<b>New</b>")
    pay(filed(), "30.50")
    page = office.get(PAGE, QUERY)
    text = page.content.decode()
    assert text.count('role="img"') == text.count("<desc ") == 4
    assert text.count("<table") >= 4
    assert "&lt;b&gt;New&lt;/b&gt;" in text
    assert "<b>New" not in text
    assert " style=" not in text
    assert "<style" not in text
    assert "30.50" in text
    assert page["Cache-Control"]


def test_each_figure_leads_to_its_cases(office: Client, filed: Callable[..., int]) -> None:
    young, old, closed = filed(age=10), filed(age=400), filed(age=10)
    pay(young, "10")
    move(closed, 9)
    forget()
    page = office.get(PAGE, QUERY)
    ages, rates = (next(table for table in page.context["tables"] if table.key == key) for key in ("ages", "rates"))
    for table, cases in ((ages, {young, old}), (rates, {young, old, closed})):
        met = set()
        for (_label, number, *_rest), (_none, url, *_others) in zip(table.rows, table.links, strict=True):
            listed = {case.pk for case in office.get(url).context["cl"].result_list}
            assert len(listed) == number
            met |= listed
        assert met == cases
    for _value, _words, url in page.context["headline"]:
        assert office.get(url).context["cl"].result_count


@pytest.mark.parametrize("aged", ["now.9.2026-05.2026-06", "now.2026-05.2026-06", "x.1.2026-05.2026-06", "now.1.x.y"])
def test_a_band_that_is_none_filters_nothing(office: Client, filed: Callable[..., int], aged: str) -> None:
    filed()
    page = office.get("/admin/recoveries/recovery/", {"aged": aged})
    assert page.context["cl"].result_count == 1
    assert "not known" in page.text


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    "query",
    [
        {"first": "2026-06", "last": "2026-05"},
        {"first": "1900-01"},
        {"first": "2026-13"},
        {"first": "2026-05\x00"},
        {"first": "x" * 5000},
        {"first": "2005-01", "last": "2026-01"},
        {"client": "999999"},
        {"client": "1 OR 1=1"},
        {"client": "9" * 40},
        {"handler": "\x00"},
        {"handler": "-1"},
    ],
)
def test_nonsense_is_told(office: Client, query: dict[str, str]) -> None:
    page = office.get(PAGE, query)
    assert page.status_code == 200
    assert page.context["form"].errors
    assert "question" not in page.context
    answer = office.post(f"{PAGE}months.csv", query_params=query)
    assert answer.status_code == 302


@pytest.mark.parametrize("query", [{}, {"first": "2026-05"}, {"first": "", "last": ""}, {"last": "2024-02"}])
def test_a_period_is_completed(office: Client, query: dict[str, str]) -> None:
    page = office.get(PAGE, query)
    assert not page.context["form"].errors
    assert page.context["question"].first <= page.context["question"].last


def test_files_are_safe_and_written_down(office: Client, filed: Callable[..., int], boss: User) -> None:
    Status.objects.filter(pk=1).update(name="=1+1")
    filed()
    answer = office.post(f"{PAGE}statuses.csv", query_params=QUERY)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="portfolio-statuses-202605-202606.csv"' in answer["Content-Disposition"]
    heading, line = answer.content.decode("utf-8-sig").splitlines()
    assert heading.startswith("Status;")
    assert line == "'=1+1;1;100.00"
    event = AuditEvent.objects.get(action="portfolio_exported")
    assert event.actor_id == boss.pk
    assert event.details["table"] == "statuses"
    assert event.details["first"] == "2026-05-01"
    assert office.post(f"{PAGE}secrets.csv", query_params=QUERY).status_code == 404
    assert office.get(f"{PAGE}months.csv", QUERY).status_code == 405
    for key in ("months", "ages", "rates"):
        assert office.post(f"{PAGE}{key}.csv", query_params=QUERY).status_code == 200


def test_budget_and_keeping(office: Client, filed: Callable[..., int]) -> None:
    filed()
    office.get(PAGE, QUERY)
    forget()
    with CaptureQueriesContext(connection) as fresh:
        first = office.get(PAGE, QUERY)
    assert len(fresh) <= 10
    for _ in range(3):
        filed()
    with CaptureQueriesContext(connection) as kept:
        second = office.get(PAGE, QUERY)
    assert not [query for query in kept if "recoveries_recovery" in query["sql"]]
    assert second.context["at"] == first.context["at"]
    forget()
    with CaptureQueriesContext(connection) as more:
        office.get(PAGE, QUERY)
    assert len(more) == len(fresh)


# The drawing.


def drawn(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(markup)


@pytest.mark.same_everywhere
def test_columns_are_as_high_as_their_values() -> None:
    series = (
        Series("open", [Decimal(50), Decimal(100), Decimal(0)], "a"),
        Series("paid <b>", [Decimal(25), Decimal(-5), Decimal(100)], "b"),
    )
    svg = drawn(
        columns(
            key="k",
            title="T & co",
            description="D",
            labels=["a", "b", "c<"],
            series=series,
            axis=str,
            full=lambda v: f"{v} €",
        )
    )
    bars = svg.findall("rect")
    heights = {bar.findtext("title"): float(bar.get("height", "")) for bar in bars}
    assert len(bars) == 6
    assert heights["a, open: 50 €"] * 2 == pytest.approx(heights["b, open: 100 €"], abs=0.05)
    assert heights["b, paid <b>: -5 €"] == heights["c<, open: 0 €"] == 0
    assert heights["a, paid <b>: 25 €"] * 4 == pytest.approx(heights["c<, paid <b>: 100 €"], abs=0.05)
    assert svg.findtext("title") == "T & co"
    assert svg.get("aria-labelledby") == "k-title k-desc"
    assert all(float(bar.get("x", "")) > 0 for bar in bars)
    assert not [element for element in svg.iter() if element.get("style")]


@pytest.mark.same_everywhere
def test_rows_are_as_long_as_their_values() -> None:
    bars = [Bar("x & y", Decimal(25), "25 %"), Bar("z", Decimal(0), "–")]
    whole = drawn(rows(key="k", title="T", description="D", bars=bars, top=Decimal(100)))
    lengths = [float(bar.get("width", "")) for bar in whole.findall("rect[@class='lc-bar-a']")]
    tracks = [float(bar.get("width", "")) for bar in whole.findall("rect[@class='lc-track']")]
    assert lengths == [tracks[0] / 4, 0]
    assert [text.text for text in whole.findall("text")] == ["x & y", "25 %", "z", "–"]


@pytest.mark.same_everywhere
def test_charts_of_nothing_are_charts() -> None:
    drawn(columns(key="k", title="T", description="D", labels=[], series=[], axis=str, full=str))
    drawn(rows(key="k", title="T", description="D", bars=[]))
    many = Series("s", [Decimal(1)] * 120, "a")
    wide = drawn(columns(key="k", title="T", description="D", labels=["m"] * 120, series=[many], axis=str, full=str))
    assert len(wide.findall("rect")) == 120


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("value", "top"),
    [("0", "1"), ("1", "1"), ("0.9", "1"), ("11", "12"), ("99", "100"), ("100", "100"), ("1650", "2000")],
)
def test_axes_end_on_round_figures(value: str, top: str) -> None:
    assert nice_top(Decimal(value)) == Decimal(top)
