"""The roles of staff: every page of the back-office against the table, by what each role is really answered."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import models
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from backoffice.reach import sees_all_cases
from backoffice.roles import NAMES, RIGHTS, ROLES, SPECIAL, rights_register
from tests.factories import ApiUserFactory
from tests.rows import a_row

pytestmark = pytest.mark.django_db


def label(model: Any) -> str:
    """A model as the table names it."""
    return f"{model._meta.app_label}.{model._meta.model_name}"


MODELS = {label(model): model for model in admin.site._registry}


@pytest.fixture
def staff_with() -> Callable[[str | None], Client]:
    """The browser of a member of staff with one role, or with none."""

    def enter(role: str | None) -> Client:
        user = ApiUserFactory(is_staff=True)
        if role:
            user.groups.add(Group.objects.get(name=role))
        browser = Client()
        browser.force_login(user)
        return browser

    return enter


def rights_of(thing: str, role: str | None) -> str:
    return RIGHTS[thing][ROLES.index(role)] if role else ""


def page(model: Any, name: str, *args: Any) -> str | None:
    """The address of a page; None where the model has no such page."""
    try:
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)
    except NoReverseMatch:
        return None


# A handler sees scores with the companies of the own cases, events with these cases, and the own notices; those here
# are of somebody else.
OF_OTHERS = ("events.event", "events.notice", "scoring.alert", "scoring.scoringorder", "scoring.surveillance")


def is_model(model: Any) -> bool:
    return isinstance(model, type) and issubclass(model, models.Model)


def test_every_page_of_the_back_office_has_a_row_in_the_table() -> None:
    missing = sorted(set(MODELS) - set(RIGHTS))
    assert not missing, (
        f"The back-office shows {', '.join(missing)}, of which no role says anything: add a row to "
        "rights.py of its room, with what handler, manager, accountant and auditor may do."
    )


@pytest.mark.same_everywhere
@pytest.mark.parametrize("role", [*ROLES, None])
@pytest.mark.parametrize("thing", sorted(MODELS))
def test_the_pages_answer_as_the_table_says(thing: str, role: str | None, staff_with: Any) -> None:
    if thing not in RIGHTS:
        pytest.fail(f"{thing} has no row in rights.py of its room.")
    rights, model, browser = rights_of(thing, role), MODELS[thing], staff_with(role)
    answers = {"list": (browser.get(page(model, "changelist")).status_code, 200 if "v" in rights else 403)}
    if is_model(model):
        row = a_row(model)
        change, delete = page(model, "change", row.pk), page(model, "delete", row.pk)
        answers["add"] = (browser.get(page(model, "add")).status_code, 200 if "a" in rights else 403)
        seen = 302 if role == "handler" and thing in OF_OTHERS else 200
        answers["look"] = (browser.get(change).status_code, seen if "v" in rights else 403)
        answers["change"] = (browser.post(change, {}).status_code, 200 if "c" in rights else 403)
        answers["delete"] = (browser.get(delete).status_code, 200 if "d" in rights else 403)
    got = {name: status for name, (status, _wanted) in answers.items()}
    assert got == {name: wanted for name, (_status, wanted) in answers.items()}


@pytest.mark.parametrize("role", [*ROLES, None])
def test_buttons_are_for_whom_the_table_says(role: str | None) -> None:
    user = ApiUserFactory(is_staff=True)
    if role:
        user.groups.add(Group.objects.get(name=role))
    for permission, roles in SPECIAL.items():
        exists = Permission.objects.filter(
            content_type__app_label=permission.partition(".")[0], codename=permission.partition(".")[2]
        ).exists()
        assert exists, f"{permission} is given to roles, and no model declares it"
        assert user.has_perm(permission) is (role in roles), permission
    assert sees_all_cases(user) is (role in ("manager", "accountant", "auditor"))


def test_a_superuser_may_everything_and_an_inactive_one_nothing() -> None:
    chief = User.objects.create_superuser("chief@example.com", "a long enough password", first_name="A", last_name="B")
    assert all(chief.has_perm(permission) for permission in SPECIAL)
    assert sees_all_cases(chief)
    chief.is_active = False
    assert not sees_all_cases(chief)


def test_a_read_only_auditor_can_write_nothing() -> None:
    auditor = Group.objects.get(name="auditor")
    codenames = set(auditor.permissions.values_list("codename", flat=True))
    written = {name for name in codenames if not name.startswith("view_")}
    assert written == {"see_all_cases", "export_cases", "see_journal", "see_reports"}


def test_the_table_is_written_again_after_each_migrate_and_other_groups_are_left_alone() -> None:
    handler, own = Group.objects.get(name="handler"), Group.objects.create(name="night shift")
    stray = Permission.objects.get(codename="delete_recovery")
    given = Permission.objects.get(codename="view_recovery")
    before = set(handler.permissions.values_list("id", flat=True))
    handler.permissions.add(stray)
    handler.permissions.remove(given)
    own.permissions.add(stray)
    Group.objects.get(name="auditor").delete()
    for _twice in range(2):
        call_command("migrate", verbosity=0)
        assert set(handler.permissions.values_list("id", flat=True)) == before
        assert list(own.permissions.all()) == [stray]
        assert Group.objects.get(name="auditor").permissions.filter(codename="view_recovery").exists()


def test_each_role_has_a_name_for_people() -> None:
    assert set(NAMES) == set(ROLES) == set(Group.objects.values_list("name", flat=True))


def test_a_right_that_is_declared_a_second_time_is_refused() -> None:
    for again in ({"forms": {"companies.company": ("", "", "", "")}}, {"buttons": {"recoveries.assign_case": ()}}):
        with pytest.raises(ImproperlyConfigured, match="declared twice"):
            rights_register(**again)
    assert RIGHTS["companies.company"][0] == "v"


def test_labels_of_the_table_are_written_as_django_writes_them() -> None:
    known = {model._meta.label_lower for model in apps.get_models()} | {"constance.config"}
    assert set(RIGHTS) <= known
