"""The audit: who did what to what, before and after, from where; append-only."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from structlog.contextvars import bound_contextvars

from accounts.models import ApiKey, AuditEvent, User
from backoffice.amounts import euros
from backoffice.audit import audit_record, view_record
from backoffice.registry import action_labels
from documents.models import FileType
from recoveries.models import Recovery
from tests.backoffice import act, browser_of, chief, page_of
from tests.factories import Api, ApiUserFactory, case_id

pytestmark = pytest.mark.django_db
SETTINGS = "/admin/constance/config/"
ROOMS = ("accounts", "backoffice", "companies", "documents", "invoicing", "recoveries", "scoring")
WRITTEN_DOWN = re.compile(r"audit_record\(\s*action=\"(\w+)\"")


@pytest.fixture
def boss(db: None) -> User:
    """A member of staff who may do everything."""
    return chief()


@pytest.fixture
def office(boss: User) -> Client:
    """And their browser."""
    return browser_of(boss)


def _values(form: Any) -> dict[str, Any]:
    given = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: value for name, value in given.items() if value is not False}


# --- what is written stands ------------------------------------------------------------------------------------


@pytest.mark.parametrize("attempt", [lambda rows: rows.update(reason="other"), lambda rows: rows.delete()])
def test_rows_are_neither_changed_nor_deleted(attempt: Any) -> None:
    event = audit_record(action="tested", reason="first")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        attempt(AuditEvent.objects.filter(pk=event.pk))
    event.refresh_from_db()
    assert event.reason == "first"


def test_a_person_may_be_deleted_and_stays_in_the_audit(boss: User) -> None:
    person = ApiUserFactory(email="gone@example.com")
    audit_record(action="tested", target=person, actor=person)
    pk = person.pk
    person.delete()
    event = AuditEvent.objects.get(action="tested")
    assert (event.actor_id, event.actor_email, event.object_label) == (pk, "gone@example.com", "John Doe")


def test_staff_read_it_and_do_not_write_it(office: Client) -> None:
    event = audit_record(action="tested", target=ApiUserFactory(), reason="Because", before={"a": 1}, after={"a": 2})
    page = office.get(page_of(AuditEvent, "change", event.pk)).content.decode()
    assert "Because" in page
    assert office.get(page_of(AuditEvent, "add")).status_code == 403
    assert office.post(page_of(AuditEvent, "change", event.pk), {"reason": "x"}).status_code == 403
    assert office.post(page_of(AuditEvent, "delete", event.pk), {"post": "yes"}).status_code == 403


def test_nobody_without_the_right_reads_it() -> None:
    clerk = browser_of(ApiUserFactory(is_staff=True))
    assert clerk.get(page_of(AuditEvent, "changelist")).status_code == 403


# --- pages of the back-office ----------------------------------------------------------------------------------


def test_what_is_added_and_changed_by_hand_is_kept_with_both_values(office: Client) -> None:
    values = {"id": 14, "type": "Protocole", "position": 3, "active": "on", "description": "d"}
    assert office.post(page_of(FileType, "add"), values).status_code == 302
    assert office.post(page_of(FileType, "change", 14), {**values, "type": "Accord"}).status_code == 302
    added, changed = AuditEvent.objects.filter(object_type="documents.filetype").order_by("id")
    assert (added.action, added.before, added.after["type"]) == ("added", None, "Protocole")
    assert (changed.action, changed.object_id, changed.object_label) == ("changed", "14", "Accord")
    assert (changed.before, changed.after) == ({"type": "Protocole"}, {"type": "Accord"})
    assert changed.actor_email == "chief@example.com"


def test_what_is_deleted_is_kept_as_it_was(office: Client) -> None:
    person = ApiUserFactory(email="gone@example.com")
    assert office.post(page_of(User, "delete", person.pk), {"post": "yes"}).status_code == 302
    event = AuditEvent.objects.get(action="deleted")
    assert (event.object_label, event.before["email"]) == ("John Doe", "gone@example.com")


def test_several_deleted_at_once_leave_a_row_each(office: Client) -> None:
    people = [ApiUserFactory().pk, ApiUserFactory().pk]
    chosen = {"action": "delete_selected", "_selected_action": people, "post": "yes"}
    assert office.post(page_of(User, "changelist"), chosen).status_code == 302
    assert set(AuditEvent.objects.filter(action="deleted").values_list("object_id", flat=True)) == set(map(str, people))


def test_secrets_are_blanked(office: Client) -> None:
    person = ApiUserFactory(is_staff=True)
    new = {"password1": "a new and long secret", "password2": "a new and long secret"}
    assert office.post(f"/admin/accounts/user/{person.pk}/password/", new).status_code == 302
    event = AuditEvent.objects.get(action="changed", object_id=str(person.pk))
    assert event.after["password"] == "•••"
    person.delete()
    kept = "".join(map(str, AuditEvent.objects.values_list("before", "after", "details")))
    assert "argon2" not in kept
    assert "a new and long secret" not in kept


def test_a_system_setting_is_kept_with_both_values(office: Client) -> None:
    values = _values(office.get(SETTINGS).context["form"])
    assert office.post(SETTINGS, {**values, "COMMENT_LENGTH": 1500}).status_code == 302
    event = AuditEvent.objects.get(object_label="COMMENT_LENGTH", action="changed")
    assert (event.before, event.after) == ({"value": 2000}, {"value": 1500})
    assert (event.actor_email, event.door) == ("chief@example.com", "backoffice")


# --- who looked ------------------------------------------------------------------------------------------------


def _viewers(person: User) -> list[str]:
    seen = AuditEvent.objects.filter(action="viewed", object_id=str(person.pk)).order_by("id")
    return list(seen.values_list("actor_email", flat=True))


def test_who_opens_a_page_with_personal_data_is_kept_once_an_hour(boss: User) -> None:
    person = ApiUserFactory()
    address = page_of(User, "change", person.pk)
    with time_machine.travel(datetime(2026, 11, 23, 9, 5, tzinfo=UTC), tick=False) as clock:
        early = browser_of(boss)
        for _ in range(3):
            assert early.get(address).status_code == 200
        assert _viewers(person) == ["chief@example.com"]
        clock.move_to(datetime(2026, 11, 23, 10, 1, tzinfo=UTC))
        browser_of(boss).get(address)
        assert _viewers(person) == ["chief@example.com"] * 2
        browser_of(User.objects.create_superuser("other@example.com", "a long enough password")).get(address)
        assert _viewers(person) == ["chief@example.com", "chief@example.com", "other@example.com"]


def test_pages_without_personal_data_leave_nothing(office: Client) -> None:
    assert office.get(page_of(FileType, "change", 1)).status_code == 200
    assert not AuditEvent.objects.filter(action="viewed").exists()


def test_looking_costs_one_statement(boss: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    person = ApiUserFactory()
    with django_assert_num_queries(1):
        view_record(target=person)


def test_every_act_that_is_written_down_has_words() -> None:
    root = Path(settings.BASE_DIR)
    sources = [file for room in ROOMS for file in (root / room).rglob("*.py") if "tests" not in file.parts]
    codes = {code for file in sources for code in WRITTEN_DOWN.findall(file.read_text(encoding="utf-8"))}
    assert len(codes) > 10
    assert codes - set(action_labels()) == set()


# --- doors -----------------------------------------------------------------------------------------------------


def test_the_command_line_and_the_worker_are_told_apart() -> None:
    assert audit_record(action="tested").door == "command"
    with bound_contextvars(task_id="7c1f", request_id="request-1"):
        event = audit_record(action="tested")
    assert (event.door, event.request_id, event.actor_email) == ("worker", "request-1", "")


def test_a_command_that_changes_settings_is_kept() -> None:
    call_command("constance", "set", "COMMENT_LENGTH", "1500")
    event = AuditEvent.objects.get(object_label="COMMENT_LENGTH")
    assert (event.door, event.actor_email, event.address) == ("command", "", "")


# --- finding ---------------------------------------------------------------------------------------------------


def _listed(office: Client, query: str) -> list[str]:
    page = office.get(f"{page_of(AuditEvent, 'changelist')}?{query}")
    assert page.status_code == 200
    return [event.action for event in page.context["cl"].result_list]


def test_it_is_found_by_thing_person_action_and_day(office: Client, owner: Api) -> None:
    key = ApiKey.objects.get(user=owner.user)
    act(office, key, "revoke-key")
    audit_record(action="tested", reason="elsewhere")
    for query in (f"q={key.hint}", "action=revoke-key", "action=revoke-key&door=backoffice&succeeded__exact=1"):
        assert _listed(office, query) == ["revoke-key"], query
    assert "revoke-key" in _listed(office, "q=chief@example.com")
    assert _listed(office, "at__year=2001") == []


def test_each_thing_leads_to_its_own(office: Client, owner: Api) -> None:
    key = ApiKey.objects.get(user=owner.user)
    act(office, key, "revoke-key")
    audit_record(action="tested", target=ApiUserFactory())
    address = office.get(page_of(ApiKey, "change", key.pk)).context["audit_url"]
    assert _listed(office, address.partition("?")[2]) == ["revoke-key"]


def _read(office: Client, action: str) -> str:
    """The page of the only event of an act that was carried out."""
    event = AuditEvent.objects.get(action=action, succeeded=True)
    return str(office.get(f"/admin/accounts/auditevent/{event.pk}/change/").content.decode())


def test_it_speaks_of_fields_choices_people_and_paris_time(office: Client, owner: Api) -> None:
    case = Recovery.objects.get(pk=case_id(owner))
    before, moment = case.amount_torecover, datetime(2026, 7, 1, 10, 5, tzinfo=UTC)
    with time_machine.travel(moment, tick=False):
        assert act(office, case, "record-payment", amount="30.50", day="2026-06-30").status_code == 302
        assert act(office, case, "move-status", to_status=2, reason="Sent.").status_code == 302
        page, moved = _read(office, "record-payment"), _read(office, "move-status")
    table = page[page.index("lc-table") :]
    assert "record-payment" not in page.split('id="content"')[1]
    assert "Record a payment" in page
    assert (
        f'<th scope="row">To recover</th><td>{euros(before)}</td><td>{euros(before - Decimal("30.50"))}</td>' in table
    )
    assert "amount_torecover" not in table
    assert "12:05" in table
    assert "T10:05" not in table
    assert re.search(r"<td>.*\(1\)</td><td>.*\(2\)</td>", moved)
    assert "status_id" not in moved
    assert "to_status" not in moved
