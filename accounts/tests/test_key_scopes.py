"""API keys that have a name, an end, addresses, or only read."""

from datetime import timedelta

import pytest
import time_machine

from accounts.key_scopes import comes_from, networks_read
from accounts.models import AccessToken, ApiKey
from accounts.services import BadCredentials, key_issue, key_revoke, login
from legalcity.lib.clock import now
from legalcity.lib.errors import Invalid
from tests.factories import Api, RecoveryBody

LOGIN, ME, CASES = "/api/auth/login", "/api/auth/me", "/api/recoveries"
HOME, AWAY = "192.0.2.7", "198.51.100.7"


def opened(owner: Api, key: str, address: str = HOME) -> Api:
    """A client that has logged in with a key from an address."""
    client = Api()
    client.user, client.key = owner.user, key
    _user, client.token = login(email=owner.user.email, key=key, address=address)
    return client


@pytest.mark.parametrize(
    ("addresses", "address", "is_let_in"),
    [
        ("", "", True),
        ("192.0.2.0/24", HOME, True),
        ("192.0.2.0/24", AWAY, False),
        ("10.0.0.0/8 192.0.2.7/32", f"::ffff:{HOME}", True),
        ("2001:db8::/32", "2001:db8:1::9", True),
        ("2001:db8::/32", HOME, False),
        ("192.0.2.0/24", "unknown", False),
    ],
)
def test_where_a_key_opens(addresses: str, address: str, is_let_in: bool) -> None:
    assert comes_from(addresses, address) is is_let_in


def test_networks_are_read_as_people_write_them() -> None:
    assert networks_read(" 192.0.2.7/24,2001:db8::1; 192.0.2.0/24") == "192.0.2.0/24 2001:db8::1/128"
    for bad in ("here", "192.0.2.0/33", "1.2.3", " ".join(f"10.0.0.{n}" for n in range(51))):
        with pytest.raises(Invalid):
            networks_read(bad)


@pytest.mark.django_db
class TestScopes:
    def test_past_its_end_a_key_is_a_wrong_one_and_its_tokens_open_nothing(self, owner: Api, anonymous: Api) -> None:
        key = key_issue(user=owner.user, name="ERP", expires_at=now() + timedelta(hours=1))
        client = opened(owner, key)
        assert client.get(ME).status_code == 200
        with time_machine.travel(now() + timedelta(hours=2)):
            refused = anonymous.post(LOGIN, {"email": owner.user.email, "key": key})
            wrong = anonymous.post(LOGIN, {"email": owner.user.email, "key": "x"})
            assert (refused.status_code, refused.content) == (401, wrong.content)
            assert client.get(ME).status_code == 401
            assert client.post("/api/auth/refresh").status_code == 401
        with pytest.raises(Invalid):
            key_issue(user=owner.user, expires_at=now())

    def test_from_elsewhere_a_key_is_a_wrong_one_and_its_tokens_open_nothing(self, owner: Api, anonymous: Api) -> None:
        key = key_issue(user=owner.user, addresses="192.0.2.0/24")
        body = {"email": owner.user.email, "key": key}
        assert anonymous.post(LOGIN, body, REMOTE_ADDR=HOME).status_code == 200
        refused = anonymous.post(LOGIN, body, REMOTE_ADDR=AWAY)
        wrong = anonymous.post(LOGIN, {**body, "key": "x"}, REMOTE_ADDR=AWAY)
        assert (refused.status_code, refused.content) == (401, wrong.content)
        client = opened(owner, key)
        assert [client.get(ME, REMOTE_ADDR=address).status_code for address in (HOME, AWAY)] == [200, 401]

    def test_a_key_that_only_reads_changes_nothing(self, owner: Api) -> None:
        client = opened(owner, key_issue(user=owner.user, is_read_only=True))
        assert client.get(CASES).status_code == 200
        refused = client.post(CASES, RecoveryBody())
        assert (refused.status_code, refused.json()["code"]) == (403, "read_only")
        assert refused.json()["message"] == "This API key only reads."
        made = owner.data("POST", "/api/webhook-endpoints", {"url": "https://93.184.216.34/"})
        assert client.get(f"/api/webhook-endpoints/{made['id']}").status_code == 200
        assert client.get(f"/api/webhook-endpoints/{made['id']}/secret").status_code == 403, "who has it can forge"
        renewed = client.post("/api/auth/refresh")
        client.token = renewed.json()["data"]["token"]
        assert client.delete(f"{CASES}/1").status_code == 403
        assert client.post("/api/auth/logout").status_code == 200
        assert owner.post(CASES, RecoveryBody()).status_code == 201

    def test_use_is_noted_once_a_minute(self, owner: Api) -> None:
        key = ApiKey.objects.filter(user=owner.user)
        noted = key.get().last_used_at
        owner.get(ME)
        assert key.get().last_used_at == noted
        key.update(last_used_at=noted - timedelta(minutes=2))
        owner.get(ME)
        assert key.get().last_used_at > noted

    def test_revoking_one_ends_its_tokens_alone(self, owner: Api) -> None:
        key = key_issue(user=owner.user, name="old ERP")
        client = opened(owner, key)
        key_revoke(api_key=ApiKey.objects.get(name="old ERP"))
        assert (client.get(ME).status_code, owner.get(ME).status_code) == (401, 200)
        assert AccessToken.objects.filter(revoked_at=None).count() == 1


@pytest.mark.django_db
def test_a_user_is_let_in_by_the_key_that_fits(owner: Api) -> None:
    narrow = key_issue(user=owner.user, addresses="192.0.2.0/24")
    wide = key_issue(user=owner.user)
    assert [opened(owner, key, AWAY).get(ME).status_code for key in (wide,)] == [200]
    with pytest.raises(BadCredentials):
        login(email=owner.user.email, key=narrow, address=AWAY)
