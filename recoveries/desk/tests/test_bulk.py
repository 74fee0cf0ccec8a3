"""Acts on many cases at once: each row tells what became of it, and leaves its audit row."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, User
from events.models import Event
from legalcity.lib.clock import now, today
from recoveries.desk.reads.loads import KEY
from recoveries.desk.tests.pages import office_of, person
from recoveries.ledger.services import acompte_record
from recoveries.models import Recovery, StatusChange
from recoveries.services.comments import comment_create
from recoveries.services.handlers import case_assign
from recoveries.services.life import status_move
from tests.backoffice import act, act_on_rows, browser_of, chief
from tests.factories import Api, ApiUserFactory, case_id, move

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

LIST = "/admin/recoveries/recovery/"


@pytest.fixture
def boss() -> User:
    return chief(language="en")


@pytest.fixture
def office(boss: User) -> Client:
    return browser_of(boss)


@pytest.fixture
def cases(owner: Api) -> Callable[[int], list[Recovery]]:
    """Gives so many new cases."""
    return lambda number: [Recovery.objects.get(pk=case_id(owner)) for _ in range(number)]


def test_cases_are_assigned_each_with_its_audit_row(
    cases: Callable[[int], list[Recovery]], office: Client, boss: User
) -> None:
    handler, chosen = ApiUserFactory(is_staff=True, email="paul@example.com"), cases(3)
    page = act_on_rows(office, chosen, "assign", handler="paul@example.com")
    assert [result.succeeded for result in page.context["results"]] == [True] * 3
    assert set(Recovery.objects.values_list("user_id", flat=True)) == {handler.pk}
    events = AuditEvent.objects.filter(action="assign", succeeded=True)
    assert {event.object_id for event in events} == {str(case.pk) for case in chosen}
    assert {(event.actor_id, event.after["user_id"]) for event in events} == {(boss.pk, handler.pk)}


def test_nobody_but_active_staff_can_be_given_cases(
    cases: Callable[[int], list[Recovery]], office: Client, owner: Api
) -> None:
    chosen = cases(1)
    assert owner.user is not None
    page = act_on_rows(office, chosen, "assign", handler=owner.user.email)
    assert page.context["form"].errors["handler"]
    assert not AuditEvent.objects.filter(action="assign").exists()


def test_only_the_moves_of_the_life_cycle_succeed_and_the_others_say_why(
    cases: Callable[[int], list[Recovery]], office: Client, boss: User
) -> None:
    new, reminded, closed = cases(3)
    move(reminded.pk, 2)
    move(closed.pk, 9)
    page = act_on_rows(office, [new, reminded, closed], "move-status", to_status="3", reason="second letter")
    told = {result.label: (result.succeeded, result.sentence) for result in page.context["results"]}
    assert told[reminded.recovery_reference][0] is True
    for refused in (new, closed):
        succeeded, sentence = told[refused.recovery_reference]
        assert succeeded is False
        assert "cannot be moved there. Allowed:" in sentence
    assert (page.context["done"], page.context["failed"]) == (1, 2)
    shown = page.content.decode()
    for case in (new, reminded, closed):
        assert f">{case.recovery_reference}</a>" in shown
    assert (shown.count(">Done</span>"), shown.count(">Refused</span>")) == (1, 2)
    assert "cannot be moved there. Allowed:" in shown
    statuses = dict(Recovery.objects.values_list("pk", "status_id"))
    assert statuses == {new.pk: 1, reminded.pk: 3, closed.pk: 9}
    last = StatusChange.objects.get(recovery=reminded, to_status=3)
    assert (last.user, last.comment) == (boss, "second letter")
    outcomes = AuditEvent.objects.filter(action="move-status").values_list("object_id", "succeeded", "reason")
    assert set(outcomes) == {
        (str(new.pk), False, "second letter"),
        (str(reminded.pk), True, "second letter"),
        (str(closed.pk), False, "second letter"),
    }


def test_a_transfer_is_not_offered_as_a_move(cases: Callable[[int], list[Recovery]], office: Client) -> None:
    chosen = cases(1)
    page = act_on_rows(office, chosen, "move-status", to_status="10", reason="to court")
    assert page.context["form"].errors["to_status"]
    assert Recovery.objects.get().status_id == 1


def test_a_handler_cannot_reach_the_case_of_another(cases: Callable[[int], list[Recovery]]) -> None:
    mine, theirs = cases(2)
    person = ApiUserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name="handler"))
    Recovery.objects.filter(pk=mine.pk).update(user=person)
    Recovery.objects.filter(pk=theirs.pk).update(user=ApiUserFactory(is_staff=True))
    page = act_on_rows(browser_of(person), [mine, theirs], "move-status", to_status="2", reason="letter")
    assert [result.label for result in page.context["results"]] == [mine.recovery_reference]
    assert Recovery.objects.get(pk=theirs.pk).status_id == 1


@pytest.mark.parametrize("role", ["accountant", "auditor"])
def test_who_may_not_is_not_offered_the_acts(cases: Callable[[int], list[Recovery]], role: str) -> None:
    [case] = cases(1)
    person = ApiUserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    office = browser_of(person)
    choices = {name for name, _label in office.get(LIST).context["action_form"].fields["action"].choices}
    assert not choices & {"assign", "move-status"}
    office.post(LIST, {"action": "move-status", "_selected_action": [case.pk], "to_status": "2", "reason": "x"})
    assert Recovery.objects.get().status_id == 1


def test_people_are_offered_with_what_they_have(
    cases: Callable[[int], list[Recovery]], office: Client, boss: User
) -> None:
    busy, chosen = ApiUserFactory(is_staff=True, first_name="Paul", last_name="Roux"), cases(3)
    busy.groups.add(Group.objects.get(name="handler"))
    reader = ApiUserFactory(is_staff=True)
    reader.groups.add(Group.objects.get(name="accountant"))
    Recovery.objects.filter(pk__in=[case.pk for case in chosen[:2]]).update(user=busy)
    cache.delete(KEY)
    address = {"action": "assign", "_selected_action": [chosen[2].pk]}
    form = office.post(LIST, address).context["form"]
    labels = dict(form.fields["handler"].choices)
    assert labels[busy.email] == "Paul Roux (2 open cases)"
    assert labels[boss.email].endswith("(0 open cases)")
    assert reader.email not in labels  # The fewest cases, and no right to work on them.
    page = act_on_rows(office, chosen[2:], "assign", handler="")
    assert page.context["form"].errors["handler"]
    assert Recovery.objects.get(pk=chosen[2].pk).user_id != boss.pk


class TestUndo:
    @staticmethod
    def undone(office: Client, page: HttpResponse, token: str = "") -> dict[str, str]:
        """What the report says of each case; nothing where there was nothing to undo."""
        offered = page.context["undo"]
        assert f'name="undone" value="{offered["token"]}"' in page.content.decode()
        answer = office.post(offered["address"], {"undone": token or offered["token"]})
        assert answer.status_code == 200
        return {result.label: result.sentence for result in answer.context.get("results", ())}

    def test_cases_go_back_to_who_had_them(self, cases: Callable[[int], list[Recovery]], owner: Api) -> None:
        """A handler who gave them away sees them no more, and may take it back all the same."""
        mine, nobodys = cases(2)
        handler, other = person("handler"), person("handler")
        Recovery.objects.filter(pk=mine.pk).update(user=handler)
        Recovery.objects.filter(pk=nobodys.pk).update(user=None)
        office = browser_of(handler)
        page = act_on_rows(office, [mine, nobodys], "assign", handler=other.email)
        assert set(Recovery.objects.values_list("user_id", flat=True)) == {other.pk}
        assert set(self.undone(office, page).values()) == {"The case is back where it was."}
        assert dict(Recovery.objects.values_list("pk", "user_id")) == {mine.pk: handler.pk, nobodys.pk: None}
        assert AuditEvent.objects.filter(action="undo-many", succeeded=True).count() == 2
        assert self.undone(office, page) == {}

    def test_what_was_taken_away_is_given_back(
        self, cases: Callable[[int], list[Recovery]], office: Client, boss: User
    ) -> None:
        [case] = cases(1)
        Recovery.objects.filter(pk=case.pk).update(user=boss)
        page = act_on_rows(office, [case], "release")
        assert Recovery.objects.get().user is None
        self.undone(office, page)
        assert Recovery.objects.get().user == boss

    def test_what_somebody_changed_since_stays(self, cases: Callable[[int], list[Recovery]], office: Client) -> None:
        first, second, chosen = person("handler"), person("handler"), cases(2)
        page = act_on_rows(office, chosen, "assign", handler=first.email)
        case_assign(recovery_id=chosen[0].pk, handler=second, by=None)
        assert self.undone(office, page) == {
            chosen[0].recovery_reference: "Somebody has assigned the case anew since.",
            chosen[1].recovery_reference: "The case is back where it was.",
        }
        assert Recovery.objects.get(pk=chosen[0].pk).user == second

    def test_moved_cases_go_back_where_nothing_has_happened_since(
        self, cases: Callable[[int], list[Recovery]], office: Client
    ) -> None:
        still, noted, paid, moved = chosen = cases(4)
        page = act_on_rows(office, chosen, "move-status", to_status="2", reason="letter")
        values = {"comment": "<p>They call back.</p>", "visible_to_user": False}
        comment_create(recovery=noted, values=values, by=None)
        acompte_record(recovery_id=paid.pk, amount=Decimal(5), day=today(), by=None)
        status_move(recovery_id=moved.pk, to_status=8, by=None)
        said = self.undone(office, page)
        assert said[still.recovery_reference] == "The case is back where it was."
        assert said[noted.recovery_reference].startswith("Since then: ")
        assert said[paid.recovery_reference].startswith("Since then: ")
        assert said[moved.recovery_reference].startswith("It has the status ")
        standing = dict(Recovery.objects.values_list("pk", "status_id"))
        assert standing == {still.pk: 1, noted.pk: 2, paid.pk: 2, moved.pk: 8}
        steps = StatusChange.objects.filter(recovery=still).values_list("from_status_id", "to_status_id")
        assert list(steps)[-2:] == [(1, 2), (2, 1)]
        told = Event.objects.filter(recovery_id=still.pk, type="recovery.status_changed").order_by("pk")
        assert [event.data["current"]["recovery_last_status"] for event in told] == [2, 1]

    def test_a_manager_undoes_what_a_handler_did(self, cases: Callable[[int], list[Recovery]]) -> None:
        chosen, manager = cases(2), browser_of(person("manager"))
        Recovery.objects.update(user=None)
        act_on_rows(office_of("handler"), chosen, "move-status", to_status="2", reason="letter")
        address = reverse("admin:recoveries_recovery_undo")
        assert "Undo a bulk act" in manager.get(LIST).content.decode()
        [offered] = manager.get(address).context["acts"]
        assert (offered["cases"], str(offered["label"])) == ("2 cases", "Move to another status")
        answer = manager.post(address, {"undone": offered["act"].token})
        assert (answer.context["done"], answer.context["failed"]) == (2, 0)
        assert manager.get(address).context["acts"] == []
        assert set(Recovery.objects.values_list("status_id", flat=True)) == {1}

    def test_an_act_is_undone_whole_whatever_came_after_it(
        self, cases: Callable[[int], list[Recovery]], office: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("recoveries.desk.reads.bulk_acts.MOST", 2)
        first, later = cases(2), cases(1)
        page = act_on_rows(office, first, "move-status", to_status="2", reason="letter")
        act_on_rows(office, later, "move-status", to_status="2", reason="letter")
        assert len(self.undone(office, page)) == 2
        assert Recovery.objects.get(status=2).pk == later[0].pk

    def test_what_was_undone_one_way_is_not_undone_the_other_way(
        self, cases: Callable[[int], list[Recovery]], office: Client
    ) -> None:
        """Somebody has chosen anew since, and chose the same."""
        first, second, by_one = person("handler"), person("handler"), {}
        for case in cases(2):
            case_assign(recovery_id=case.pk, handler=first, by=None)
            page = act_on_rows(office, [case], "assign", handler=second.email)
            by_one[case.pk] = page
        alone, together = by_one
        act(office, Recovery.objects.get(pk=alone), "undo")
        self.undone(office, by_one[together])
        assert set(Recovery.objects.values_list("user_id", flat=True)) == {first.pk}
        for pk in by_one:
            case_assign(recovery_id=pk, handler=second, by=None)
        assert self.undone(office, by_one[alone]) == {}
        act(office, Recovery.objects.get(pk=together), "undo")
        assert set(Recovery.objects.values_list("user_id", flat=True)) == {second.pk}

    def test_only_ones_own_within_an_hour(
        self, cases: Callable[[int], list[Recovery]], office: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        [case], taker = cases(1), person("handler")
        page = act_on_rows(office, [case], "assign", handler=taker.email)
        assert self.undone(office_of("handler"), page) == {}
        for odd in ("x' OR 1", "\x00", "%", "9" * 4000):
            assert self.undone(office, page, odd) == {}
        assert office_of("auditor").post(page.context["undo"]["address"]).status_code == 403
        later = now() + timedelta(hours=1, minutes=1)
        monkeypatch.setattr("recoveries.desk.reads.bulk_acts.now", lambda: later)
        assert self.undone(office, page) == {}
        assert Recovery.objects.get().user == taker
