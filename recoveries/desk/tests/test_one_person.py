"""Rows of a debtor that staff link as one person, and take apart again."""

from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import AuditEvent
from companies.identity import Identity, Kin
from companies.linking import parties_link, party_unlink
from companies.models import Company, PartyLink
from legalcity.lib.clock import today
from legalcity.lib.errors import Conflict
from recoveries.desk.tests.pages import case_of, office_of, person, words
from recoveries.letters.party_facts import facts_about, party_fact_enter
from recoveries.models import Recovery
from tests.backoffice import browser_of, chief
from tests.factories import Api
from tests.races import at_once

pytestmark = pytest.mark.django_db

FIRST = {"company_name": "Hôtel des Remparts", "company_siren": "732829320", "company_email": "a@example.com"}
SECOND = {"company_name": "Hotel des remparts", "company_siren": "552081317", "company_email": "b@example.com"}
OTHER = {"company_name": "Garage Rey", "company_siren": "552100554", "company_email": "c@example.com"}
ALONE = {"company_phone": None, "company_postal": "74000"}


@pytest.fixture
def cases(owner: Api, stranger: Api) -> list[Recovery]:
    """Two cases against what may be one person, of two clients, and one against somebody else."""
    parties = ((owner, FIRST), (stranger, SECOND), (owner, OTHER))
    return [case_of(api, debtor={**party, **ALONE}) for api, party in parties]


def page_of(browser: Client, case: Recovery) -> Any:
    answer = browser.get(f"/admin/debtors/{case.debtor_id}/")
    assert answer.status_code == 200
    return answer


def sent(browser: Client, at: Recovery, act: str, other: Any) -> str:
    data = {"form_token": page_of(browser, at).context["token"], "case": at.pk, "act": act, "other": other}
    return words(browser.post(f"/admin/debtors/{at.debtor_id}/", data, follow=True).content.decode())


def test_it_is_proposed_linked_and_taken_apart(cases: list[Recovery]) -> None:
    first, second, other = cases
    browser = office_of("manager")
    assert [one.party.pk for one in page_of(browser, first).context["likenesses"]] == [second.debtor_id]
    party_fact_enter(recovery_id=second.pk, kind="opted_out", since=today(), by=None)
    assert not facts_about(first).exists()
    said = sent(browser, first, "link-person", second.debtor_id)
    assert "Linked: 2 rows are one person now." in said
    assert second.recovery_reference in said
    assert other.recovery_reference not in said
    assert facts_about(Recovery.objects.get(pk=first.pk)).exists()
    assert "known as one person already" in sent(browser, first, "link-person", second.debtor_id)
    said = sent(browser, first, "unlink-person", second.debtor_id)
    assert "Taken apart again." in said
    assert second.recovery_reference not in said
    assert not Company.objects.exclude(linked_as=None).exists()
    assert not PartyLink.objects.filter(undone_at=None).exists()
    acts = AuditEvent.objects.filter(object_type="companies.company", action__in=("parties_linked", "party_unlinked"))
    assert acts.count() == 2


def test_what_finds_many_at_once_knows_links(cases: list[Recovery]) -> None:
    first, second, other = cases
    sent(office_of("manager"), first, "link-person", second.debtor_id)
    one, two, three = (Identity.of(Company.objects.get(pk=case.debtor_id)) for case in (first, second, other))
    assert one.is_same(two)
    assert not one.is_same(three)
    kin: Kin[str] = Kin()
    kin.add(two, "letter")
    assert kin.of(one) == ["letter"]
    assert kin.of(three) == []
    assert set(Company.objects.filter(one.same())) == set(Company.objects.filter(two.same()))


def test_a_third_row_joins(cases: list[Recovery]) -> None:
    browser = office_of("manager")
    first, second, third = cases
    sent(browser, first, "link-person", second.debtor_id)
    assert "Linked: 3 rows are one person now." in sent(browser, third, "link-person", second.debtor_id)
    assert len(set(Company.objects.exclude(linked_as=None).values_list("linked_as", flat=True))) == 1
    sent(browser, first, "unlink-person", third.debtor_id)
    assert Company.objects.exclude(linked_as=None).count() == 2


def test_who_was_taken_out_and_linked_anew_brings_nobody_back(cases: list[Recovery], owner: Api) -> None:
    browser = office_of("manager")
    first, second, third = cases
    fourth = case_of(owner, debtor={**OTHER, **ALONE, "company_siren": "542051180", "company_email": "d@example.com"})
    sent(browser, first, "link-person", second.debtor_id)
    sent(browser, first, "link-person", third.debtor_id)
    sent(browser, first, "unlink-person", first.debtor_id)
    assert "Linked: 2 rows are one person now." in sent(browser, first, "link-person", fourth.debtor_id)
    one, two, three, four = (Identity.of(Company.objects.get(pk=each.debtor_id)) for each in (*cases, fourth))
    assert two.is_same(three)
    assert one.is_same(four)
    assert not one.is_same(two)


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="races need PostgreSQL")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_linked_and_taken_apart_at_the_same_moment_all_are_one_or_none(owner: Api) -> None:
    numbers = ("732829320", "552081317", "552100554", "542051180")
    parties = [{**FIRST, **ALONE, "company_siren": siren, "company_email": f"{siren}@example.com"} for siren in numbers]
    rows = [case_of(owner, debtor=party).debtor_id or 0 for party in parties]

    def attempt(number: int) -> None:
        with suppress(Conflict):
            if number % 3:
                parties_link(company_id=rows[number % 4], other_id=rows[(number + 1) % 4], by=None)
            else:
                party_unlink(company_id=rows[number % 4], by=None)

    def is_taken_apart(_number: int) -> bool:
        try:
            party_unlink(company_id=rows[0], by=None)
        except Conflict:
            return False
        return True

    parties_link(company_id=rows[0], other_id=rows[1], by=None)
    assert sum(at_once(6, is_taken_apart)) == 1
    at_once(9, attempt)
    linked = Counter(Company.objects.exclude(linked_as=None).values_list("linked_as", flat=True))
    assert all(count > 1 for count in linked.values()), linked
    open_links = PartyLink.objects.filter(undone_at=None).values_list("company", "linked_as")
    assert dict(open_links) == dict(Company.objects.exclude(linked_as=None).values_list("pk", "linked_as"))
    assert len(open_links) == sum(linked.values())


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_surest_is_proposed_first_in_every_language(owner: Api, language: str) -> None:
    asked = {**FIRST, "company_phone": "0450111111", "company_postal": "74000"}
    alike = (
        {**SECOND, "company_name": "Autre nom", "company_email": FIRST["company_email"], "company_phone": None},
        {**SECOND, "company_name": "Un nom", "company_siren": "552100554", "company_phone": asked["company_phone"]},
        {**SECOND, **ALONE, "company_siren": "542051180"},
        {**SECOND, **ALONE, "company_siren": "775670417", "company_postal": "69001"},
    )
    first = case_of(owner, debtor=asked)
    rows = [case_of(owner, debtor={**ALONE, **each}).debtor_id for each in alike]
    browser = browser_of(chief(language=language))
    assert [one.party.pk for one in page_of(browser, first).context["likenesses"]] == rows


def test_a_name_that_is_mistyped_is_proposed_at_the_same_address_alone(owner: Api) -> None:
    asked = {**FIRST, **ALONE, "company_name": "SARL Dupont & Fils", "company_address": "12, r. de la Paix"}
    there = {**SECOND, **ALONE, "company_name": "Dupond et fils", "company_address": "12 rue de la Paix"}
    elsewhere = (
        {**there, "company_siren": "552100554", "company_postal": "69001"},
        {**there, "company_siren": "542051180", "company_address": "14 rue de la Paix"},
        {**there, "company_siren": "775670417", "company_name": "Dupuis et frères"},
    )
    first, second = case_of(owner, debtor=asked), case_of(owner, debtor=there)
    for each in elsewhere:
        case_of(owner, debtor={**each, "company_email": None})
    page = page_of(office_of("manager"), first)
    [likeness] = page.context["likenesses"]
    assert (likeness.party.pk, str(likeness.why)) == (second.debtor_id, "nearly the same name, same address")


def test_the_debtor_of_another_handler_is_neither_proposed_nor_linked(cases: list[Recovery]) -> None:
    first, second, _other = cases
    Recovery.objects.filter(pk=second.pk).update(user=person("handler", email="other@example.com"))
    browser = office_of("handler")
    assert page_of(browser, first).context["likenesses"] == []
    assert "another handler has the cases" in sent(browser, first, "link-person", second.debtor_id)
    for hostile in ("0", "x", "9" * 30, "\0"):
        sent(browser, first, "link-person", hostile)
    assert not PartyLink.objects.exists()


def test_who_may_not_link(cases: list[Recovery]) -> None:
    first, second, _other = cases
    browser = office_of("auditor")
    data = {"form_token": "0" * 32, "case": first.pk, "act": "link-person", "other": second.debtor_id}
    assert browser.post(f"/admin/debtors/{first.debtor_id}/", data).status_code == 403
    assert "It is the same person" not in words(page_of(browser, first).content.decode())
