"""A client that a generator makes of the reference takes a case from the login to the logout, typed all the way."""

import importlib
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_python_client import generate
from openapi_python_client.config import Config, ConfigFile, MetaType
from pytest_django.live_server_helper import LiveServer
from ruamel.yaml import YAML

from documents.tests.conftest import development, folder, in_process  # noqa: F401 - fixtures
from documents.tests.samples import pdf
from legalcity.api.components import JSON
from legalcity.api.reference.code import FORM
from legalcity.api.reference_pages import document_at
from tests.browser.conftest import one_request_at_a_time  # noqa: F401 - a fixture
from tests.factories import Api, CompanyBody, InvoiceBody, RecoveryBody

PACKAGE = "generated_legalcity"
UPLOAD = "/api/recoveries/{recoveryId}/docs"


@pytest.fixture
def generated(tmp_path: Path) -> Iterator[Path]:
    """The package of the client, importable while the test lasts."""
    source, target = tmp_path / "openapi.yaml", tmp_path / PACKAGE
    document = document_at("http://testserver")
    # This generator stumbles over a call with two kinds of bodies: it forgets to import what it uses for them.
    del document["paths"][UPLOAD]["post"]["requestBody"]["content"][JSON]
    YAML().dump(document, source)
    files = set(_media_types(document)) - {JSON, FORM}
    options = ConfigFile(post_hooks=[], content_type_overrides=dict.fromkeys(files, "application/octet-stream"))
    config = Config.from_sources(options, MetaType.NONE, source, "utf-8", True, target)
    assert list(generate(config=config)) == []
    sys.path.insert(0, str(tmp_path))
    yield target
    sys.path.remove(str(tmp_path))
    for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
        del sys.modules[name]


def _media_types(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        content = part.get("content")
        yield from content if isinstance(content, dict) else ()
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from _media_types(each)


class Caller:
    """Calls by the names of operations: `caller("auth_me")` is what its success holds."""

    def __init__(self, package: Path, client: Any) -> None:
        self.client = client
        self.modules = {file.stem: f"{PACKAGE}.api.{file.parent.name}" for file in package.glob("api/*/*.py")}
        self.models = importlib.import_module(f"{PACKAGE}.models")

    def __call__(self, operation: str, *places: Any, **sent: Any) -> Any:
        """The answer as the client reads it; anything but a success fails."""
        module = importlib.import_module(f"{self.modules[operation]}.{operation}")
        answer = module.sync_detailed(*places, client=self.client, **sent)
        assert answer.status_code < 300, answer.content
        assert answer.parsed is not None, f"{operation}: {answer.status_code} is not known"
        return answer.parsed

    def body(self, name: str, value: dict[str, Any]) -> Any:
        """A body of the type that the client has for it."""
        return getattr(self.models, name).from_dict(value)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.long
@pytest.mark.same_everywhere
@pytest.mark.usefixtures("development", "one_request_at_a_time")
def test_generated_client_takes_a_case_from_login_to_logout(
    generated: Path, live_server: LiveServer, owner: Api
) -> None:
    package = importlib.import_module(PACKAGE)
    with package.Client(base_url=live_server.url) as client:
        visitor = Caller(generated, client)
        credentials = {"email": owner.user.email, "key": owner.key}
        token = visitor("auth_login", body=visitor.body("AuthLoginRequest", credentials)).data.token
    with package.AuthenticatedClient(base_url=live_server.url, token=token) as client:
        take_a_case(Caller(generated, client), owner)


def take_a_case(call: Caller, owner: Api) -> None:
    """From the first look to the logout."""
    assert call("auth_me").data.email == owner.user.email

    parties = {"customer": CompanyBody(), "debtor": CompanyBody()}
    whole = {"recovery": RecoveryBody(), **parties, "invoices": [InvoiceBody()]}
    filed = call("recoveries_complete_create", body=call.body("RecoveriesCompleteCreateRequest", whole)).data
    case = filed.recovery.id
    invoice = call("recoveries_invoices_create", case, body=call.body("RecoveriesInvoicesCreateRequest", InvoiceBody()))
    comment = call.body("RecoveriesCommentsCreateRequest", {"comment": "<p>Called</p>"})
    call("recoveries_comments_create", case, body=comment)
    file = importlib.import_module(f"{PACKAGE}.types").File(io.BytesIO(pdf()), "order.pdf", "application/pdf")
    form = call.models.RecoveriesDocsCreateForm(name="Order", file=file)
    document = call("recoveries_docs_create", case, body=form).data
    paid = {"amount": "50.00", "date": "2026-03-02"}
    call("recoveries_payments_create", case, body=call.body("RecoveriesPaymentsCreateRequest", paid))

    detail = call("recoveries_retrieve", case).data
    assert {each.id for each in detail.invoices} == {filed.invoices[0].id, invoice.data.id}
    assert (detail.status.name, detail.injunction, detail.amount) == ("Dossier Créé", None, "200.00")
    assert detail.customer.company_type.value == "commercial"
    assert call("recoveries_list").data.recoveries[0].due is not None
    assert call("recoveries_docs_download", case, document.id).payload.read() == pdf()
    assert call("recoveries_decompte_retrieve", case).data.payments[0].amount == "50.00"
    assert isinstance(call("recoveries_injonction_eligibility_retrieve", case).data.eligible, bool)
    assert call("auth_logout").success
