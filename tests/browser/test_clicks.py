"""How many clicks the most frequent tasks of staff take, counted in a browser."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from accounts.models import User
from backoffice.people import staff_create
from backoffice.roles import HANDLER
from legalcity.lib.clock import today
from recoveries.models import FollowUp, PartyFact, Recovery
from tests.backoffice import page_of
from tests.browser.desk import Desk
from tests.factories import Api, case_id

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.long,
    pytest.mark.same_everywhere,
]

Seat = Callable[..., Desk]
DEBTOR = {
    "company_name": "Hôtel des Remparts",
    "company_siren": "732829320",
    "company_email": "compta@remparts.example",
    "company_phone": "06 12 34 56 78",
}
OTHER = {"company_siren": "552081317", "company_email": "x@example.com", "company_phone": "0499999999"}


@pytest.fixture
def handler() -> User:
    return staff_create(email="camille@example.com", first_name="Camille", last_name="Renard", role=HANDLER)[0]


@pytest.fixture
def cases(owner: Api, handler: User) -> list[Recovery]:
    """Two cases of the handler; the first one has every number of its own."""
    known = {"recovery": {"external_id": "ERP-7"}, "invoices": [{"invoice_number": "FA-2025-00731"}]}
    ids = [case_id(owner, debtor=DEBTOR, customer=OTHER, **known), case_id(owner, debtor=OTHER, customer=OTHER)]
    Recovery.objects.filter(pk__in=ids).update(user=handler)
    for pk in ids:
        due = {"owner_id": owner.user.pk, "on": today(), "reason": "opened"}
        FollowUp.objects.update_or_create(pk=pk, defaults=due)
    return [Recovery.objects.get(pk=pk) for pk in ids]


def test_a_case_is_opened_by_all_that_it_is_known_by(desk: Seat, handler: User, cases: list[Recovery]) -> None:
    """`/`, what the caller says, Enter: no click at all."""
    window, [case, _other] = desk(handler), cases
    names = ("hotel des remparts", "ERP-7", "fa-2025-00731", "732 829 320")
    known = (*names, "+33 6 12 34 56 78", "COMPTA@remparts.example")
    for said in (case.recovery_reference, *known):
        window.go(reverse("tasks"))
        window.keys("/")
        window.enter(said)
        assert window.url.endswith(page_of(Recovery, "change", case.pk)), said


def test_rows_are_walked_by_keys_which_a_sheet_tells(desk: Seat, handler: User, cases: list[Recovery]) -> None:
    window = desk(handler)
    window.go(f"{reverse('search')}?q=rec-")
    window.keys("?")
    assert "ligne suivante" in window.text("#lc-keys")
    window.keys("Escape", "j", "j", "k")
    window.enter()
    assert window.url.endswith(page_of(Recovery, "change", cases[1].pk))


def test_the_next_case_of_the_queue_is_one_key_away(desk: Seat, handler: User, cases: list[Recovery]) -> None:
    window = desk(handler)
    window.go(reverse("queue"))
    window.press('[data-key="n"]')
    first = window.url
    window.press('[data-key="n"]')
    opened = {url.partition("?")[0].removeprefix(window.server) for url in (first, window.url)}
    assert opened == {page_of(Recovery, "change", case.pk) for case in cases}


def test_a_wrong_number_is_one_click(desk: Seat, handler: User, cases: list[Recovery]) -> None:
    window, [case, _other] = desk(handler), cases
    window.go(reverse("debtor", args=[case.debtor_id]))
    window.press('#contacts button:has-text("Numéro erroné")')
    assert PartyFact.objects.get().value == "+33612345678"
    assert window.look() == []
def seated(desk: Seat, handler: User, case: Recovery) -> Desk:
    """At the page of a case, with no click counted yet."""
    window = desk(handler)
    window.go(page_of(Recovery, "change", case.pk))
    window.clicks = 0
    return window


