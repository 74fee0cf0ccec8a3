"""Acts in place: what is wrong stands beside its field, and no typed text is lost."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from accounts.models import User
from documents.models import Document
from documents.tests.samples import image
from legalcity.lib.clock import today
from recoveries.models import Comment, Recovery
from tests.backoffice import page_of
from tests.browser.conftest import session_of
from tests.browser.desk import NARROW, Desk
from tests.browser.test_clicks import Seat, cases, handler, seated  # noqa: F401 - fixtures
from tests.factories import Api, ApiUserFactory

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.long,
    pytest.mark.same_everywhere,
]
CALL = 'a[href*="/action/call-note/"]'
SEND = ".lc-place .lc-buttons button"
# Notes when it was answered which debtors are known.
NOTE = """() => {
    const ask = window.fetch;
    window.fetch = async (url, ...rest) => {
        const answer = await ask(url, ...rest);
        document.body.classList.toggle("answered", String(url).endsWith("known=remparts"));
        return answer;
    };
}"""
# Loses the first answer to what is sent.
LOSE = """() => {
    const ask = window.fetch;
    window.fetch = async (url, options = {}) => {
        const answer = await ask(url, options);
        if (options.method === "POST" && document.body.classList.toggle("lost")) throw new TypeError("lost");
        return answer;
    };
}"""
TEXT = "Il paie vendredi"


def _typed(window: Desk) -> str:
    return str(window.run("document.querySelector('.lc-place [name=text]').value"))


def test_what_is_wrong_stands_beside_its_field(desk: Seat, handler: User, cases: list[Recovery]) -> None:  # noqa: F811
    window = seated(desk, handler, cases[0])
    window.open_in_place(CALL)
    window.fill(text=TEXT, call_back_on=(today() - timedelta(1)).isoformat())
    window.click(SEND)
    window.wait(".lc-place .lc-field.errors .errorlist")
    assert _typed(window) == TEXT
    assert not Comment.objects.exists()
    assert window.look() == []
    window.resize(NARROW)
    assert window.look() == []
    window.fill(call_back_on="")
    window.save_in_place()
    assert TEXT in Comment.objects.get().text


def test_who_works_by_the_keyboard_stays_at_the_act(desk: Seat, handler: User, cases: list[Recovery]) -> None:  # noqa: F811
    """The page is shown anew after an act; whoever was at its button is there again, else at the page's own part."""
    Recovery.objects.filter(pk=cases[0].pk).update(user=None)
    window = seated(desk, handler, cases[0])
    window.open_in_place(CALL)
    window.fill(text=TEXT)
    window.save_in_place(SEND)
    focused = "document.activeElement.matches('{}')"
    assert window.run(focused.format(CALL.replace("'", '"')))
    window.save_in_place('form[action*="/action/take/"] button')
    assert window.run(focused.format("#content-start"))
    window.keys("Tab")
    assert window.run("document.getElementById('content-start').contains(document.activeElement)")


def test_a_lost_session_loses_no_text(desk: Seat, handler: User, cases: list[Recovery]) -> None:  # noqa: F811
    window = seated(desk, handler, cases[0])
    window.open_in_place(CALL)
    window.type(TEXT)
    Session.objects.all().delete()
    window.click(SEND)
    window.wait(".lc-place-note")
    assert _typed(window) == TEXT
    assert not Comment.objects.exists()
    window.sit_again(session_of(handler))
    window.go(page_of(Recovery, "change", cases[0].pk))
    window.open_in_place(CALL)
    assert _typed(window) == TEXT
    window.save_in_place()
    window.open_in_place(CALL)
    assert _typed(window) == ""  # It was carried out.


def test_a_case_that_a_colleague_took_in_between_is_told(desk: Seat, handler: User, cases: list[Recovery]) -> None:  # noqa: F811
    window = seated(desk, handler, cases[0])
    window.open_in_place(CALL)
    window.type(TEXT)
    Recovery.objects.filter(pk=cases[0].pk).update(user=ApiUserFactory(is_staff=True))
    window.press(SEND)
    assert window.url.endswith(page_of(Recovery, "changelist"))
    window.wait(".messagelist .warning, .messagelist .error")
    assert TEXT in str(window.run("JSON.stringify(localStorage)"))


def test_the_logout_forgets_what_was_begun(desk: Seat, handler: User, cases: list[Recovery]) -> None:  # noqa: F811
    window = seated(desk, handler, cases[0])
    window.open_in_place(CALL)
    window.type(TEXT)
    assert TEXT in str(window.run("JSON.stringify(localStorage)"))
    window.press("#logout-form button")
    assert TEXT not in str(window.run("JSON.stringify(localStorage)"))


def test_files_are_dropped_and_each_has_its_own_result(
    desk: Seat,
    handler: User,  # noqa: F811
    cases: list[Recovery],  # noqa: F811
    tmp_path: Path,
) -> None:
    good, bad = tmp_path / "facture-12.png", tmp_path / "notes.txt"
    good.write_bytes(image("PNG"))
    bad.write_text("plain words")
    window = seated(desk, handler, cases[0])
    window.run("delete Crypto.prototype.randomUUID")  # As where it is served without TLS.
    window.choose_files(".lc-files input[type=file]", good, bad)
    window.wait(".lc-files [data-send]:not([hidden])")
    assert window.look() == []
    window.click(".lc-files [data-send]")
    window.wait(".lc-files li:nth-child(1) .lc-badge-good")
    window.wait(".lc-files li:nth-child(2) .lc-badge-bad")
    document = Document.objects.get()
    assert document.name == "facture-12.png"
    assert "facture-12.png" in window.text("#documents [data-list]")


def test_a_file_whose_answer_was_lost_is_stored_once(
    desk: Seat,
    handler: User,  # noqa: F811
    cases: list[Recovery],  # noqa: F811
    tmp_path: Path,
) -> None:
    scan = tmp_path / "facture-13.png"
    scan.write_bytes(image("PNG"))
    window = seated(desk, handler, cases[0])
    window.run(f"({LOSE})()")
    window.choose_files(".lc-files input[type=file]", scan)
    window.wait(".lc-files [data-send]:not([hidden])")
    window.click(".lc-files [data-send]")
    window.wait("body.lost .lc-files [data-send]:not([disabled])")
    assert Document.objects.count() == 1
    window.click(".lc-files [data-send]")
    window.wait(".lc-files li .lc-badge-wait")
    assert Document.objects.get().name == "facture-13.png"
    assert "facture-13.png" in window.text("#documents [data-list]")


@pytest.mark.usefixtures("cases")
def test_a_lost_session_puts_no_login_into_a_form(desk: Seat, owner: Api, handler: User) -> None:  # noqa: F811
    window = desk(handler)
    assert owner.user is not None
    window.go(f"{reverse('case-open')}?client={owner.user.pk}")
    window.run(f"({NOTE})()")
    Session.objects.all().delete()
    window.write("known", "remparts")
    window.wait("body.answered")
    window.run("fetch(location.href).then((answer) => answer.text())")  # Read after it: what it led to is done.
    assert window.count("#known-debtors *") == 0
    assert window.count("input[type=password]") == 0
