"""Further phones and e-mails of a debtor: added, corrected, found, written to."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from companies.contacts import MOST, contact_add, contact_correct, contact_end, further_contacts
from companies.models import Company, PartyContact
from events.models import Event
from legalcity.lib.clock import now, today
from legalcity.lib.errors import Conflict, Invalid, NotFound
from recoveries.desk.tests.pages import act_page, assert_refused, case_of, followed, office_of, opened, person, words
from recoveries.letters.gathering import demand_of, facts_of
from recoveries.models import Recovery
from tests.backoffice import act, browser_of
from tests.factories import Api, detail

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
PERSON = {"company_name": "Hôtel des Remparts", "company_siren": "732829320", "company_phone": "04 72 00 00 00"}


@pytest.fixture
def case(owner: Api) -> Recovery:
    """A case that nobody handles."""
    return case_of(owner, debtor=PERSON)


def debtor_page(browser: Client, case: Recovery) -> str:
    answer = browser.get(reverse("debtor", args=[case.debtor_id]))
    assert answer.status_code == 200
    return str(answer.content.decode())


def on_debtor_page(browser: Client, case: Recovery, name: str, **data: Any) -> str:
    address = reverse("debtor", args=[case.debtor_id])
    token = browser.get(address).context["token"]
    sent = {"form_token": token, "case": case.pk, "act": name, **data}
    return words(browser.post(address, sent, follow=True).content.decode())


def found(browser: Client, text: str) -> tuple[str, str]:
    page = browser.get(reverse("search"), {"q": text, "all": "1"}, follow=True)
    return words(page.content.decode()), str(page.request["PATH_INFO"])


def test_a_second_phone_is_kept_dialled_and_found(case: Recovery, stranger: Api) -> None:
    browser = office_of("manager", first_name="Ann", last_name="Roux")
    page = followed(browser, case, "add-contact", value="+33 6 12 34 56 78", note="his wife, after six")
    assert 'href="tel:+33612345678"' in page
    assert "his wife, after six" in words(page)
    other = case_of(stranger, debtor=PERSON)  # The same person, of another client.
    for each in (case, other):
        shown = debtor_page(browser, each)
        assert 'href="tel:+33612345678"' in shown
        assert "added by Ann Roux on" in words(shown)
    for spelling in ("06 12 34 56 78", "0033612345678", "06.12.34.56.78"):
        text, path = found(browser, spelling)
        assert "Hôtel des Remparts" in text or path == reverse("debtor", args=[case.debtor_id]), spelling
    assert "12 34 56 78" not in str(detail(Api.of(case.owner), case.pk))
    assert not Event.objects.filter(type="company.updated").exists()


def test_an_e_mail_is_corrected_and_what_it_was_stays_in_the_history(case: Recovery) -> None:
    browser = office_of("handler", first_name="Ann", last_name="Roux")
    followed(browser, case, "add-contact", value="Compta@exmaple.com")
    contact = PartyContact.objects.get()
    form = act_page(browser, case, "correct-added-contact", f"?contact={contact.pk}").context["form"]
    assert form["value"].value() == "Compta@exmaple.com"
    followed(browser, case, "correct-added-contact", contact=contact.pk, value="compta@example.com")
    former, fresh = PartyContact.objects.order_by("pk")
    assert (former.ended_at is None, fresh.replaces_id, fresh.ended_at) == (False, former.pk, None)
    page = words(debtor_page(browser, case))
    assert "Contacts taken away or corrected Compta@exmaple.com" in page
    assert [one.value for one in further_contacts(Company.objects.get(pk=case.debtor_id))] == ["compta@example.com"]
    assert AuditEvent.objects.filter(object_type="companies.partycontact").count() == 3
    assert_refused(
        act(browser, case, "correct-added-contact", contact=contact.pk, value="x@example.com"), "Select a valid choice."
    )


def test_wrong_and_opted_out_are_known_of_them_too(case: Recovery) -> None:
    browser = office_of("manager")
    contact_add(company_id=case.debtor_id or 0, value="06 12 34 56 78", by=None)
    fact = {"kind": "wrong", "since": f"{today():%Y-%m-%d}", "value": "+33612345678"}
    on_debtor_page(browser, case, "enter-party-fact", **fact)
    page = words(debtor_page(browser, case))
    assert "No longer:" in page
    assert "Write there from now on" not in page


def test_letters_go_there_from_now_on(case: Recovery, owner: Api) -> None:
    browser = office_of("handler")
    contact = contact_add(company_id=case.debtor_id or 0, value="06 12 34 56 78", by=None)
    said = on_debtor_page(browser, case, "write-there", contact=contact.pk)
    assert "Letters to come go to 06 12 34 56 78." in said
    assert detail(owner, case.pk)["debtor"]["company_phone"] == "06 12 34 56 78"
    kept = further_contacts(Company.objects.get(pk=case.debtor_id))
    assert [one.value for one in kept] == ["04 72 00 00 00"]
    assert Event.objects.filter(type="company.updated").count() == 1


def test_it_is_offered_where_a_letter_is_sent_and_known_to_the_guard(case: Recovery) -> None:
    contact_add(company_id=case.debtor_id or 0, value="compta@example.com", note="bookkeeper", by=None)
    page = act_page(office_of("manager"), case, "send-reminder").content.decode()
    assert '<option value="compta@example.com">bookkeeper</option>' in page
    facts = facts_of(case, demand_of(case, today()), moment=now())
    assert "compta@example.com" in facts.debtor_addresses


def test_a_handler_finds_nobody_elses(case: Recovery) -> None:
    contact_add(company_id=case.debtor_id or 0, value="06 12 34 56 78", by=None)
    Recovery.objects.filter(pk=case.pk).update(user=person("handler"))
    text, path = found(browser_of(person("handler")), "0612345678")
    assert "Remparts" not in text
    assert path == reverse("search")


@pytest.mark.parametrize("value", ["", "call him", "x@", "12", "a\0b", "9" * 300])
def test_what_is_neither_is_refused(case: Recovery, value: str) -> None:
    refused = act(office_of("handler"), case, "add-contact", value=value)
    assert refused.status_code == 200
    assert refused.context["form"].errors["value"]
    assert not PartyContact.objects.exists()


def test_what_is_known_or_gone_is_refused(case: Recovery) -> None:
    debtor_id = case.debtor_id or 0
    with pytest.raises(Conflict):
        contact_add(company_id=debtor_id, value="0033 4 72 00 00 00", by=None)
    contact = contact_add(company_id=debtor_id, value="0612345678", by=None)
    with pytest.raises(Conflict):
        contact_add(company_id=debtor_id, value="06 12 34 56 78", by=None)
    contact_end(contact_id=contact.pk, by=None)
    with pytest.raises(NotFound):
        contact_end(contact_id=contact.pk, by=None)
    with pytest.raises(NotFound):
        contact_correct(contact_id=contact.pk, value="0612345679", by=None)
    with pytest.raises(NotFound):
        contact_add(company_id=10**9, value="0612345678", by=None)
    with pytest.raises(Invalid):
        contact_correct(
            contact_id=contact_add(company_id=debtor_id, value="0612345678", by=None).pk, value="?", by=None
        )
    assert [one.value for one in further_contacts(Company.objects.get(pk=debtor_id))] == ["0612345678"]
    for number in range(MOST - 1):
        contact_add(company_id=debtor_id, value=f"x{number}@example.com", by=None)
    with pytest.raises(Conflict, match="at most"):
        contact_add(company_id=debtor_id, value="y@example.com", by=None)


def test_what_any_row_of_the_person_gives_or_has_is_known(case: Recovery, stranger: Api) -> None:
    """Whatever the spelling, whichever client filed it and on whichever case it was added."""
    other = case_of(stranger, debtor={**PERSON, "company_phone": "0472000001", "company_email": "Ann@Example.com"})
    browser = office_of("manager")
    followed(browser, other, "add-contact", value="06 12 34 56 78")
    for value in ("+33 4 72 00 00 01", "ann@example.COM", "0033 6 12 34 56 78"):
        assert_refused(act(browser, case, "add-contact", value=value), "This is known already.")
    followed(browser, case, "add-contact", value="0612345679")
    contact = PartyContact.objects.get(value="0612345679")
    refused = act(browser, case, "correct-added-contact", contact=contact.pk, value="04.72.00.00.01")
    assert_refused(refused, "This is known already.")
    assert set(PartyContact.objects.values_list("ended_at", flat=True)) == {None}


def test_what_one_does_not_see_may_be_added(case: Recovery, stranger: Api) -> None:
    """Else a handler could neither note the number that the debtor gave, nor find it."""
    other = case_of(stranger, debtor={**PERSON, "company_phone": "0472000001"})
    Recovery.objects.filter(pk=other.pk).update(user=person("handler"))
    assert 'href="tel:+33472000001"' in followed(office_of("handler"), case, "add-contact", value="+33472000001")


def test_who_may_not(case: Recovery) -> None:
    contact = contact_add(company_id=case.debtor_id or 0, value="0612345678", by=None)
    auditor = office_of("auditor")
    assert act(auditor, case, "add-contact", value="0612345679").status_code == 403
    assert act(auditor, case, "end-contact", contact=contact.pk).status_code == 403
    assert 'href="tel:0612345678"' in opened(auditor, case)
