"""Who provokes which documented response, and the scene in which it happens."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import pytest
from django.http import HttpResponse
from pytest_django import Settings

from legalcity.lib.clock import now
from scoring.models import ScoringOrder
from scoring.services.pipeline import order_process
from scoring.services.tokens import tokens_grant
from tests.contract.reference import Documented, sample
from tests.factories import NOTHING, Api, OrderBody, case_id, complete_body, file_case, remind_twice

NO_SUCH_ID = 987654321


class Scene:
    """The people of a provocation and one complete case of the owner, filed when somebody first asks for it."""

    def __init__(
        self, *, owner: Api, stranger: Api, anonymous: Api, monkeypatch: pytest.MonkeyPatch, settings: Settings
    ) -> None:
        self.owner, self.stranger, self.anonymous = owner, stranger, anonymous
        self.monkeypatch, self.settings = monkeypatch, settings

    @cached_property
    def case(self) -> dict[str, Any]:
        """A case with parties and two invoices, the second one paid in part."""
        return file_case(
            self.owner,
            debtor={"company_legalrep_firstname": "John", "company_legalrep_lastname": "Doe"},
            customer={"company_name": "LegalCity SARL"},
            invoices=[
                {"invoice_number": "INV-2025-101", "api_invoice_id": "CLIENT-REF-001"},
                {"invoice_number": "INV-2025-102", "invoice_part_paid": True, "invoice_part_paid_amount": "40.00"},
            ],
        )

    @cached_property
    def comment_id(self) -> int:
        """A comment on the case."""
        url = f"/api/recoveries/{self.case['recovery']['id']}/comments"
        return int(self.owner.data("POST", url, {"comment": "<p>Called</p>"})["id"])

    @cached_property
    def protected(self) -> dict[str, Any]:
        """The documented protected invoice."""
        path = "/api/protected-invoices"
        return self.owner.data("POST", path, sample("POST", path)["body"])

    @cached_property
    def order_id(self) -> str:
        """An order about the debtor of the case, with the tokens for it and for another one."""
        tokens_grant(user=self.owner.user, amount=4)
        body = OrderBody(company_id=self.case["debtor"]["id"])
        return str(self.owner.data("POST", "/api/scoring/order", body)["order_id"])

    def report_made(self) -> "Scene":
        """The order once a worker has done it."""
        order_process(order_pk=ScoringOrder.objects.get(order_id=self.order_id).pk, moment=now())
        return self

    @cached_property
    def bare_id(self) -> int:
        """A case without parties."""
        return int(self.owner.data("POST", "/api/recoveries", complete_body()["recovery"])["id"])

    def bare(self) -> "Scene":
        """The same people around the bare case."""
        self.case = {"recovery": {"id": self.bare_id}}
        return self

    def reminded_twice(self) -> "Scene":
        """The case in a status that clients may not change."""
        remind_twice(self.case["recovery"]["id"])
        return self

    def url(self, path: str, **ids: Any) -> str:
        """`path` with the ids of the case, or those given."""
        known: dict[str, Callable[[], Any]] = {
            "id": lambda: self.protected["id"] if "protected" in path else self.case["recovery"]["id"],
            "recoveryId": lambda: self.case["recovery"]["id"],
            "companyId": lambda: self.case["customer"]["id"],
            "invoiceId": lambda: self.case["invoices"][0]["id"],
            "commentId": lambda: self.comment_id,
            "orderId": lambda: self.order_id,
            "apiInvoiceId": lambda: self.protected["api_invoice_id"],
        }
        for name, find in known.items():
            if f"{{{name}}}" in path:
                path = path.replace(f"{{{name}}}", str(ids[name] if name in ids else find()))
        return path

    def call(
        self, method: str, path: str, *, who: Api | None = None, query: str = "", body: Any = NOTHING, **ids: Any
    ) -> HttpResponse:
        """Call the documented `path`, as the owner, with the documented sample body unless told otherwise."""
        if body is NOTHING and method in ("POST", "PUT", "PATCH"):
            body = sample(method, path).get("body", NOTHING)
        return (who or self.owner).send(method, self.url(path, **ids) + query, body)

    def another_case(self) -> int:
        """One more case of the owner."""
        return case_id(self.owner)


@dataclass(frozen=True)
class Provoked:
    """Answers that together give a documented response; `message` where the reference's one has numbers in it."""

    answers: tuple[HttpResponse, ...]
    message: str | None = None


Call = Callable[..., HttpResponse]
Provocation = Callable[[Scene, Call], HttpResponse | Provoked]


@dataclass(frozen=True)
class Entry:
    """One line of the registry; `saying` tells two responses of one status apart, by label or sentence."""

    method: str
    path: str
    status: int
    saying: str
    provocation: Provocation

    def fits(self, response: Documented) -> bool:
        """Whether this is the entry of `response`."""
        if (self.method, self.path, self.status) != (response.method, response.path, response.status):
            return False
        if not self.saying:
            return response.label is None
        return self.saying in (response.label or response.message or "")

    def provoke(self, scene: Scene) -> Provoked:
        """The answers."""
        given = self.provocation(scene, partial(scene.call, self.method, self.path))
        return given if isinstance(given, Provoked) else Provoked((given,))

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status} {self.saying}".strip()


ENTRIES: list[Entry] = []


def provoke(methods: str, path: str, status: int, provocation: Provocation, saying: str = "") -> None:
    """Register what provokes one response. `methods` are words with blanks between."""
    ENTRIES.extend(Entry(method, path, status, saying, provocation) for method in methods.split())
