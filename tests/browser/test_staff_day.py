"""A day of a case handler, from the login to the court, as the browser shows it."""

from base64 import b32decode
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django_otp.oath import totp
from PIL import Image, ImageDraw

from accounts.models import User
from backoffice.people import staff_create
from backoffice.roles import HANDLER, MANAGER
from documents.models import Document
from law.vocabulary import Step
from recoveries.models import Acompte, Comment, Recovery
from tests.browser.desk import NARROW, WIDE, Desk
from tests.factories import Api, file_case

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.long,
    pytest.mark.same_everywhere,
]

Seat = Callable[..., Desk]
Person = tuple[User, str]
QUESTION = "Avez-vous reçu une réponse de notre client ?"


@pytest.fixture
def portfolio(transactional_db: None) -> None:
    """Cases of other clients, so that lists and figures are not empty."""
    call_command("seed_demo", cases=40, verbosity=0)


@pytest.fixture
def handler(portfolio: None) -> Person:
    """A new case handler with a password."""
    return staff_create(email="camille.renard@example.com", first_name="Camille", last_name="Renard", role=HANDLER)


@pytest.fixture
def case(portfolio: None, owner: Api) -> Recovery:
    """A client's case that nobody handles, with a question of the client."""
    filed = file_case(
        owner,
        recovery={"recovery_service_object": "Pose de menuiseries", "assign_to_me": False},
        customer={"company_name": "Menuiserie Vautrin", "company_siren": "552100554"},
        debtor={"company_name": "Hôtel des Remparts", "company_siren": "732829320"},
        invoices=[{"invoice_number": "FA-2025-00731", "invoice_amount": "4860.00"}],
    )
    case = Recovery.objects.get(pk=filed["recovery"]["id"])
    owner.data("POST", f"/api/recoveries/{case.pk}/comments", {"comment": f"<p>{QUESTION}</p>"})
    return case


def _scan() -> Image.Image:
    """A sheet of paper, as a scanner sees it."""
    sheet = Image.new("RGB", (620, 420), "white")
    lines = (
        "BON DE COMMANDE 2025-117",
        "Menuiserie Vautrin",
        "12 portes, pose comprise : 4 860,00 EUR",
        "Bon pour accord",
    )
    for number, line in enumerate(lines):
        ImageDraw.Draw(sheet).text((40, 40 + 60 * number), line, fill="black", font_size=24)
    return sheet


def _log_in(desk: Desk, person: Person) -> None:
    user, password = person
    desk.go("/admin/")
    desk.fill(username=user.email, password=password)
    desk.press("#login-form [type=submit]")


def _enrol(desk: Desk) -> bytes:
    """Type the secret into an authenticator application, prove that it works, keep the backup codes."""
    assert "/second-factor/setup/" in desk.url
    desk.click("details summary")
    secret = b32decode(desk.text(".secret code").replace(" ", ""))
    desk.click("details summary")
    desk.fill(code=f"{totp(secret):06}")
    desk.picture("second-factor-setup")
    desk.press("#content form:has([name=code]) [type=submit]")
    assert desk.count(".codes li") == 10
    desk.press("#content a.button")
    return secret


def _come_back(desk: Desk, person: Person, secret: bytes) -> None:
    """Log out and in again, this time with a code."""
    desk.press("#logout-form button")
    _log_in(desk, person)
    assert "/second-factor/" in desk.url
    desk.go("/admin/recoveries/recovery/")
    assert "/second-factor/" in desk.url  # The password alone opens nothing.
    desk.fill(code=f"{totp(secret, drift=1):06}")  # The one before was used.
    desk.press("#content form:has([name=code]) [type=submit]")


def _find(desk: Desk, case: Recovery) -> None:
    """From the home page to the list, from there by search to the case."""
    desk.go("/admin/")
    desk.press('.lc-counters a[href*="work=unassigned"], .lc-counters a[href*="unassigned"]')
    desk.go("/admin/recoveries/recovery/")
    desk.fill(q="remparts")
    desk.press(".lc-search button")
    desk.press(f'#result_list a:has-text("{case.recovery_reference}")')


def test_a_day_of_a_case_handler(
    desk: Seat, handler: Person, case: Recovery, tmp_path: Path, system_setting: Callable[..., None]
) -> None:
    system_setting(STAFF_SECOND_FACTOR_REQUIRED=True)
    user, window = handler[0], desk()

    _log_in(window, handler)
    secret = _enrol(window)
    _come_back(window, handler, secret)

    _find(window, case)
    window.act("assign", "case-assign")
    assert Recovery.objects.get(pk=case.pk).user == user

    assert QUESTION in window.text()
    window.act("answer-client", "case-comment", text="Nous avons appelé le débiteur ce matin : il promet un virement.")
    answer = Comment.objects.get(recovery=case, user=user)
    assert answer.visible_to_user
    assert not Comment.objects.filter(recovery=case, is_read=False).exclude(pk=answer.pk).exists()
    assert answer.text in window.text()

    scan = tmp_path / "bon-de-commande.png"
    _scan().save(scan)
    window.act("upload-document", "case-upload", file=scan, title="Bon de commande signé")
    assert Document.objects.get(recovery=case).state == Document.State.READY
    window.press('#documents a:has-text("Bon de commande signé")')
    window.picture("case-document")
    window.go(f"/admin/recoveries/recovery/{case.pk}/change/")

    window.act("record-payment", "case-payment", amount="860.00", method="Virement", reference="VIR 31-7")
    assert Acompte.objects.get(recovery=case).amount == 860
    assert "4 000,00" in window.text("#invoices")

    window.act("move-status", "case-move", to_status="2", reason="Première relance envoyée.")
    assert Recovery.objects.get(pk=case.pk).status_id == 2
    window.picture("case")
    window.resize(NARROW)
    window.picture("case-telephone")
    window.resize(WIDE)

    window.act("transfer", "case-transfer")
    injunction = Recovery.objects.get(transferred_from=case)
    assert Recovery.objects.get(pk=case.pk).status_id == Step.TRANSFERRED
    window.press(f'.lc-case-head a:has-text("{injunction.recovery_reference}")')
    window.picture("case-injunction")

    window.go("/admin/")
    assert injunction.recovery_reference in window.text()
    assert window.look() == []


def test_a_case_handler_does_not_open_the_pages_of_a_manager(desk: Seat, handler: Person, case: Recovery) -> None:
    colleague, _password = staff_create(email="jean@example.com", first_name="Jean", last_name="Roux", role=MANAGER)
    Recovery.objects.filter(pk=case.pk).update(user=colleague)
    window = desk(handler[0], NARROW)
    for page in (
        "portfolio/",
        "constance/config/",
        "accounts/auditevent/",
        "accounts/apikey/",
        "recoveries/recovery/import/",
    ):
        assert window.go(f"/admin/{page}") == 403, page
    window.go("/admin/")
    assert window.count('a[href="/admin/portfolio/"], a[href*="auditevent"], a[href*="constance"]') == 0
    window.go(f"/admin/recoveries/recovery/{case.pk}/change/")
    assert window.url.endswith("/admin/recoveries/recovery/")  # Not told from one that is not there.
    assert case.recovery_reference not in window.text()
    assert [fault for fault in window.close() if "403" not in fault] == []


def test_the_window_sees_what_goes_wrong(desk: Seat) -> None:
    window = desk()
    window.go("/admin/login/")
    window.run("document.body.insertAdjacentHTML('beforeend', '<img src=https://elsewhere.example/x.png width=2000>')")
    window.run("document.body.insertAdjacentHTML('beforeend', '<input><img width=2000>')")
    assert {fault.partition(":")[0] for fault in window.look()} == {"2000 px wide", "no alt", "no label"}
    window.run("setTimeout(() => nowhere()); fetch('/static/nothing.css').then(() => 0)")
    faults = window.close()
    for sign in ("CSP: img-src", "404 GET", "script: nowhere is not defined"):
        assert any(sign in fault for fault in faults), faults
