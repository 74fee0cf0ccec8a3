"""The search in the head of every page: all that people know a case by, each role as far as it sees."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from invoicing.models import Invoice
from legalcity.lib.reading.phones import phone_key
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.desk.tests.pages import office_of, person, words
from recoveries.models import Injunction, Recovery
from tests.backoffice import browser_of, page_of
from tests.factories import Api, case_id

pytestmark = pytest.mark.django_db
DEBTOR = {
    "company_name": "Œuvres de l’Atelier",
    "company_siren": "732829320",
    "company_email": "Compta@Atelier.example",
    "company_phone": "06 12 34 56 78",
}
CREDITOR = {"company_name": "Menuiserie Vautrin", "company_siren": "552100554", "company_email": "vautrin@example.com"}
CREDITOR["company_phone"] = "+33 1 42 00 00 00"


def filed(owner: Api, **recovery: Any) -> Recovery:
    """A case whose every number is its own."""
    parts = {"debtor": DEBTOR, "customer": CREDITOR, "invoices": [{"invoice_number": "FA-2025/00731"}]}
    return Recovery.objects.get(pk=case_id(owner, recovery={"external_id": "ERP-É7", **recovery}, **parts))


def sought(browser: Client, text: str, **more: Any) -> Any:
    """The answer to a search."""
    return browser.get("/admin/search/", {"q": text, **more})


def hits(answer: Any) -> dict[str, list[str]]:
    """What a page of results shows, by kind."""
    assert answer.status_code == 200
    return {str(group.label): [str(hit.text) for hit in group.hits] for group in answer.context["groups"]}


@pytest.fixture
def office() -> Client:
    return office_of("manager")


@pytest.mark.parametrize(
    "text",
    [
        *("ERP-É7", " erp-e7 ", "FA-2025/00731", "fa-2025/00731"),
        *("732829320", "732 829 320", "73282932000074", "compta@atelier.EXAMPLE"),
        *("0612345678", "06.12.34.56.78", "+33 6 12 34 56 78", "0033612345678", "+33(0)6 12 34 56 78"),
        *("œuvres de l'atelier", "OEUVRES DE L’ATELIER", "vautrin", "2025/00731", "menuiserie"),
    ],
)
def test_whatever_names_one_case_alone_opens_it(text: str, owner: Api, office: Client) -> None:
    case = filed(owner)
    other = {"company_siren": "552081317", "company_email": "o@example.com", "company_phone": "0499999999"}
    case_id(owner, debtor=other, customer=other)
    answer = sought(office, text)
    assert answer.status_code == 302, hits(answer)
    assert answer["Location"] == page_of(Recovery, "change", case.pk)


def test_a_reference_opens_its_case_in_any_writing(owner: Api, office: Client) -> None:
    case = filed(owner)
    reference = case.recovery_reference
    spelled = (reference.lower(), f" {reference}\n", reference.replace("-", " "), reference.lower().replace("-", ""))
    for text in (reference, *spelled, f"{reference[:7]} {reference[7:]}"):
        assert sought(office, text)["Location"] == page_of(Recovery, "change", case.pk)


@pytest.mark.parametrize(
    "text", ["vautrin  œuvres", "Atelier OEUVRES vautrin", "fa 2025 00731", "FA202500731", "00731 atelier"]
)
def test_where_nothing_has_all_of_it_each_of_its_words_is_looked_for(text: str, owner: Api, office: Client) -> None:
    """French offices say the surname first; a number is dictated without its strokes."""
    case = filed(owner)
    other = {"company_siren": "552081317", "company_email": "o@example.com", "company_phone": "0499999999"}
    case_id(owner, debtor=other, customer=other)
    assert sought(office, text)["Location"] == page_of(Recovery, "change", case.pk)
    assert hits(sought(office, f"{text} nulle-part")) == {}


@pytest.mark.parametrize("text", ["21-26-000123", "RG 21-26-000123", "rg n° 21-26-000123", "n°21-26-000123"])
def test_the_number_of_the_court_opens_the_case_that_is_there(text: str, owner: Api, office: Client) -> None:
    court = transferred(owner, transferable(owner))
    Injunction.objects.filter(recovery=court).update(file_number="21-26-000123", search_text="21-26-000123\nparis")
    assert sought(office, text)["Location"] == page_of(Recovery, "change", court)


def test_what_names_several_things_shows_them_by_kind(owner: Api, office: Client) -> None:
    cases = [filed(owner, external_id=number) for number in ("A", "B")]
    found = hits(sought(office, "atelier"))
    assert found["Cases"] == [case.recovery_reference for case in reversed(cases)]
    assert len(found["Debtors and creditors"]) == 2
    assert "Invoices" not in found
    assert len(hits(sought(office, "00731"))["Invoices"]) == 2
    assert hits(sought(office, owner.user.last_name))["Clients"] == [str(owner.user)]


def test_an_exact_hit_says_that_there_are_others(owner: Api, office: Client) -> None:
    first = filed(owner, external_id="A17")
    filed(owner, external_id="A171")
    answer = sought(office, "a17")
    assert answer["Location"] == page_of(Recovery, "change", first.pk)
    page = office.get(answer["Location"]).content.decode()
    way = re.search(r'href="(/admin/search/[^"]+)"', page)[1].replace("&amp;", "&")
    assert len(hits(office.get(way))["Cases"]) == 2


def test_more_than_a_page_of_them_lead_to_the_list(owner: Api, office: Client) -> None:
    for number in range(9):
        filed(owner, external_id=f"Z{number}")
    answer = sought(office, "vautrin")
    assert len(hits(answer)["Cases"]) == 8
    assert "/admin/recoveries/recovery/?q=vautrin" in answer.content.decode()


@pytest.mark.parametrize("text", ["", "   ", "zz", "nobody has this", "\x00", "a" * 3000, "%", "_", "\\", "1" * 32])
def test_nothing_is_found_in_words(text: str, owner: Api, office: Client) -> None:
    filed(owner)
    assert hits(sought(office, text)) == {}


class TestReach:
    def test_a_handler_finds_what_they_see(self, owner: Api) -> None:
        handler, case = person("handler"), filed(owner)
        browser = browser_of(handler)
        numbers = (case.recovery_reference, "ERP-É7", "FA-2025/00731", "732829320", "06 12 34 56 78", "atelier")
        for user, is_seen in ((None, True), (handler, True), (person("handler"), False)):
            Recovery.objects.filter(pk=case.pk).update(user=user)
            for text in numbers:
                answer = sought(browser, text)
                assert (answer.status_code == 302) is is_seen, text
                if not is_seen:
                    assert hits(answer) == {}
                    assert case.recovery_reference not in words(answer.content.decode()).replace(text, "")

    @pytest.mark.parametrize("role", ["manager", "accountant", "auditor"])
    def test_these_roles_find_all(self, role: str, owner: Api) -> None:
        case = filed(owner)
        Recovery.objects.filter(pk=case.pk).update(user=person("handler"))
        browser = office_of(role)
        for text in (case.recovery_reference, "0612345678", "FA-2025/00731"):
            assert sought(browser, text)["Location"] == page_of(Recovery, "change", case.pk)

    def test_staff_without_a_role_find_nothing_and_strangers_do_not_come_in(self, owner: Api) -> None:
        case = filed(owner)
        nobody = User.objects.create_user("nobody@example.com", is_staff=True)
        assert hits(sought(browser_of(nobody), case.recovery_reference)) == {}
        for browser in (Client(), browser_of(owner.user)):
            assert "/admin/login/" in sought(browser, case.recovery_reference)["Location"]

    def test_it_only_reads(self, office: Client) -> None:
        assert office.post("/admin/search/", {"q": "x"}).status_code == 405


def test_a_client_is_found_by_phone(owner: Api, office: Client) -> None:
    User.objects.filter(pk=owner.user.pk).update(phone="+33 (0)4 50 12 34 56")
    User.objects.get(pk=owner.user.pk).save()
    assert sought(office, "04.50.12.34.56")["Location"] == page_of(User, "change", owner.user.pk)


def test_every_page_has_the_field(office: Client) -> None:
    for page in ("/admin/", "/admin/recoveries/recovery/", "/admin/queue/", "/admin/account/"):
        assert 'action="/admin/search/"' in office.get(page).content.decode(), page
    assert "/admin/search/" not in Client().get("/admin/login/").content.decode()


def test_it_asks_as_many_statements_whatever_is_found(owner: Api, office: Client) -> None:
    filed(owner, external_id="A")
    sought(office, "atelier", all=1)
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            sought(office, "atelier", all=1)
        counts.append(len(asked))
        for number in range(6):
            filed(owner, external_id=f"B{number}{_round}")
    assert counts[0] == counts[1]
    assert counts[0] <= 14


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no index that finds a part of a text")
def test_each_kind_is_found_by_an_index(owner: Api, office: Client) -> None:
    filed(owner)
    plans = plans_of(lambda: sought(office, "06 12 34 56 78", all=1))
    for index in ("company_search", "recovery_search", "injunction_search", "user_search"):
        assert index in plans, index


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no index that finds a part of a text")
@pytest.mark.parametrize(
    ("model", "term", "index"), [(Recovery, "zz", "recovery_search"), (Invoice, "f-99", "invoice_search")]
)
def test_lists_of_all_accounts_are_searched_by_an_index(
    model: type[Model], term: str, index: str, owner: Api, office: Client
) -> None:
    filed(owner)
    assert index in plans_of(lambda: office.get(page_of(model, "changelist"), {"q": term}))


def plans_of(search: Callable[[], Any]) -> str:
    """How PostgreSQL would find what `search` looks for in texts, were there more of them."""
    with CaptureQueriesContext(connection) as asked, connection.cursor() as cursor:
        search()
        searches = [query["sql"] for query in asked if "LIKE" in query["sql"]]
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
        plans = ""
        for one in searches:
            cursor.execute(f"EXPLAIN {one}")
            plans += "\n".join(line for [line] in cursor.fetchall())
    return plans


@pytest.mark.parametrize(
    ("written", "key"),
    [
        *((text, "0612345678") for text in ("0612345678", "06.12.34.56.78", "+33 6 12-34-56-78", "0033612345678")),
        *((text, "0612345678") for text in ("+33(0)612345678", "06 12 34 56 78 (portable)", "(06) 12 34 56 78")),
        ("+32 475 12 34 56", "0475123456"),
        ("+262 692 12 34 56", "0692123456"),
        *((text, "") for text in ("", "n/a", "sans", "12", "1" * 32, "\x00")),
    ],
)
def test_a_phone_is_known_by_one_key(written: str, key: str) -> None:
    assert phone_key(written) == key
