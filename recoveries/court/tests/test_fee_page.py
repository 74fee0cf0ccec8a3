"""The public page of a procedure's fee: what it says, what it keeps to itself, and who gets none."""

import re
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from invoicing.billing.services.charges import charge_bill
from invoicing.models import Charge
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.models import Injunction
from tests.factories import Api, detail

pytestmark = pytest.mark.same_everywhere

IBAN = "FR7630006000011234567890189"


class Outline(HTMLParser):
    """What a screen reader hears first: language, headings, scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.language, self.tags = "", []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)
        if tag == "html":
            self.language = dict(attrs)["lang"]


@pytest.fixture
def injunction(owner: Api) -> Injunction:
    """The procedure of a case that was just transferred."""
    return Injunction.objects.select_related("recovery__owner").get(recovery_id=transferred(owner, transferable(owner)))


def page_of(injunction: Injunction, client: Client | None = None) -> Any:
    return (client or Client()).get(f"/injonction/{injunction.key}")


def test_it_says_what_is_due_and_how_to_pay(injunction: Injunction, system_setting: Any) -> None:
    system_setting(FIRM_NAME="Cabinet Morvan", FIRM_IBAN=IBAN, FIRM_BIC="AGRIFRPP")
    page = page_of(injunction)
    text = page.content.decode()
    assert page.status_code == 200
    for said in ("À régler", injunction.recovery.recovery_reference, "Cabinet Morvan", "FR76 3000 6000", "AGRIFRPP"):
        assert said in text
    assert f"{injunction.fee:.2f} €".replace(".", ",") in text
    assert "<svg" in text


def test_without_bank_details_it_names_the_firm_and_draws_no_code(injunction: Injunction) -> None:
    text = page_of(injunction).content.decode()
    assert "coordonnées bancaires" in text
    assert "<svg" not in text


def test_a_paid_fee_is_told_and_asks_for_nothing(injunction: Injunction, system_setting: Any) -> None:
    system_setting(FIRM_IBAN=IBAN)
    Injunction.objects.filter(pk=injunction.pk).update(fee_paid_on=date(2026, 11, 20))
    text = page_of(injunction).content.decode()
    assert "Réglé le 20 novembre 2026" in text
    assert "FR76" not in text


def test_it_says_nothing_of_the_debt_and_the_parties(injunction: Injunction) -> None:
    text = page_of(injunction).content.decode()
    case = injunction.recovery
    secrets = (case.debtor_name, case.debtor_company, case.customer_company, f"{case.amount:.2f}", case.owner.email)
    assert not [secret for secret in secrets if secret in text]


def test_it_is_kept_by_nobody_and_runs_no_script(injunction: Injunction) -> None:
    page = page_of(injunction)
    assert "noindex" in page["X-Robots-Tag"]
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "no-referrer"
    assert "default-src 'self'" in page["Content-Security-Policy"]
    assert "unsafe" not in page["Content-Security-Policy"]
    assert "script" not in Outline(page.content.decode()).tags


def test_its_outline_can_be_heard(injunction: Injunction) -> None:
    outline = Outline(page_of(injunction).content.decode())
    assert outline.language == "fr"
    headings = [tag for tag in outline.tags if re.fullmatch(r"h\d", tag)]
    assert headings[0] == "h1"
    assert headings.count("h1") == 1
    assert set(headings) <= {"h1", "h2"}


@pytest.mark.parametrize("wrong", ["{key}x", "{short}", "INJAAAAAA" + "x" * 32, "é" * 41, "x" * 5000, "%00", "."])
def test_a_wrong_key_is_a_plain_404(injunction: Injunction, wrong: str) -> None:
    address = wrong.format(key=injunction.key, short=injunction.key[:-1])
    assert Client().get(f"/injonction/{address}").status_code == 404


def test_guessing_is_limited(injunction: Injunction, settings: Any, system_setting: Any) -> None:
    settings.RATE_LIMITS_ENABLED = True
    system_setting(ANONYMOUS_PER_MINUTE=3)
    client = Client()
    assert [client.get(f"/injonction/INJAAAAAA{n}").status_code for n in range(3)] == [404, 404, 404]
    refused = page_of(injunction, client)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) >= 1


def test_it_is_read_only(injunction: Injunction) -> None:
    assert Client().post(f"/injonction/{injunction.key}").status_code == 405


def test_page_api_and_invoice_ask_one_amount(owner: Api) -> None:
    case = transferable(owner)
    injunction = Injunction.objects.get(recovery_id=transferred(owner, case))
    assert injunction.handling_vat > 0
    [charge] = Charge.objects.filter(invoice_entity_id=str(injunction.recovery_id))
    assert charge_bill(charge_id=charge.pk).total == injunction.fee
    assert detail(owner, case)["injunction"]["fee"]["amount"] == f"{injunction.fee:.2f}"
    assert f"{injunction.fee:.2f} €".replace(".", ",") in page_of(injunction).content.decode()
