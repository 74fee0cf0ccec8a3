"""Which hosts the server answers for, and which one it listens on, as they are named in the environment."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http.request import split_domain_port, validate_host

from legalcity.lib.settings.environment import Environment


@pytest.mark.parametrize(
    ("named", "asked"),
    [
        ("api.example.fr", "api.example.fr:8443"),
        (".example.fr", "api.example.fr"),
        ("legalcity_web,192.0.2.7", "192.0.2.7:8000"),
        ("::1", "[::1]:8000"),
        ("[2001:db8::7]", "[2001:db8::7]"),
        ("*", "anything.example"),
    ],
)
def test_a_host_that_is_named_is_answered_for(named: str, asked: str) -> None:
    hosts = Environment({"ALLOWED_HOSTS": named}).hosts("ALLOWED_HOSTS", [])
    assert validate_host(split_domain_port(asked)[0], hosts)
    assert not validate_host("elsewhere.example.com", hosts) or named == "*"


@pytest.mark.parametrize(
    "named", ["api.example.fr/", "http://[::1]", "[::1]:8000", "*.example.fr", "[]", "é.example.fr"]
)
def test_what_no_request_names_is_refused(named: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="which no request names"):
        Environment({"ALLOWED_HOSTS": named}).hosts("ALLOWED_HOSTS", [])


@pytest.mark.parametrize(
    ("named", "bound"), [("", "127.0.0.1"), ("localhost", "localhost"), ("::1", "[::1]"), ("[::1]", "[::1]")]
)
def test_a_port_can_stand_behind_what_is_listened_on(named: str, bound: str) -> None:
    assert Environment({"EMBEDDED": "1", "HOST": named}).listening() == bound
