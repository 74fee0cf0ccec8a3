"""The system settings: changed by staff in the back-office, typed, in force at once, with a history."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from constance.models import Constance
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from legalcity.lib.settings.live import live
from tests.factories import (
    Api,
    ApiUserFactory,
    CompanyBody,
    InvoiceBody,
    RecoveryBody,
    bare_case_id,
    case_id,
    complete_body,
    move,
)

pytestmark = pytest.mark.django_db

PAGE = "/admin/constance/config/"
Change = Callable[..., Any]


def back_office(user: User) -> Client:
    """The browser of a member of staff who has logged in."""
    browser = Client()
    browser.force_login(user)
    return browser


def submitted(browser: Client, **values: Any) -> Any:
    """The answer to the form of the settings, sent with `values` changed."""
    form = browser.get(PAGE).context["form"]
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return browser.post(PAGE, {name: value for name, value in {**data, **values}.items() if value is not False})


def history(key: str) -> list[tuple[str, User | None]]:
    """What a setting has been changed to, oldest first, and by whom."""
    rows = changes().filter(key=key).order_by("history_id")
    return [(row.value, row.history_user) for row in rows]


def changes() -> QuerySet[Any]:
    """The history of all settings."""
    return apps.get_model("accounts", "HistoricalConstance").objects.all()


@pytest.fixture
def settings_chief(db: None) -> User:
    """Staff who may change the settings."""
    ContentType.objects.clear_cache()  # The form's own type is made at its first save, which an earlier test undid.
    return User.objects.create_superuser("chief@example.com", "a long enough password", first_name="A", last_name="B")


@pytest.fixture
def change(settings_chief: User) -> Change:
    """Changes settings in the back-office."""
    browser = back_office(settings_chief)

    def save(**values: Any) -> None:
        answer = submitted(browser, **values)
        assert answer.status_code == 302, answer.context["form"].errors

    return save


@pytest.fixture
def settings_client(db: None) -> Api:
    """A client of the firm."""
    return Api.of(ApiUserFactory(email="client@example.com"))


# --- what they change ------------------------------------------------------------------------------------------


def test_page_sizes(settings_client: Api, change: Change) -> None:
    case = case_id(settings_client, invoices=[{} for _ in range(4)])
    assert settings_client.data("GET", "/api/recoveries")["pagination"]["per_page"] == 15
    change(DEFAULT_PAGE_SIZE=2, MAX_PAGE_SIZE=3)
    for path in ("/api/recoveries", f"/api/recoveries/{case}/invoices", f"/api/recoveries/{case}/comments"):
        assert settings_client.data("GET", path)["pagination"]["per_page"] == 2
        assert settings_client.data("GET", f"{path}?per_page=3")["pagination"]["per_page"] == 3
        assert settings_client.errors("GET", f"{path}?per_page=4") == {
            "per_page": ["The per page field must be between 1 and 3."]
        }
    assert len(settings_client.data("GET", f"/api/recoveries/{case}/invoices")["invoices"]) == 2
    change(DEFAULT_PAGE_SIZE=9)
    assert settings_client.data("GET", "/api/recoveries")["pagination"]["per_page"] == 3


@pytest.mark.same_everywhere
def test_editable_statuses(settings_client: Api, change: Change) -> None:
    case = case_id(settings_client)
    path = f"/api/recoveries/{case}"
    change(EDITABLE_STATUSES="2,3")
    refused = settings_client.patch(path, {"recovery_service_object": "New"})
    assert refused.status_code == 403
    assert refused.json()["message"] == (
        "Recovery cannot be modified. Only recoveries with status 2 or 3 can be updated."
    )
    assert settings_client.post(f"{path}/invoices", InvoiceBody()).status_code == 403
    move(case, 2, 3)
    assert settings_client.patch(path, {"recovery_service_object": "New"}).status_code == 200
    change(EDITABLE_STATUSES="1")
    assert settings_client.delete(path).status_code == 403


@pytest.mark.parametrize(
    ("setting", "value", "method", "path", "status"),
    [
        ("REQUESTS_PER_HOUR", 2, "GET", "/api/auth/me", 200),
        ("REFRESH_PER_MINUTE", 2, "POST", "/api/auth/refresh", 200),
        ("ANONYMOUS_PER_MINUTE", 2, "GET", "/api/health", 200),
        ("LOGIN_PER_MINUTE", 2, "POST", "/api/auth/login", 422),
    ],
)
def test_rate_limits(
    settings_client: Api,
    change: Change,
    settings: Settings,
    setting: str,
    value: int,
    method: str,
    path: str,
    status: int,
) -> None:
    settings.RATE_LIMITS_ENABLED = True

    def call() -> Any:
        answer = settings_client.send(method, path)
        if answer.status_code == 200 and path.endswith("refresh"):
            settings_client.token = answer.json()["data"]["token"]
        return answer

    change(**{setting: value})
    # The clock stands still, so that no window of a limit ends in the middle.
    with time_machine.travel(datetime.now(UTC), tick=False):
        answers = [call() for _ in range(value + 1)]
    assert [answer.status_code for answer in answers] == [status] * value + [429]
    assert answers[0].headers["X-RateLimit-Limit"] == str(value)
    change(**{setting: 50})
    later = call()
    assert later.status_code == status
    assert later.headers["X-RateLimit-Limit"] == "50"


LENGTHS = [
    ("TEXT_LENGTH", 20, "recovery_service_object", "POST", "/api/recoveries", RecoveryBody),
    ("OBSERVATIONS_LENGTH", 20, "recovery_observations", "POST", "/api/recoveries", RecoveryBody),
    ("INVOICE_NUMBER_LENGTH", 20, "invoice_number", "POST", "/api/recoveries/{case}/invoices", InvoiceBody),
    ("INVOICE_NUMBER_LENGTH", 20, "api_invoice_id", "POST", "/api/recoveries/{case}/invoices", InvoiceBody),
    ("COMMENT_LENGTH", 20, "comment", "POST", "/api/recoveries/{case}/comments", dict),
]


@pytest.mark.same_everywhere
@pytest.mark.parametrize(("setting", "limit", "field", "method", "path", "body"), LENGTHS)
def test_lengths(
    settings_client: Api, change: Change, setting: str, limit: int, field: str, method: str, path: str, body: Any
) -> None:
    path = path.format(case=case_id(settings_client))
    too_long = {**body(), field: "x" * (limit + 1)}
    assert settings_client.send(method, path, too_long).status_code == 201
    change(**{setting: limit})
    label = field.replace("_", " ")
    assert settings_client.errors(method, path, too_long) == {
        field: [f"The {label} must not be greater than {limit} characters."]
    }
    assert settings_client.send(method, path, {**body(), field: "x" * limit}).status_code == 201


@pytest.mark.same_everywhere
def test_text_length_of_a_company(settings_client: Api, change: Change) -> None:
    change(TEXT_LENGTH=30)
    body = complete_body(debtor={"company_legalrep_lastname": "x" * 31})
    assert settings_client.errors("POST", "/api/recoveries/complete", body) == {
        "debtor.company_legalrep_lastname": ["The company legalrep lastname must not be greater than 30 characters."]
    }


@pytest.mark.same_everywhere
def test_invoices_of_one_request(settings_client: Api, change: Change) -> None:
    change(MAX_INVOICES_PER_REQUEST=2)
    three, two = complete_body(invoices=[{}, {}, {}]), complete_body(invoices=[{}, {}])
    assert settings_client.errors("POST", "/api/recoveries/complete", three) == {
        "invoices": ["The invoices field must not have more than 2 items."]
    }
    assert settings_client.post("/api/recoveries/complete", two).status_code == 201


@pytest.mark.same_everywhere
def test_legal_forms(settings_client: Api, change: Change) -> None:
    path = f"/api/recoveries/{bare_case_id(settings_client)}/companies"
    body = CompanyBody(relation_type="customer", company_legal_form="SCOP")
    invalid = {"company_legal_form": ["The selected company legal form is invalid."]}
    assert settings_client.errors("POST", path, body) == invalid
    change(LEGAL_FORMS="SAS, SCOP")
    assert settings_client.post(path, body).status_code == 201
    other = CompanyBody(relation_type="debtor", company_legal_form="SARL")
    assert settings_client.errors("POST", path, other) == invalid


@pytest.mark.same_everywhere
def test_strict_siren(settings_client: Api, change: Change) -> None:
    path = f"/api/recoveries/{bare_case_id(settings_client)}/companies"
    sample = CompanyBody(relation_type="customer", company_siren="123456789")
    change(STRICT_SIREN=True)
    assert list(settings_client.errors("POST", path, sample)) == ["company_siren"]
    real = CompanyBody(relation_type="customer", company_siren="552100554")
    assert settings_client.post(path, real).status_code == 201
    change(STRICT_SIREN=False)
    debtor = CompanyBody(relation_type="debtor", company_siren="123456789")
    assert settings_client.post(path, debtor).status_code == 201


@pytest.mark.same_everywhere
def test_inapplicable_fields(settings_client: Api, change: Change) -> None:
    body = RecoveryBody(recovery_penalty=False, recovery_penalty_amount="10.00")
    assert settings_client.data("POST", "/api/recoveries", body)["recovery_penalty_amount"] is None
    change(INAPPLICABLE_FIELDS="reject")
    assert list(settings_client.errors("POST", "/api/recoveries", body)) == ["recovery_penalty_amount"]
    assert settings_client.post("/api/recoveries", RecoveryBody()).status_code == 201
    change(INAPPLICABLE_FIELDS="drop")
    assert settings_client.post("/api/recoveries", body).status_code == 201


@pytest.mark.same_everywhere
def test_share_of_markup(settings_client: Api, change: Change) -> None:
    path = f"/api/recoveries/{case_id(settings_client)}/comments"
    body = {"comment": "<p><strong>Hello, world</strong></p>"}
    assert settings_client.post(path, body).status_code == 201
    change(COMMENT_MARKUP_SHARE="0.50")
    assert settings_client.errors("POST", path, body) == {"comment": ["The comment contains too much HTML markup."]}
    change(COMMENT_MARKUP_SHARE="1")
    assert settings_client.post(path, body).status_code == 201


def test_a_change_by_another_process_is_seen_when_the_snapshot_is_old(
    settings_client: Api, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(DEFAULT_PAGE_SIZE=5)
    assert settings_client.data("GET", "/api/recoveries")["pagination"]["per_page"] == 5
    row = Constance.objects.get(key="DEFAULT_PAGE_SIZE")
    Constance.objects.filter(pk=row.pk).update(value=row.value.replace("5", "6"))
    assert settings_client.data("GET", "/api/recoveries")["pagination"]["per_page"] == 5
    monkeypatch.setattr("legalcity.lib.snapshot.MAX_AGE", 0.0)
    assert settings_client.data("GET", "/api/recoveries")["pagination"]["per_page"] == 6


# --- the form --------------------------------------------------------------------------------------------------


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("DEFAULT_PAGE_SIZE", "many"),
        ("DEFAULT_PAGE_SIZE", ""),
        ("DEFAULT_PAGE_SIZE", "0"),
        ("MAX_PAGE_SIZE", "501"),
        ("MAX_PAGE_SIZE", "1.5"),
        ("MAX_PAGE_SIZE", "٥"),
        ("EDITABLE_STATUSES", "١,٢"),
        ("EDITABLE_STATUSES", "1;2"),
        ("EDITABLE_STATUSES", "one"),
        ("EDITABLE_STATUSES", ""),
        ("INAPPLICABLE_FIELDS", "maybe"),
        ("MAX_INVOICES_PER_REQUEST", "-1"),
        ("TEXT_LENGTH", "256"),
        ("OBSERVATIONS_LENGTH", "long"),
        ("INVOICE_NUMBER_LENGTH", "9"),
        ("LEGAL_FORMS", "SAS,,SARL"),
        ("LEGAL_FORMS", "<b>SAS</b>"),
        ("COMMENT_LENGTH", "20001"),
        ("COMMENT_MARKUP_SHARE", "1.01"),
        ("COMMENT_MARKUP_SHARE", "half"),
        ("LOGIN_PER_MINUTE", "0"),
        ("REFRESH_PER_MINUTE", "x"),
        ("REQUESTS_PER_HOUR", "1e3"),
        ("UPLOADS_PER_HOUR", "-5"),
        ("ANONYMOUS_PER_MINUTE", "1000001"),
    ],
)
def test_a_wrong_value_is_refused(settings_chief: User, setting: str, value: str) -> None:
    before = getattr(live, setting)
    answer = submitted(back_office(settings_chief), **{setting: value})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [setting]
    live.forget()
    assert getattr(live, setting) == before
    assert history(setting) == []


def test_each_change_is_kept_with_who_made_it(settings_chief: User, change: Change) -> None:
    change(DEFAULT_PAGE_SIZE=20)
    deputy = User.objects.create_superuser(
        "deputy@example.com", "a long enough password", first_name="C", last_name="D"
    )
    assert submitted(back_office(deputy), DEFAULT_PAGE_SIZE=30).status_code == 302
    (first, by_first), (second, by_second) = history("DEFAULT_PAGE_SIZE")
    assert (by_first, by_second) == (settings_chief, deputy)
    assert "20" in first
    assert "30" in second


def test_what_was_not_changed_has_no_history(change: Change) -> None:
    change(DEFAULT_PAGE_SIZE=20)
    assert list(changes().values_list("key", flat=True)) == ["DEFAULT_PAGE_SIZE"]


def test_the_history_is_shown_to_staff(settings_chief: User, change: Change) -> None:
    change(COMMENT_LENGTH=1234)
    page = back_office(settings_chief).get("/admin/accounts/historicalconstance/")
    assert page.status_code == 200
    assert "COMMENT_LENGTH" in page.content.decode()
    assert "1234" in page.content.decode()


@pytest.mark.parametrize("is_staff", [True, False])
def test_nobody_else_may_change_them(is_staff: bool) -> None:
    browser = back_office(ApiUserFactory(is_staff=is_staff))
    assert browser.get(PAGE).status_code == (403 if is_staff else 302)
    assert browser.post(PAGE, {"DEFAULT_PAGE_SIZE": 3}).status_code == (403 if is_staff else 302)
    live.forget()
    assert live.DEFAULT_PAGE_SIZE == 15
