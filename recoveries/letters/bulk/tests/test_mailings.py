"""A reminder to many, from the list of cases: asked for, reviewed, sent; as staff do it, page by page."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core import mail
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, User
from backoffice.roles import ACCOUNTANT, HANDLER
from law.vocabulary import Step
from legalcity.lib.clock import now, today
from recoveries.desk.tests.pages import case_of, words
from recoveries.letters.bulk import services
from recoveries.letters.bulk.sending import case_sent
from recoveries.letters.bulk.tasks import sweep_mailings
from recoveries.letters.bulk.working import mailing_carry
from recoveries.models import Mailing, Message, Recovery
from tests.backoffice import browser_of, chief, page_of
from tests.factories import Api, ApiUserFactory
from tests.letters import FREE
from tests.noon import noon_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_process")]
NAME = "send-reminders"
noon = noon_of(today())
ADDRESS = {"company_address": "3 rue Haute", "company_postal": "69001", "company_city": "Lyon"}


@pytest.fixture(autouse=True)
def firm(system_setting: Any) -> None:
    system_setting(**FREE, LETTER_PRICE="1.50")


@pytest.fixture
def office() -> Client:
    return browser_of(chief())


def member(role: str) -> User:
    """A member of staff with a role."""
    user = ApiUserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def debtor(number: int, **fields: Any) -> dict[str, Any]:
    """A debtor who is nobody else's."""
    values = {"company_email": f"debtor{number}@example.com", "company_type": "particular", "company_siren": None}
    return {**values, **ADDRESS, **fields}


def cases_of(owner: Api, many: int) -> list[Recovery]:
    return [case_of(owner, debtor=debtor(number)) for number in range(many)]


def asked(browser: Client, cases: list[Recovery], *, token: str = "", **data: Any) -> Any:
    """The answer once the reminder and its channel were chosen."""
    chosen = {"action": NAME, "_selected_action": [case.pk for case in cases]}
    page = browser.post(page_of(Recovery, "changelist"), chosen)
    assert page.status_code == 200, page
    values = {"kind": "relance_1", "channel": "email", "form_token": token or page.context["token"], **data}
    return browser.post(page_of(Recovery, "changelist"), {**chosen, **values})


def reviewed(browser: Client, cases: list[Recovery], **data: Any) -> Mailing:
    assert asked(browser, cases, **data).status_code == 302
    return Mailing.objects.latest("pk")


def page_text(browser: Client, mailing: Mailing, query: str = "") -> str:
    return words(browser.get(reverse("mailing", args=[mailing.pk]) + query).content.decode())


def sent(browser: Client, mailing: Mailing, **data: Any) -> str:
    answer = browser.post(reverse("mailing", args=[mailing.pk]), {"send": "1", **data}, follow=True)
    return words(answer.content.decode())


def results(mailing: Mailing) -> list[tuple[str, str]]:
    return list(mailing.cases.values_list("verdict", "result"))


def test_chosen_reviewed_and_sent_in_three_steps(
    office: Client, owner: Api, django_capture_on_commit_callbacks: Any
) -> None:
    cases = cases_of(owner, 3)
    with django_capture_on_commit_callbacks(execute=True):
        mailing = reviewed(office, cases, move="on")
    assert not Message.objects.exists()
    assert "3 may leave now" in page_text(office, mailing)
    with django_capture_on_commit_callbacks(execute=True):
        assert "Send 3 reminders" in page_text(office, mailing)
        sent(office, mailing)
    mailing.refresh_from_db()
    assert (mailing.state, results(mailing)) == ("done", [("send", "written")] * 3)
    assert sorted(one.to[0] for one in mail.outbox) == [f"debtor{number}@example.com" for number in range(3)]
    assert set(Recovery.objects.values_list("status__name", flat=True)) == {"Relance 1"}
    assert set(Message.objects.values_list("user__email", flat=True)) == {"chief@example.com"}
    assert AuditEvent.objects.filter(action="mailing_confirmed").count() == 1
    assert "3 on their way" in page_text(office, mailing)


def test_the_list_is_found_again_as_it_was_left(office: Client, owner: Api) -> None:
    """From the menu's reminder at once, and by the page that asks which one; also after the sending was acted upon."""
    [case] = cases_of(owner, 1)
    left = page_of(Recovery, "changelist") + "?handler=none&q=REC&p=1"
    chosen = {"_selected_action": [case.pk]}
    token = office.post(left, {"action": NAME, **chosen}).context["token"]
    letter = {"kind": "relance_1", "channel": "email", "form_token": token}
    for asks in ({"action": "review-relance_1"}, {"action": NAME, **letter}):
        page = office.post(left, {**chosen, **asks}, follow=True)
        acted = office.post(page.redirect_chain[-1][0], {"review": "1"}, follow=True)
        for shown in (page, acted):
            assert shown.context["back"] == left
    elsewhere = office.get(reverse("mailing", args=[Mailing.objects.latest("pk").pk]))
    assert elsewhere.context["back"] == page_of(Recovery, "changelist")


def test_the_review_says_why_not_and_names_the_cases(
    office: Client, owner: Api, django_capture_on_commit_callbacks: Any
) -> None:
    [good, disputed] = cases_of(owner, 2)
    Recovery.objects.filter(pk=disputed.pk).update(status_id=Step.DISPUTE)
    nowhere = case_of(owner, debtor=debtor(8, company_email=None))
    paid = case_of(owner, debtor=debtor(9), invoices=[{"invoice_due_date": "2090-01-01"}])
    with django_capture_on_commit_callbacks(execute=True):
        mailing = reviewed(office, [good, disputed, nowhere, paid])
    text = page_text(office, mailing)
    assert "1 may leave now 1 kept back 1 may not leave 1 without an address" in text
    assert "Disputed kept back 1" in text
    assert "Not due yet may not leave 1" in text
    assert "The debtor has no e-mail address. without an address 1" in text
    shown = page_text(office, mailing, "?of=hold&why=dispute")
    assert disputed.recovery_reference in shown
    assert good.recovery_reference not in shown
    assert good.recovery_reference in page_text(office, mailing, "?of=send")
    assert nowhere.recovery_reference in page_text(office, mailing, "?of=unreachable")
    User.objects.filter(email="chief@example.com").update(language="fr")
    assert "1 peut partir maintenant 1 retenue 1 ne peut pas partir" in page_text(office, mailing)
    mailing.cases.update(verdict="send")
    assert "4 peuvent partir maintenant 0 retenue 0 ne peut pas partir" in page_text(office, mailing)
    with django_capture_on_commit_callbacks(execute=True):
        sent(office, mailing)
    assert [message.recovery_id for message in Message.objects.all()] == [good.pk]


def test_letters_cost_what_the_price_says(office: Client, owner: Api, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        mailing = reviewed(office, cases_of(owner, 2), channel="letter")
    assert "Cost of those that leave now: 3.00 €" in page_text(office, mailing)
    with django_capture_on_commit_callbacks(execute=True):
        sent(office, mailing)
    assert set(Message.objects.values_list("state", "channel")) == {("to_post", "letter")}


def test_a_debtor_of_several_cases_is_written_to_as_often_as_the_rhythm_allows(
    office: Client, owner: Api, system_setting: Any, django_capture_on_commit_callbacks: Any
) -> None:
    system_setting(CONTACTS_PER_WEEK=2)
    same = [case_of(owner, debtor=debtor(1)) for _case in range(3)]
    with django_capture_on_commit_callbacks(execute=True):
        mailing = reviewed(office, same)
    assert sorted(results(mailing)) == [("hold", ""), ("send", ""), ("send", "")]
    assert "Rhythm of letters kept back 1" in page_text(office, mailing)
    with django_capture_on_commit_callbacks(execute=True):
        sent(office, mailing)
    assert Message.objects.count() == 2


def test_what_is_held_leaves_later_where_that_is_wanted(
    office: Client, owner: Api, system_setting: Any, django_capture_on_commit_callbacks: Any
) -> None:
    system_setting(CONTACTS_PER_WEEK=1)
    same = [case_of(owner, debtor=debtor(1)) for _case in range(2)]
    with django_capture_on_commit_callbacks(execute=True):
        mailing = reviewed(office, same)
    with django_capture_on_commit_callbacks(execute=True):
        sent(office, mailing, with_held="on")
    assert sorted(results(mailing)) == [("hold", "held"), ("send", "written")]
    assert sorted(Message.objects.values_list("state", flat=True)) == ["held", "sent"]


def test_the_guard_is_asked_again_when_it_is_sent(
    office: Client, owner: Api, django_capture_on_commit_callbacks: Any
) -> None:
    cases = cases_of(owner, 2)
    with django_capture_on_commit_callbacks(execute=True):
        mailing = reviewed(office, cases)
    Recovery.objects.filter(pk=cases[0].pk).update(status_id=Step.DISPUTE)
    with django_capture_on_commit_callbacks(execute=True):
        sent(office, mailing)
    assert results(mailing) == [("send", "refused"), ("send", "written")]
    assert "Disputed not sent after all 1" in page_text(office, mailing)


def test_pressed_twice_it_is_sent_once(office: Client, owner: Api, django_capture_on_commit_callbacks: Any) -> None:
    cases = cases_of(owner, 2)
    token = "a" * 32
    with django_capture_on_commit_callbacks(execute=True):
        first, second = asked(office, cases, token=token), asked(office, cases, token=token)
    assert first["Location"] == second["Location"]
    mailing = Mailing.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        sent(office, mailing)
        sent(office, mailing)
    mailing_carry(mailing_id=mailing.pk, moment=now())
    assert (Message.objects.count(), len(mail.outbox)) == (2, 2)


def test_another_review_with_the_same_letter_finds_that_it_waits_or_was_sent(
    office: Client, owner: Api, system_setting: Any, django_capture_on_commit_callbacks: Any
) -> None:
    system_setting(REMINDER_DAYS=7)
    cases = cases_of(owner, 2)
    with django_capture_on_commit_callbacks(execute=True):
        mailings = [reviewed(office, cases), reviewed(office, cases)]
    for mailing in mailings:
        with django_capture_on_commit_callbacks(execute=True):
            sent(office, mailing)
    assert Message.objects.count() == 2


def test_a_review_counts_for_its_day(office: Client, owner: Api, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        mailing = reviewed(office, cases_of(owner, 1))
    with time_machine.travel(now() + timedelta(days=1)):
        browser = browser_of(mailing.by)
        assert "Send 1 reminder" not in page_text(browser, mailing)
        assert "earlier day" in sent(browser, mailing)
        assert not Message.objects.exists()
        with django_capture_on_commit_callbacks(execute=True):
            browser.post(reverse("mailing", args=[mailing.pk]), {"review": "1"})
        assert "Send 1 reminder" in page_text(browser, mailing)


def test_all_that_the_filter_shows(office: Client, owner: Api, django_capture_on_commit_callbacks: Any) -> None:
    cases = cases_of(owner, 3)
    address = page_of(Recovery, "changelist") + f"?q={cases[0].recovery_reference}"
    chosen = {"action": NAME, "_selected_action": [cases[0].pk], "select_across": "1"}
    page = office.post(address, chosen)
    with django_capture_on_commit_callbacks(execute=True):
        office.post(address, {**chosen, "form_token": page.context["token"], "kind": "relance_1", "channel": "email"})
    assert list(Mailing.objects.get().cases.values_list("recovery_id", flat=True)) == [cases[0].pk]


def test_too_many_are_refused(office: Client, owner: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST", 1)
    answer = asked(office, cases_of(owner, 2))
    assert "Choose 1 cases at most." in words(answer.content.decode())
    assert not Mailing.objects.exists()


@pytest.mark.parametrize(
    "hostile", [{"kind": "quittance"}, {"channel": "pigeon"}, {"kind": "\x00"}, {"form_token": "x"}]
)
def test_a_hostile_form_makes_nothing(office: Client, owner: Api, hostile: dict[str, str]) -> None:
    [case] = cases_of(owner, 1)
    chosen = {"action": NAME, "_selected_action": [case.pk]}
    values = {"kind": "relance_1", "channel": "email", "form_token": "b" * 32, **hostile}
    assert office.post(page_of(Recovery, "changelist"), {**chosen, **values}).status_code == 200
    assert not Mailing.objects.exists()


def test_who_may_not_send_a_single_one_may_not_send_many(owner: Api) -> None:
    [case] = cases_of(owner, 1)
    mailing = Mailing.objects.create(kind="relance_1", channel="email", moves_case=False, by=chief(), token="c")
    accountant = browser_of(member(ACCOUNTANT))
    assert NAME not in accountant.get(page_of(Recovery, "changelist")).content.decode()
    accountant.post(page_of(Recovery, "changelist"), {"action": NAME, "_selected_action": [case.pk]})
    assert accountant.get(reverse("mailing", args=[mailing.pk])).status_code == 403
    handler = browser_of(member(HANDLER))
    assert handler.get(reverse("mailing", args=[mailing.pk])).status_code == 404
    assert handler.post(reverse("mailing", args=[mailing.pk]), {"send": "1"}).status_code == 404
    assert handler.get(reverse("mailing", args=[10**30])).status_code == 404
    assert Mailing.objects.count() == 1


def test_a_case_that_was_given_away_meanwhile_is_not_written_to(
    owner: Api, django_capture_on_commit_callbacks: Any
) -> None:
    user = member(HANDLER)
    handler, [mine, lost] = browser_of(user), cases_of(owner, 2)
    with django_capture_on_commit_callbacks(execute=True):
        mailing = reviewed(handler, [mine, lost])
    Recovery.objects.filter(pk=lost.pk).update(user=chief())
    with django_capture_on_commit_callbacks(execute=True):
        sent(handler, mailing)
    assert list(mailing.cases.values_list("recovery_id", "result")) == [(mine.pk, "written"), (lost.pk, "refused")]
    assert lost.recovery_reference not in page_text(handler, mailing, "?of=refused")


def test_who_lost_the_right_sends_nothing_more(owner: Api, django_capture_on_commit_callbacks: Any) -> None:
    user = member(HANDLER)
    handler = browser_of(user)
    with django_capture_on_commit_callbacks(execute=True):
        mailing = reviewed(handler, cases_of(owner, 2))
    sent(handler, mailing)
    user.groups.clear()
    mailing_carry(mailing_id=mailing.pk, moment=now())
    assert set(results(mailing)) == {("send", "refused")}
    assert not Message.objects.exists()


def test_who_is_shut_out_while_it_is_sent_sends_nothing_more(owner: Api) -> None:
    boss, cases = chief(), cases_of(owner, 2)
    reviewed(browser_of(boss), cases)
    mailing_carry(mailing_id=Mailing.objects.get().pk, moment=now())
    at_work = Mailing.objects.select_related("by").get()
    first, second = at_work.cases.values_list("pk", flat=True)
    case_sent(pk=first, mailing=at_work)
    User.objects.filter(pk=boss.pk).update(is_active=False)
    case_sent(pk=second, mailing=at_work)
    assert results(at_work) == [("send", "written"), ("send", "refused")]


def test_a_lost_worker_is_followed_by_another(
    office: Client, owner: Api, django_capture_on_commit_callbacks: Any
) -> None:
    """The row says itself what is to be done: the sweep hands it out again."""
    reviewed(office, cases_of(owner, 2))
    Mailing.objects.update(due_at=now() - timedelta(minutes=2))
    assert "The guard is asked about each case." in page_text(office, Mailing.objects.get())
    sweep_mailings()
    assert "2 may leave now" in page_text(office, Mailing.objects.get())


def test_what_breaks_off_again_and_again_is_told_and_gone_on_with_by_a_person(
    office: Client, owner: Api, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        mailing = reviewed(office, cases_of(owner, 1))
    sent(office, mailing)
    Mailing.objects.update(attempts=5)
    mailing_carry(mailing_id=mailing.pk, moment=now())
    assert "broke off" in page_text(office, mailing)
    with django_capture_on_commit_callbacks(execute=True):
        office.post(reverse("mailing", args=[mailing.pk]), {"go_on": "1"})
    assert Message.objects.count() == 1


def test_a_sending_that_runs_is_stopped_by_who_confirmed_it(
    office: Client, owner: Api, django_capture_on_commit_callbacks: Any
) -> None:
    cases = cases_of(owner, 3)
    with django_capture_on_commit_callbacks(execute=True):
        mailing = reviewed(office, cases)
    page = reverse("mailing", args=[mailing.pk])
    assert "It is not being sent." in words(office.post(page, {"stop": "1"}, follow=True).content.decode())
    sent(office, mailing)  # Its worker has not come yet: it is at the first case below.
    assert "Stop the sending" in page_text(office, mailing)
    at_work = Mailing.objects.get()
    first, second, _third = mailing.cases.values_list("pk", flat=True)
    case_sent(pk=first, mailing=at_work)
    assert browser_of(member(HANDLER)).post(page, {"stop": "1"}).status_code == 404
    assert browser_of(member(ACCOUNTANT)).post(page, {"stop": "1"}).status_code == 403
    for _twice in range(2):
        told = words(office.post(page, {"stop": "1"}, follow=True).content.decode())
    assert "The sending was stopped" in told
    assert "1 on their way" in told
    assert "2 not sent: stopped before" in told
    assert "Stop the sending" not in told
    case_sent(pk=second, mailing=at_work)
    mailing_carry(mailing_id=mailing.pk, moment=now())
    office.post(page, {"go_on": "1"})
    office.post(page, {"send": "1"})
    mailing.refresh_from_db()
    assert (mailing.state, results(mailing)) == ("stopped", [("send", "written"), *[("send", "stopped")] * 2])
    assert [message.recovery_id for message in Message.objects.all()] == [cases[0].pk]
    assert AuditEvent.objects.get(action="mailing_stopped").details == {"not_sent": 2}
    assert cases[2].recovery_reference in page_text(office, mailing, "?of=stopped")


def test_where_all_are_held_nothing_is_offered_to_be_sent(
    office: Client, owner: Api, django_capture_on_commit_callbacks: Any
) -> None:
    cases = cases_of(owner, 2)
    Recovery.objects.update(status_id=Step.DISPUTE)
    with django_capture_on_commit_callbacks(execute=True):
        mailing = reviewed(office, cases)
    page = reverse("mailing", args=[mailing.pk])
    html = office.get(page).content.decode()
    assert 'name="send"' not in html
    assert 'name="with_held"' not in html
    assert "Send 0" not in words(html)
    assert "None of these reminders may leave now." in sent(office, mailing)
    mailing.refresh_from_db()
    assert (mailing.state, mailing.with_held) == ("reviewed", False)
    with django_capture_on_commit_callbacks(execute=True):
        office.post(page, {"write_held": "1"})
    assert results(mailing) == [("hold", "held")] * 2


def test_who_sent_to_many_is_not_deleted_with_what_they_sent(office: Client, owner: Api) -> None:
    mailing = reviewed(office, cases_of(owner, 1))
    with pytest.raises(ProtectedError):
        mailing.by.delete()
    assert Mailing.objects.filter(pk=mailing.pk).exists()


def test_the_menu_leads_straight_to_the_review_of_a_usual_reminder(office: Client, owner: Api) -> None:
    cases = cases_of(owner, 2)
    chosen = {"action": "review-relance_1", "_selected_action": [case.pk for case in cases]}
    answer = office.post(page_of(Recovery, "changelist"), chosen)
    mailing = Mailing.objects.get()
    assert answer["Location"] == reverse("mailing", args=[mailing.pk])
    assert (mailing.kind, mailing.channel, mailing.moves_case) == ("relance_1", "email", True)
    assert not Message.objects.exists()
    reader = browser_of(member(ACCOUNTANT))
    reader.post(page_of(Recovery, "changelist"), chosen)
    assert Mailing.objects.count() == 1
