"""Registration: API users made by clients who may."""

from typing import Any

import pytest

from accounts.models import User
from tests.factories import Api, ApiUserFactory, RegisterBody

REGISTER, ME = "/api/auth/register", "/api/auth/me"
FORBIDDEN = {"success": False, "message": "You do not have permission to access this resource.", "code": "forbidden"}


def _registered(owner: Api, **fields: Any) -> dict[str, Any]:
    return owner.data("POST", REGISTER, RegisterBody(**fields))["user"]


def _refused(person: Api, **fields: Any) -> None:
    answer = person.post(REGISTER, RegisterBody(**fields))
    assert (answer.status_code, answer.json()) == (403, FORBIDDEN)


def _logged_in(email: str, key: str) -> Api:
    return Api.of(User.objects.get(email=email), key)


def test_a_new_user_gets_a_key_that_opens(owner: Api) -> None:
    shown = _registered(owner, email="Ann@Example.com")
    assert shown["email"] == "ann@example.com"
    assert shown["can_register"] is False
    ann = _logged_in("ann@example.com", shown["api_key"])
    assert ann.data("GET", ME) == {key: value for key, value in shown.items() if key not in ("api_key", "auth_secret")}


def test_the_profile_and_the_registrar_are_kept(owner: Api) -> None:
    metadata = {"custom_field": "value", "preferences": {"theme": "dark", "list": [1, None, "é"]}}
    body = RegisterBody(email="ann@example.com", metadata=metadata)
    owner.data("POST", REGISTER, body)
    user = User.objects.get(email="ann@example.com")
    assert {key: getattr(user, key) for key in body} == body
    assert user.registered_by == owner.user
    assert (user.is_staff, user.is_superuser, user.is_active, user.has_api_access) == (False, False, True, True)
    assert not user.has_usable_password()


def test_the_secret_is_not_stored_as_it_is_shown(owner: Api) -> None:
    shown = _registered(owner, email="ann@example.com")
    stored = User.objects.filter(email="ann@example.com").values().get()
    assert shown["auth_secret"] not in [str(value) for value in stored.values()]
    assert User.objects.get(email="ann@example.com").auth_secret == shown["auth_secret"]


def test_registering_again_updates_and_issues_a_fresh_key(owner: Api) -> None:
    first = owner.post(REGISTER, RegisterBody(email="ann@example.com", city="Paris", metadata={"a": 1}))
    again = owner.post(REGISTER, RegisterBody(email="ANN@example.com", city="Lyon", first_name="Anne"))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["message"] == "User already exists with API access"
    before, after = first.json()["data"]["user"], again.json()["data"]["user"]
    assert (after["id"], after["auth_secret"]) == (before["id"], before["auth_secret"])
    assert after["api_key"] != before["api_key"]
    assert after["first_name"] == "Anne"
    user = User.objects.get(email="ann@example.com")
    assert (user.city, user.metadata) == ("Lyon", {"a": 1})
    for key in (before["api_key"], after["api_key"]):
        assert _logged_in("ann@example.com", key).get(ME).status_code == 200


def test_users_do_not_share_secrets(owner: Api) -> None:
    first, second = _registered(owner), _registered(owner)
    assert first["api_key"] != second["api_key"]
    assert first["auth_secret"] != second["auth_secret"]


def test_only_who_may_register_registers(stranger: Api, staff: Api, anonymous: Api) -> None:
    _refused(stranger)
    _refused(staff)
    assert anonymous.post(REGISTER, RegisterBody()).status_code == 401
    assert User.objects.count() == 2


def test_the_right_is_asked_before_the_body_is_read(stranger: Api) -> None:
    answer = stranger.post(REGISTER, {})
    assert (answer.status_code, answer.json()) == (403, FORBIDDEN)


def test_the_right_to_register_can_be_taken_away_at_once(owner: Api) -> None:
    User.objects.filter(pk=owner.user.pk).update(can_register=False)
    _refused(owner)


@pytest.mark.parametrize("email", ["owner@example.com", "OWNER@example.com"])
def test_nobody_registers_themselves(email: str, owner: Api) -> None:
    _refused(owner, email=email, first_name="Mallory")
    assert owner.data("GET", ME)["first_name"] == "John"


def test_nobody_registers_staff(owner: Api, staff: Api) -> None:
    _refused(owner, email=staff.user.email, first_name="Mallory")
    assert staff.data("GET", ME)["first_name"] == "John"


def test_staff_stay_out_of_reach_even_of_who_registered_them(owner: Api) -> None:
    _registered(owner, email="ann@example.com")
    User.objects.filter(email="ann@example.com").update(is_staff=True)
    _refused(owner, email="ann@example.com")


def test_nobody_registers_the_users_of_others(owner: Api, stranger: Api, api: Any) -> None:
    rival = api(ApiUserFactory(can_register=True))
    shown = _registered(rival, email="ann@example.com", first_name="Ann")
    _refused(owner, email="ann@example.com", first_name="Mallory")
    _refused(owner, email=stranger.user.email, first_name="Mallory")
    ann = _logged_in("ann@example.com", shown["api_key"])
    assert ann.data("GET", ME)["first_name"] == "Ann"
    assert stranger.data("GET", ME)["first_name"] == "John"


def test_a_client_cannot_give_rights(owner: Api) -> None:
    rights = {
        "can_register": True,
        "is_staff": True,
        "is_superuser": True,
        "id": 1,
        "password": "x",
        "registered_by": 1,
    }
    shown = owner.data("POST", REGISTER, {**RegisterBody(email="ann@example.com"), **rights})["user"]
    user = User.objects.get(email="ann@example.com")
    assert shown["can_register"] is False
    assert (user.can_register, user.is_staff, user.is_superuser, user.registered_by) == (
        False,
        False,
        False,
        owner.user,
    )


def test_registering_again_does_not_open_a_closed_account(owner: Api) -> None:
    _registered(owner, email="ann@example.com")
    User.objects.filter(email="ann@example.com").update(is_active=False)
    key = _registered(owner, email="ann@example.com")["api_key"]
    answer = Api().post("/api/auth/login", {"email": "ann@example.com", "key": key})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("email", "nobody", "The email must be a valid email address."),
        ("email", "a" * 250 + "@b.fr", "The email must not be greater than 254 characters."),
        ("siren", "12345678", "The siren must be exactly 9 characters."),
        ("siren", "12345678x", "The siren must contain digits only."),
        ("postal", "x" * 21, "The postal must not be greater than 20 characters."),
        ("metadata", "text", "The metadata field must be an object."),
        ("metadata", [1], "The metadata field must be an object."),
        ("city", "   ", "The city field is required."),
    ],
)
def test_what_a_profile_must_be(field: str, value: Any, sentence: str, owner: Api) -> None:
    assert owner.errors("POST", REGISTER, RegisterBody(**{field: value})) == {field: [sentence]}
    assert User.objects.count() == 1


def test_every_missing_field_is_named(owner: Api) -> None:
    missing = ["first_name", "last_name", "email", "entreprise", "siren", "address", "city", "postal", "phone"]
    assert owner.errors("POST", REGISTER, {}) == {
        name: [f"The {name.replace('_', ' ')} field is required."] for name in missing
    }


def test_an_e_mail_that_grows_in_lower_case_is_no_failure_of_the_server(owner: Api) -> None:
    """`İ` is one letter in capitals and two in lower case."""
    labels = ".".join("İ" * 60 for _label in range(4))
    answer = owner.post(REGISTER, RegisterBody(email=f"a@{labels}.fr"))
    assert answer.status_code in (201, 422), answer.content
