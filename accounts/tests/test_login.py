"""Login: e-mail and key against a token."""

import uuid
from typing import Any

import jwt
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessToken, ApiKey
from accounts.services import key_issue, key_revoke
from tests.factories import Api, ApiUserFactory

LOGIN, ME = "/api/auth/login", "/api/auth/me"
REFUSED = {"success": False, "message": "Invalid credentials provided", "code": "wrong_credentials"}


def _credentials(owner: Api, **other: Any) -> dict[str, Any]:
    return {"email": owner.user.email, "key": owner.key, **other}


def test_the_right_key_gives_a_token_and_the_user(owner: Api, anonymous: Api) -> None:
    data = anonymous.data("POST", LOGIN, _credentials(owner))
    assert data["user"] == {
        "id": owner.user.pk,
        "first_name": "John",
        "last_name": "Doe",
        "email": "owner@example.com",
        "entreprise": "Company SARL",
        "can_register": True,
    }
    assert data["token_type"] == "Bearer"
    anonymous.token = data["token"]
    assert anonymous.data("GET", ME) == data["user"]


def test_the_token_is_signed_by_rs256_with_the_name_of_its_key(owner: Api) -> None:
    header = jwt.get_unverified_header(owner.token)
    assert (header["alg"], header["typ"]) == ("RS256", "JWT")
    assert header["kid"]
    claims = jwt.decode(owner.token, options={"verify_signature": False})
    assert claims["user_id"] == str(owner.user.pk)
    assert claims["exp"] - claims["iat"] == 24 * 3600
    assert not {"email", "first_name", "last_name", "key"} & set(claims)


@pytest.mark.parametrize("email", ["OWNER@example.com", " owner@EXAMPLE.com "])
def test_the_e_mail_is_the_same_in_capitals(email: str, owner: Api, anonymous: Api) -> None:
    assert anonymous.data("POST", LOGIN, _credentials(owner, email=email))["user"]["id"] == owner.user.pk


def test_a_key_is_the_same_in_capitals(owner: Api, anonymous: Api) -> None:
    assert anonymous.post(LOGIN, _credentials(owner, key=owner.key.upper())).status_code == 200


@pytest.mark.parametrize("key", ["06572215-cb86-4ca2-b6b1-2ba6ceb1e8a5", "x", "é", "0" * 64, "' OR 1=1 --", "x" * 100])
def test_a_wrong_key_is_401(key: str, owner: Api, anonymous: Api) -> None:
    answer = anonymous.post(LOGIN, _credentials(owner, key=key))
    assert (answer.status_code, answer.json()) == (401, REFUSED)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_what_is_stored_of_a_key_opens_nothing(owner: Api, anonymous: Api) -> None:
    stored = ApiKey.objects.get(user=owner.user)
    assert owner.key not in (stored.digest, stored.hint)
    assert owner.key.startswith(stored.hint)
    for stolen in (stored.digest, stored.hint):
        assert anonymous.post(LOGIN, _credentials(owner, key=stolen)).status_code == 401


def test_a_key_opens_its_own_account_only(owner: Api, stranger: Api, anonymous: Api) -> None:
    answer = anonymous.post(LOGIN, {"email": stranger.user.email, "key": owner.key})
    assert (answer.status_code, answer.json()) == (401, REFUSED)


def test_an_unknown_e_mail_answers_as_a_wrong_key_does(owner: Api, anonymous: Api) -> None:
    wrong, unknown = (
        anonymous.post(LOGIN, _credentials(owner, key=str(uuid.uuid4()))),
        anonymous.post(LOGIN, _credentials(owner, email="nobody@example.com")),
    )
    assert (wrong.status_code, wrong.content) == (unknown.status_code, unknown.content)


def test_an_unknown_e_mail_costs_as_many_queries_as_a_wrong_key(owner: Api, anonymous: Api) -> None:
    counts = []
    for body in (_credentials(owner, key=str(uuid.uuid4())), _credentials(owner, email="nobody@example.com")):
        anonymous.post(LOGIN, body)  # fills the caches
        with CaptureQueriesContext(connection) as queries:
            anonymous.post(LOGIN, body)
        counts.append([_shape(query["sql"]) for query in queries])
    assert counts[0] == counts[1]


def _shape(sql: str) -> str:
    return sql.split(" WHERE ")[0]


def test_each_of_several_keys_opens_until_it_is_revoked(owner: Api, anonymous: Api) -> None:
    second = key_issue(user=owner.user)
    for key in (owner.key, second):
        assert anonymous.post(LOGIN, _credentials(owner, key=key)).status_code == 200
    first = ApiKey.objects.get(user=owner.user, hint=owner.key[:8])
    assert key_revoke(api_key=first) is True
    assert anonymous.post(LOGIN, _credentials(owner)).status_code == 401
    assert anonymous.post(LOGIN, _credentials(owner, key=second)).status_code == 200
    assert key_revoke(api_key=first) is False


def test_a_login_is_noted_on_its_key(owner: Api) -> None:
    before = ApiKey.objects.get(user=owner.user).last_used_at
    owner.login()
    assert before is not None
    assert ApiKey.objects.get(user=owner.user).last_used_at > before


@pytest.mark.parametrize("field", ["is_active", "has_api_access"])
def test_the_right_key_of_a_closed_account_is_403_and_a_wrong_one_401(field: str, owner: Api, anonymous: Api) -> None:
    setattr(owner.user, field, False)
    owner.user.save()
    tokens = AccessToken.objects.count()
    answer = anonymous.post(LOGIN, _credentials(owner))
    assert answer.status_code == 403
    assert answer.json() == {
        "success": False,
        "message": "You do not have permission to access this resource.",
        "code": "no_api_access",
    }
    assert anonymous.post(LOGIN, _credentials(owner, key=str(uuid.uuid4()))).status_code == 401
    assert AccessToken.objects.count() == tokens


@pytest.mark.parametrize("value", ["", "   ", None])
def test_blank_fields_are_422_with_the_documented_full_stop(value: Any, anonymous: Api) -> None:
    answer = anonymous.post(LOGIN, {"email": value, "key": value})
    assert answer.status_code == 422
    assert answer.json() == {
        "success": False,
        "message": "Validation failed.",
        "errors": {"email": ["The email field is required."], "key": ["The key field is required."]},
        "code": "validation_failed",
        "codes": {"email": ["required"], "key": ["required"]},
    }


def test_a_bad_token_does_not_keep_anybody_from_logging_in(owner: Api, anonymous: Api) -> None:
    answer = anonymous.post(LOGIN, _credentials(owner), Authorization="Bearer a.b.c")
    assert answer.status_code == 200


def test_a_user_without_keys_cannot_log_in(anonymous: Api) -> None:
    user = ApiUserFactory(email="keyless@example.com")
    assert anonymous.post(LOGIN, {"email": user.email, "key": "0" * 64}).status_code == 401


def test_staff_log_in_to_the_api_with_a_key_as_everybody(staff: Api) -> None:
    assert staff.data("GET", ME)["email"] == "staff@example.com"
