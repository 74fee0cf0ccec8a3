"""What staff do on the page of a case: each act through its page, with its rows and its audit."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from legalcity.lib.clock import today
from recoveries.court.transfer import transfer_carry_out
from recoveries.desk.reads.timeline import timeline
from recoveries.desk.tests.pages import act_page, assert_refused, case_of, event_of, office_of, opened, person, words
from recoveries.models import Acompte, Comment, Dette, Recovery, StaffTask, StatusChange, TransferRequest
from tests.backoffice import act, browser_of, chief, page_of
from tests.factories import Api, ApiUserFactory, add_status, detail, move

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


@pytest.fixture
def office(db: None) -> Client:
    """The browser of a member of staff who may do everything."""
    return browser_of(chief(language="en"))


# --- move --------------------------------------------------------------------------------------------------------


def test_a_move_asks_where_and_why_and_the_client_sees_it(office: Client, owner: Api) -> None:
    case = case_of(owner)
    answer = act(office, case, "move-status", to_status=2, reason="Letter sent.")
    assert answer.status_code == 302
    step = max(detail(owner, case.pk)["statusHistory"], key=lambda row: row["id"])
    assert (step["from"], step["to"], step["comment"]) == (1, 2, "Letter sent.")
    assert StatusChange.objects.latest("id").user.email == "chief@example.com"
    event = event_of(case, "move-status")
    assert (event.before["status_id"], event.after["status_id"], event.reason) == (1, 2, "Letter sent.")


@pytest.mark.parametrize(("before", "shown"), [(1, {2, 4, 6, 7, 8, 9}), (9, {5})])
def test_only_allowed_moves_are_shown(office: Client, owner: Api, before: int, shown: set[int]) -> None:
    case = case_of(owner)
    if before != 1:
        move(case.pk, before)
    choices = act_page(office, case, "move-status").context["form"].fields["to_status"].choices
    assert {pk for pk, _name in choices} == shown


def test_a_status_that_staff_added_is_among_them(office: Client, owner: Api) -> None:
    added, case = add_status(50, group=4), case_of(owner)
    assert act(office, case, "move-status", to_status=added, reason="x").status_code == 302
    assert Recovery.objects.get(pk=case.pk).status_id == added


@pytest.mark.parametrize("sent", [{"to_status": 3, "reason": "x"}, {"to_status": 10, "reason": "x"}, {"to_status": 2}])
def test_other_moves_and_moves_without_a_reason_are_refused(office: Client, owner: Api, sent: dict[str, Any]) -> None:
    case = case_of(owner)
    assert act(office, case, "move-status", **sent).status_code == 200
    assert Recovery.objects.get(pk=case.pk).status_id == 1


def test_a_case_that_nobody_may_move_has_no_button(office: Client, owner: Api) -> None:
    case = case_of(owner)
    move(case.pk, 10)
    assert office.get(page_of(Recovery, "action", case.pk, "move-status")).status_code == 302


# --- assign ------------------------------------------------------------------------------------------------------


def test_a_case_is_given_to_a_handler_and_back(office: Client, owner: Api) -> None:
    case, handler = case_of(owner), person("handler", email="Handler@example.com", first_name="Ann", last_name="Lee")
    assert act(office, case, "assign", handler=" handler@EXAMPLE.com ").status_code == 302
    assert detail(owner, case.pk)["user"]["id"] == handler.pk
    assert event_of(case, "assign").after["user_id"] == handler.pk
    act(office, case, "assign", handler="")
    assert Recovery.objects.get(pk=case.pk).user_id is None


@pytest.mark.parametrize("email", ["client@example.com", "gone@example.com", "nobody@example.com", "x", "a\x00b"])
def test_only_active_staff_handle_cases(office: Client, owner: Api, email: str) -> None:
    case = case_of(owner)
    ApiUserFactory(email="client@example.com")
    User.objects.filter(pk=person("handler", email="gone@example.com").pk).update(is_active=False)
    assert act(office, case, "assign", handler=email).status_code == 200
    assert Recovery.objects.get(pk=case.pk).user_id is None


def test_the_form_proposes_who_handles_the_case_or_oneself(office: Client, owner: Api) -> None:
    case, handler = case_of(owner), person("handler")
    for user, proposed in ((None, "chief@example.com"), (owner.user, "chief@example.com"), (handler, handler.email)):
        Recovery.objects.filter(pk=case.pk).update(user=user)
        assert act_page(office, case, "assign").context["form"]["handler"].value() == proposed


def test_no_list_of_all_staff_is_loaded(office: Client, owner: Api) -> None:
    case = case_of(owner)
    for number in range(120):
        person("handler", email=f"handler{number}@example.com")
    page = act_page(office, case, "assign").content.decode()
    assert page.count("<option") == 100
    assert act(office, case, "assign", handler="handler119@example.com").status_code == 302


def test_who_gives_a_case_away_is_led_to_the_list(owner: Api) -> None:
    case, other = case_of(owner), person("handler", email="other@example.com")
    browser = office_of("handler")
    answer = act(browser, case, "assign", handler=other.email)
    assert answer.status_code == 302
    assert browser.get(answer["Location"], follow=True).status_code == 200
    assert Recovery.objects.get(pk=case.pk).user_id == other.pk


# --- comments ----------------------------------------------------------------------------------------------------


def test_a_comment_is_for_those_whom_staff_choose(office: Client, owner: Api) -> None:
    case = case_of(owner)
    text = "Called <the debtor> & waiting.\n\nSecond paragraph."
    act(office, case, "comment", text=text, visible_to_debtor="on")
    comment = Comment.objects.get(recovery=case)
    assert comment.html == "<p>Called &lt;the debtor&gt; &amp; waiting.</p>\n\n<p>Second paragraph.</p>"
    assert (comment.visible_to_user, comment.visible_to_debtor, comment.visible_to_bailiff) == (False, True, False)
    assert comment.user.email == "chief@example.com"
    assert detail(owner, case.pk)["comments_count"] == 0
    assert event_of(case, "comment").succeeded


def test_a_note_begins_as_one_for_the_house(office: Client, owner: Api) -> None:
    case = case_of(owner)
    form = act_page(office, case, "comment").context["form"]
    initial = {name: bool(form[name].value()) for name in form.fields if name.startswith("visible")}
    assert initial == {"visible_to_user": False, "visible_to_debtor": False, "visible_to_bailiff": False}
    act(office, case, "comment", text="He is a friend of the mayor.")
    assert owner.data("GET", f"/api/recoveries/{case.pk}/comments")["comments"] == []


def test_an_answer_is_for_the_client_alone_and_reads_what_was_asked(office: Client, owner: Api) -> None:
    case = case_of(owner)
    asked = owner.data("POST", f"/api/recoveries/{case.pk}/comments", {"comment": "And now?"})["id"]
    assert act(office, case, "answer-client", text="The bailiff is on his way.").status_code == 302
    answer, question = Comment.objects.filter(recovery=case).order_by("-id")
    assert (answer.visible_to_user, answer.visible_to_debtor, answer.visible_to_bailiff) == (True, False, False)
    assert (question.pk, question.is_read) == (asked, True)
    assert not answer.is_read, "the client is still to read it"


def test_what_staff_wrote_waits_for_no_member_of_staff(office: Client, owner: Api) -> None:
    case = case_of(owner)
    act(office, case, "answer-client", text="Soon.")
    page = opened(office, case)
    assert "Mark as read" not in page
    assert "unread" not in words(page)


@pytest.mark.parametrize("text", ["", "   ", "<script>alert(1)</script>", "x" * 2001, "a\x00b"])
def test_the_rules_of_comments_hold_for_staff(office: Client, owner: Api, text: str) -> None:
    case = case_of(owner)
    assert act(office, case, "comment", text=text).status_code == 200
    assert not Comment.objects.filter(recovery=case).exists()


def test_staff_tell_a_debtor_neither_of_acts_of_a_court_nor_of_costs(office: Client, owner: Api) -> None:
    case = case_of(owner)
    said = {"text": "Commandement de payer, plus 30 € de frais de dossier.", "visible_to_debtor": "on"}
    page = act(office, case, "comment", **said)
    assert "art. 433-13 C. pén." in page.content.decode()
    assert "art. L111-8 CPCE" in page.content.decode()
    assert not Comment.objects.exists()


def test_a_comment_that_was_read_cannot_be_changed_any_more(office: Client, owner: Api) -> None:
    case = case_of(owner)
    path = f"/api/recoveries/{case.pk}/comments"
    first, second = (owner.data("POST", path, {"comment": text})["id"] for text in ("first", "second"))
    page = act_page(office, case, "mark-read", f"?comment={first}")
    assert [str(choice[0]) for choice in page.context["form"].fields["read"].widget.choices] == [str(first)]
    assert act(office, case, "mark-read", read=first).status_code == 302
    assert list(Comment.objects.filter(is_read=True).values_list("pk", flat=True)) == [first]
    assert owner.put(f"{path}/{first}", {"comment": "other"}).status_code == 403
    assert owner.put(f"{path}/{second}", {"comment": "other"}).status_code == 200
    assert act(office, case, "mark-read", read=first).status_code == 200  # No longer among the unread ones.


def test_a_comment_of_another_case_is_not_marked(office: Client, owner: Api) -> None:
    case, other = case_of(owner), case_of(owner)
    comment = Comment.objects.create(recovery=other, html="<p>x</p>", text="x")
    for asked in (str(comment.pk), "x", "٣", "9" * 400, "-1"):
        act_page(office, case, "mark-read", f"?comment={asked}")
        assert act(office, case, "mark-read", read=asked).status_code == 200
    assert not Comment.objects.get(pk=comment.pk).is_read


def test_no_list_of_all_comments_is_loaded(office: Client, owner: Api) -> None:
    case = case_of(owner)
    unread = [Comment(recovery=case, owner=owner.user, html="<p>x</p>", text="x") for _ in range(120)]
    Comment.objects.bulk_create(unread)
    oldest = Comment.objects.earliest("id")
    page = act_page(office, case, "mark-read")
    assert len(page.context["form"].fields["read"].widget.choices) == 51
    assert act(office, case, "mark-read", read=oldest.pk).status_code == 302


# --- money -------------------------------------------------------------------------------------------------------


def test_a_payment_is_taken_off_at_once(office: Client, owner: Api) -> None:
    case = case_of(owner, invoices=[{"invoice_amount": "100.00"}])
    sent = {"amount": "30.50", "day": "2026-01-05", "method": "Virement", "reference": "R1", "comment": "thanks"}
    assert act(office, case, "record-payment", **sent).status_code == 302
    shown = detail(owner, case.pk)
    assert shown["amount_torecover"] == "69.50"
    told = {name: shown["acomptes"][0][name] for name in ("amount", "date", "method", "reference", "comment")}
    assert told == {
        "amount": "30.50",
        "date": "2026-01-05",
        "method": "Virement",
        "reference": "R1",
        "comment": "thanks",
    }
    assert event_of(case, "record-payment").details["amount"] == "30.50"


@pytest.mark.parametrize(
    ("act_name", "kind", "sent"),
    [
        ("record-payment", "payment", {"method": "Virement"}),
        ("record-debt", "debt", {"label": "Deposit", "head": "deposit"}),
    ],
)
def test_the_timeline_names_who_wrote_money_down(owner: Api, act_name: str, kind: str, sent: dict[str, str]) -> None:
    case = case_of(owner)
    ada, eve = (browser_of(chief(email=f"{name}@example.com", first_name=name)) for name in ("Ada", "Eve"))
    act(ada, case, act_name, amount="10", day="2026-01-05", **sent)
    act(eve, case, act_name, amount="20", day="2026-01-05", **sent)
    told = [(entry.facts["amount"], entry.who) for entry in timeline(case.pk, tab=kind).entries]
    assert told == [(Decimal("20.00"), "Eve Chief"), (Decimal("10.00"), "Ada Chief")]


def test_a_debt_is_added_at_once(office: Client, owner: Api) -> None:
    case = case_of(owner, invoices=[{"invoice_amount": "100.00"}])
    assert (
        act(office, case, "record-debt", label="Deposit", head="deposit", amount="40", day="2026-01-05").status_code
        == 302
    )
    shown = detail(owner, case.pk)
    assert (shown["amount"], shown["amount_torecover"]) == ("140.00", "140.00")
    assert shown["dettes"][0]["label"] == "Deposit"


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1e20", "NaN", "Infinity", "x", "", "1" * 13])
def test_an_amount_that_cannot_be_is_refused(office: Client, owner: Api, amount: str) -> None:
    case = case_of(owner)
    for name in ("record-payment", "record-debt"):
        assert act(office, case, name, label="x", amount=amount, day="2026-01-05").status_code == 200
    assert not Acompte.objects.exists()
    assert not Dette.objects.exists()


def test_a_day_to_come_is_refused(office: Client, owner: Api) -> None:
    case = case_of(owner)
    day = (today() + timedelta(days=2)).isoformat()
    assert_refused(act(office, case, "record-payment", amount="1", day=day), "This day is still to come.")


def test_after_a_transfer_money_is_recorded_on_the_injunction_case(office: Client, owner: Api) -> None:
    original = case_of(owner)
    asked = TransferRequest.objects.create(recovery=original)
    transfer_carry_out(request_id=asked.pk, today=today())
    case = Recovery.objects.get(transferred_from=original.pk)
    sent = {"amount": "1", "day": "2026-01-05"}
    assert act(office, original, "record-payment", **sent).status_code == 302
    assert not Acompte.objects.exists()
    act(office, case, "record-payment", **sent)
    assert Acompte.objects.get().recovery_id == case.pk


def test_a_colleague_who_is_mentioned_finds_the_note_among_their_tasks(office: Client, owner: Api) -> None:
    case, colleague, stranger = case_of(owner), person("handler"), person("accountant")
    assert act(office, case, "comment", text="Can you call him?", assignee=colleague.pk).status_code == 302
    task = StaffTask.objects.get(kind="read_note")
    assert (task.assignee, task.due_on) == (colleague, today())
    assert "Can you call him?" in task.sentence
    assert_refused(
        act(office, case, "comment", text="And you?", assignee=stranger.pk), "Only an active member of staff"
    )
    assert not Comment.objects.filter(text="And you?").exists()
