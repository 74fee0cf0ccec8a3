"""When a case is looked at again: by which rule, by whom, and that nobody puts it off beyond a legal date."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from companies.contacts import contact_add
from events.models import Event
from law.vocabulary import Step
from legalcity.lib.clock import now, today
from legalcity.lib.errors import Forbidden, Invalid, NotFound
from recoveries.agenda.follow_ups import (
    BATCH,
    SPREAD,
    cases_followed_up,
    first_day,
    follow_up_sentence,
    follow_up_set,
    follow_ups_mend,
    letter_followed,
    promise_note,
    working_days_after,
)
from recoveries.letters.channels.delivering import message_deliver
from recoveries.letters.channels.facts import fact_record
from recoveries.letters.party_facts import party_fact_enter
from recoveries.letters.services import message_send
from recoveries.models import FollowUp, Message, Recovery, StaffTask
from tests.backoffice import chief
from tests.factories import Api, case_id
from tests.letters import FREE
from tests.noon import noon_of
from tests.told import last_event

pytestmark = pytest.mark.django_db
DAY = today()
noon = noon_of(DAY)


@pytest.fixture
def case(owner: Api) -> Recovery:
    return Recovery.objects.get(pk=case_id(owner))


def row(case: Recovery) -> FollowUp:
    return FollowUp.objects.get(pk=case.pk)


def test_a_person_has_a_case_come_up_on_a_day(case: Recovery) -> None:
    person, day = chief(), DAY + timedelta(days=5)
    follow_up_set(recovery_id=case.pk, on=day, why="He is on holiday.", by=person)
    found = row(case)
    assert (found.on, found.by, found.by_hand, found.owner_id) == (day, person, True, case.owner_id)
    assert follow_up_sentence(found.reason, found.facts) == "To be looked at again: He is on holiday."


@pytest.mark.parametrize("days", [0, -1])
def test_no_case_is_put_off_to_a_day_that_has_come(case: Recovery, days: int) -> None:
    with pytest.raises(Invalid):
        follow_up_set(recovery_id=case.pk, on=DAY + timedelta(days=days), by=None)


def test_no_case_is_put_off_beyond_its_next_legal_date(case: Recovery) -> None:
    lapses = DAY + timedelta(days=4)
    Recovery.objects.filter(pk=case.pk).update(next_deadline=lapses)
    with pytest.raises(Invalid):
        follow_up_set(recovery_id=case.pk, on=lapses + timedelta(days=1), by=None)
    assert follow_up_set(recovery_id=case.pk, on=lapses, by=None).on == lapses
    Recovery.objects.filter(pk=case.pk).update(next_deadline=DAY - timedelta(days=9))
    assert follow_up_set(recovery_id=case.pk, on=DAY + timedelta(days=30), by=None), "it is lost already"


def test_a_closed_case_is_not_looked_at_again(case: Recovery) -> None:
    Recovery.objects.filter(pk=case.pk).update(status_id=Step.WITHDRAWN)
    with pytest.raises(Forbidden):
        follow_up_set(recovery_id=case.pk, on=DAY + timedelta(days=1), by=None)
    with pytest.raises(NotFound):
        follow_up_set(recovery_id=10**9, on=DAY + timedelta(days=1), by=None)


def test_a_promise_comes_up_when_the_money_should_be_there(case: Recovery) -> None:
    friday = date(2026, 12, 4)
    assert working_days_after(friday, 3) == date(2026, 12, 9)
    assert working_days_after(date(2026, 12, 24), 1) == date(2026, 12, 28)
    promised, last = DAY + timedelta(days=2), last_event()
    found = promise_note(recovery_id=case.pk, amount=Decimal("150.00"), promised=promised, by=None)
    assert found.on == working_days_after(promised, 3)
    said = follow_up_sentence(found.reason, row(case).facts)
    assert said.startswith("150.00 € were promised for")
    with pytest.raises(Invalid):
        promise_note(recovery_id=case.pk, amount=Decimal(1), promised=DAY - timedelta(days=1), by=None)
    [told] = Event.objects.filter(pk__gt=last)  # None of what was refused.
    assert (told.type, told.recovery_id, told.owner_id) == ("promise.made", case.pk, case.owner_id)
    assert told.data["current"] == {"amount": "150.00", "promised": promised.isoformat()}


def test_a_letter_that_went_out_asks_for_an_answer(case: Recovery, system_setting: Any, in_process: None) -> None:
    system_setting(**FREE)
    written(case)
    found = row(case)
    assert (found.reason, found.on >= DAY + timedelta(days=10)) == ("letter", True)
    assert "“Relance 1” of" in follow_up_sentence(found.reason, found.facts)


def test_a_rule_does_not_overrule_a_person(case: Recovery) -> None:
    follow_up_set(recovery_id=case.pk, on=DAY + timedelta(days=30), by=None)
    letter_followed(recovery_id=case.pk, letter="Relance 2", sent=DAY)
    assert row(case).on == DAY + timedelta(days=30)
    FollowUp.objects.update(on=DAY)
    letter_followed(recovery_id=case.pk, letter="Relance 2", sent=DAY)
    assert row(case).reason == "letter"


def test_new_cases_come_up_and_older_ones_one_after_the_other(owner: Api) -> None:
    cases = [case_id(owner) for _number in range(3)]
    Recovery.objects.filter(pk=cases[2]).update(status_id=Step.WITHDRAWN)
    assert cases_followed_up() == 2
    assert set(FollowUp.objects.values_list("pk", flat=True)) == {*cases[:2]}
    assert follow_up_sentence("opened", FollowUp.objects.get(pk=cases[0]).facts).startswith("The case came in on")
    assert cases_followed_up() == 0
    long_ago = DAY - timedelta(days=400)
    days = {first_day(pk, long_ago, DAY) for pk in range(SPREAD)}
    assert len(days) == SPREAD
    assert min(days) >= DAY
    assert BATCH > SPREAD


def test_at_night_closed_cases_lose_their_day_and_those_opened_again_get_one(owner: Api) -> None:
    first, second = case_id(owner), case_id(owner)
    cases_followed_up()
    FollowUp.objects.filter(pk=first).delete()
    Recovery.objects.filter(pk=second).update(status_id=Step.WITHDRAWN)
    assert follow_ups_mend() == 2
    assert list(FollowUp.objects.values_list("pk", flat=True)) == [first]


def written(case: Recovery) -> Message:
    letter = message_send(case_id=case.pk, kind="relance_1", to="debtor@example.com", by=None)
    message_deliver(message_id=letter.pk, moment=now())
    letter.refresh_from_db()
    assert letter.state == "sent"
    return letter


def test_another_address_that_is_known_is_proposed(case: Recovery, system_setting: Any, in_process: None) -> None:
    system_setting(**FREE)
    debtor = case.debtor
    assert debtor is not None
    party_fact_enter(recovery_id=case.pk, kind="wrong", since=today(), value="wrong@example.com", by=None)
    party_fact_enter(recovery_id=case.pk, kind="opted_out", since=today(), value="left@example.com", by=None)
    for value in ("06 12 34 56 78", "wrong@example.com", "left+bills@example.com", "other@example.com"):
        contact_add(company_id=debtor.pk, value=value, by=None)
    told: dict[str, Any] = {"kind": "bounced", "at": now(), "source": "smtp"}
    fact_record(message_id=written(case).pk, provider_id="bounce", note="user unknown", **told)
    task = StaffTask.objects.get(recovery=case, kind="message_bounced")
    assert task.sentence == (
        "“Relance 1” did not reach debtor@example.com. other@example.com is known too: write there from now on? "
        "(user unknown)"
    )


def test_a_letter_that_came_back_asks_for_somebody(case: Recovery, system_setting: Any, in_process: None) -> None:
    system_setting(**FREE)
    letter = written(case)
    told: dict[str, Any] = {"message_id": letter.pk, "at": now(), "source": "smtp"}
    fact_record(kind="bounced", provider_id="bounce", note="mailbox full", **told)
    fact_record(kind="bounced", provider_id="bounce", note="mailbox full", **told)
    said = {task.kind: task.sentence for task in StaffTask.objects.filter(recovery=case)}
    assert said["message_bounced"] == "“Relance 1” did not reach debtor@example.com: mailbox full"
    assert len(said) == StaffTask.objects.count() == 1
