"""A reminder to all the debtors of a page of the list, to its end: worked off by a worker, as in an office."""

from collections import deque
from collections.abc import Callable
from typing import Any

import pytest
from celery import Task
from django.core import mail

from accounts.models import User
from backoffice.people import staff_create
from backoffice.roles import HANDLER
from legalcity.lib.publishing import NotedTask
from recoveries.models import Mailing, Message, Recovery
from tests.backoffice import page_of
from tests.browser.desk import Desk
from tests.factories import Api, case_id
from tests.letters import FREE

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.long,
    pytest.mark.same_everywhere,
]
PAGE = 50
CREDITOR = {"company_siren": "552081317", "company_email": "x@example.com"}


class Queue:
    """What was queued and no worker has taken yet."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._waiting: deque[tuple[Task, Any]] = deque()
        monkeypatch.setattr(NotedTask, "apply_async", lambda task, *asked, **_how: self._waiting.append((task, asked)))

    def work_off(self) -> None:
        """Be the worker, until nothing is left."""
        while self._waiting:
            task, asked = self._waiting.popleft()
            task.apply(*asked)


@pytest.fixture
def handler(owner: Api, system_setting: Callable[..., None]) -> User:
    """A handler of a page of cases, and one more."""
    system_setting(**FREE)
    for number in range(PAGE + 1):
        debtor = {"company_email": f"debtor{number}@example.com", "company_siren": None, "company_type": "particular"}
        case_id(owner, debtor=debtor, customer=CREDITOR)
    person = staff_create(email="camille@example.com", first_name="Camille", last_name="Renard", role=HANDLER)[0]
    Recovery.objects.update(user=person)
    return person


def test_fifty_debtors_are_reminded_and_the_list_is_as_it_was(
    desk: Callable[..., Desk], handler: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, window = Queue(monkeypatch), desk(handler)
    left = f"{page_of(Recovery, 'changelist')}?handler=me&o=2&p=1"
    window.go(left)
    window.clicks = 0
    window.click("#action-toggle")
    window.fill(action="review-relance_1")
    window.press("#changelist-form button[name=index]")
    assert f"0 sur {PAGE}" in window.text()  # Nobody waits for the letters to be drawn.
    sending = window.url
    window.go("/admin/queue/")  # "You may leave this page."
    queue.work_off()
    window.go(sending)
    assert f"{PAGE} peuvent partir maintenant" in window.text()
    window.press("button[name=send]")
    assert f"0 sur {PAGE}" in window.text()
    assert not mail.outbox
    window.go("/admin/queue/")
    queue.work_off()
    window.go(sending)
    assert f"{PAGE} en route" in window.text()
    assert window.look() == []
    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == PAGE
    assert Message.objects.filter(kind="relance_1", state="sent").count() == PAGE
    assert Mailing.objects.get().state == "done"
    assert window.clicks == 3
    window.press('a:has-text("Retour à la liste")')
    assert window.url == window.server + left
    assert window.count("#result_list tbody tr") == PAGE
    assert window.text("#result_list").count("Relance 1") == PAGE
