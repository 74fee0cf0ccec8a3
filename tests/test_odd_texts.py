"""Whatever characters names and notes hold, pages open and show them as text, and files are made."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import DatabaseError, models, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from documents.models import StoredFile
from documents.tests.conftest import development, folder, in_process  # noqa: F401 - fixtures
from recoveries.models import Comment, Recovery
from tests.backoffice import browser_of, chief, page_of
from tests.browser.furniture import furnish, page_of_one
from tests.factories import Api

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.long]

MARK = "<b>&'\""
ODD = f"x{MARK}\x07\uffff\u202e=1 {{{{7}}}} %s {{0}} \\ \r\nB: c"
ROOMS = {"accounts", "companies", "documents", "invoicing", "recoveries", "scoring"}
# What nobody writes by hand: HTML is cleaned where it comes in, files are found by their keys and are of a type that
# was found in their bytes.
MADE = {Comment: {"html"}, StoredFile: {"key", "mime"}, User: {"password"}, Recovery: {"next_deadline_code"}}


def test_pages_and_files_of_odd_texts(owner: Api, development: None) -> None:  # noqa: F811
    furnish(owner)
    for model in apps.get_models():
        if model._meta.app_label in ROOMS:
            _write_odd_texts(model)
    window = browser_of(chief(language="fr"))
    faults, seen = [], 0
    for address in _addresses(window):
        answer = window.get(address)
        seen += 1
        if answer.status_code != 200:
            faults.append((address, answer.status_code))
        if answer.streaming:
            assert b"".join(answer.streaming_content), address
        elif "html" in answer.headers["Content-Type"] and MARK in answer.content.decode():
            faults.append((address, "not shown as text"))
    for kind in ("csv", "xlsx"):
        export = window.post(reverse("admin:recoveries_recovery_export", args=[kind]))
        assert len(b"".join(export.streaming_content)) > 1000
    assert faults == []
    assert seen > 120


def _write_odd_texts(model: type[models.Model]) -> None:
    for field in model._meta.concrete_fields:
        is_free = type(field) in (models.CharField, models.TextField) and not field.choices and not field.unique
        if not is_free or field.name in MADE.get(model, ()) or (field.max_length or 99) < len(MARK) + 5:
            continue
        try:
            with transaction.atomic():
                model._base_manager.update(**{field.name: ODD[: field.max_length]})
        except DatabaseError:
            continue  # Rows that never change, and what is unique with something else.


def _addresses(window: Client) -> Iterator[str]:
    """Every list, one thing of each kind, and all pages and files of that thing."""
    for model in admin.site._registry:
        yield page_of(model, "changelist")
        thing = page_of_one(model) if hasattr(model, "_default_manager") else None
        if thing is not None:
            own = page_of(model, "change", thing.pk)
            yield own
            yield from _links(window.get(own), own.removesuffix("change/"))


def _links(page: HttpResponse, start: str) -> list[str]:
    found = {unescape(link).partition("#")[0] for link in re.findall(r'href="([^"]+)"', page.content.decode())}
    return sorted(link for link in found if link.startswith(start))
