"""The page of a debtor: one person over cases and clients, as far as one sees, and the ways to reach them."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent
from companies.models import Company
from legalcity.lib.clock import today
from recoveries.desk.tests.pages import case_of, office_of, opened, person, words
from recoveries.ledger.services import acompte_record
from recoveries.letters.party_facts import facts_about
from recoveries.models import PartyFact, Recovery
from tests.backoffice import act, browser_of
from tests.factories import Api, ApiUserFactory

pytestmark = pytest.mark.django_db
PERSON = {
    "company_name": "Hôtel des Remparts",
    "company_siren": "732829320",
    "company_email": "Hotel@example.com",
    "company_phone": "06 12 34 56 78",
}


def address_of(case: Recovery) -> str:
    return f"/admin/debtors/{case.debtor_id}/"


def page_of_debtor(browser: Client, case: Recovery) -> str:
    answer = browser.get(address_of(case))
    assert answer.status_code == 200, answer
    return words(answer.content.decode())


def sent(browser: Client, at: Recovery, **data: Any) -> Any:
    token = browser.get(address_of(at)).context["token"]
    return browser.post(address_of(at), {"form_token": token, "case": at.pk, **data}, follow=True)


@pytest.fixture
def cases(owner: Api, stranger: Api) -> list[Recovery]:
    """Two cases against the same debtor, of two clients, and one against somebody else."""
    other = {"company_siren": "552081317", "company_email": "x@example.com", "company_phone": "0499999999"}
    return [case_of(owner, debtor=PERSON), case_of(stranger, debtor=PERSON), case_of(owner, debtor=other)]


def test_it_shows_the_cases_of_all_clients_with_what_is_due(cases: list[Recovery]) -> None:
    first, second, other = cases
    acompte_record(recovery_id=second.pk, amount=Decimal(30), day=today(), by=None)
    page = page_of_debtor(office_of("manager"), first)
    for case in (first, second):
        assert case.recovery_reference in page
    assert other.recovery_reference not in page
    due = sum(case.balance.due for case in Recovery.objects.filter(pk__in=[first.pk, second.pk]))
    assert f"Due today, on all cases that you see {due} €" in page
    assert "30.00" in page


def test_a_number_is_dialled_and_the_case_leads_to_the_page(cases: list[Recovery]) -> None:
    browser = office_of("manager")
    page = opened(browser, cases[0])
    assert f'href="{address_of(cases[0])}"' in page
    assert 'href="tel:0612345678"' in page
    assert 'href="tel:0612345678"' in browser.get(address_of(cases[0])).content.decode()


class TestReach:
    def test_a_handler_sees_their_part_of_it(self, cases: list[Recovery]) -> None:
        handler, (mine, theirs, _other) = person("handler"), cases
        browser = browser_of(handler)
        Recovery.objects.filter(pk=theirs.pk).update(user=person("handler"))
        page = page_of_debtor(browser, mine)
        assert mine.recovery_reference in page
        assert theirs.recovery_reference not in page
        Recovery.objects.filter(pk=mine.pk).update(user=person("handler"))
        for case in (mine, theirs):
            answer = browser.get(address_of(case), follow=True)
            assert answer.redirect_chain
            assert "another handler has the cases" in words(answer.content.decode())
            assert sent_blindly(browser, case).status_code == 302
        assert not PartyFact.objects.exists()

    @pytest.mark.parametrize("role", ["accountant", "auditor"])
    def test_who_only_reads_changes_nothing(self, role: str, cases: list[Recovery]) -> None:
        browser = office_of(role)
        assert "Wrong number" not in page_of_debtor(browser, cases[0])
        assert sent_blindly(browser, cases[0]).status_code == 403
        assert not PartyFact.objects.exists()

    def test_others_do_not_come_in(self, owner: Api, cases: list[Recovery]) -> None:
        assert Client().get(address_of(cases[0])).status_code == 302
        assert browser_of(ApiUserFactory(is_staff=True)).get(address_of(cases[0])).status_code == 403

    def test_ids_that_are_none_are_told_as_those_of_others(self) -> None:
        browser = office_of("manager")
        for odd in ("0", "9" * 30, "abc", "-1", "%00"):
            answer = browser.get(f"/admin/debtors/{odd}/")
            assert answer.status_code in (302, 404), odd


def sent_blindly(browser: Client, case: Recovery) -> Any:
    data = {
        "act": "enter-party-fact",
        "case": case.pk,
        "kind": "wrong",
        "since": today().isoformat(),
        "value": "a@b.fr",
    }
    return browser.post(address_of(case), {"form_token": "x" * 32, **data})


def test_a_wrong_number_is_known_on_every_case_and_can_be_taken_back(cases: list[Recovery]) -> None:
    browser = office_of("handler")
    fact = {"act": "enter-party-fact", "kind": "wrong", "since": today().isoformat(), "value": "+33612345678"}
    answer = sent(browser, cases[0], **fact)
    assert "the address is wrong" in words(answer.content.decode())
    assert [str(one.value) for one in facts_about(cases[1])] == ["+33612345678"]
    assert "the address is wrong" in page_of_debtor(browser, cases[1])
    [known] = PartyFact.objects.all()
    answer = sent(browser, cases[0], act="withdraw-party-fact", fact=known.pk, reason="It rings.")
    page = words(answer.content.decode())
    assert "No longer known" in page
    assert not facts_about(cases[1])


def test_what_is_sent_is_judged(cases: list[Recovery]) -> None:
    browser, (case, _same, other) = office_of("handler"), cases
    fact = {"act": "enter-party-fact", "kind": "wrong", "since": today().isoformat(), "value": "a@b.fr"}
    for bad in ({"kind": "nothing"}, {"value": ""}, {"value": "\x00"}, {"since": "yesterday"}):
        assert sent(browser, case, **{**fact, **bad}).status_code == 200
    for odd in ({"act": "assign"}, {"case": other.pk}, {"case": "9" * 40}, {"case": "\x00"}):
        assert sent(browser, case, **{**fact, **odd}).status_code == 404
    assert not PartyFact.objects.exists()
    sent(browser, case, **fact)
    token = browser.get(address_of(case)).context["token"]
    for _twice in range(2):
        browser.post(address_of(case), {"form_token": token, "case": case.pk, **fact, "value": "c@d.fr"})
    assert PartyFact.objects.filter(value="c@d.fr").count() == 1


def test_contact_details_are_corrected_and_what_they_were_is_kept(cases: list[Recovery], owner: Api) -> None:
    case = cases[0]
    values = {"company_phone": "04 50 00 00 00", "company_email": "new@example.com", "company_city": "Annecy"}
    assert act(office_of("handler"), case, "correct-contact", **values).status_code == 302
    debtor = Company.objects.get(pk=case.debtor_id)
    assert (debtor.company_phone, debtor.company_email, debtor.company_address) == (*list(values.values())[:2], None)
    changed = AuditEvent.objects.get(action="changed", object_type="companies.company", object_id=str(debtor.pk))
    assert changed.before["company_phone"] == "06 12 34 56 78"
    shown = owner.data("GET", f"/api/recoveries/{case.pk}")["debtor"]
    assert shown["company_email"] == "new@example.com"


def test_it_asks_as_many_statements_for_many_cases(owner: Api, cases: list[Recovery]) -> None:
    browser = office_of("manager")
    page_of_debtor(browser, cases[0])
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as asked:
            page_of_debtor(browser, cases[0])
        counts.append(len(asked))
        for _number in range(4):
            case_of(owner, debtor=PERSON)
    assert counts[0] == counts[1]
