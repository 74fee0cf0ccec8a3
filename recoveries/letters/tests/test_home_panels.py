"""What the home page shows of messages that a person has to do something about."""

import pytest
from django.test import Client

from recoveries.desk.tests.pages import case_of, office_of, person
from recoveries.models import Message, Recovery
from tests.factories import Api

pytestmark = pytest.mark.django_db


def message(case: Recovery, state: str) -> Message:
    return Message.objects.create(recovery=case, kind="relance_1", recipient="debtor@example.com", state=state)


def counts(browser: Client) -> dict[str, int]:
    return {str(panel.title): panel.count for panel in browser.get("/admin/").context["panels"]}


def test_what_came_back_is_shown_until_something_has_reached_the_debtor(owner: Api) -> None:
    first, second = case_of(owner), case_of(owner)
    for state in ("bounced", "sent", "to_post"):
        message(first, state)
    message(second, "returned")
    browser = office_of("handler")
    shown = counts(browser)
    assert (shown["Messages that came back"], shown["Letters to post"]) == (1, 1)
    panels = {str(panel.title): panel for panel in browser.get("/admin/").context["panels"]}
    assert panels["Messages that came back"].rows[0].note == "debtor@example.com"
    for title in ("Messages that came back", "Letters to post"):
        assert browser.get(panels[title].url).status_code == 200


def test_the_messages_of_another_handler_are_not_shown(owner: Api) -> None:
    theirs, nobodys = case_of(owner), case_of(owner)
    Recovery.objects.filter(pk=theirs.pk).update(user=person("handler"))
    Recovery.objects.filter(pk=nobodys.pk).update(user=owner.user)  # filed by the client, handled by nobody
    for case in (theirs, nobodys):
        message(case, "to_post")
    assert counts(office_of("handler"))["Letters to post"] == 1
    assert counts(office_of("manager"))["Letters to post"] == 2
