"""The calls that take a body or a query, as tests of bad input walk them: generated from the views."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from constance import config as system_settings
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.serializers import Field

from companies.models import Company
from events.models import Event
from events.public_ids import public_id
from events.webhooks.endpoints import endpoint_create
from events.webhooks.models import Delivery
from invoicing.models import Invoice
from legalcity.api.listing import PageQuery
from legalcity.api.validation import ContractSerializer
from legalcity.lib.clock import now, today
from recoveries.letters.scenarios.rehearsals import rehearsal_ask
from recoveries.letters.scenarios.switching import case_switch
from recoveries.models import Message, ScenarioVersion
from scoring.services.tokens import tokens_grant
from tests.factories import (
    Api,
    CompanyBody,
    InvoiceBody,
    OrderBody,
    ProtectedInvoiceBody,
    RecoveryBody,
    RegisterBody,
    bare_case_id,
    case_id,
    complete_body,
)

# Their bodies are forms and their rows have files in storage: the documents room's own tests walk these routes.
WITH_FILES = frozenset({"case-documents", "case-document", "case-document-download"})


@dataclass(frozen=True)
class Route:
    """One route: its name, its address with `<...>` for what varies, its methods but HEAD, its view."""

    name: str
    address: str
    actions: dict[str, str]
    view: Any

    @property
    def methods(self) -> tuple[str, ...]:
        """Methods in capitals."""
        return tuple(sorted(method.upper() for method in self.actions))

    def at(self, ids: Mapping[str, Any]) -> str:
        """The address with its variable parts filled in."""
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(ids[match[1]]), self.address)

    def __str__(self) -> str:
        return self.name

    __hash__ = object.__hash__


def _walk(patterns: list[Any], prefix: str = "/") -> Iterator[Route]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern) and address.startswith("/api"):
            view = pattern.callback
            actions = {method: name for method, name in getattr(view, "actions", {}).items() if method != "head"}
            yield Route(pattern.name or address, address, actions, getattr(view, "cls", view))


@cache
def routes() -> dict[str, Route]:
    """Every route under /api, by name."""
    return {route.name: route for route in _walk(get_resolver().url_patterns)}


def login_body() -> dict[str, Any]:
    """Credentials that fit nobody."""
    return {"email": "john@example.com", "key": "06572215-cb86-4ca2-b6b1-2ba6ceb1e8a5"}


def company_to_add() -> dict[str, Any]:
    """A debtor for a case that has none."""
    return CompanyBody(relation_type="debtor")


def comment_body() -> dict[str, Any]:
    """A comment."""
    return {"comment": "<p>Called</p>"}


def order_body() -> dict[str, Any]:
    """An order about the company that was added last."""
    return OrderBody(company_id=Company.objects.latest("pk").pk)


def status_body() -> dict[str, Any]:
    """Another status for a protected invoice."""
    return {"status": "paid"}


def payment_body() -> dict[str, Any]:
    """A payment that the creditor received; as often as one likes."""
    return {"amount": "1.00", "date": today().isoformat(), "method": "Virement", "reference": "VIR 1", "confirm": True}


def preferences_body() -> dict[str, Any]:
    """How a group is to be told."""
    return {"groups": [{"group": "status_and_court", "mode": "instant", "recipients": ["a@example.com"]}]}


def credit_note_body() -> dict[str, Any]:
    """A lower price of the invoice that was added last."""
    invoice = Invoice.objects.latest("pk").pk
    return {"invoice_id": invoice, "amount": "1.00", "date": today().isoformat(), "reference": "AV-1"}


def rehearsal_body() -> dict[str, Any]:
    """Until when scenarios are played through: a day to come."""
    return {"until": (today() + timedelta(30)).isoformat()}


def endpoint_body() -> dict[str, Any]:
    """An endpoint at an address that nobody need look up."""
    return {"url": "https://93.184.216.34/hook", "types": ["recovery.*"], "description": "The ERP"}


# (route, method) → a body that is taken.
BODIES: dict[tuple[str, str], Callable[[], dict[str, Any]]] = {
    ("login", "POST"): login_body,
    ("register", "POST"): RegisterBody,
    ("recovery-complete", "POST"): complete_body,
    ("recoveries", "POST"): RecoveryBody,
    ("recovery", "PUT"): RecoveryBody,
    ("recovery", "PATCH"): RecoveryBody,
    ("case-companies", "POST"): company_to_add,
    ("case-company", "PUT"): CompanyBody,
    ("case-invoices", "POST"): InvoiceBody,
    ("case-invoice", "PUT"): InvoiceBody,
    ("case-comments", "POST"): comment_body,
    ("case-comment", "PUT"): comment_body,
    ("case-payments", "POST"): payment_body,
    ("case-credit-notes", "POST"): credit_note_body,
    ("case-scenario", "POST"): lambda: {"code": "standard"},
    ("case-scenario-pause", "POST"): lambda: {"reason": "Promised"},
    ("scenario-rehearse", "POST"): rehearsal_body,
    ("notification-preferences", "PUT"): preferences_body,
    ("scoring-order", "POST"): order_body,
    ("protected-invoices", "POST"): ProtectedInvoiceBody,
    ("protected-invoice", "PUT"): status_body,
    ("webhook-endpoints", "POST"): endpoint_body,
    ("webhook-endpoint", "PATCH"): lambda: {**endpoint_body(), "state": "enabled"},
    ("webhook-rotate", "POST"): lambda: {"keep_hours": 2},
    ("webhook-test", "POST"): lambda: {"type": "recovery.paid"},
    ("webhook-replay", "POST"): lambda: {"state": "all", "since": "2026-01-12T08:00:00Z"},
}


@dataclass(frozen=True)
class Door:
    """A call that takes a body."""

    route: Route
    method: str

    @property
    def serializer(self) -> ContractSerializer:
        """What reads the body."""
        return self.route.view.serializers[self.route.actions[self.method.lower()]]()

    def body(self) -> dict[str, Any]:
        """A body that is taken."""
        return BODIES[self.route.name, self.method]()

    def address(self, owner: Api) -> str:
        """The call's address in a case of `owner` where it succeeds."""
        known = things(owner, bare=self.route.name == "case-companies")
        if self.route.name.startswith("case-scenario"):
            system_settings.CLIENT_MAY_START = True
            case_switch(recovery_id=known["recovery_id"], version=standard(), by=None)
        return self.route.at(known)

    def __str__(self) -> str:
        return f"{self.method} {self.route}"

    __hash__ = object.__hash__


def standard() -> ScenarioVersion:
    """The scenario that comes with the product."""
    return ScenarioVersion.objects.get(scenario__code="standard")


class Things(dict[str, Any]):
    """Ids of a case and of one thing of each kind in it. Things are made when somebody asks for them."""

    def __init__(self, owner: Api, *, bare: bool) -> None:
        super().__init__(recovery_id=bare_case_id(owner) if bare else case_id(owner), side="both")
        self.owner = owner
        self.base = f"/api/recoveries/{self['recovery_id']}"
        if bare:
            owner.data("POST", f"{self.base}/companies", CompanyBody(relation_type="customer"))

    def __missing__(self, name: str) -> Any:
        self.update(self._made(name))
        return self[name]

    def but(self, **ids: Any) -> "Things":
        """The same things, some ids being others."""
        changed = copy(self)
        changed.update(ids)
        return changed

    def _made(self, name: str) -> dict[str, Any]:
        owner = self.owner
        if name in ("company_id", "invoice_id"):
            shown = owner.data("GET", self.base)
            invoices = shown["invoices"] or [{"id": 0}]
            return {"company_id": shown["customer"]["id"], "invoice_id": invoices[0]["id"]}
        if name == "comment_id":
            return {name: owner.data("POST", f"{self.base}/comments", comment_body())["id"]}
        if name in ("protected_id", "identifier"):
            protected = owner.data("POST", "/api/protected-invoices", ProtectedInvoiceBody())
            return {"protected_id": protected["id"], "identifier": protected["api_invoice_id"]}
        if name == "order_id":
            tokens_grant(user=owner.user, amount=2)
            return {name: owner.data("POST", "/api/scoring/order", OrderBody(company_id=self["company_id"]))[name]}
        if name == "event_id":
            return {name: public_id(Event.objects.filter(owner_id=owner.user.pk).latest("id").pk)}
        if name in ("endpoint_id", "delivery_id"):
            return self._webhook()
        return self._of_letters(name)

    def _of_letters(self, name: str) -> dict[str, Any]:
        """A message that did not leave, a scenario and a rehearsal of it."""
        if name in ("code", "number"):
            return {"code": "standard", "number": 1}
        if name == "message_id":
            made = {"recovery_id": self["recovery_id"], "kind": "relance_1", "recipient": "a@example.com"}
            return {name: Message.objects.create(**made, state="cancelled").pk}
        if name == "rehearsal_id":
            until, mine = today() + timedelta(30), {"owner": self.owner.user, "by": self.owner.user}
            return {name: rehearsal_ask(version=standard(), until=until, **mine).pk}
        raise KeyError(name)

    def _webhook(self) -> dict[str, Any]:
        """An endpoint where nothing may be sent, and a delivery that has failed there."""
        endpoint = endpoint_create(owner=self.owner.user, values={"url": "https://10.0.0.1/hook"})
        event = Event.objects.filter(owner_id=self.owner.user.pk).latest("id")
        delivery = Delivery.objects.create(endpoint=endpoint, event=event, state="failed", ended_at=now())
        return {"endpoint_id": endpoint.pk, "delivery_id": delivery.public_id}


def things(owner: Api, *, bare: bool = False) -> Things:
    """Ids of a case of `owner` and of one thing of each kind in it; a `bare` case has a customer only.

    Beside the case, when they are asked for: a protected invoice and a scoring order. There are tokens for some more.
    """
    tokens_grant(user=owner.user, amount=8)
    return Things(owner, bare=bare)


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside leaves no row: things that were made for one call serve the next one too."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def doors() -> list[Door]:
    """Every call that takes a JSON body."""
    return [
        Door(route, method.upper())
        for route in routes().values()
        for method, action in route.actions.items()
        if action in getattr(route.view, "serializers", {}) and route.name not in WITH_FILES
    ]


@dataclass(frozen=True)
class Place:
    """A field of a body: the door, the keys that lead to it, and what reads it."""

    door: Door
    keys: tuple[str | int, ...]
    field: Field

    @property
    def name(self) -> str:
        """The key of its errors."""
        return ".".join(map(str, self.keys))

    def body(self, value: Any) -> dict[str, Any]:
        """A good body with `value` here."""
        body = self.door.body()
        parent = self._parent(body)
        parent[self.keys[-1]] = value
        return body

    def body_without(self) -> dict[str, Any]:
        """A good body without this field."""
        body = self.door.body()
        del self._parent(body)[self.keys[-1]]
        return body

    def _parent(self, body: dict[str, Any]) -> Any:
        for key in self.keys[:-1]:
            body = body[key]  # type: ignore[index]
        return body

    def __str__(self) -> str:
        return f"{self.door} {self.name}"

    __hash__ = object.__hash__


def _places_in(door: Door, serializer: ContractSerializer, keys: tuple[str | int, ...] = ()) -> Iterator[Place]:
    for name, field in serializer.fields.items():
        yield Place(door, (*keys, name), field)
        if isinstance(field, ContractSerializer):
            yield from _places_in(door, field, (*keys, name))
        elif isinstance(getattr(field, "child", None), ContractSerializer):
            yield from _places_in(door, field.child, (*keys, name, 0))


def places() -> list[Place]:
    """Every field of every body, nested ones too."""
    return [place for door in doors() for place in _places_in(door, door.serializer)]


@dataclass(frozen=True)
class Query:
    """A list that takes a query string."""

    route: Route

    @property
    def reader(self) -> ContractSerializer:
        """What reads the query."""
        return self.route.view.queries["list"]()

    @property
    def fields(self) -> dict[str, Field]:
        """What reads each part of it."""
        return dict(self.reader.fields)

    def address(self, owner: Api) -> str:
        """The list of a case of `owner`."""
        return self.route.at(things(owner))

    def __str__(self) -> str:
        return str(self.route)

    __hash__ = object.__hash__


def queries() -> list[Query]:
    """Every list that is read page by page. Those with a cursor refuse what they do not know, as their tests say."""
    return [
        Query(route)
        for route in routes().values()
        if route.actions.get("get") == "list"
        and issubclass(getattr(route.view, "queries", {}).get("list", object), PageQuery)
        and route.name not in WITH_FILES
    ]
