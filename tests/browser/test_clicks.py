"""How many clicks the most frequent tasks of staff take, counted in a browser."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import User
from backoffice.people import staff_create
from backoffice.roles import HANDLER
from law.vocabulary import Step
from legalcity.lib.clock import today
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.models import (
    Acompte,
    CaseBalance,
    Comment,
    FollowUp,
    Injunction,
    Message,
    PartyFact,
    Recovery,
    StaffTask,
)
from tests.backoffice import page_of
from tests.browser.desk import Desk
from tests.factories import Api, case_id
from tests.letters import FREE

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
MANY = 2
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


# --- acts, each at the clicks that it is to take ---------------------------------------------------------------------


@pytest.fixture
def may_write(system_setting: Callable[..., None]) -> None:
    """A firm that may write to debtors, at any hour."""
    system_setting(**FREE)


def seated(desk: Seat, handler: User, case: Recovery) -> Desk:
    """At the page of a case, with no click counted yet."""
    window = desk(handler)
    window.go(page_of(Recovery, "change", case.pk))
    window.clicks = 0
    return window


def test_a_case_is_taken_by_one_click(desk: Seat, handler: User, cases: list[Recovery]) -> None:
    Recovery.objects.update(user=None)
    window = seated(desk, handler, cases[0])
    assert "gestionnaire" in window.save_in_place('form[action*="/action/take/"] button')
    assert Recovery.objects.get(pk=cases[0].pk).user == handler
    window.go(reverse("queue"))
    window.press("#free button")
    assert window.url.partition("?")[0].endswith(page_of(Recovery, "change", cases[1].pk))
    assert window.clicks == 2  # One for each of the two.


def test_a_payment_is_recorded_and_closes_the_case_by_two(desk: Seat, handler: User, cases: list[Recovery]) -> None:
    case = cases[0]
    due = CaseBalance.objects.get(pk=case.pk).due
    window = seated(desk, handler, case)
    window.open_in_place('a[href*="/action/record-payment/"]')
    window.fill(amount=str(due))
    window.wait(".lc-place .lc-outcome")  # What it meets is shown while one types.
    window.save_in_place()
    assert Acompte.objects.get().amount == due
    assert Recovery.objects.get(pk=case.pk).status_id == Step.PAID
    assert window.clicks == 2


@pytest.mark.usefixtures("may_write")
def test_a_reminder_and_the_decompte_are_one_click_each(desk: Seat, handler: User, cases: list[Recovery]) -> None:
    window = seated(desk, handler, cases[0])
    window.save_in_place('form[action*="/action/send-next-reminder/"] button')
    window.save_in_place('form[action*="/action/send-decompte/"] button')
    assert set(Message.objects.values_list("kind", flat=True)) == {"relance_1", "decompte"}
    assert window.clicks == 2


@pytest.mark.usefixtures("may_write")
def test_many_debtors_are_reminded_by_three(desk: Seat, owner: Api, handler: User) -> None:
    """A page of the list has fifty; the clicks are the same for as many as there are."""
    for number in range(MANY):
        debtor = {"company_email": f"debtor{number}@example.com", "company_siren": None, "company_type": "particular"}
        case_id(owner, debtor=debtor, customer=OTHER)
    Recovery.objects.update(user=handler)
    window = desk(handler)
    window.go(f"{page_of(Recovery, 'changelist')}?handler=me")
    window.clicks = 0
    window.click("#action-toggle")
    window.fill(action="review-relance_1")  # By the keyboard: R in the menu.
    window.press("#changelist-form button[name=index]")
    window.wait_longer()  # The letters are drawn and sent within this request.
    window.press("button[name=send]")
    assert Message.objects.filter(kind="relance_1").count() == MANY
    assert window.clicks == 3


def test_a_status_is_moved_by_two(desk: Seat, handler: User, cases: list[Recovery]) -> None:
    window = seated(desk, handler, cases[0])
    window.open_in_place(f'.lc-moves a[href*="to={Step.DISPUTE}"]')
    window.fill(reason="Le débiteur conteste la livraison.")
    window.save_in_place()
    assert Recovery.objects.get(pk=cases[0].pk).status_id == Step.DISPUTE
    assert window.clicks == 2


def test_a_call_is_noted_with_a_day_to_call_back_by_two(desk: Seat, handler: User, cases: list[Recovery]) -> None:
    day = today() + timedelta(days=3)
    window = seated(desk, handler, cases[0])
    window.open_in_place('a[href*="/action/call-note/"]')
    window.fill(text="Il rappelle jeudi.", call_back_on=day.isoformat())
    window.save_in_place()
    assert StaffTask.objects.get(kind="call_back").due_on == day
    assert window.clicks == 2


def test_a_comment_is_answered_and_read_by_one(desk: Seat, owner: Api, handler: User, cases: list[Recovery]) -> None:
    owner.data("POST", f"/api/recoveries/{cases[0].pk}/comments", {"comment": "<p>Où en est-on ?</p>"})
    window = seated(desk, handler, cases[0])
    window.keys("r")
    window.type("Une relance est partie ce matin.")
    window.save_in_place(".lc-answer button")
    assert Comment.objects.get(user=handler).visible_to_user
    assert Comment.objects.get(user=owner.user).is_read
    assert window.clicks == 1


def test_the_next_date_and_the_fee_are_two_each(desk: Seat, owner: Api, handler: User) -> None:
    original = transferable(owner)
    transferred(owner, original)
    case = Recovery.objects.get(injunction__isnull=False)
    Recovery.objects.filter(pk=case.pk).update(user=handler)
    window = seated(desk, handler, case)
    window.open_in_place('a[href*="/action/next-date/"]')
    window.save_in_place()
    window.open_in_place('a[href*="/action/fee-paid/"]')
    window.save_in_place()
    procedure = Injunction.objects.get()
    assert procedure.filed_on == procedure.fee_paid_on == today()
    assert window.clicks == 4
