"""The page of a user: keys, tokens, rights, second factor, and what nobody may do to whom."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import AccessToken, ApiKey, AuditEvent, User
from backoffice.user_facts import facts_of, user_fact
from legalcity.lib.dates import PARIS
from tests.backoffice import browser_of
from tests.factories import Api, ApiUserFactory

pytestmark = pytest.mark.django_db

KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
USERS = "/admin/accounts/user/"


def desk_of(role: str = "") -> Client:
    """The browser of a member of staff with a role, or of a superuser."""
    user = ApiUserFactory(is_staff=True, is_superuser=not role)
    if role:
        user.groups.add(Group.objects.get(name=role))
    return browser_of(user)


@pytest.fixture
def manager(db: None) -> Client:
    return desk_of("manager")


def page_of(user: User) -> str:
    return f"{USERS}{user.pk}/change/"


def carry_out(desk: Client, thing: Any, action: str, **sent: str) -> Any:
    """The answer to the confirmed page of an action."""
    path = f"/admin/accounts/{thing._meta.model_name}/{thing.pk}/action/{action}/"
    asked = desk.get(path)
    assert asked.status_code == 200, asked.status_code
    return desk.post(path, {"form_token": asked.context["token"], **sent})


def filled(desk: Client, user: User, **changed: Any) -> dict[str, Any]:
    """What the browser sends when the page of `user` is saved with `changed`."""
    page = desk.get(page_of(user))
    form = page.context["adminform"].form
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    data["groups"] = [group.pk for group in user.groups.all()]
    data["metadata"] = "{}"
    for formset in page.context["inline_admin_formsets"]:
        prefix = formset.formset.prefix
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    merged = {**data, **changed}
    return {name: value for name, value in merged.items() if value not in (None, False)}


# --- keys and tokens ----------------------------------------------------------------------------------------------
def test_a_key_is_issued_shown_once_and_opens_the_api(manager: Client, owner: Api) -> None:
    answer = carry_out(manager, owner.user, "issue-key")
    (key,) = set(KEY.findall(answer.content.decode()))
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert Api.of(owner.user, key).token
    assert owner.login()
    assert all(key not in str(cookie) for cookie in manager.cookies.values())
    assert key not in manager.get(page_of(owner.user)).content.decode()
    assert key not in str(list(AuditEvent.objects.values())) + str(list(ApiKey.objects.values()))
    assert AuditEvent.objects.filter(action="issue-key", object_id=str(owner.user.pk)).count() == 1


def test_a_key_is_named_and_narrowed_by_who_issues_it(manager: Client, owner: Api) -> None:
    scope = {"name": "ERP", "expires_on": "31/12/2099", "is_read_only": "on", "addresses": "192.0.2.7/24, 10.0.0.1"}
    wrong = carry_out(manager, owner.user, "issue-key", **{**scope, "addresses": "here"})
    assert "192.0.2.0/24" in wrong.content.decode()
    assert not ApiKey.objects.filter(name="ERP")
    carry_out(manager, owner.user, "issue-key", **scope)
    key = ApiKey.objects.get(name="ERP")
    assert (key.is_read_only, key.addresses) == (True, "192.0.2.0/24 10.0.0.1/32")
    assert key.expires_at == datetime(2100, 1, 1, tzinfo=PARIS)
    page = manager.get(page_of(owner.user)).content.decode()
    assert "ERP" in page
    assert "192.0.2.0/24" in page


def test_the_form_of_a_key_sent_twice_issues_one(manager: Client, owner: Api) -> None:
    path = f"{USERS}{owner.user.pk}/action/issue-key/"
    sent = {"form_token": manager.get(path).context["token"]}
    before = owner.user.api_keys.count()
    assert KEY.search(manager.post(path, sent).content.decode())
    assert 'id="new-key"' not in manager.post(path, sent, follow=True).content.decode()
    assert owner.user.api_keys.count() == before + 1


def test_a_key_is_revoked_from_the_page_of_its_user(manager: Client, owner: Api) -> None:
    key = owner.user.api_keys.get()
    page = manager.get(page_of(owner.user)).content.decode()
    assert key.hint in page
    assert f"/admin/accounts/apikey/{key.pk}/action/revoke-key/" in page
    carry_out(manager, key, "revoke-key")
    assert owner.post("/api/auth/login", {"email": owner.user.email, "key": owner.key}).status_code == 401
    page = manager.get(page_of(owner.user)).content.decode()
    assert key.hint in page
    assert f"/admin/accounts/apikey/{key.pk}/action/revoke-key/" not in page


def test_a_token_in_use_is_revoked_and_leaves_the_page(manager: Client, owner: Api) -> None:
    token = AccessToken.objects.get(user=owner.user)
    assert str(token.jti) in manager.get(page_of(owner.user)).content.decode()
    carry_out(manager, token, "revoke-token")
    assert owner.get("/api/auth/me").status_code == 401
    page = manager.get(page_of(owner.user)).content.decode().split('id="content"')[-1]
    assert f"{token.jti}/action" not in page


def test_all_keys_and_tokens_of_a_person_are_revoked_at_once(manager: Client, owner: Api, stranger: Api) -> None:
    second = Api.of(owner.user)
    carry_out(manager, owner.user, "revoke-access", reason="The laptop is lost")
    for person in (owner, second):
        assert person.get("/api/auth/me").status_code == 401
        assert Api().post("/api/auth/login", {"email": person.user.email, "key": person.key}).status_code == 401
    assert stranger.get("/api/auth/me").status_code == 200
    assert AuditEvent.objects.get(action="revoke-access").reason == "The laptop is lost"
    page = manager.get(page_of(owner.user)).content.decode()
    assert "action/revoke-access" not in page


@pytest.mark.same_everywhere
@pytest.mark.parametrize("role", ["handler", "accountant", "auditor"])
def test_other_roles_issue_and_revoke_nothing(role: str, owner: Api) -> None:
    desk = desk_of(role)
    key, token = owner.user.api_keys.get(), AccessToken.objects.get(user=owner.user)
    for path in (
        f"{USERS}{owner.user.pk}/action/issue-key/",
        f"{USERS}{owner.user.pk}/action/revoke-access/",
        f"/admin/accounts/apikey/{key.pk}/action/revoke-key/",
        f"/admin/accounts/accesstoken/{token.pk}/action/revoke-token/",
    ):
        assert desk.get(path).status_code == 403
        assert desk.post(path, {"form_token": "0" * 32}).status_code == 403
    page = desk.get(page_of(owner.user)).content.decode()
    assert "/action/" not in page.split('id="content"')[-1]


# --- rights ---------------------------------------------------------------------------------------------------------
def test_can_register_is_given_and_taken(manager: Client) -> None:
    user = ApiUserFactory()
    assert manager.post(page_of(user), filled(manager, user, can_register="on")).status_code == 302
    user.refresh_from_db()
    assert user.can_register
    assert manager.post(page_of(user), filled(manager, user, can_register=False)).status_code == 302
    user.refresh_from_db()
    assert not user.can_register


def test_a_manager_gives_a_role(manager: Client) -> None:
    user, handler = ApiUserFactory(is_staff=True), Group.objects.get(name="handler")
    assert manager.post(page_of(user), filled(manager, user, groups=[handler.pk])).status_code == 302
    assert list(user.groups.all()) == [handler]
    page = manager.get(page_of(user)).content.decode()
    assert "Case handler" in page or "Gestionnaire" in page


@pytest.mark.same_everywhere
def test_a_manager_makes_no_superuser_and_gives_no_single_permission(manager: Client) -> None:
    user = ApiUserFactory(is_staff=True)
    sent = {**filled(manager, user), "is_superuser": "on", "user_permissions": ["1", "2"]}
    assert manager.post(page_of(user), sent).status_code == 302
    user.refresh_from_db()
    assert not user.is_superuser
    assert not user.user_permissions.exists()


@pytest.mark.same_everywhere
def test_a_manager_touches_no_superuser(manager: Client) -> None:
    chief = ApiUserFactory(is_staff=True, is_superuser=True)
    TOTPDevice.objects.create(user=chief, name="TOTP", confirmed=True)
    assert manager.get(page_of(chief)).status_code == 200
    assert manager.post(page_of(chief), {"email": "mine@example.com"}).status_code == 403
    assert manager.post(f"{USERS}{chief.pk}/password/", {}).status_code == 403
    for name in ("issue-key", "reset-second-factor"):
        assert manager.post(f"{USERS}{chief.pk}/action/{name}/", {"form_token": "0" * 32}).status_code == 403
    assert TOTPDevice.objects.exists()


@pytest.fixture
def everything(db: None) -> Group:
    """A group made by hand, with every right."""
    group = Group.objects.create(name="everything")
    group.permissions.set(Permission.objects.all())
    return group


@pytest.mark.same_everywhere
def test_a_manager_gives_no_role_with_rights_beyond_the_own_ones(manager: Client, everything: Group) -> None:
    user = ApiUserFactory(is_staff=True)
    answer = manager.post(page_of(user), filled(manager, user, groups=[everything.pk]))
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == ["groups"]
    assert not user.groups.exists()
    offered = set(manager.get(f"{USERS}add/").context["adminform"].form.fields["groups"].queryset)
    assert offered == set(Group.objects.exclude(pk=everything.pk))
    sent = {"email": "new@example.com", "first_name": "N", "last_name": "P", "usable_password": "false"}
    sent |= {"is_staff": "on", "groups": [everything.pk]}
    assert manager.post(f"{USERS}add/", sent).status_code == 200
    assert not User.objects.filter(email="new@example.com").exists()


@pytest.mark.same_everywhere
@pytest.mark.parametrize("is_active", [True, False])
def test_a_manager_touches_nobody_who_may_do_more(
    manager: Client, everything: Group, is_active: bool, owner: Api
) -> None:
    user = ApiUserFactory(is_staff=True, is_active=is_active)
    user.groups.add(everything)
    TOTPDevice.objects.create(user=user, name="TOTP", confirmed=True)
    key = ApiKey.objects.create(user=user, digest="0" * 64, hint="00000000")
    assert manager.get(page_of(user)).status_code == 200
    assert manager.post(page_of(user), {"email": "mine@example.com"}).status_code == 403
    assert manager.post(f"{USERS}{user.pk}/password/", {}).status_code == 403
    for path in (
        f"{USERS}{user.pk}/action/issue-key/",
        f"{USERS}{user.pk}/action/reset-second-factor/",
        f"/admin/accounts/apikey/{key.pk}/action/revoke-key/",
    ):
        assert manager.post(path, {"form_token": "0" * 32}).status_code == 403, path
    assert TOTPDevice.objects.exists()


def test_a_single_permission_beyond_the_own_ones_is_enough_to_stand_above(manager: Client) -> None:
    user = ApiUserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name="handler"))
    assert manager.post(page_of(user), filled(manager, user)).status_code == 302
    user.user_permissions.add(Permission.objects.get(codename="change_group"))
    assert manager.post(page_of(user), {"email": "mine@example.com"}).status_code == 403


def test_only_superusers_change_what_a_role_may_do(everything: Group) -> None:
    user = ApiUserFactory(is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(content_type__app_label="auth"))
    desk = Client()
    desk.force_login(user)
    page = f"/admin/auth/group/{everything.pk}/change/"
    assert desk.post(page, {"name": "everything"}).status_code == 403
    assert desk_of().get(page).status_code == 200


def test_a_manager_changes_not_the_own_rights(manager: Client) -> None:
    me = User.objects.get(pk=manager.session["_auth_user_id"])
    sent = {**filled(manager, me), "groups": [], "is_staff": "", "is_active": ""}
    assert manager.post(page_of(me), sent).status_code == 302
    me.refresh_from_db()
    assert (me.is_staff, me.is_active, me.groups.get().name) == (True, True, "manager")


def test_staff_make_a_user_with_a_webhook_secret(manager: Client) -> None:
    assert manager.get(f"{USERS}add/").status_code == 200
    sent = {"email": "New.Person@Example.com", "first_name": "N", "last_name": "P", "usable_password": "false"}
    answer = manager.post(f"{USERS}add/", sent)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    user = User.objects.get(email="new.person@example.com")
    assert user.auth_secret
    assert not user.has_usable_password()


# --- the second factor of others ------------------------------------------------------------------------------------
def test_a_manager_resets_a_second_factor_and_says_why(manager: Client) -> None:
    user = ApiUserFactory(is_staff=True)
    TOTPDevice.objects.create(user=user, name="TOTP", confirmed=True)
    assert carry_out(manager, user, "reset-second-factor", reason="").status_code == 200
    assert TOTPDevice.objects.exists()
    assert carry_out(manager, user, "reset-second-factor", reason="Telephone lost").status_code == 302
    assert not TOTPDevice.objects.exists()
    event = AuditEvent.objects.get(action="reset-second-factor", succeeded=True)
    assert (event.object_id, event.reason) == (str(user.pk), "Telephone lost")


@pytest.mark.parametrize(
    "query",
    [
        "accounts/user/?password__startswith=argon2",
        "accounts/user/?sealed_auth_secret__startswith=g",
        "accounts/apikey/?digest__startswith=0",
        "accounts/apikey/?user__password__startswith=argon2",
        "recoveries/injunction/?key__startswith=INJ",
        "recoveries/recovery/?injunction__key__startswith=INJ",
        "invoicing/subscriptionkey/?digest__startswith=0",
    ],
)
def test_no_list_lets_a_secret_be_guessed_letter_by_letter(manager: Client, query: str) -> None:
    answer = manager.get(f"/admin/{query}")
    assert answer.status_code == 400 or answer.headers.get("Location", "").endswith("?e=1")


@pytest.mark.same_everywhere
def test_secrets_of_second_factors_are_on_no_page() -> None:
    chief = desk_of()
    for model in ("otp_totp/totpdevice", "otp_static/staticdevice"):
        assert chief.get(f"/admin/{model}/").status_code == 404


# --- lists and facts --------------------------------------------------------------------------------------------------
def test_clients_and_staff_are_told_apart(manager: Client, owner: Api) -> None:
    clients = manager.get(f"{USERS}?kind=client").content.decode()
    staff = manager.get(f"{USERS}?kind=staff").content.decode()
    assert owner.user.email in clients
    assert owner.user.email not in staff


def test_the_list_costs_the_same_for_few_and_for_many(manager: Client, django_assert_max_num_queries: Any) -> None:
    for _number in range(30):
        ApiUserFactory(is_staff=True).groups.add(Group.objects.get(name="handler"))
    manager.get(USERS)
    with django_assert_max_num_queries(20):
        manager.get(USERS)


def test_other_rooms_tell_what_they_know_of_a_user(manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backoffice.user_facts._facts", [])
    user_fact(lambda user: ("<b>Shoe size</b>", "42"))
    user = ApiUserFactory()
    assert facts_of(user) == [("<b>Shoe size</b>", "42")]
    page = manager.get(page_of(user)).content.decode()
    assert "&lt;b&gt;Shoe size&lt;/b&gt;" in page
    assert "<strong>42</strong>" in page
