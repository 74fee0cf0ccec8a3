"""What tests are made of: clients of the API, their users, and the bodies that they send."""

import json
from typing import Any

import factory
from django.http import HttpResponse

from accounts.models import User
from accounts.services import key_issue, login
from law.vocabulary import Step
from legalcity.lib.clock import today
from recoveries.models import FormalNotice, Status
from recoveries.services.life import status_move
from recoveries.statuses import Actor
from tests.answers import CheckedClient

NOTHING: Any = object()


class ApiUserFactory(factory.Factory):
    """A user of the API, made by the manager that the commands use."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"user{n}@example.com")
    first_name = "John"
    last_name = "Doe"
    entreprise = "Company SARL"

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **fields: Any) -> User:
        return model_class.objects.create_user(*args, **fields)


class Api:
    """A client of the API: sends JSON, and the token that it logged in with."""

    def __init__(self) -> None:
        self.client = CheckedClient(raise_request_exception=False)
        self.user: User | None = None
        self.key = ""
        self.token = ""

    @classmethod
    def of(cls, user: User, key: str = "") -> "Api":
        """A client logged in as `user`, with a new key if none is given."""
        client = cls()
        client.user, client.key = user, key or key_issue(user=user)
        _user, client.token = login(email=user.email, key=client.key)
        return client

    def login(self) -> str:
        """A new token, by e-mail and key, as clients ask for one."""
        self.token = ""
        answer = self.post("/api/auth/login", {"email": self.user.email, "key": self.key})
        assert answer.status_code == 200, answer.content
        self.token = answer.json()["data"]["token"]
        return self.token

    def raw(
        self, method: str, path: str, body: bytes = b"", content_type: str = "application/json", **headers: str
    ) -> HttpResponse:
        """Send `body` as it is. Headers are named with underscores: `Accept_Language="fr"`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        remote = {"REMOTE_ADDR": sent.pop("REMOTE-ADDR")} if "REMOTE-ADDR" in sent else {}
        return self.client.generic(method, path, body, content_type=content_type, headers=sent, **remote)

    def send(self, method: str, path: str, body: Any = NOTHING, **headers: str) -> HttpResponse:
        """Send `body` as JSON."""
        return self.raw(method, path, b"" if body is NOTHING else json.dumps(body).encode(), **headers)

    def get(self, path: str, **headers: str) -> HttpResponse:
        """GET."""
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = NOTHING, **headers: str) -> HttpResponse:
        """POST."""
        return self.send("POST", path, body, **headers)

    def put(self, path: str, body: Any = NOTHING, **headers: str) -> HttpResponse:
        """PUT."""
        return self.send("PUT", path, body, **headers)

    def patch(self, path: str, body: Any = NOTHING, **headers: str) -> HttpResponse:
        """PATCH."""
        return self.send("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> HttpResponse:
        """DELETE."""
        return self.send("DELETE", path, **headers)

    def data(self, method: str, path: str, body: Any = NOTHING, **headers: str) -> Any:
        """The `data` of a call that must succeed."""
        answer = self.send(method, path, body, **headers)
        assert answer.status_code in (200, 201), answer.content
        return answer.json().get("data")

    def errors(self, method: str, path: str, body: Any = NOTHING, **headers: str) -> dict[str, list[str]]:
        """The `errors` of a call that must be refused as invalid."""
        answer = self.send(method, path, body, **headers)
        assert answer.status_code == 422, answer.content
        return answer.json()["errors"]


class RecoveryBody(factory.DictFactory):
    """The least that a case is made of."""

    recovery_service_object = "Web development services"
    recovery_due_date = "2025-12-31"


class CompanyBody(factory.DictFactory):
    """A commercial company."""

    company_type = "commercial"
    company_legal_form = "SARL"
    company_siren = "123456789"
    company_name = factory.Sequence(lambda n: f"Company {n}")
    company_legalrep_firstname = "Jane"
    company_legalrep_lastname = "Smith"
    company_legalrep_gender = "Mme"
    company_address = "456 Oak Ave"
    company_city = "Lyon"
    company_postal = "69001"
    company_country = "France"
    company_email = "jane@xyz.com"
    company_phone = "+33987654321"


class InvoiceBody(factory.DictFactory):
    """An invoice of 100 EUR that nothing was paid of."""

    invoice_number = factory.Sequence(lambda n: f"INV-{n:06}")
    invoice_date = "2025-10-20"
    invoice_due_date = "2025-11-20"
    invoice_amount = "100.00"


class ProtectedInvoiceBody(factory.DictFactory):
    """An invoice of 1500.50 EUR to be protected."""

    api_invoice_id = factory.Sequence(lambda n: f"ERP-{n:06}")
    siren = "123456789"
    invoice_number = "INV-2024-001"
    due_date = "2024-12-31"
    amount = "1500.50"


class OrderBody(factory.DictFactory):
    """An order of both services about a company, whose `company_id` is to be named."""

    company_name = "ACME Corporation"
    company_siret = "12345678901234"
    services = factory.LazyFunction(lambda: ["solvency_report", "surveillance"])
    report_type = "standard"
    surveillance_duration = 12
    priority = "standard"


class RegisterBody(factory.DictFactory):
    """The profile of a new user of the API."""

    first_name = "Ann"
    last_name = "Martin"
    email = factory.Sequence(lambda n: f"registered{n}@example.com")
    entreprise = "Company SARL"
    siren = "123456789"
    address = "123 Main St"
    city = "Paris"
    postal = "75001"
    phone = "+33123456789"


def complete_body(
    *,
    recovery: dict[str, Any] | None = None,
    customer: dict[str, Any] | None = None,
    debtor: dict[str, Any] | None = None,
    invoices: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """A complete case; each part may be told apart from the usual one. One invoice unless `invoices` says else."""
    return {
        "recovery": RecoveryBody(**(recovery or {})),
        "customer": CompanyBody(**(customer or {})),
        "debtor": CompanyBody(**{"company_email": "debtor@example.com", **(debtor or {})}),
        "invoices": [InvoiceBody()] if invoices is None else [InvoiceBody(**invoice) for invoice in invoices],
    }


def file_case(api: Api, **parts: Any) -> dict[str, Any]:
    """A complete case of `api`, filed through the API: what the answer says of it."""
    return api.data("POST", "/api/recoveries/complete", complete_body(**parts))


def case_id(api: Api, **parts: Any) -> int:
    """The id of a complete case of `api`."""
    return int(file_case(api, **parts)["recovery"]["id"])


def bare_case_id(api: Api, **fields: Any) -> int:
    """The id of a case of `api` without parties and invoices."""
    return int(api.data("POST", "/api/recoveries", RecoveryBody(**fields))["id"])


def detail(api: Api, recovery_id: int) -> dict[str, Any]:
    """A case as its owner sees it."""
    return api.data("GET", f"/api/recoveries/{recovery_id}")


def add_status(status_id: int, *, group: int, is_closing: bool = False) -> int:
    """A status that staff added to the catalogue."""
    return Status.objects.create(id=status_id, name=f"Status {status_id}", group_id=group, is_closing=is_closing).pk


def move(recovery_id: int, *statuses: int) -> None:
    """Take a case through `statuses`, one after the other, as staff do; to a formal notice as its proof does."""
    for status in statuses:
        actor = Actor.SYSTEM if status == Step.FORMAL_NOTICE else Actor.STAFF
        status_move(recovery_id=recovery_id, to_status=status, by=None, actor=actor)


def notice_of(recovery_id: int, **values: Any) -> FormalNotice:
    """A formal notice that the firm sent as a registered letter."""
    sent = {"channel": "registered", "state": "sent", "sent_on": today()}
    return FormalNotice.objects.create(recovery_id=recovery_id, **{**sent, **values})


def remind_twice(recovery_id: int) -> None:
    """Take a new case to Relance 2, in which clients may not change it any more."""
    move(recovery_id, 2, 3)
