"""VAT of the firm's services by where its client is, from the bill to the paper and the XML inside."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from pytest_django import Settings

from accounts.models import User
from invoicing.billing.facturx import facturx_of, xml_of
from invoicing.billing.paper import paper_of
from invoicing.billing.services.charges import ChargeLine, lines_bill
from invoicing.billing.services.clients import client_of
from invoicing.billing.services.issuing import invoice_credit
from invoicing.billing.taxes import OUTLAY
from invoicing.models import BillingAddress, BillingClient, FirmInvoice, Tax, VatRule
from invoicing.tests.billing.papers import client_user, draft, issued, item, reread, tax
from invoicing.tests.billing.test_paper import text, violations
from legalcity.lib.errors import Invalid
from tests.backoffice import browser_of, chief, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("firm")]
D = Decimal
LINES = [
    ChargeLine("handling-fee", "Préparation de la requête", "100.00"),
    ChargeLine("court-fee", "Frais de greffe avancés", "33.47", tax=OUTLAY),
]


def client_in(country: str, *, postal: str = "", number: str = "", is_person: bool = False) -> User:
    """A user whose client has that billing address."""
    user = client_user(entreprise="" if is_person else "Acme & Fils SARL", first_name="Ana", last_name="Lopes")
    client = client_of(user)
    client.billing_address = BillingAddress.objects.create(
        line1="1 quai", postal_code=postal, city="Ville", country=country
    )
    client.vat_number = number
    client.save()
    return user


def billed(user: User) -> FirmInvoice:
    return reread(lines_bill(user=user, by=None, entity_type="recovery", entity_id="1", lines=LINES))


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("where", "vat"),
    [
        ({"country": "FR", "postal": "69001"}, "20.00"),
        ({"country": "MC", "postal": "98000"}, "20.00"),
        ({"country": "RE"}, "8.50"),
        ({"country": "FR", "postal": "97400"}, "8.50"),
        ({"country": "FR", "postal": "97110"}, "8.50"),
        ({"country": "FR", "postal": "972 00"}, "8.50"),
        ({"country": "FR", "postal": "97300"}, "0.00"),
        ({"country": "YT", "postal": "97600"}, "0.00"),
        ({"country": "FR", "postal": "97133"}, "0.00"),
        ({"country": "FR", "postal": "97150"}, "0.00"),
        ({"country": "NC", "postal": "98800"}, "0.00"),
        ({"country": "US"}, "0.00"),
        ({"country": "CH", "number": "CHE123456789"}, "0.00"),
        ({"country": "DE", "number": "DE136695976"}, "0.00"),
        ({"country": "DE", "number": ""}, "20.00"),
        ({"country": "DE", "number": "DE000000000"}, "20.00"),
        ({"country": "DE", "number": "FR44732829320"}, "20.00"),
        ({"country": "DE", "number": "DE136695976", "is_person": True}, "20.00"),
        ({"country": "US", "is_person": True}, "20.00"),
        ({"country": "RE", "is_person": True}, "8.50"),
        ({"country": "fr", "postal": "69001"}, "20.00"),
    ],
)
def test_a_client_is_billed_the_vat_of_its_place(where: dict[str, Any], vat: str) -> None:
    paper = billed(client_in(**where))
    assert (paper.total_net, paper.total_vat) == (D("133.47"), D(vat))


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("where", "categories", "mention"),
    [
        ({"country": "FR", "postal": "97400"}, {"S", "E"}, ""),
        ({"country": "FR", "postal": "97300"}, {"O"}, "TVA non applicable : article 294, 1 du CGI"),
        ({"country": "CA"}, {"O"}, "TVA non applicable : article 259, 1° du CGI"),
        ({"country": "DE", "number": "DE136695976"}, {"AE", "E"}, "Autoliquidation"),
    ],
)
def test_paper_and_xml_say_why(where: dict[str, Any], categories: set[str], mention: str) -> None:
    paper = paper_of(billed(client_in(**where)))
    xml = xml_of(paper)
    assert violations(xml) == []
    assert {vat.category for vat in paper.totals.vats} == categories
    said = text(facturx_of(paper))
    assert mention in said
    assert "N° TVA FR44732829320" in said
    assert "article 267, II, 2° du CGI" in said
    assert (b"VATEX-EU-O" in xml) == ("O" in categories)


def test_a_client_whose_country_is_none_is_billed_once_it_is_right() -> None:
    user = client_in("ZZ")
    with pytest.raises(Invalid) as refused:
        billed(user)
    assert "country" in refused.value.errors
    BillingAddress.objects.update(country="FR")
    assert billed(user).total_vat == D("20.00")


def test_staff_correct_a_rate_and_the_next_invoice_has_it() -> None:
    office = browser_of(chief())
    rule = VatRule.objects.get(place="RE", client="business")
    form = {"place": "re", "client": "business", "tax": tax("vat-10").pk, "source": "Loi", "is_confirmed": "on"}
    before = billed(client_in("RE"))
    assert office.post(page_of(VatRule, "change", rule.pk), form).status_code == 302
    assert office.get(page_of(VatRule, "change", rule.pk)).context["versions"]
    paper = reread(
        lines_bill(
            user=User.objects.get(email="client@example.com"), by=None, entity_type="x", entity_id="2", lines=LINES
        )
    )
    assert (reread(before).total_vat, paper.total_vat) == (D("8.50"), D("10.00"))


def test_a_rule_is_for_a_place_that_there_is() -> None:
    form = {"place": "QQ", "client": "business", "tax": tax().pk, "source": "Loi"}
    answer = browser_of(chief()).post(page_of(VatRule, "add"), form)
    assert "place" in answer.context["adminform"].form.errors


def test_staff_see_the_vat_of_a_client_and_what_is_still_to_be_confirmed() -> None:
    office = browser_of(chief())
    for where, told in (("RE", "TVA 8,5 % (CGI, article 296, 1°)"), ("US", "259, 1°), to be confirmed"), ("ZZ", "-")):
        user = client_in(where) if where == "RE" else User.objects.get(email="client@example.com")
        client = client_of(user)
        BillingAddress.objects.update(country=where)
        page = office.get(page_of(BillingClient, "change", client.pk))
        assert page.status_code == 200
        assert told in page.content.decode().replace("&nbsp;", " ")


def test_an_address_is_in_a_country_that_there_is() -> None:
    office = browser_of(chief())
    answer = office.post(page_of(BillingAddress, "add"), {"line1": "x", "country": "ZZ"})
    assert "country" in answer.context["adminform"].form.errors
    assert office.post(page_of(BillingAddress, "add"), {"line1": "x", "country": "re"}).status_code == 302
    assert BillingAddress.objects.get(line1="x").country == "RE"


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    "where", [{"country": "FR", "number": ""}, {"country": "FR", "number": "FR44732829320"}, {"country": "DE"}]
)
def test_reverse_charge_needs_a_business_of_another_state_with_its_number(where: dict[str, Any]) -> None:
    client = client_of(client_in(**where))
    with pytest.raises(Invalid) as refused:
        issued(client, item("100", 1, tax("reverse-charge")))
    assert "VAT number" in str(refused.value.errors["taxes"][0])


def test_what_is_not_subject_stands_alone() -> None:
    client = client_of(client_in("US"))
    with pytest.raises(Invalid) as refused:
        issued(client, item("100", 1, tax("not-subject-259")), item("30", 1, tax("outlay")))
    assert set(refused.value.errors) == {"taxes"}
    assert issued(client, item("100", 1, tax("not-subject-259"))).total_vat == 0


def test_a_credit_note_takes_back_a_reverse_charge_whatever_became_of_the_client() -> None:
    paper = issued(client_of(client_in("DE", number="DE136695976")), item("100", 1, tax("reverse-charge")))
    BillingClient.objects.update(vat_number="")
    assert invoice_credit(invoice_id=paper.pk, by=None, reason="Erreur").total == D("100.00")


def test_staff_are_told_before_they_issue_another_vat_than_that_of_the_place() -> None:
    office = browser_of(chief())
    client = client_of(client_in("RE"))
    for rate, is_told in (("vat-20", True), ("vat-8-5", False)):
        waiting = draft(client, item("100", 1, tax(rate)))
        page = office.get(page_of(FirmInvoice, "action", waiting.pk, "issue"))
        assert page.status_code == 200
        assert ("CGI, article 296" in page.content.decode()) == is_told


def test_a_tax_never_changes(db: None) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Tax.objects.filter(code="not-subject-259").update(percent=D(0), name="Other")


# The firm's legal form


@pytest.mark.same_everywhere
@pytest.mark.parametrize("form", ["SELARL", "S.E.L.A.R.L.", "sas", "SARL unipersonnelle", "Société Anonyme"])
def test_a_company_with_a_capital_issues_nothing_without_its_capital_and_register(
    form: str, settings: Settings, system_setting: Callable[..., None]
) -> None:
    settings.FIRM_DETAILS_REQUIRED = True
    system_setting(FIRM_LEGAL_FORM=form, FIRM_CAPITAL="", FIRM_RCS=" ")
    with pytest.raises(Invalid) as refused:
        issued()
    [sentence] = refused.value.errors["seller"]
    assert "FIRM_CAPITAL" in sentence
    assert "FIRM_RCS" in sentence
    system_setting(FIRM_CAPITAL="10 000 EUR", FIRM_RCS="Paris")
    assert "au capital de 10 000 EUR" in text(facturx_of(paper_of(issued())))


@pytest.mark.same_everywhere
@pytest.mark.parametrize("form", ["Entrepreneur individuel", "SCP", "Association"])
def test_others_need_neither(form: str, settings: Settings, system_setting: Callable[..., None]) -> None:
    settings.FIRM_DETAILS_REQUIRED = True
    system_setting(FIRM_LEGAL_FORM=form, FIRM_CAPITAL="", FIRM_RCS="")
    assert issued().reference


def test_which_forms_have_a_capital_is_a_setting(settings: Settings, system_setting: Callable[..., None]) -> None:
    settings.FIRM_DETAILS_REQUIRED = True
    system_setting(FIRM_LEGAL_FORM="SCI", FIRM_CAPITAL="", FORMS_WITH_CAPITAL="SCI")
    with pytest.raises(Invalid):
        issued()
