"""Whatever is typed into the addresses and forms of the back-office, it answers, and never crashes.

Every page that is registered is asked for with odd ids and queries, and every form of it is sent with odd values, by a
member of staff who may do everything and by one who sees their own cases: the same in every run.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.signals import got_request_exception
from django.db import models
from django.http import HttpResponseBase
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from lxml import html

from accounts.models import User
from companies.models import Company
from documents.tests.conftest import development, folder, in_process  # noqa: F401 - fixtures
from invoicing.models import BillingClient
from recoveries.models import Recovery
from tests.backoffice import browser_of, chief, page_of
from tests.browser.furniture import furnish, page_of_one
from tests.doors import undone
from tests.factories import Api, ApiUserFactory, case_id

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.long,
    # Django says so of a bare day in an address, and takes it as midnight.
    pytest.mark.filterwarnings("ignore:DateTimeField .* received a naive datetime:RuntimeWarning"),
]

SURROGATE = "\ud800"
ODD = [
    *("", " ", "\x00", "a\x00b", SURROGATE, f"a{SURROGATE}", "\u202e\u200b", "x" * 5000, "'\"><b>", "%00", "\\", "٣"),
    *(
        "0",
        "-1",
        "99999",
        "9" * 30,
        "1" * 400,
        "1e309",
        "NaN",
        "Infinity",
        "1.5",
        "true",
        "None",
        "[]",
        "{}",
        "1,2",
        "~",
    ),
    *("0001-01-01", "9999-12-31", "99999-01-01", "2026-02-30", "31/12/9999", "2026-01-01T99:99", "24:61", "-1-1-1"),
]
# What may stand behind a column's name in the query of a list.
LOOKUPS = (
    "",
    "__exact",
    "__in",
    "__isnull",
    "__gte",
    "__lt",
    "__range",
    "__year",
    "__day",
    "__date",
    "__regex",
    "__x",
    "_0",
)
LIST_WORDS = ("q", "p", "o", "all", "e", "_to_field", "_popup", "_facets", "_changelist_filters", "next")
QUERIES = 3  # tries of each list
FIELDS = {"chief": 2, "handler": 0}  # of each form that are odd alone; all of them together once more, for either


@dataclass
class Visitor:
    """A member of staff who types odd things, and the answers that should not have been."""

    window: Client
    chance: Random
    fields: int
    faults: list[str] = field(default_factory=list)
    asked: int = 0

    def get(self, address: str, query: dict[str, str] | None = None) -> HttpResponseBase:
        """Ask for a page."""
        whole = f"{address}?{written(query)}" if query else address
        with undone():
            return self._seen("GET", whole, self.window.get(whole))

    def post(self, address: str, data: dict[str, str]) -> None:
        """Send a form. What it does is undone."""
        kind = "application/x-www-form-urlencoded"
        with undone():
            answer = self.window.post(address, written(data), content_type=kind)
            self._seen("POST", f"{address} {shortened(data)}", answer)

    def _seen(self, method: str, what: str, answer: HttpResponseBase) -> HttpResponseBase:
        self.asked += 1
        if getattr(answer, "streaming", False):
            answer.close()  # Files are not left open.
        if answer.status_code >= 500:
            self.faults.append(f"{method} {what[:300]}: {answer.status_code}")
        return answer

    def odd(self) -> str:
        """Something odd."""
        return self.chance.choice(ODD)


def written(data: dict[str, str]) -> str:
    """The query as the wire has it, lone surrogates too."""
    return urlencode([(name, value.encode("utf-8", "surrogatepass")) for name, value in data.items()])


def shortened(data: dict[str, str]) -> str:
    """What was sent, to be read by a person."""
    return repr({name: value[:30] for name, value in data.items() if value and name != "csrfmiddlewaretoken"})


@pytest.fixture
def crashes() -> Iterator[list[str]]:
    """What nobody expected, by type and place."""
    found: list[str] = []

    def note(**info: Any) -> None:
        error = sys.exc_info()[1]
        found.append(f"{type(error).__name__}: {str(error)[:120]}")

    got_request_exception.connect(note)
    yield found
    got_request_exception.disconnect(note)


@pytest.mark.parametrize("role", ["chief", pytest.param("handler", marks=pytest.mark.same_everywhere)])
def test_odd_addresses_and_forms_of_staff_are_answered(
    role: str,
    owner: Api,
    crashes: list[str],
    development: None,  # noqa: F811
) -> None:
    furnish(owner)
    visitor = Visitor(browser_of(person(role)), Random(20261128), FIELDS[role])
    visitor.window.raise_request_exception = False
    for address in dict.fromkeys(addresses(visitor.chance)):
        visit(visitor, address)
    for model, page in admin.site._registry.items():
        search(visitor, model, page)
    assert visitor.faults == [], dict(zip(visitor.faults, crashes, strict=False))
    assert visitor.asked > 500, visitor.asked


@pytest.mark.parametrize(
    "query",
    [
        {"company_name__range": "1,2"},
        {"id__range": "1"},
        {"company_name__regex": "\\"},
        {"_to_field": ""},
        {"_to_field": "company_name"},
    ],
)
def test_words_that_no_page_of_ours_has_are_refused(owner: Api, query: dict[str, str]) -> None:
    company = Recovery.objects.get(pk=case_id(owner)).debtor
    assert company is not None
    window = browser_of(chief())
    for address in (page_of(Company, "changelist"), page_of(Company, "change", company.pk)):
        assert window.get(address, query).status_code in (200, 302, 400)


def test_a_form_that_names_what_no_column_holds_changes_nothing(owner: Api) -> None:
    group, window = Group.objects.get(name="handler"), browser_of(chief())
    before = set(group.permissions.all())
    for odd in ("9" * 30, "-1", "x", "\x00"):
        answer = window.post(page_of(Group, "change", group.pk), {"name": "handler", "permissions": odd})
        assert answer.status_code in (200, 302)
    assert window.post(page_of(BillingClient, "add"), {"name": "x", "contact_address": "~"}).status_code in (200, 302)
    assert set(group.permissions.all()) == before


def person(role: str) -> User:
    """A superuser, or a handler with one case."""
    if role == "chief":
        return chief()
    user = ApiUserFactory(email=f"{role}@example.com", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    Recovery.objects.filter(pk=Recovery.objects.earliest("pk").pk).update(user=user)
    return user


def addresses(chance: Random) -> Iterator[str]:
    """Every address of the back-office: of a thing that is there, and of odd ones."""
    for model in admin.site._registry:
        thing = page_of_one(model) if hasattr(model, "_default_manager") else None
        for page in ("changelist", "add", "change", "delete", "history"):
            try:
                yield page_of(model, page, *([thing.pk] if thing and page not in ("changelist", "add") else []))
            except NoReverseMatch:
                continue
        yield from _acts(model, thing)
    for name, words in _patterns(get_resolver().url_patterns):
        if "logout" not in name:
            yield from _filled(name, words, chance)


def _acts(model: type[models.Model], thing: models.Model | None) -> Iterator[str]:
    for action in getattr(admin.site._registry[model], "object_actions", ()):
        if thing is not None:
            yield page_of(model, "action", thing.pk, action.name)


def _patterns(patterns: list[Any], prefix: str = "", names: str = "") -> Iterator[tuple[str, list[str]]]:
    """The names of all addresses under /admin/, each with its variable parts."""
    for pattern in patterns:
        place = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{names}{pattern.namespace}:" if pattern.namespace else names
            yield from _patterns(pattern.url_patterns, place, inner)
        elif isinstance(pattern, URLPattern) and place.startswith("admin/") and pattern.name:
            yield f"{names}{pattern.name}", list(pattern.pattern.converters)


def _filled(name: str, words: list[str], chance: Random) -> Iterator[str]:
    values = {word: chance.choice([*ODD, "1", "2"]).replace(SURROGATE, "\ufffd") for word in words}
    for number in (values, {word: chance.choice(["0", "1", "99999999999", "9" * 30]) for word in words}):
        try:
            yield reverse(name, kwargs=number)
            return
        except NoReverseMatch:
            continue


def visit(visitor: Visitor, address: str) -> None:
    """Open a page, with odd words behind it too, and send its forms."""
    page = visitor.get(address)
    visitor.get(address, {visitor.chance.choice(LIST_WORDS): visitor.odd(), "day": visitor.odd()})
    if page.status_code != 200 or "html" not in page.headers["Content-Type"]:
        return
    for form in html.fromstring(getattr(page, "content", b"").strip() or b"<p>").forms:
        names = sorted(form.inputs.keys()) if form.method == "POST" and "logout" not in (form.action or "") else []
        for name in visitor.chance.sample(names, min(visitor.fields, len(names))):
            data = {key: str(value) for key, value in form.form_values()}
            visitor.post(form.action or address, {**data, name: visitor.odd()})
        if names:
            visitor.post(form.action or address, {name: visitor.odd() for name in names})


def search(visitor: Visitor, model: type[models.Model], page: Any) -> None:
    """Odd filters of a list, odd look-ups of its columns, odd rows for its acts, odd words to complete."""
    address = page_of(model, "changelist")
    names = [column.name for column in getattr(model._meta, "concrete_fields", ())]
    for spec in getattr(getattr(visitor.window.get(address), "context_data", {}).get("cl"), "filter_specs", ()):
        for name in spec.expected_parameters():
            visitor.get(address, {name: visitor.odd()})
    for _time in range(QUERIES):
        visitor.get(address, {visitor.chance.choice(names or ["x"]) + visitor.chance.choice(LOOKUPS): visitor.odd()})
    for action in getattr(page, "bulk_actions", ()):
        visitor.post(address, {"action": action.name, "_selected_action": visitor.odd(), "form_token": visitor.odd()})
    for name in getattr(page, "autocomplete_fields", ()):
        source = {"app_label": model._meta.app_label, "model_name": model._meta.model_name or "", "field_name": name}
        for odd in ({"term": visitor.odd()}, {"term": "\x00"}, {"page": visitor.odd()}, {"field_name": visitor.odd()}):
            visitor.get(reverse("admin:autocomplete"), {**source, **odd})
