"""The list of cases as staff see it: who sees what, each filter, the search, and what a page of it costs."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from legalcity.lib import bounded_paginator
from legalcity.lib.clock import now, today
from recoveries.court.clocks import next_deadlines_mend
from recoveries.court.procedure import procedure_record
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.models import CaseBalance, Comment, Recovery
from tests.backoffice import browser_of, chief, page_of
from tests.factories import Api, ApiUserFactory, bare_case_id, case_id, move
from tests.ledgers import cases_vanish
from tests.noon import noon_of

pytestmark = pytest.mark.django_db
noon = noon_of(today())

LIST = "/admin/recoveries/recovery/"


@pytest.fixture
def boss() -> User:
    return chief(language="en")


@pytest.fixture
def office(boss: User) -> Client:
    return browser_of(boss)


@pytest.fixture
def found(office: Client) -> Callable[..., set[int]]:
    """Gives the ids of the cases that a query leaves."""

    def look(**query: Any) -> set[int]:
        page = office.get(LIST, query)
        assert page.status_code == 200, page
        assert not page.context["filter_form"].errors
        return {case.pk for case in page.context["cl"].result_list}

    return look


def due(days: int) -> str:
    """A due date so many days ago."""
    return (today() - timedelta(days=days)).isoformat()


def test_the_list_shows_what_the_work_needs(owner: Api, office: Client) -> None:
    case = Recovery.objects.get(
        pk=case_id(owner, debtor={"company_name": "Débiteur & Fils"}, recovery={"recovery_due_date": due(40)})
    )
    text = office.get(LIST).content.decode()
    assert f"/admin/recoveries/recovery/{case.pk}/change/" in text
    for shown in (case.recovery_reference, "Débiteur &amp; Fils", "Dossier Créé", "100.00", "40 days ago"):
        assert shown in text


def test_the_button_of_the_menu_does_not_say_that_it_sends(owner: Api) -> None:
    """In French the word of Django's button is the one for letters that leave."""
    case_id(owner)
    menu = browser_of(chief(language="fr")).get(LIST).content.decode().partition('<div class="actions">')[2]
    button = menu.partition("</button>")[0].rpartition(">")[2]
    assert button.strip() == "Continuer"


@pytest.mark.parametrize("role", ["handler", "manager", "accountant", "auditor"])
def test_handlers_find_their_own_cases_and_those_of_nobody(owner: Api, role: str) -> None:
    person, other = ApiUserFactory(is_staff=True), ApiUserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    mine, free, theirs = (case_id(owner) for _ in range(3))
    for pk, user in ((mine, person), (free, None), (theirs, other)):
        Recovery.objects.filter(pk=pk).update(user=user)
    office = browser_of(person)
    seen = {case.pk for case in office.get(LIST).context["cl"].result_list}
    assert seen == ({mine, free} if role == "handler" else {mine, free, theirs})
    assert {case.pk for case in office.get(LIST, {"handler": "me"}).context["cl"].result_list} == {mine}


def test_status_filters(owner: Api, found: Callable[..., set[int]]) -> None:
    new, noticed, closed = (case_id(owner) for _ in range(3))
    move(noticed, 4, 5)
    move(closed, 9)
    assert found(group=4) == {noticed}
    assert found(group=1) == {new}
    assert found(status=5) == {noticed}
    assert found(status=4) == set()
    assert found(state="open") == {new, noticed}
    assert found(state="closed") == {closed}
    assert found(state="open", group=7) == set()


def test_handler_and_client_filters(owner: Api, stranger: Api, boss: User, found: Callable[..., set[int]]) -> None:
    mine, other, free = case_id(owner), case_id(owner), case_id(stranger)
    handler = ApiUserFactory(is_staff=True)
    for pk, user in ((mine, boss), (other, handler), (free, None)):
        Recovery.objects.filter(pk=pk).update(user=user)
    assert found(handler="me") == {mine}
    assert found(handler=handler.pk) == {other}
    assert found(handler="none") == {free} == found(work="unassigned")
    assert stranger.user is not None
    assert found(client=stranger.user.pk) == {free}
    case = Recovery.objects.get(pk=other)
    assert found(company=case.debtor_id) == {other} == found(company=case.customer_id)


def test_each_age_is_in_one_band(owner: Api, found: Callable[..., set[int]]) -> None:
    bands = {
        "due": (-3, 0),
        "30": (1, 30),
        "60": (31, 60),
        "90": (61, 90),
        "180": (91, 180),
        "365": (181, 365),
        "older": (366,),
    }
    cases = {
        band: {case_id(owner, recovery={"recovery_due_date": due(each)}) for each in days}
        for band, days in bands.items()
    }
    assert {band: found(age=band) for band in bands} == cases


def test_each_amount_is_in_one_band(owner: Api, found: Callable[..., set[int]]) -> None:
    bands = {"1000": ("999.99",), "5000": ("1000.00", "4999.99"), "20000": ("5000",), "more": ("20000",)}
    cases = {
        band: {case_id(owner, invoices=[{"invoice_amount": amount}]) for amount in amounts}
        for band, amounts in bands.items()
    }
    assert {band: found(amount=band) for band in bands} == cases


def test_free_amounts(owner: Api, found: Callable[..., set[int]]) -> None:
    small, large = (case_id(owner, invoices=[{"invoice_amount": amount}]) for amount in ("10.00", "500.00"))
    assert found(amount_min="10.00") == {small, large}
    assert found(amount_min="10.01") == {large} == found(amount_min="100", amount_max="500")
    assert found(amount_max="499.99") == {small}


def test_the_country_is_the_debtors_as_it_is_understood(
    owner: Api, office: Client, found: Callable[..., set[int]]
) -> None:
    german, french, strange = (
        case_id(owner, debtor={"company_country": country}) for country in ("Allemagne", "FRANCE", "Atlantis")
    )
    assert found(country="DE") == {german}
    assert found(country="FR") == {french}
    assert found(country="unknown") == {strange}
    company = Recovery.objects.get(pk=strange).debtor_id
    owner.data("PUT", f"/api/recoveries/{strange}/companies/{company}", {"company_country": "Italy"})
    assert found(country="IT") == {strange}


def served_on(owner: Api, day: date) -> Recovery:
    """A case in court whose order was made and served on `day`."""
    case = Recovery.objects.get(pk=transferred(owner, transferable(owner)))
    procedure_record(recovery_id=case.pk, values={"order_made_on": day, "served_on": day}, today=today(), by=None)
    case.refresh_from_db()
    return case


def test_deadlines(owner: Api, found: Callable[..., set[int]]) -> None:
    # An order that was served: the time to oppose it ends a month later.
    def served(days: int) -> tuple[int, date]:
        case = served_on(owner, today() - timedelta(days=days))
        assert case.next_deadline is not None
        return case.pk, case.next_deadline

    past, past_day = served(100)
    near, near_day = served(27)
    late, late_day = served(8)
    assert past_day < today() <= near_day <= today() + timedelta(days=7) < late_day <= today() + timedelta(days=30)
    assert found(deadline="overdue") == {past}
    assert found(deadline="7") == {near}
    assert found(deadline="30") == {near, late}
    assert found(deadline="any") == {past, near, late}
    move(past, 112)
    assert found(deadline="overdue") == set(), "a closed case has no deadline"


def test_the_daily_task_keeps_deadlines_true_when_only_the_debtor_has_changed(owner: Api) -> None:
    case = served_on(owner, today())
    before, debtor = case.next_deadline, case.debtor
    assert debtor is not None
    debtor.company_country = "Réunion"  # one more month to oppose
    debtor.save()
    assert next_deadlines_mend() == 1
    case.refresh_from_db()
    assert before is not None
    assert case.next_deadline is not None
    assert case.next_deadline > before
    assert next_deadlines_mend() == 0


def test_unread_new_and_quiet(owner: Api, boss: User, found: Callable[..., set[int]]) -> None:
    unread, answered, old = (case_id(owner) for _ in range(3))
    for pk, author, is_read in ((unread, owner.user, False), (answered, owner.user, True), (old, boss, False)):
        Comment.objects.create(recovery_id=pk, user=author, html="<p>x</p>", text="x", is_read=is_read)
    assert found(unread="1") == {unread}
    Recovery.objects.filter(pk=old).update(created_at=now() - timedelta(days=8), updated_at=now() - timedelta(days=31))
    assert found(new="1") == {unread, answered}
    assert found(quiet="30") == {old}
    assert found(quiet="90") == set()


def test_the_search_finds_without_case_and_accents_across_owners(
    owner: Api, stranger: Api, found: Callable[..., set[int]]
) -> None:
    first = case_id(owner, debtor={"company_name": "Société Éolienne 100%"})
    second = case_id(stranger, customer={"company_name": "SOCIETE EOLIENNE"})
    case_id(owner)
    assert found(q="societe éolienne") == {first, second}
    assert found(q="100%") == {first}
    assert found(q="%") == {first}
    assert found(q="_") == set()
    reference = Recovery.objects.get(pk=second).recovery_reference
    assert found(q=f"  {reference.lower()} ") == {second}
    assert found(q="eolienne", client=owner.user.pk) == {first}  # type: ignore[union-attr]


def test_one_or_two_letters_are_looked_for_where_a_word_begins(owner: Api, found: Callable[..., set[int]]) -> None:
    zinc = case_id(owner, debtor={"company_name": "Couverture Zinc"})
    seized = case_id(owner, customer={"company_name": "Saint-Zéphyrin"})
    case_id(owner, debtor={"company_name": "Azimut"})
    assert found(q="z") == {zinc, seized}
    assert found(q="ZÉ") == {seized}
    assert found(q="zi") == {zinc}


@pytest.mark.parametrize(
    "query",
    [
        "group=99999",
        "group=x",
        "handler=0x",
        "client=abc",
        "client=99999999999999999999999",
        "amount_min=-1",
        "amount_min=NaN",
        "amount_max=1e999",
        "country=ZZ",
        "deadline=soon",
        "company=99999999999999999999999999",
        "age=%00",
    ],
)
def test_a_value_that_is_none_filters_nothing_and_says_so(owner: Api, office: Client, query: str) -> None:
    case = case_id(owner)
    page = office.get(f"{LIST}?{query}")
    assert page.status_code == 200
    assert list(page.context["filter_form"].errors) == [query.partition("=")[0]]
    assert [found.pk for found in page.context["cl"].result_list] == [case]


@pytest.mark.parametrize("query", ["owner__password__startswith=a", "search_text__regex=(a%2B)%2B$", "foo=1"])
def test_the_address_filters_by_nothing_else(owner: Api, office: Client, query: str) -> None:
    case_id(owner)
    assert office.get(f"{LIST}?{query}").status_code in (302, 400)


def test_hostile_searches_are_answered(owner: Api, office: Client) -> None:
    case_id(owner)
    for term in ("\x00", "'; DROP TABLE", "x" * 5000, "\\", "ﬁ" * 50):
        assert office.get(LIST, {"q": term}).status_code == 200


FILTERS = [
    "",
    "q=smith",
    "q=ab",
    "state=open&group=1&handler=none",
    "client={owner}",
    "age=older&amount=1000&country=FR",
    "deadline=any",
    "unread=1&new=1&quiet=7",
    "work=unassigned",
    "o=4",
]


def test_a_page_costs_the_same_whatever_its_length(owner: Api, office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib import admin
    from django.db import connection

    monkeypatch.setattr(admin.site._registry[Recovery], "list_per_page", 100)
    monkeypatch.setattr("legalcity.lib.snapshot.MAX_AGE", 3600.0)
    first = case_id(owner)
    counts: dict[str, list[int]] = {query: [] for query in FILTERS}
    for more in (19, 80):
        _copies(first, more)
        office.get(LIST)  # What processes keep (settings, statuses) is read now.
        for query, statements in counts.items():
            with CaptureQueriesContext(connection) as queries:
                assert office.get(f"{LIST}?{query.format(owner=owner.user.pk)}").status_code == 200  # type: ignore[union-attr]
            statements.append(len(queries))
    assert {query: pair for query, pair in counts.items() if pair[0] != pair[1] or pair[0] > 18} == {}


def _copies(pk: int, number: int) -> None:
    """As many more cases like the one of `pk`, with handlers of their own."""
    for _ in range(number):
        case = Recovery.objects.get(pk=pk)
        case.pk, case.recovery_reference = None, f"REC-C{Recovery.objects.count():05}"
        case._state.adding = True
        case.save()


def test_counting_and_paging_are_bounded(owner: Api, office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_paginator, "MOST_ROWS", 5)
    _copies(case_id(owner), 5)
    page = office.get(LIST)
    assert page.context["cl"].result_count == 5
    assert "More than 5 cases" in page.content.decode()
    cases_vanish(Recovery.objects.filter(pk=Recovery.objects.latest("id").pk))
    page = office.get(LIST)
    assert "More than" not in page.content.decode()
    assert "5 cases" in page.content.decode()


def test_no_select_of_the_page_holds_all_clients(owner: Api, office: Client) -> None:
    case_id(owner)
    ApiUserFactory(first_name="Zoe", last_name="Unseen")
    page = office.get(LIST)
    assert "Unseen" not in page.content.decode()
    assert len(page.context["filter_form"]["client"].subwidgets) == 1, "the empty choice"
    assert "admin-autocomplete" in page.content.decode()


def test_the_list_of_a_model_leads_to_its_page(owner: Api, office: Client) -> None:
    case = case_id(owner)
    assert office.get(page_of(Recovery, "change", case)).status_code == 200


def balances(cases: dict[int, str | None], **more: Any) -> None:
    for pk, due in cases.items():
        CaseBalance.objects.filter(recovery=pk).update(due=due, next_change=None, **more)


def test_what_is_due_today_sorts_and_filters(owner: Api, office: Client, found: Callable[..., set[int]]) -> None:
    much, little, nothing, unknown = (case_id(owner) for _ in range(4))
    balances({much: "1250.50", little: "80.00", nothing: "0.00", unknown: None}, missing_on=date(2026, 7, 1))
    empty = bare_case_id(owner)  # On which nothing is claimed yet
    assert found(owed="none") == {nothing, empty}
    assert found(owed="some") == {much, little}
    assert found(owed="unknown") == {unknown}
    column = list(office.get(LIST).context["cl"].list_display).index("owed")
    rows = {way: office.get(LIST, {"o": f"{way}{column}"}).context["cl"].result_list for way in ("", "-")}
    assert [case.pk for case in rows["-"]] == [much, little, empty, nothing, unknown]
    assert rows[""] == rows["-"][::-1]
    text = office.get(LIST).content.decode()
    assert "1,250.50 €" in text
    assert "no rate for 07/01/2026" in text


def test_a_balance_of_another_day_names_it(owner: Api, office: Client) -> None:
    settled, running = case_id(owner), case_id(owner)
    yesterday = today() - timedelta(days=1)
    balances({settled: "5.00"}, on=yesterday)
    shown = yesterday.strftime("%m/%d/%Y")
    assert f"on {shown}" not in office.get(LIST).content.decode()
    CaseBalance.objects.filter(recovery=running).update(on=yesterday, next_change=today())
    assert f"on {shown}" in office.get(LIST).content.decode()
