"""The page of the firm and that of the settings: what is missing and why, what a search finds, who changed what."""

import pytest
from constance import config
from django.contrib.auth.models import Group
from django.test import Client

from legalcity.lib.settings.live import live
from tests.backoffice import browser_of, chief
from tests.factories import ApiUserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

FIRM, SETTINGS, HOME = "/admin/constance/config/identity/", "/admin/constance/config/", "/admin/"


@pytest.fixture
def office() -> Client:
    return browser_of(chief(language="en"))


def of_role(role: str) -> Client:
    user = ApiUserFactory(is_staff=True, language="en")
    user.groups.add(Group.objects.get(name=role))
    return browser_of(user)


def unmet(office: Client) -> dict[str, str]:
    """What the page says is missing, with why."""
    missing = office.get(FIRM).context["missing"]
    return {name: " ".join(str(need.why) for need in needs) for name, _label, needs, _is_bank in missing}


def test_what_is_missing_is_told_with_what_it_holds_up(office: Client) -> None:
    missing = unmet(office)
    assert "No letter leaves" in missing["FIRM_ADDRESS"]
    assert "No invoice of the firm is issued" in missing["FIRM_ADDRESS"]
    assert "No demand leaves" in missing["FUNDS_IBAN"]
    assert "PRIVACY_NOTICE" not in missing
    config.FIRM_ADDRESS = "1 rue du Lac"
    config.PRIVACY_NOTICE = ""
    missing = unmet(office)
    assert "FIRM_ADDRESS" not in missing
    assert "first letter" in missing["PRIVACY_NOTICE"]


def test_the_home_page_leads_to_what_is_missing(office: Client) -> None:
    panel = next(panel for panel in office.get(HOME).context["panels"] if panel.url == FIRM)
    assert panel.count == len(unmet(office))
    assert panel.rows[0].url.startswith(f"{FIRM}#firm_")
    assert not any(panel.url == FIRM for panel in of_role("handler").get(HOME).context["panels"])


def test_details_are_entered_on_the_page_and_bank_details_are_not(office: Client) -> None:
    form = office.get(FIRM).context["form"]
    sent = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    sent |= {"FIRM_CITY": " Annecy ", "FIRM_POSTAL_CODE": "74000", "FUNDS_IBAN": "FR7630006000011234567890189"}
    assert office.post(FIRM, sent).status_code == 302
    assert (live.FIRM_CITY, live.FIRM_POSTAL_CODE, live.FUNDS_IBAN) == ("Annecy", "74000", "")
    refused = office.post(FIRM, {**sent, "FIRM_EMAIL": "nobody"})
    assert list(refused.context["form"].errors) == ["FIRM_EMAIL"]


@pytest.mark.parametrize(("role", "seen", "changed"), [("handler", 403, 403), ("auditor", 200, 403)])
def test_who_may_not_change_settings_does_not_change_the_firm(role: str, seen: int, changed: int) -> None:
    browser = of_role(role)
    assert browser.get(FIRM).status_code == seen
    assert browser.post(FIRM, {"FIRM_NAME": "Ours"}).status_code == changed
    assert live.FIRM_NAME == ""


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("second factor", {"STAFF_SECOND_FACTOR_REQUIRED"}),
        ("WRITEOFF_LIMIT", {"WRITEOFF_LIMIT"}),
        ("sociéte\x00", set()),
        ("nothing like it", set()),
    ],
)
def test_a_search_hides_the_others_and_sends_them_all_the_same(office: Client, asked: str, found: set[str]) -> None:
    page = office.get(SETTINGS, {"q": asked})
    shown = {one["name"] for group in page.context["groups"] for one in group.settings if not one["is_hidden"]}
    assert shown == found
    assert 'name="MAX_PAGE_SIZE"' in page.content.decode()


def test_each_setting_says_who_changed_it_last(office: Client) -> None:
    form = office.get(SETTINGS).context["form"]
    sent = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    for days in (3, 4):
        data = {name: value for name, value in {**sent, "REMINDER_DAYS": days}.items() if value is not False}
        assert office.post(SETTINGS, data).status_code == 302
        sent["version"] = office.get(SETTINGS).context["form"].initial["version"]
    settings = {one["name"]: one for group in office.get(SETTINGS).context["groups"] for one in group.settings}
    assert str(settings["REMINDER_DAYS"]["last"].by) == str(office.get(SETTINGS).wsgi_request.user)
    assert settings["REMINDER_DAYS"]["unit"] == "days"
    assert settings["MAX_PAGE_SIZE"]["last"] is None
