"""A receiver on this machine, let in for tests."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from accounts.models import User
from events.webhooks import delivering
from events.webhooks.models import Endpoint
from events.webhooks.post import Post
from events.webhooks.tests.receivers import Receiver, endpoint_at, receiving
from tests.factories import ApiUserFactory


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    """Listens on 127.0.0.1 and takes everything, until it is told otherwise."""
    with receiving() as receiver:
        settings.WEBHOOK_LOOPBACK = settings.WEBHOOK_PLAIN_HTTP = True
        settings.WEBHOOK_PORTS = frozenset({receiver.port})
        yield receiver


@pytest.fixture(autouse=True)
def own_post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """Tries of a test are its own, and end with it."""
    post = Post(unattended=delivering._write_down_late)
    monkeypatch.setattr(delivering, "post", post)
    yield post
    post.close()


@pytest.fixture
def client_user(db: None) -> User:
    """An account."""
    return ApiUserFactory(email="erp@example.com")


@pytest.fixture
def endpoint(receiver: Receiver, client_user: User) -> Endpoint:
    """An endpoint of the account that leads to the receiver."""
    return endpoint_at(client_user, receiver.url)
