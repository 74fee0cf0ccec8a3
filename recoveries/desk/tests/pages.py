"""What tests of the case page share: staff by role, a case and its page."""

import html
import re
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import AuditEvent, User
from documents.models import Document, StoredFile
from recoveries.models import Recovery
from tests.backoffice import act, browser_of, page_of
from tests.factories import Api, ApiUserFactory, case_id


def person(role: str, **fields: Any) -> User:
    """A member of staff with a role."""
    user = ApiUserFactory(is_staff=True, language="en", **fields)
    user.groups.add(Group.objects.get(name=role))
    return user


def case_of(owner: Api, **parts: Any) -> Recovery:
    """A complete case that nobody handles yet."""
    case = Recovery.objects.get(pk=case_id(owner, **{"recovery": {"assign_to_me": False}, **parts}))
    assert case.user_id is None
    return case


def opened(browser: Client, case: Recovery, query: str = "") -> str:
    """The page of a case as text, with markup."""
    answer = browser.get(page_of(Recovery, "change", case.pk) + query)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def words(page: str) -> str:
    """What a page says, without markup; white space of any kind is one space."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def ready_document(case: Recovery, *, mime: str = "application/pdf", name: str = "Bill.pdf", **fields: Any) -> Document:
    """A document that was scanned; its bytes are not stored."""
    key = f"{case.pk:02x}/00/{StoredFile.objects.count():032x}"
    file = StoredFile.objects.create(key=key, filename=name, mime=mime, size=4, sha256="0" * 64)
    values = {"name": name, "state": "ready", "scan": "clean", "file": file, **fields}
    return Document.objects.create(recovery=case, **values)


def office_of(role: str, **fields: Any) -> Client:
    """The browser of a member of staff with a role."""
    return browser_of(person(role, **fields))


def act_page(browser: Client, case: Recovery, name: str, query: str = "") -> Any:
    """The page that asks for an act."""
    answer = browser.get(page_of(Recovery, "action", case.pk, name) + query)
    assert answer.status_code == 200
    return answer


def assert_refused(answer: Any, sentence: str) -> None:
    """The form came back with a sentence."""
    assert answer.status_code == 200
    assert sentence in words(answer.content.decode())


def event_of(case: Recovery, name: str) -> AuditEvent:
    """What the audit says of an act on a case."""
    return AuditEvent.objects.get(action=name, object_type="recoveries.recovery", object_id=str(case.pk))


def followed(browser: Client, case: Recovery, name: str, **data: Any) -> str:
    """Carry an act out; the page that follows, as text with markup."""
    answer = act(browser, case, name, **data)
    assert answer.status_code == 302
    return browser.get(answer["Location"]).content.decode()
