"""Addresses of the back-office that nobody clicked together: a page that says what is wrong, never a failure."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.test import Client

from recoveries.desk.filters import NAMES
from recoveries.models import Recovery
from tests.backoffice import browser_of, chief, page_of

pytestmark = pytest.mark.django_db

HUGE = "9" * 30
ODD_VALUES = ("\0", HUGE, "-1")


@pytest.fixture
def visitor(db: None) -> Client:
    browser = browser_of(chief())
    browser.raise_request_exception = False
    return browser


def _filter_names(model_admin: ModelAdmin) -> Iterator[str]:
    for entry in model_admin.list_filter:
        named = entry[0] if isinstance(entry, tuple) else entry
        if name := named if isinstance(named, str) else getattr(named, "parameter_name", None):
            yield name
    if model_admin.model is Recovery:
        yield from sorted(NAMES)  # Its filters are one form.
    if model_admin.date_hierarchy:
        yield model_admin.date_hierarchy


def _queries(filter_names: Iterable[str]) -> Iterator[dict[str, str]]:
    for name in ("q", "p", "pk__in"):
        yield from ({name: value} for value in ("\0", HUGE))
    yield from ({name: HUGE} for name in ("o", "id__exact", "_to_field"))
    for name in filter_names:
        yield from ({name: value} for value in ("\0", HUGE))
        yield from ({f"{name}__{part}": HUGE} for part in ("month", "gte", "isnull", "nothing"))
        yield from ({f"{name}__year": value} for value in ("99999", "-1"))
        yield {f"{name}__year": "2026", f"{name}__month": "2", f"{name}__day": "31"}


def _failures(visitor: Client, address: str, queries: Iterator[dict[str, str]] | Any) -> list[str]:
    asked = [f"{address}?{urlencode(query)}" for query in queries]
    return [each[:200] for each in asked if visitor.get(each).status_code >= 500]


@pytest.mark.long
@pytest.mark.parametrize("model", list(admin.site._registry), ids=lambda model: model._meta.label_lower)
def test_no_filter_of_a_list_is_a_failure(model: Any, visitor: Client) -> None:
    names = _filter_names(admin.site._registry[model])
    assert _failures(visitor, page_of(model, "changelist"), _queries(names)) == []


@pytest.mark.same_everywhere
@pytest.mark.parametrize("model", list(admin.site._registry), ids=lambda model: model._meta.label_lower)
def test_no_act_on_a_list_with_a_filter_that_cannot_be_read_is_a_failure(model: Any, visitor: Client) -> None:
    model_admin = admin.site._registry[model]
    acts = [getattr(action, "name", "") for action in getattr(model_admin, "bulk_actions", ())]
    sent = {"action": (acts or ["delete_selected"])[0], "_selected_action": ["1", "\0", HUGE], "index": HUGE}
    address = page_of(model, "changelist")
    # An act reads its list as the page does, so one filter stands for those that are walked above.
    asked = [f"{address}?{urlencode(query)}" for query in _queries(islice(_filter_names(model_admin), 1))]
    assert [each[:200] for each in asked if visitor.post(each, sent).status_code >= 500] == []


@pytest.mark.parametrize("model", list(admin.site._registry), ids=lambda model: model._meta.label_lower)
def test_no_number_of_a_thing_is_a_failure(model: Any, visitor: Client) -> None:
    for value in ODD_VALUES:
        address = f"{page_of(model, 'changelist')}{quote(value)}"
        for page in ("change", "action/nothing"):
            assert visitor.get(f"{address}/{page}/").status_code < 500, page


def test_no_term_of_a_look_up_is_a_failure(visitor: Client) -> None:
    known = ({"app_label": "accounts", "model_name": "apikey", "field_name": "user", "term": odd} for odd in ODD_VALUES)
    odd = ({"app_label": "accounts", "model_name": odd, "field_name": "\0", "term": "a"} for odd in ODD_VALUES)
    pages = ({"app_label": "accounts", "model_name": "apikey", "field_name": "user", "page": odd} for odd in ODD_VALUES)
    assert _failures(visitor, "/admin/autocomplete/", [*known, *odd, *pages]) == []


@pytest.mark.parametrize("query", ["at__year=99999", "at__gte=nope", "at__month=%00"])
def test_the_page_says_that_the_filter_is_wrong_and_leads_back(query: str, visitor: Client) -> None:
    answer = visitor.get(f"/admin/accounts/auditevent/?{query}")
    assert answer.status_code == 400
    assert "This filter cannot be read" in answer.content.decode()
    assert 'href="/admin/accounts/auditevent/"' in answer.content.decode()
