"""The editor of letters: who writes, what is previewed, what a preview may do, what is published."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import User
from recoveries.desk.tests.pages import case_of
from recoveries.letters.wording.models import Template, TemplateVersion
from recoveries.letters.wording.services import draft_begin, draft_save
from tests.backoffice import act, browser_of, chief, page_of
from tests.factories import Api
from tests.letters import FREE

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db: None) -> Client:
    return browser_of(chief())


def draft_of(code: str = "relance_1", channel: str = "email", **words: Any) -> TemplateVersion:
    template = Template.objects.get(code=code, channel=channel, language="fr")
    draft = draft_begin(template_id=template.pk, by=None)
    kept = {name: getattr(draft, name) for name in ("subject", "text", "html", "required")}
    return draft_save(version_id=draft.pk, by=None, **{**kept, **words})


def preview(office: Client, version: TemplateVersion, name: str, form: str, **asked: str) -> Any:
    return office.get(page_of(TemplateVersion, "preview", version.pk, name, form), asked)


def test_a_draft_is_written_previewed_and_published(office: Client) -> None:
    template = Template.objects.get(code="cloture", channel="email", language="fr")
    assert act(office, template, "begin-draft", like="").status_code == 302
    draft = template.versions.get(state="draft")
    page = page_of(TemplateVersion, "change", draft.pk)
    words = {"subject": "Clôture {{ case.reference }}", "text": "Le dossier est clos.", "html": "", "required": ["law"]}
    assert office.post(page, words).status_code == 302
    draft.refresh_from_db()
    assert (draft.text, draft.required, draft.author.email) == ("Le dossier est clos.", ["law"], "chief@example.com")
    shown = office.get(page).content.decode()
    for said in ("decompte.total", "500 invoices", "may leave", "What differs from the version before", "<iframe"):
        assert said in shown, said
    assert act(office, draft, "publish-version").status_code == 302
    draft.refresh_from_db()
    assert draft.state == "published"
    assert office.post(page, {**words, "text": "Autre"}).status_code == 403
    assert "v2" in office.get(page_of(Template, "changelist")).content.decode()


def test_what_cannot_leave_is_told_and_not_published(office: Client) -> None:
    draft = draft_of(text="{{ nobody }}")
    shown = office.get(page_of(TemplateVersion, "change", draft.pk)).content.decode()
    assert "may not leave" in shown
    assert "Line 1 (“{{ nobody }}”): There is no such variable" in shown
    answer = act(office, draft, "publish-version")
    assert answer.status_code == 200
    assert "These words cannot be published." in answer.content.decode()


@pytest.mark.parametrize("name", ["usual", "many", "no_address", "letters", "abroad", "no_interest", "first"])
def test_previews_run_and_load_nothing(office: Client, name: str) -> None:
    draft = draft_of()
    for form, mime in (("text", "text/plain"), ("html", "text/html")):
        answer = preview(office, draft, name, form)
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith(mime)
        assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_a_letter_is_previewed_as_paper(office: Client) -> None:
    answer = preview(office, draft_of("mise_en_demeure", "registered"), "letters", "pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_a_version_is_tried_on_a_case_within_reach(office: Client, owner: Api, system_setting: Any) -> None:
    system_setting(**FREE)
    case, draft = case_of(owner), draft_of()
    answer = preview(office, draft, "case", "text", case=case.recovery_reference)
    assert case.recovery_reference in answer.content.decode()
    page = page_of(TemplateVersion, "change", draft.pk)
    assert "There is no such case." not in office.get(page, {"case": case.recovery_reference}).content.decode()
    for wrong in ("REC-NOBODY", "a\x00b"):
        assert preview(office, draft, "case", "text", case=wrong).status_code == 404
        assert office.get(page, {"case": wrong, "show": "x", "as": "x"}).status_code == 200


@pytest.mark.parametrize(("name", "form"), [("nobody", "text"), ("usual", "exe"), ("usual", "pdf")])
def test_there_are_no_other_previews(office: Client, name: str, form: str) -> None:
    assert preview(office, draft_of(), name, form).status_code == 404


def test_only_managers_write() -> None:
    draft, handler = draft_of(), User.objects.create_user("handler@example.com", is_staff=True, language="en")
    handler.groups.add(Group.objects.get(name="handler"))
    desk = browser_of(handler)
    page = page_of(TemplateVersion, "change", draft.pk)
    assert desk.get(page).status_code == 200
    assert desk.post(page, {"subject": "x", "text": "x"}).status_code == 403
    assert act(desk, draft, "publish-version").status_code == 403
