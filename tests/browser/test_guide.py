"""The pictures of docs/staff.md; here those that the day of a case handler does not show."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import models
from django.urls import reverse

from accounts.models import AuditEvent, User
from invoicing.models import FirmInvoice
from legalcity.lib.clock import now, today
from legalcity.lib.dates import add_months
from legalcity.lib.errors import DomainError
from recoveries.intake.pipeline import case_import_process
from recoveries.intake.services import case_import_take
from recoveries.letters.bulk.services import mailing_ask
from recoveries.letters.services import message_send
from recoveries.models import Injunction, Message, Recovery, Rehearsal, ScenarioVersion, TemplateVersion
from scoring.models import ScoringOrder, TokenAccount
from tests.backoffice import page_of
from tests.browser.desk import NARROW, PICTURES, WIDE, WITH_PICTURES, Desk

LATEST = {"template__language": "fr", "template__owner": None, "state": "published"}
GUIDE = PICTURES.parent / "staff.md"


def _mailing(office: User) -> int:
    """A bulk sending of everything, reviewed."""
    ids = list(Recovery.objects.filter(type=Recovery.Type.AMICABLE).values_list("pk", flat=True))
    values = {"kind": "relance_1", "channel": "email", "moves_case": False}
    return mailing_ask(case_ids=ids, by=office, token="guide", **values).pk


def _own_file(office: User, client: User | None) -> int:
    """A file of a client, whose columns are to be matched."""
    assert client is not None
    rows = "N° client;Raison sociale;SIREN;Prénom;Nom;N° facture;Date;Échéance;Montant TTC;Commercial\n"
    rows += "C12;Hôtel du Lac;732829320;Paul;Durand;F-2026-12;05/01/2026;04/02/2026;1 234,56;AB\n"
    rows += "C12;Hôtel du Lac;732829320;Paul;Durand;F-2026-31;02/02/2026;04/03/2026;820,50;AB\n"
    taken = case_import_take(file=io.BytesIO(rows.encode()), name="export-compta.csv", owner=client, by=office)
    case_import_process(import_id=taken.pk, moment=now() + timedelta(minutes=2))
    return taken.pk


def _letters_wait() -> None:
    """Letters by post, of the cases of which one may leave."""
    for case in Recovery.objects.filter(type=Recovery.Type.AMICABLE).order_by("pk")[:20]:
        with suppress(DomainError):
            message_send(case_id=case.pk, kind=Message.Kind.REMINDER_2, channel="letter", to="", by=None)


def _of(thing: models.Model | None, name: str = "") -> str:
    """The page of a thing, or of an act on it."""
    assert thing is not None
    return page_of(type(thing), "action", thing.pk, name) if name else page_of(type(thing), "change", thing.pk)


def _pages(office: User) -> Iterator[tuple[str, str]]:
    cases = page_of(Recovery, "changelist")
    paid_in_part = Recovery.objects.filter(
        type=Recovery.Type.AMICABLE, status__is_closing=False, acomptes__isnull=False
    )
    case = paid_in_part.order_by("-recovery_interest_rate", "pk").first()  # One that bears interest, if there is one.
    client = User.objects.filter(has_api_access=True, is_staff=False).first()
    yield "home", reverse("admin:index")
    yield "cases", f"{cases}?o=-5"
    yield "new-case", f"{reverse('case-open')}?client={case.owner_id}&debtor={case.debtor_id}"
    yield "decompte", page_of(Recovery, "decompte", case.pk)
    yield "ledger", page_of(Recovery, "ledger", case.pk)
    yield "case-reminder", _of(case, "send-reminder")
    yield "mailing", reverse("mailing", args=[_mailing(office)])
    yield "template", _of(TemplateVersion.objects.get(template__code="relance_1", template__channel="letter", **LATEST))
    _letters_wait()
    yield "letters-to-post", reverse("letters-to-post")
    yield "tasks", f"{reverse('tasks')}?view=team"
    yield "scenario", _of(ScenarioVersion.objects.get(scenario__code="standard"))
    yield "rehearsal", _of(Rehearsal.objects.first())
    yield "procedure-dates", _of(Injunction.objects.select_related("recovery").get().recovery, "record-dates")
    yield "import", reverse("admin:recoveries_recovery_import")
    yield "import-matching", reverse("admin:recoveries_recovery_import_check", args=[_own_file(office, client)])
    yield "portfolio", reverse("portfolio")
    yield "journal", f"{reverse('journal')}?kind=payment&first={add_months(today(), -12)}"
    yield "remittances", reverse("remittances-due")
    yield "user", _of(client)
    yield "tokens", _of(TokenAccount.objects.first(), "grant-tokens")
    yield "invoice", _of(FirmInvoice.objects.exclude(invoice_number=None).first())
    yield "scoring", _of(ScoringOrder.objects.first())
    yield "audit", page_of(AuditEvent, "changelist")
    yield "settings", reverse("admin:constance_config_changelist")
    yield "account", reverse("admin:account")


def test_the_guide_has_its_pictures_and_no_others() -> None:
    shown = set(re.findall(r"\(staff/([\w-]+\.png)\)", GUIDE.read_text()))
    assert shown == {picture.name for picture in PICTURES.iterdir()}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.skipif(not WITH_PICTURES, reason="makes the pictures of docs/staff.md: make screenshots")
def test_pictures(desk: Callable[..., Desk], office: User) -> None:
    window = desk(office)
    for name, address in _pages(office):
        window.resize(WIDE)
        assert window.go(address) == 200, address
        window.picture(name)
        if name == "home":
            window.resize(NARROW)
            window.picture(f"{name}-telephone")
