"""What staff fill in and save on plain forms of the back-office tells what the table says, and nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client, RequestFactory
from lxml import html

from accounts.models import User
from documents.tests.conftest import development, folder, in_process  # noqa: F401 - fixtures
from events.calls import FORMS
from tests.backoffice import browser_of, chief, page_of
from tests.browser.furniture import furnish, page_of_one
from tests.doors import undone
from tests.factories import Api
from tests.told import last_event, told_since

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.same_everywhere]

RIGHTS = ("has_add_permission", "has_change_permission", "has_delete_permission")


def forms_of(user: User) -> dict[str, type[models.Model]]:
    """The things that somebody may add, change or delete by a form, by their names in the table."""
    request = RequestFactory().get("/")
    request.user = user
    pages = admin.site._registry.items()
    writable = [model for model, page in pages if any(getattr(page, right)(request) for right in RIGHTS)]
    return {model._meta.label_lower: model for model in writable}


def sendings(window: Client, model: type[models.Model]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each form of a thing as it comes, and with one of its texts changed; and the question before it is deleted."""
    thing = page_of_one(model) if hasattr(model, "_default_manager") else None
    asked = [page_of(model, "changelist") if thing is None else page_of(model, "change", thing.pk)]
    for address in asked:
        for form in html.fromstring(window.get(address).content).forms:
            data = {name: value for name, value in form.form_values() if name != "_continue"}
            if form.method != "POST" or "logout" in (form.action or ""):
                continue
            yield address, data
            texts = [box.name for box in form.xpath(".//input[@type='text']") if box.name in data]
            yield from ((address, {**data, name: f"{data[name]}7"}) for name in texts[:3])
    if thing is not None:
        yield page_of(model, "delete", thing.pk), {"post": "yes"}


def test_every_form_stands_in_the_table() -> None:
    assert set(FORMS) == set(forms_of(chief()))


def test_a_form_tells_what_the_table_says(owner: Api, development: None) -> None:  # noqa: F811
    furnish(owner)
    user = chief()
    window, sent = browser_of(user), 0
    for name, model in forms_of(user).items():
        for address, data in sendings(window, model):
            last = last_event()
            with undone():
                sent += window.post(address, data).status_code == 302
                assert set(told_since(last)) <= set(FORMS[name].all), (address, data)
    assert sent > len(FORMS), sent
