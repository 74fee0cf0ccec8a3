"""GROUP_BY_DEBTOR: steps of several cases of one debtor for one creditor in one message, as a rehearsal says."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import DatabaseError, transaction
from pypdf import PdfReader

from legalcity.lib.clock import now, today
from legalcity.lib.errors import NotFound
from recoveries.ledger.services import acompte_record
from recoveries.letters.channels.batches import batch_pdf, changed, items_of, refused_now
from recoveries.letters.channels.delivering import message_deliver
from recoveries.letters.channels.facts import fact_record
from recoveries.letters.channels.left_after_all import given_up_in, item_left
from recoveries.letters.channels.posting import batch_confirm, batch_print
from recoveries.letters.contacts import contacts_with
from recoveries.letters.followers import followers_free
from recoveries.letters.holding import message_cancel, messages_take_up
from recoveries.letters.scenarios.pausing import scenario_stop
from recoveries.letters.scenarios.tests.drawing import (
    CALL,
    EMAIL,
    drawn,
    entered,
    lived_through,
    rehearsed,
    round_of_the_house,
    told,
)
from recoveries.letters.scenarios.ticking import tick
from recoveries.letters.wording.papers import pdf_of
from recoveries.models import FormalNotice, Message, MessageCase, MessageFact, PostItem, Recovery, StaffTask, StepRun
from tests.backoffice import act, browser_of, chief, page_of
from tests.factories import Api, case_id, move
from tests.letters import COMPLETE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_process"), pytest.mark.same_everywhere]
DUE = [{"invoice_date": "2026-03-01", "invoice_due_date": "2026-04-01"}]
ONE = {"company_email": "debtor@example.com", "company_siren": "552100554", "company_name": "Dupond SA"}
PERSON = {"company_type": "particular", "company_legal_form": None, "company_siren": None, "company_name": None}
CREDITOR = {"company_name": "Créancier SARL", "company_siren": "732829320"}
LETTER: dict[str, Any] = {"channels": ["letter"], "template": "relance_2"}


def case_of(owner: Api, creditor: dict[str, Any] | None = None, amount: str = "100.00", **debtor: Any) -> int:
    """A case of one debtor."""
    bills = [{**DUE[0], "invoice_amount": amount}]
    return case_id(owner, invoices=bills, debtor={**ONE, **debtor}, customer=creditor or CREDITOR)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A Monday in June, ten o'clock in Paris."""
    with time_machine.travel("2026-06-01T08:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def firm(clock: time_machine.Traveller, system_setting: Any) -> None:
    """A firm that may write, whose scenarios run, and that groups."""
    system_setting(**COMPLETE, SCENARIOS_RUNNING=True, GROUP_BY_DEBTOR=True, LETTER_PRICE="1.50")


def reference(case: int) -> str:
    return Recovery.objects.get(pk=case).recovery_reference


def planned(owner: Api, clock: time_machine.Traveller, **step: Any) -> tuple[int, int]:
    """Two cases, the second of which goes in the message of the first: it has been made, and waits to leave."""
    first, second = case_of(owner), case_of(owner, amount="250.00")
    version = drawn({**EMAIL, "delay": 1, **step}, {**CALL, "delay": 20})
    entered(first, version)
    entered(second, version)
    clock.move_to(datetime(2026, 6, 2, 8, 0, 1, tzinfo=UTC))
    tick()
    return first, second


def of(case: int) -> Message:
    return Message.objects.demands().get(recovery_id=case)


def test_steps_within_three_days_go_in_one_message_at_the_highest_level(
    owner: Api, clock: time_machine.Traveller
) -> None:
    """A first reminder on Tuesday, a second one on Thursday, one on Monday after: the first two go on Tuesday."""
    early, late, far = case_of(owner), case_of(owner, amount="250.00"), case_of(owner, amount="70.00")
    entered(early, drawn({**EMAIL, "delay": 1}, {**CALL, "delay": 20}, code="early"))
    second = {**EMAIL, "template": "relance_2", "delay": 3}
    entered(late, drawn(second, {**CALL, "delay": 20}, code="late"))
    entered(far, drawn({**EMAIL, "delay": 5}, {**CALL, "delay": 20}, code="far"))
    lived_through(clock, datetime(2026, 6, 3, tzinfo=UTC))
    assert told(early) == [("2026-06-02", "step_0", "sent")]
    assert told(late) == [("2026-06-02", "step_0", "sent")]
    assert told(far) == []
    [email] = mail.outbox
    html = email.alternatives[0][0]
    for text in (email.body, html):
        assert reference(early) in text
        assert reference(late) in text
        assert reference(far) not in text
    assert {(one.kind, one.state) for one in Message.objects.all()} == {("relance_2", "sent")}
    sums = [of(early).total, of(late).total]
    assert f"Total de vos 2 dossiers au 02/06/2026 : {sum(sums):.2f}".replace(".", ",") in email.body
    lead, follower = of(early), of(late)
    assert (lead.goes_with_id, follower.goes_with_id) == (None, lead.pk)
    assert (follower.text, follower.pdf_id) == (lead.text, lead.pdf_id)
    assert follower.decompte_sha256 != lead.decompte_sha256
    assert [one.decompte["sha256"] for one in (lead, follower)] == [one.decompte_sha256 for one in (lead, follower)]
    kept = [(one.recovery_id, one.sha256, one.total, one.step_run.step.code) for one in MessageCase.objects.all()]
    assert kept == [
        (early, lead.decompte_sha256, lead.total, "step_0"),
        (late, follower.decompte_sha256, follower.total, "step_0"),
    ]
    lived_through(clock, datetime(2026, 6, 20, tzinfo=UTC))
    assert len(mail.outbox) == 2  # The third goes on its own day.


def test_rows_of_what_left_are_written_once(owner: Api, clock: time_machine.Traveller) -> None:
    planned(owner, clock)
    round_of_the_house()
    for change in (
        lambda: MessageCase.objects.update(total=1),
        lambda: MessageCase.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_each_case_shows_the_message_as_its_own(owner: Api, stranger: Api, clock: time_machine.Traveller) -> None:
    first, second = planned(owner, clock)
    owner.login()
    stranger.login()
    assert [one["state"] for one in owner.data("GET", f"/api/recoveries/{second}/messages")["items"]] == ["planned"]
    round_of_the_house()
    told_of = {}
    for case in (first, second):
        [item] = owner.data("GET", f"/api/recoveries/{case}/messages")["items"]
        assert (item["state"], item["template"], [fact["kind"] for fact in item["facts"]]) == (
            "sent",
            "relance_1",
            ["sent"],
        )
        assert stranger.get(f"/api/recoveries/{case}/messages").status_code == 403
        done = owner.data("GET", f"/api/recoveries/{case}/scenario")["done"]
        assert [(one["step"], one["result"], one["message_id"]) for one in done] == [("step_0", "sent", item["id"])]
        told_of[case] = item
    assert told_of[first]["decompte_sha256"] != told_of[second]["decompte_sha256"]


def test_never_with_the_case_of_another_creditor_client_or_debtor(
    owner: Api, stranger: Api, clock: time_machine.Traveller
) -> None:
    """One client with two creditors, another client, a debtor at the same address who is somebody else."""
    others = [
        case_of(owner),
        case_of(owner, {"company_name": "Autre SA", "company_siren": "542107651"}),
        case_of(stranger),
        case_of(owner, **PERSON),
    ]
    version = drawn({**EMAIL, "delay": 1}, {**CALL, "delay": 20})
    for case in others:
        entered(case, version)
    lived_through(clock, datetime(2026, 7, 20, tzinfo=UTC))
    assert not MessageCase.objects.exists()
    for email in mail.outbox:
        assert sum(reference(case) in email.body for case in others) == 1
    assert len(mail.outbox) == len(others)


def test_caps_count_it_once(owner: Api, clock: time_machine.Traveller, system_setting: Any) -> None:
    system_setting(CONTACTS_PER_WEEK=2)
    first, second = planned(owner, clock)
    same = type(Recovery.objects.get(pk=first).debtor).objects.filter(company_siren=ONE["company_siren"])
    assert len(contacts_with(same, None, now())) == 1
    round_of_the_house()
    assert len(contacts_with(same, None, now())) == 1
    owner.login()
    third = case_of(owner)
    entered(third, drawn({**EMAIL, "delay": 0}, code="again"))
    lived_through(clock, datetime(2026, 6, 2, 12, tzinfo=UTC))
    assert told(third) == [("2026-06-02", "step_0", "sent")]
    assert second


def test_a_case_that_may_not_be_asked_falls_out_and_the_others_go(owner: Api, clock: time_machine.Traveller) -> None:
    first, second = planned(owner, clock)
    move(second, 7)  # disputed between the step and the sending
    message_deliver(message_id=of(first).pk, moment=now())
    [email] = mail.outbox
    assert reference(second) not in email.body
    assert (of(first).state, of(second).state, of(second).goes_with_id) == ("sent", "held", None)
    assert not MessageCase.objects.exists()
    messages_take_up(moment=now())
    assert of(second).state == "held"
    assert "dispute" in {one["code"] for one in of(second).guard["reasons"]}


def test_where_the_first_case_falls_out_the_other_goes_by_itself(owner: Api, clock: time_machine.Traveller) -> None:
    first, second = planned(owner, clock)
    acompte_record(recovery_id=first, amount=Decimal(1000), day=today(), confirmed=True, by=None)
    message_deliver(message_id=of(first).pk, moment=now())
    assert (of(first).state, mail.outbox) == ("cancelled", [])
    round_of_the_house()
    round_of_the_house()
    [email] = [one for one in mail.outbox if reference(second) in one.body]
    assert reference(first) not in email.body
    assert of(second).state == "sent"


@pytest.mark.parametrize("door", ["cancel", "stop"])
def test_a_follower_can_be_given_up(owner: Api, clock: time_machine.Traveller, door: str) -> None:
    first, second = planned(owner, clock)
    if door == "cancel":
        message_cancel(message_id=of(second).pk, by=None)
    else:
        scenario_stop(recovery_id=second, reason="Assez", by=None)
    message_deliver(message_id=of(first).pk, moment=now())
    assert (of(first).state, of(second).state) == ("sent", "cancelled")
    assert reference(second) not in mail.outbox[0].body


def test_a_letter_of_the_post_folder(owner: Api, clock: time_machine.Traveller) -> None:
    """Printed once with both accounts; what is paid meanwhile takes it out of its batch."""
    by, (first, second) = chief(), planned(owner, clock, **LETTER)
    content = pdf_of(of(first))
    assert pdf_of(of(first)) == content
    catalog: Any = PdfReader(io.BytesIO(content)).trailer["/Root"]
    assert 'pdfaid:part="3"' in catalog["/Metadata"].get_object().get_data().decode()
    assert [of(case).decompte_sha256 in _text(content) for case in (first, second)] == [True, True]
    assert (of(first).state, of(second).state) == ("to_post", "planned")
    batch = batch_print(message_ids=[of(first).pk], posting_day=today(), by=by)
    paper = _text(batch_pdf(batch, by))
    assert paper.count(f"Dossier {reference(second)}") >= 1
    assert reference(first) in paper
    acompte_record(recovery_id=second, amount=Decimal(20), day=today(), confirmed=True, by=None)
    assert len(batch_confirm(batch_id=batch.pk, numbers={}, by=by)) == 1
    assert of(first).state == "to_post"
    batch = batch_print(message_ids=[of(first).pk], posting_day=today(), by=by)
    assert batch_confirm(batch_id=batch.pk, numbers={}, by=by) == []
    assert (of(first).state, of(second).state, of(second).channel) == ("sent", "sent", "letter")
    assert of(first).cost == Decimal("1.50")
    assert of(second).cost is None
    assert MessageCase.objects.count() == 2


def test_one_that_was_given_up_had_left_for_all_its_cases(owner: Api, clock: time_machine.Traveller) -> None:
    """Whether they are together still, or one of them was to go by itself."""
    by, (first, second) = chief(), planned(owner, clock, **LETTER)
    batch = batch_print(message_ids=[of(first).pk], posting_day=today(), by=by)
    account = of(second).decompte_sha256
    message_cancel(message_id=of(first).pk, by=by)
    item = given_up_in(batch, by).get()
    with transaction.atomic():
        item_left(batch_id=batch.pk, item_id=item.pk, number="", by=by)
        assert [of(case).state for case in (first, second)] == ["sent", "sent"]
        transaction.set_rollback(True)
    assert followers_free(moment=now()) == 1
    assert [of(case).state for case in (first, second)] == ["cancelled", "held"]
    item_left(batch_id=batch.pk, item_id=item.pk, number="", by=by)
    assert [of(case).state for case in (first, second)] == ["sent", "sent"]
    assert (of(second).goes_with_id, of(second).decompte_sha256) == (of(first).pk, account)
    assert sorted(MessageCase.objects.values_list("recovery", flat=True)) == sorted([first, second])
    assert [told(case)[0][2] for case in (first, second)] == ["sent", "sent"]
    assert not given_up_in(batch, by).exists()


def test_a_case_that_was_written_to_by_itself_meanwhile_stood_on_the_paper_too(
    owner: Api, clock: time_machine.Traveller
) -> None:
    by, (first, second) = chief(), planned(owner, clock, **LETTER)
    batch = batch_print(message_ids=[of(first).pk], posting_day=today(), by=by)
    message_cancel(message_id=of(first).pk, by=by)
    followers_free(moment=now())
    messages_take_up(moment=now())
    own = batch_print(message_ids=[of(second).pk], posting_day=today(), by=by)
    batch_confirm(batch_id=own.pk, numbers={}, by=by)
    sent_at, item = of(second).sent_at, given_up_in(batch, by).get()
    item_left(batch_id=batch.pk, item_id=item.pk, number="", by=by)
    assert (of(first).state, of(second).state) == ("sent", "sent")
    assert (of(second).goes_with_id, of(second).sent_at) == (None, sent_at)
    assert sorted(of(first).cases.values_list("recovery", flat=True)) == sorted([first, second])


def test_a_case_that_was_given_up_by_itself_stood_on_the_paper_too(owner: Api, clock: time_machine.Traveller) -> None:
    by, (first, second) = chief(), planned(owner, clock, **LETTER)
    batch = batch_print(message_ids=[of(first).pk], posting_day=today(), by=by)
    for case in (second, first):
        message_cancel(message_id=of(case).pk, by=by)
    item_left(batch_id=batch.pk, item_id=given_up_in(batch, by).get().pk, number="", by=by)
    assert [of(case).state for case in (first, second)] == ["sent", "sent"]
    assert sorted(of(first).cases.values_list("recovery", flat=True)) == sorted([first, second])


def test_of_what_was_printed_before_that_was_kept_nothing_is_told(owner: Api, clock: time_machine.Traveller) -> None:
    by, (first, _second) = chief(), planned(owner, clock, **LETTER)
    batch = batch_print(message_ids=[of(first).pk], posting_day=today(), by=by)
    PostItem.objects.update(others=None)
    message_cancel(message_id=of(first).pk, by=by)
    item = given_up_in(batch, by).get()
    followers_free(moment=now())
    with pytest.raises(NotFound):
        item_left(batch_id=batch.pk, item_id=item.pk, number="", by=by)


def test_a_letter_that_had_left_was_sent_to_all_its_cases(owner: Api, clock: time_machine.Traveller) -> None:
    """One of its cases is paid between the posting and its confirmation: it stood on the paper all the same."""
    by, (first, second) = chief(), planned(owner, clock, **LETTER)
    batch = batch_print(message_ids=[of(first).pk], posting_day=today(), by=by)
    assert refused_now(batch, list(items_of(batch, by))) == {}
    acompte_record(recovery_id=second, amount=Decimal(20), day=today(), confirmed=True, by=None)
    [item] = items_of(batch, by)
    assert refused_now(batch, [item]) == {item.pk: changed()}
    assert batch_confirm(batch_id=batch.pk, numbers={}, left_already=[item.pk], by=by) == []
    assert [of(case).state for case in (first, second)] == ["sent", "sent"]
    assert (of(second).goes_with_id, MessageCase.objects.count()) == (of(first).pk, 2)


def test_what_becomes_of_it_is_told_on_every_case(owner: Api, clock: time_machine.Traveller) -> None:
    first, second = planned(owner, clock, then_status_id=2)
    round_of_the_house()
    lead = of(first)
    assert set(Recovery.objects.values_list("status_id", flat=True)) == {2}
    bounced = {"kind": MessageFact.Kind.BOUNCED, "at": now(), "source": "smtp", "provider_id": "mail-1"}
    for _twice in range(2):
        fact_record(message_id=lead.pk, **bounced)
    assert [of(case).state for case in (first, second)] == ["bounced", "bounced"]
    assert MessageFact.objects.filter(kind="bounced").count() == 2
    assert StaffTask.objects.filter(kind="message_bounced").count() == 2
    assert MessageCase.objects.count() == 2


def test_a_registered_formal_notice_is_one_of_each_case(
    owner: Api,
    clock: time_machine.Traveller,
) -> None:
    """A case at its first reminder goes in the formal notice of another: its later reminders are passed over."""
    by, first, second = chief(), case_of(owner), case_of(owner, amount="250.00")
    entered(first, drawn({**LETTER, "delay": 1}, {**LETTER, "delay": 15}, {**CALL, "delay": 40}, code="slow"))
    notice = {"channels": ["registered"], "template": "mise_en_demeure", "delay": 3}
    entered(second, drawn(notice, {**CALL, "delay": 40}, code="hard"))
    clock.move_to(datetime(2026, 6, 2, 8, 0, 1, tzinfo=UTC))
    tick()
    assert (of(first).kind, of(first).channel) == ("mise_en_demeure", "registered")
    batch = batch_print(message_ids=[of(first).pk], posting_day=today(), by=by)
    [item] = batch.items.all()
    batch_confirm(batch_id=batch.pk, numbers={item.pk: "2C 012 345 6789 0"}, by=by)
    notices = FormalNotice.objects.order_by("recovery_id").values_list("recovery_id", "state", "amount")
    assert list(notices) == [(first, "sent", of(first).total), (second, "sent", of(second).total)]
    lived_through(clock, datetime(2026, 7, 1, tzinfo=UTC))
    assert told(first) == [("2026-06-02", "step_0", "sent"), ("2026-06-22", "step_1", "skipped")]
    assert StepRun.objects.get(step__code="step_1").reasons[0]["code"] == "overtaken"


def test_off_each_goes_by_itself(owner: Api, clock: time_machine.Traveller, system_setting: Any) -> None:
    system_setting(GROUP_BY_DEBTOR=False)
    planned(owner, clock)
    round_of_the_house()
    assert len(mail.outbox) == 2
    assert not MessageCase.objects.exists()


def test_followers_of_a_message_that_is_no_more_go_by_themselves(owner: Api, clock: time_machine.Traveller) -> None:
    first, second = planned(owner, clock)
    assert followers_free(moment=now()) == 0
    Message.objects.filter(pk=of(first).pk).delete()
    assert followers_free(moment=now()) == 1
    round_of_the_house()
    assert reference(second) in mail.outbox[0].body
    assert reference(first) not in mail.outbox[0].body


def test_what_failed_is_sent_again_with_all_its_cases(owner: Api, clock: time_machine.Traveller) -> None:
    first, second = planned(owner, clock)
    lead, follower = of(first), of(second)
    fact_record(message_id=lead.pk, kind=MessageFact.Kind.FAILED, at=now(), source="system")
    assert (of(first).state, of(second).state) == ("failed", "failed")
    office = browser_of(chief())
    shown = office.get(page_of(Message, "change", follower.pk)).content.decode()
    assert reference(first) in shown
    act(office, follower, "resend-message")
    assert of(second).state == "failed"
    assert act(office, lead, "resend-message").status_code == 302
    round_of_the_house()
    assert (of(first).state, of(second).state) == ("sent", "sent")
    assert len(mail.outbox) == 1


# --- the rehearsal ---------------------------------------------------------------------------------------------------
def test_the_clock_then_does_what_was_rehearsed(owner: Api, stranger: Api, clock: time_machine.Traveller) -> None:
    """Cases of one debtor at several levels, for two clients and two creditors; another debtor; one that disputes."""
    cases = [
        case_of(owner),
        case_of(owner, amount="250.00"),
        case_of(stranger),
        case_of(owner, {"company_name": "Autre SA", "company_siren": "542107651"}),
        case_of(owner, company_name="Durand SA", company_siren="404833048", company_email="d@example.com"),
        case_of(owner, amount="30.00"),
    ]
    move(cases[5], 7)
    version = drawn(
        {**EMAIL, "delay": 1},
        {**EMAIL, "template": "relance_2", "delay": 8},
        {**LETTER, "delay": 16, "channels": ["letter"]},
        {**CALL, "delay": 20},
    )
    summary, lines = rehearsed(version, cases, date(2026, 8, 31))
    for case in cases:
        entered(case, version)
    lived_through(clock, datetime(2026, 8, 31, 21, tzinfo=UTC))
    done = [
        (run.enrolment.recovery_id, run.step.code, run.at.date(), run.channel, run.state)
        for run in StepRun.objects.select_related("enrolment", "step")
    ]
    assert sorted(done) == sorted((one.recovery_id, one.step, one.on, one.channel, one.result) for one in lines)
    assert [one for one in lines if one.goes_with]
    sent = Message.objects.filter(goes_with=None, state__in=(*Message.GONE_OUT, "to_post")).count()
    assert sum(many for (_day, way), many in summary.by_day.items() if way != "task") == sent
    letters = Message.objects.filter(goes_with=None, channel="letter").count()
    assert summary.cost == Decimal("1.50") * letters


def _text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
