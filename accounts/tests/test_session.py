"""The life of a token: signed, in force, exchanged, revoked, expired."""

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import caches
from django.db import OperationalError
from django.db.models import QuerySet
from pytest_django import Settings

from accounts.keyring import Keyring, keyring
from accounts.models import AccessToken, ApiKey, User
from accounts.services import key_revoke
from tests.factories import Api

LOGOUT, REFRESH, ME = "/api/auth/logout", "/api/auth/refresh", "/api/auth/me"
UNAUTHENTICATED = {"success": False, "message": "Unauthenticated", "code": "unauthenticated"}
NOT_AUTHENTICATED = {"success": False, "message": "User not authenticated", "code": "unauthenticated"}


def _is_open(token: str) -> bool:
    person = Api()
    person.token = token
    answer = person.get(ME)
    if answer.status_code == 401:
        assert answer.json() == UNAUTHENTICATED
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    return answer.status_code == 200


# --- logout and refresh ----------------------------------------------------------------------------------------
def test_logout_revokes_the_presented_token_alone(owner: Api) -> None:
    first = owner.token
    second = owner.login()
    owner.token = first
    answer = owner.post(LOGOUT)
    assert (answer.status_code, answer.json()) == (200, {"success": True, "message": "Logout successful"})
    assert not _is_open(first)
    assert _is_open(second)


def test_a_revoked_token_stays_revoked_when_every_cache_is_lost(owner: Api) -> None:
    owner.post(LOGOUT)
    for cache in caches.all():
        cache.clear()
    assert not _is_open(owner.token)


@pytest.mark.parametrize("path", [LOGOUT, REFRESH])
def test_a_session_call_without_a_token_in_force_is_401(path: str, owner: Api, anonymous: Api) -> None:
    for person, header in ((anonymous, {}), (anonymous, {"Authorization": "Bearer a.b.c"})):
        answer = person.post(path, **header)
        assert (answer.status_code, answer.json()) == (401, NOT_AUTHENTICATED)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    owner.post(LOGOUT)
    assert owner.post(path).json() == NOT_AUTHENTICATED


def test_refresh_exchanges_a_token_once(owner: Api) -> None:
    old = owner.token
    data = owner.data("POST", REFRESH)
    assert data["token_type"] == "Bearer"
    assert data["token"] != old
    assert _is_open(data["token"])
    assert not _is_open(old)
    again = owner.post(REFRESH)
    assert (again.status_code, again.json()) == (401, NOT_AUTHENTICATED)
    assert _is_open(data["token"])


def test_a_refreshed_token_is_the_same_user_s_and_lives_anew(owner: Api) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=23)):
        owner.token = owner.data("POST", REFRESH)["token"]
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=46)):
        assert owner.data("GET", ME)["id"] == owner.user.pk


def _refreshed_daily(person: Api, days: int) -> int:
    """The answer to the last of so many refreshes, a day apart."""
    status = 0
    for day in range(1, days + 1):
        with time_machine.travel(datetime.now(UTC) + timedelta(days=day) - timedelta(minutes=day)):
            answer = person.post(REFRESH)
        status = answer.status_code
        if status == 200:
            person.token = answer.json()["data"]["token"]
    return status


def test_a_session_is_refreshed_for_thirty_days_and_not_for_ever(owner: Api) -> None:
    assert _refreshed_daily(owner, 30) == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(days=30, minutes=1)):
        answer = owner.post(REFRESH)
        assert (answer.status_code, answer.json()) == (401, NOT_AUTHENTICATED)
        owner.login()
        assert owner.post(REFRESH).status_code == 200


def test_a_revoked_key_takes_the_sessions_that_it_opened_with_it_and_no_other(owner: Api) -> None:
    kept = Api.of(owner.user)
    owner.token = owner.data("POST", REFRESH)["token"]
    key_revoke(api_key=ApiKey.objects.get(user=owner.user, hint=owner.key[:8]))
    assert not _is_open(owner.token)
    assert owner.post(REFRESH).status_code == 401
    assert _is_open(kept.token)


def test_a_refresh_that_fails_leaves_the_token_in_force(owner: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patch:
        patch.setattr(QuerySet, "create", gone)
        answer = owner.post(REFRESH)
    assert (answer.status_code, answer.json()) == (
        500,
        {"success": False, "message": "Token refresh failed", "code": "server_error"},
    )
    assert _is_open(owner.token)


# --- the user behind the token ---------------------------------------------------------------------------------
@pytest.mark.parametrize("field", ["is_active", "has_api_access"])
def test_tokens_of_a_closed_account_stop_at_once(field: str, owner: Api) -> None:
    assert _is_open(owner.token)
    User.objects.filter(pk=owner.user.pk).update(**{field: False})
    assert not _is_open(owner.token)
    User.objects.filter(pk=owner.user.pk).update(**{field: True})
    assert _is_open(owner.token)


def test_a_token_that_is_not_written_down_opens_nothing(owner: Api) -> None:
    AccessToken.objects.filter(user=owner.user).delete()
    assert not _is_open(owner.token)


def test_a_token_expires(owner: Api) -> None:
    issued = datetime.now(UTC)
    with time_machine.travel(issued + timedelta(hours=23, minutes=59)):
        assert _is_open(owner.token)
    with time_machine.travel(issued + timedelta(hours=24, seconds=2)):
        assert not _is_open(owner.token)


def test_a_token_expires_however_long_its_row_says_and_though_it_was_verified_before(owner: Api) -> None:
    AccessToken.objects.filter(user=owner.user).update(expires_at=datetime.now(UTC) + timedelta(days=9))
    assert _is_open(owner.token)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=24, seconds=2)):
        assert not _is_open(owner.token)


def test_the_row_of_a_token_ends_it_however_long_its_signature_says(owner: Api) -> None:
    AccessToken.objects.filter(user=owner.user).update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert not _is_open(owner.token)


# --- forged tokens ---------------------------------------------------------------------------------------------
def _claims(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def _kid(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _public_pem() -> bytes:
    key = next(iter(keyring.keys.values())).public_key()
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _hmac_signed(token: str) -> str:
    """Signed with the public key as if it were a shared secret (which PyJWT would not do by itself)."""
    text = f"{_part({'alg': 'HS256', 'typ': 'JWT', 'kid': _kid(token)})}.{_part(_claims(token))}"
    signature = hmac.new(_public_pem(), text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def _signed(claims: dict[str, Any], key: Any = None, **headers: Any) -> str:
    kid, own = next(iter(keyring.keys.items()))
    return jwt.encode(claims, key or own, algorithm="RS256", headers={"kid": kid, **headers})


def _unsigned(token: str, algorithm: str) -> str:
    return f"{_part({'alg': algorithm, 'typ': 'JWT', 'kid': _kid(token)})}.{_part(_claims(token))}."


def _other_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


FORGERIES: dict[str, Callable[[str], str]] = {
    "HS256 with the public key": _hmac_signed,
    "no algorithm": lambda token: _unsigned(token, "none"),
    "no algorithm, in capitals": lambda token: _unsigned(token, "NONE"),
    "RS256 without a signature": lambda token: _unsigned(token, "RS256"),
    "another key under our name": lambda token: _signed(_claims(token), _other_key()),
    "another key under its own name": lambda token: _signed(_claims(token), _other_key(), kid="mine"),
    "another user": lambda token: ".".join(
        [token.split(".")[0], _part({**_claims(token), "user_id": "1"}), token.split(".")[2]]
    ),
    "a key without a name": lambda token: _signed(_claims(token), kid=""),
    "a signature cut short": lambda token: token[:-10],
    "a signature of another token": lambda token: token.rsplit(".", 1)[0] + "." + "A" * 342,
    "a name that is a path": lambda token: _signed(_claims(token), _other_key(), kid="../../../dev/null"),
    "a key of its own in the header": lambda token: _signed(
        _claims(token), _other_key(), jwk={"kty": "RSA"}, jku="https://example.com/keys"
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_forged_tokens_are_401(forgery: str, owner: Api) -> None:
    forged = FORGERIES[forgery](owner.token)
    assert forged != owner.token
    assert not _is_open(forged)
    assert _is_open(owner.token)


WELL_SIGNED: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "an unknown id": lambda claims: {**claims, "jti": uuid.uuid4().hex},
    "an id that is none": lambda claims: {**claims, "jti": "1"},
    "an id of another type": lambda claims: {**claims, "jti": 1},
    "no id": lambda claims: {key: value for key, value in claims.items() if key != "jti"},
    "another type of token": lambda claims: {**claims, "token_type": "refresh"},
    "no type": lambda claims: {key: value for key, value in claims.items() if key != "token_type"},
    "an end in the past": lambda claims: {**claims, "exp": claims["iat"] - 1},
    "no end": lambda claims: {key: value for key, value in claims.items() if key != "exp"},
    "an end that no calendar has": lambda claims: {**claims, "exp": 1e308},
    "an end that is infinite": lambda claims: {**claims, "exp": float("inf")},
    "an end that is no number": lambda claims: {**claims, "exp": float("nan")},
    "an end in words": lambda claims: {**claims, "exp": "tomorrow"},
    "an end in a list": lambda claims: {**claims, "exp": [claims["exp"]]},
    "a beginning that no calendar has": lambda claims: {**claims, "iat": float("inf")},
    "a start that no calendar has": lambda claims: {**claims, "nbf": -float("inf")},
    "no user": lambda claims: {key: value for key, value in claims.items() if key != "user_id"},
    "a user of another type": lambda claims: {**claims, "user_id": {"id": claims["user_id"]}},
    "another issuer": lambda claims: {**claims, "iss": "https://other.example"},
    "no issuer": lambda claims: {key: value for key, value in claims.items() if key != "iss"},
    "a beginning in the future": lambda claims: {**claims, "nbf": claims["exp"] - 1},
}


@pytest.mark.parametrize("oddity", WELL_SIGNED)
def test_a_good_signature_is_not_enough(oddity: str, owner: Api) -> None:
    assert not _is_open(_signed(WELL_SIGNED[oddity](_claims(owner.token))))


def test_a_token_whose_user_is_not_that_of_its_row_opens_nothing(owner: Api, stranger: Api) -> None:
    assert not _is_open(_signed({**_claims(owner.token), "user_id": str(stranger.user.pk)}))


# --- rotation --------------------------------------------------------------------------------------------------
def _key_file(folder: Path, name: str) -> str:
    pem = _other_key().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / name
    path.write_bytes(pem)
    return str(path)


def test_rotating_keys_logs_nobody_out(
    owner: Api, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def restart_with(*files: str) -> None:
        settings.JWT_PRIVATE_KEYS = list(files)
        monkeypatch.setattr("accounts.tokens.keyring", Keyring())

    old, new = _key_file(tmp_path, "old.pem"), _key_file(tmp_path, "new.pem")
    restart_with(old)
    before = owner.login()
    restart_with(new, old)
    after = owner.login()
    assert _kid(before) != _kid(after)
    assert _is_open(before)
    assert _is_open(after)
    owner.token = before
    assert _kid(owner.data("POST", REFRESH)["token"]) == _kid(after)
    restart_with(new)
    assert not _is_open(before)
    assert _is_open(after)
