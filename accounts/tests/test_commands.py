"""Ops' commands, by what they print and what then works through the API."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import AccessToken, User
from legalcity.lib.clock import now
from scoring.models import TokenBalance, TokenEntry
from tests.factories import Api, RegisterBody

pytestmark = pytest.mark.django_db

PROFILE = ("--email", "Ann.Martin@Example.com", "--first-name", "Ann", "--last-name", "Martin")


def printed(*arguments: str) -> str:
    """What a command says."""
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def new_user(*more: str) -> dict[str, Any]:
    """The credentials that create_api_user prints."""
    return json.loads(printed("create_api_user", *PROFILE, *more, "--json"))


def logged_in(credentials: dict[str, Any]) -> Api:
    """A client of the API with those credentials."""
    return Api.of(User.objects.get(pk=credentials["user_id"]), credentials["api_key"])


class TestCreateApiUser:
    def test_prints_one_json_object_with_four_keys(self) -> None:
        credentials = new_user()
        user = User.objects.get()
        assert list(credentials) == ["email", "api_key", "auth_secret", "user_id"]
        assert credentials["email"] == user.email == "ann.martin@example.com"
        assert credentials["user_id"] == user.pk
        assert credentials["auth_secret"] == user.auth_secret

    def test_the_printed_key_opens_the_api(self) -> None:
        me = logged_in(new_user("--entreprise", "Company SARL")).data("GET", "/api/auth/me")
        assert me == {
            "id": User.objects.get().pk,
            "first_name": "Ann",
            "last_name": "Martin",
            "email": "ann.martin@example.com",
            "entreprise": "Company SARL",
            "can_register": False,
        }

    def test_neither_key_nor_webhook_secret_is_stored_in_the_open(self) -> None:
        credentials = new_user()
        user = User.objects.get()
        stored = json.dumps([User.objects.values().get(), user.api_keys.values().get()], default=str)
        assert credentials["api_key"] not in stored
        assert credentials["auth_secret"] not in stored

    def test_without_json_the_same_is_printed_for_reading(self) -> None:
        lines = dict(line.split(": ") for line in printed("create_api_user", *PROFILE).splitlines())
        assert list(lines) == ["email", "api_key", "auth_secret", "user_id"]
        assert logged_in({"user_id": int(lines["user_id"]), "api_key": lines["api_key"]}).token

    def test_an_email_that_exists_is_refused_in_any_case_of_letters(self) -> None:
        new_user()
        with pytest.raises(CommandError, match=r"a user with the e-mail ann\.martin@example\.com exists already"):
            printed("create_api_user", "--email", "ANN.MARTIN@example.com", *PROFILE[2:])
        assert User.objects.count() == 1

    @pytest.mark.parametrize("email", ["ann", "ann@", "@example.com", "ann martin@example.com", ""])
    def test_what_is_no_email_is_refused(self, email: str) -> None:
        with pytest.raises(CommandError, match="is not an e-mail address"):
            printed("create_api_user", "--email", email, *PROFILE[2:])
        assert not User.objects.exists()

    @pytest.mark.parametrize(
        ("option", "value", "told"),
        [
            ("--email", f"{'a' * 60}@{'.'.join(['b' * 60] * 4)}.fr", "more than 254 characters"),
            ("--first-name", " ", "--first-name is empty"),
            ("--last-name", "x" * 256, "--last-name has more than 255 characters"),
            ("--entreprise", "\udcff", "--entreprise holds characters that cannot be stored"),
            ("--first-name", "a\x00b", "--first-name holds characters that cannot be stored"),
            ("--tokens", "2000000", "--tokens: "),
            ("--tokens", "-1", "--tokens: "),
        ],
    )
    def test_what_cannot_be_kept_is_refused_with_a_sentence(self, option: str, value: str, told: str) -> None:
        with pytest.raises(CommandError, match=told):
            printed("create_api_user", *PROFILE, option, value)
        assert not User.objects.exists()

    def test_can_register_lets_the_user_register_others(self) -> None:
        plain = logged_in(new_user())
        assert plain.post("/api/auth/register", RegisterBody()).status_code == 403
        registrar = json.loads(
            printed("create_api_user", "--email", "boss@example.com", *PROFILE[2:], "--can-register", "--json")
        )
        assert logged_in(registrar).post("/api/auth/register", RegisterBody()).status_code == 201

    def test_tokens_are_granted_and_written_down(self) -> None:
        credentials = new_user("--tokens", "25")
        assert TokenBalance.objects.get(user_id=credentials["user_id"]).tokens == 25
        entry = TokenEntry.objects.get()
        assert (entry.kind, entry.amount, entry.reason) == ("granted", 25, "create_api_user")

    def test_without_tokens_nothing_is_written_in_the_ledger(self) -> None:
        new_user()
        assert not TokenEntry.objects.exists()

    @pytest.mark.parametrize(("more", "enters"), [((), False), (("--staff",), True)])
    def test_staff_may_enter_the_back_office_and_others_may_not(self, more: tuple[str, ...], enters: bool) -> None:
        user = User.objects.get(pk=new_user(*more)["user_id"])
        user.set_password("a password for this test")
        user.save()
        browser = Client()
        browser.post("/admin/login/", {"username": user.email, "password": "a password for this test"})
        assert (browser.get("/admin/").status_code == 200) is enters

    def test_a_role_makes_the_user_staff_in_that_role(self) -> None:
        user = User.objects.get(pk=new_user("--role", "handler")["user_id"])
        assert user.is_staff
        assert [group.name for group in user.groups.all()] == ["handler"]

    def test_a_role_that_there_is_not_is_refused(self) -> None:
        with pytest.raises(CommandError, match="invalid choice: 'janitor'"):
            new_user("--role", "janitor")
        assert not User.objects.exists()


class TestPurgeTokens:
    def test_expired_tokens_go_and_tokens_in_force_stay(self) -> None:
        api = logged_in(new_user())
        kept = api.token
        with time_machine.travel(now() - timedelta(days=2), tick=False):
            api.login()
            api.login()
        assert printed("purge_tokens").strip() == "2 expired tokens deleted"
        assert AccessToken.objects.count() == 1
        api.token = kept
        assert api.get("/api/auth/me").status_code == 200

    def test_a_revoked_token_stays_revoked_after_the_purge(self) -> None:
        api = logged_in(new_user())
        api.post("/api/auth/logout")
        assert printed("purge_tokens").strip() == "0 expired tokens deleted"
        assert api.get("/api/auth/me").status_code == 401
