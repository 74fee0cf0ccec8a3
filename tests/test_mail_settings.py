"""The mail server as the environment names it."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from legalcity.lib.settings.environment import Environment


def mail(url: str) -> dict[str, object]:
    return Environment({"EMAIL_URL": url}).email("EMAIL_URL")


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://mail.example.fr", 25, None, None),
        ("smtp+tls://ann:p%40ss@mail.example.fr", 587, True, None),
        ("smtp+ssl://ann:p%40ss@mail.example.fr", 465, None, True),
        ("smtp+tls://ann:p%40ss@mail.example.fr:2525", 2525, True, None),
    ],
)
def test_a_server(url: str, port: int, tls: bool | None, ssl: bool | None) -> None:
    told = mail(url)
    assert (told["EMAIL_HOST"], told["EMAIL_PORT"]) == ("mail.example.fr", port)
    assert (told.get("EMAIL_USE_TLS"), told.get("EMAIL_USE_SSL")) == (tls, ssl)
    if "@" in url:
        assert (told["EMAIL_HOST_USER"], told["EMAIL_HOST_PASSWORD"]) == ("ann", "p@ss")


def test_none() -> None:
    assert mail("") == {}


@pytest.mark.parametrize("url", ["mail.example.fr", "http://ann:hidden@mail", "smtp://", "smtp://ann:hidden@h:x"])
def test_nonsense_is_refused_without_quoting_it(url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        mail(url)
    assert "EMAIL_URL" in str(refused.value)
    assert "hidden" not in str(refused.value)
