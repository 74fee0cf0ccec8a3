"""The catalogues of rates: loaded from the shipped files, kept by staff, every version in sight."""

from datetime import date
from decimal import Decimal
from importlib import import_module
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import AuditEvent
from documents.models import FileType
from recoveries.ledger.rate_book import account_rates
from recoveries.models import EcbRate, LegalRate, Status
from tests.backoffice import browser_of, chief, page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db: None) -> Client:
    return browser_of(chief())


def load(*flags: str) -> list[str]:
    told = StringIO()
    call_command("load_rates", *flags, stdout=told)
    return told.getvalue().splitlines()


def test_a_fresh_database_has_the_shipped_rates() -> None:
    assert load() == ["0 rates written, 0 kept as entered by hand"]
    assert (LegalRate.objects.count(), EcbRate.objects.count()) == (58, 38)
    assert not LegalRate.objects.filter(by_hand=True).exists()
    assert LegalRate.objects.filter(is_confirmed=False, valid_from=date(2026, 7, 1)).count() == 2
    assert LegalRate.objects.filter(is_confirmed=True, valid_from=date(2026, 1, 1)).count() == 2
    assert account_rates().ecb[-1][:2] == (date(2026, 7, 1), Decimal("2.40"))
    assert account_rates().other[-1][:2] == (date(2026, 7, 1), Decimal("2.75"))
    assert account_rates().individual[-1][:2] == (date(2026, 7, 1), Decimal("6.84"))


def test_the_migration_adds_what_is_missing_and_leaves_the_rows_of_staff_alone() -> None:
    fill = import_module("recoveries.migrations.0022_shipped_rates").fill
    EcbRate.objects.filter(valid_from__lt=date(2026, 1, 1)).delete()
    EcbRate.objects.filter(valid_from=date(2026, 7, 1)).update(rate_percent="9.99", by_hand=True)
    for _again in range(2):
        fill(apps, None)
        assert EcbRate.objects.count() == 38
        assert EcbRate.objects.get(valid_from=date(2026, 7, 1)).rate_percent == Decimal("9.99")


def test_what_is_missing_is_loaded_once() -> None:
    LegalRate.objects.all().delete()
    EcbRate.objects.all().delete()
    first, again = load(), load()
    assert first[-1] == "96 rates written, 0 kept as entered by hand"
    assert again == ["0 rates written, 0 kept as entered by hand"]


def test_every_half_year_since_2015_has_a_rate_and_a_source() -> None:
    half_years = {date(year, month, 1) for year in range(2015, 2027) for month in (1, 7)}
    rates = account_rates()
    for table in (rates.individual, rates.other, rates.ecb):
        assert half_years <= {rate.since for rate in table}
    assert not LegalRate.objects.filter(source="").exists()


def test_what_staff_corrected_stays_until_it_is_replaced(office: Client) -> None:
    rate = EcbRate.objects.get(valid_from=date(2026, 7, 1))
    form = {"valid_from": "2026-07-01", "rate_percent": "2.41", "source": "BCE", "is_confirmed": "on"}
    assert office.post(page_of(EcbRate, "change", rate.pk), form).status_code == 302
    assert account_rates().ecb[-1][:2] == (date(2026, 7, 1), Decimal("2.41"))
    assert load() == [
        "kept     ECB refinancing rate 01/07/2026: 2.41\u00a0% (entered by hand; --replace overwrites it)",
        "0 rates written, 1 kept as entered by hand",
    ]
    assert load("--replace")[0] == "changed  ECB refinancing rate 01/07/2026: 2.40\u00a0% (was 2.41 %)"
    assert account_rates().ecb[-1][:2] == (date(2026, 7, 1), Decimal("2.40"))


def test_a_half_year_to_come_is_added_by_hand_and_its_versions_are_in_sight(office: Client) -> None:
    form = {"valid_from": "2027-01-01", "creditor": "other", "rate_percent": "2.80", "source": "JO", "is_confirmed": ""}
    assert office.post(page_of(LegalRate, "add"), form).status_code == 302
    rate = LegalRate.objects.get(valid_from=date(2027, 1, 1))
    assert rate.by_hand
    office.post(page_of(LegalRate, "change", rate.pk), {**form, "rate_percent": "2.85", "is_confirmed": "on"})
    page = office.get(page_of(LegalRate, "change", rate.pk))
    newest, first = page.context["versions"]
    assert [(str(name), str(old), str(new)) for name, old, new in newest.changes] == [
        ("rate, % a year", "2.80", "2.85"),
        ("confirmed", "False", "True"),
    ]
    assert (first.version.history_type, first.version.door) == ("+", "backoffice")
    assert newest.version.history_user.email == "chief@example.com"
    assert "<del>2.80</del>" in page.content.decode()
    assert AuditEvent.objects.filter(object_type="recoveries.legalrate").count() >= 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("valid_from", "2027-02-01"),
        ("valid_from", "x"),
        ("rate_percent", "-1"),
        ("rate_percent", "100.01"),
        ("rate_percent", "NaN"),
        ("source", ""),
        ("source", "a\x00b"),
        ("creditor", "nobody"),
    ],
)
def test_nonsense_comes_back(office: Client, field: str, value: str) -> None:
    form = {"valid_from": "2027-01-01", "creditor": "other", "rate_percent": "2.80", "source": "JO", field: value}
    answer = office.post(page_of(LegalRate, "add"), form)
    assert answer.status_code == 200
    assert field in answer.context["adminform"].form.errors
    assert LegalRate.objects.count() == 58


def test_the_database_holds_one_rate_for_a_half_year() -> None:
    values = {"valid_from": date(2027, 1, 1), "rate_percent": 2, "source": "BCE"}
    EcbRate.objects.create(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        EcbRate.objects.create(**values)


@pytest.mark.parametrize("model", [Status, FileType])
def test_the_other_catalogues_keep_their_versions(office: Client, model: type[Status] | type[FileType]) -> None:
    row = model.objects.order_by("pk").first()
    page = page_of(model, "change", row.pk)
    form = office.get(page).context["adminform"].form
    sent = {name: value for name, value in form.initial.items() if value not in (None, False)}
    office.post(page, {**sent, "description": "Said otherwise"})
    [step] = office.get(page).context["versions"]
    assert (step.version.description, step.version.history_type) == ("Said otherwise", "~")
