"""What a dump of the database does not tell: secrets of authenticators, keys of payment pages."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import connection
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from legalcity.lib.sealing import opened_briefly, sealed_briefly
from recoveries.models import Injunction, Recovery
from tests.factories import Api, ApiUserFactory, bare_case_id, detail

pytestmark = pytest.mark.django_db

KEY = "INJABC123" + "t" * 32


def stored(table: str) -> str:
    """The only `key` of a table, as the database holds it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key FROM {table}")
        [[key]] = cursor.fetchall()
    return str(key)


def store(table: str, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET key = %s", [key])


def run(migration: str, place: int) -> tuple[Any, Any]:
    """The two directions of a step of a migration."""
    step = import_module(migration).Migration.operations[place]
    editor = SimpleNamespace(connection=connection)
    return (lambda: step.code(apps, editor), lambda: step.reverse_code(apps, editor))


@pytest.fixture
def device() -> TOTPDevice:
    return TOTPDevice.objects.create(user=ApiUserFactory(is_staff=True), name="TOTP", confirmed=True)


@pytest.fixture
def injunction(owner: Api) -> Injunction:
    case = bare_case_id(owner)
    Recovery.objects.filter(pk=case).update(recovery_reference="REC-" + KEY[:9])
    fees = {"court_fee": "33.47", "handling_fee": "0"}
    return Injunction.objects.create(recovery_id=case, key=KEY, procedure="national", **fees)


def test_the_secret_of_an_authenticator_is_stored_sealed(device: TOTPDevice) -> None:
    clear = device.key
    assert len(clear) == 40
    assert clear not in stored("otp_totp_totpdevice")
    assert TOTPDevice.objects.get().bin_key == bytes.fromhex(clear)
    again = TOTPDevice.objects.get()
    again.throttling_failure_count = 1
    again.save()
    assert again.key == clear
    assert TOTPDevice.objects.get().key == clear


def test_secrets_of_authenticators_that_were_there_before_are_sealed(device: TOTPDevice) -> None:
    clear = device.key
    store("otp_totp_totpdevice", clear)
    forwards, backwards = run("accounts.migrations.0007_second_factors_sealed", 0)
    forwards()
    forwards()
    assert clear not in stored("otp_totp_totpdevice")
    assert TOTPDevice.objects.get().key == clear
    backwards()
    assert stored("otp_totp_totpdevice") == clear


def test_the_key_of_a_payment_page_is_stored_sealed_and_opens_it(injunction: Injunction, owner: Api) -> None:
    assert KEY[:9] not in stored("recoveries_injunction")
    assert Injunction.objects.get().key == KEY
    assert detail(owner, injunction.recovery_id)["injunction"]["url_pay"].endswith(f"/injonction/{KEY}")
    assert Client().get(f"/injonction/{KEY}").status_code == 200
    assert Client().get(f"/injonction/{KEY[:-1]}x").status_code == 404
    assert not Injunction.objects.filter(key=KEY).exists()
    assert not Injunction.objects.filter(key__startswith="INJ").exists()


def test_keys_of_payment_pages_that_were_there_before_are_sealed(injunction: Injunction) -> None:
    store("recoveries_injunction", KEY)
    forwards, backwards = run("recoveries.migrations.0014_payment_keys_sealed", 1)
    forwards()
    assert Injunction.objects.get().key == KEY
    backwards()
    assert stored("recoveries_injunction") == KEY


def test_keys_of_encryption_are_rotated(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = ["old"]
    sealed = sealed_briefly(b"secret")
    settings.ENCRYPTION_KEYS = ["new", "old"]
    assert opened_briefly(sealed) == b"secret"
    settings.ENCRYPTION_KEYS = ["new"]
    for token in (sealed, "", "x", "é", sealed[:-4]):
        with pytest.raises(InvalidToken):
            opened_briefly(token)
