"""Drafts: what was typed comes back into the form that it was typed into, and into no other."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from accounts.models import User
from invoicing.models import Invoice
from recoveries.models import Recovery
from tests.backoffice import page_of
from tests.browser.conftest import session_of
from tests.browser.desk import Desk
from tests.browser.test_clicks import Seat, cases, handler, seated  # noqa: F401 - fixtures
from tests.factories import Api, case_id

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.long,
    pytest.mark.same_everywhere,
]
NAME = "debtor-company_name"
NUMBER = "invoice_number"
ANSWER = ".lc-answer textarea"


def held(window: Desk, name: str) -> str:
    return str(window.run(f"document.querySelector('#content [name={name}]').value"))


def drafts(window: Desk) -> str:
    return str(window.run("JSON.stringify(localStorage)"))


def test_a_draft_of_one_invoice_is_not_put_into_another(desk: Seat, owner: Api, handler: User) -> None:  # noqa: F811
    pk = case_id(owner, invoices=[{"invoice_number": "FA-12"}, {"invoice_number": "FA-13"}])
    Recovery.objects.filter(pk=pk).update(user=handler)
    first, second = (Invoice.objects.get(invoice_number=number) for number in ("FA-12", "FA-13"))
    window, page = desk(handler), page_of(Recovery, "action", pk, "correct-invoice")
    window.go(f"{page}?invoice={first.pk}")
    window.write(NUMBER, "FA-12-bis")
    assert "invoice_amount" not in drafts(window)  # Filled in, and not typed.
    window.go(f"{page}?invoice={second.pk}")
    assert held(window, NUMBER) == "FA-13"
    window.go(f"{page}?queue=mine&invoice={first.pk}")
    assert held(window, NUMBER) == "FA-12-bis"
    Invoice.objects.filter(pk=first.pk).update(invoice_number="FA-12-ter")
    window.go(f"{page}?invoice={first.pk}")
    assert held(window, NUMBER) == "FA-12-ter"  # What somebody has changed since stays.


@pytest.mark.usefixtures("cases")
def test_a_new_case_of_one_client_is_not_that_of_another(
    desk: Seat,
    owner: Api,
    stranger: Api,
    handler: User,  # noqa: F811
) -> None:
    assert owner.user is not None
    assert stranger.user is not None
    window, page = desk(handler), reverse("case-open")
    window.go(f"{page}?client={owner.user.pk}")
    window.write(NAME, "Hôtel")
    window.go(f"{page}?client={stranger.user.pk}")
    assert held(window, NAME) == ""
    window.go(f"{page}?client={owner.user.pk}")
    assert held(window, NAME) == "Hôtel"


@pytest.mark.usefixtures("cases")
def test_a_known_debtor_is_taken_in_place_of_what_was_typed(desk: Seat, owner: Api, handler: User) -> None:  # noqa: F811
    assert owner.user is not None
    window, page = desk(handler), f"{reverse('case-open')}?client={owner.user.pk}"
    window.go(page)
    window.write(NAME, "Hot")
    window.write("known", "remparts")
    window.press('#known-debtors button:has-text("Hôtel des Remparts")')
    assert held(window, NAME) == "Hôtel des Remparts"
    assert window.count(".lc-draft") == 0
    window.write("recovery-external_id", "ERP-9")
    Session.objects.all().delete()
    window.press("button[value=open]")
    window.sit_again(session_of(handler))
    window.go(page)
    assert [held(window, name) for name in (NAME, "recovery-external_id")] == ["Hôtel des Remparts", "ERP-9"]


def test_what_could_not_be_sent_in_place_is_not_taken_for_sent(
    desk: Seat,
    handler: User,  # noqa: F811
    cases: list[Recovery],  # noqa: F811
) -> None:
    window, page = seated(desk, handler, cases[0]), page_of(Recovery, "change", cases[0].pk)
    window.open_in_place('a[href*="/action/call-note/"]')
    window.type("Il paie vendredi")
    Session.objects.all().delete()
    window.click(".lc-place .lc-buttons button")
    window.wait(".lc-place-note")
    assert window.run("sessionStorage.length") == 0  # The next page that says a success does not mean this form.
    window.sit_again(session_of(handler))
    window.go(page)
    window.open_in_place('a[href*="/action/call-note/"]')
    assert window.run("document.querySelector('.lc-place [name=text]').value") == "Il paie vendredi"


def test_each_answer_on_a_page_has_its_own_draft(
    desk: Seat,
    owner: Api,
    handler: User,  # noqa: F811
    cases: list[Recovery],  # noqa: F811
) -> None:
    for said in ("Où en est-on ?", "Et la facture ?"):
        owner.data("POST", f"/api/recoveries/{cases[0].pk}/comments", {"comment": f"<p>{said}</p>"})
    window = seated(desk, handler, cases[0])
    window.open_in_place('a[href*="/action/call-note/"]')
    window.type("Il rappelle.")
    window.save_in_place()  # The forms of the page are others now.
    window.click(ANSWER)  # The first of the two
    window.type("Ce matin.")
    window.go(page_of(Recovery, "change", cases[0].pk))
    texts = window.run(f"Array.from(document.querySelectorAll('{ANSWER}'), (field) => field.value)")
    assert sorted(texts) == ["", "Ce matin."]
