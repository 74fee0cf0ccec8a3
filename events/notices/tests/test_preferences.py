"""What clients choose by the API, and what the links of their e-mails do."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from accounts.models import User
from events.models import Notice, Preference, Recipient
from events.notices.delivery import notice_deliver, recipient_hold
from events.notices.forgetting import notices_forget
from events.notices.tokens import confirming_address, leaving_address
from legalcity.lib.clock import now
from legalcity.lib.sealing import sealed_briefly
from recoveries.desk.tests.pages import office_of
from tests.backoffice import act, browser_of, chief, page_of
from tests.factories import Api

pytestmark = pytest.mark.django_db
ADDRESS = "/api/notification-preferences"
NEW = "New@Example.com"


def put(owner: Api, *groups: dict[str, Any]) -> Any:
    return owner.put(ADDRESS, {"groups": list(groups)})


def of(owner: Api, group: str) -> dict[str, Any]:
    return next(row for row in owner.data("GET", ADDRESS)["groups"] if row["group"] == group)


def path_of(address: str) -> str:
    return "/notices/" + address.rpartition("/notices/")[2]


def sent() -> Any:
    """The latest notice, sent."""
    notice_deliver(notice_id=Notice.objects.latest("pk").pk, moment=now())
    return mail.outbox[-1]


# --- by the API ------------------------------------------------------------------------------------------------------
def test_nobody_has_to_choose(owner: Api) -> None:
    told = {row["group"]: row for row in owner.data("GET", ADDRESS)["groups"]}
    assert {group: row["mode"] for group, row in told.items()} == {
        "money_received": "instant",
        "debtor_proposals": "instant",
        "status_and_court": "daily",
        "legal_dates": "instant",
        "documents_and_comments": "daily",
        "scoring": "instant",
        "firm_invoices": "instant",
        "weekly_summary": "weekly",
        "client_statements": "off",
    }
    assert told["money_received"] == {
        "group": "money_received",
        "mode": "instant",
        "modes": ["instant"],
        "recipients": [owner.user.email],
        "language": "fr",
        "pending": [],
        "held": [],
    }


def test_what_is_chosen_holds_and_the_rest_stays(owner: Api, stranger: Api) -> None:
    answer = put(owner, {"group": "scoring", "mode": "off"}, {"group": "legal_dates", "recipients": [NEW, NEW.lower()]})
    assert answer.status_code == 200
    assert answer.json()["data"]["groups"] == owner.data("GET", ADDRESS)["groups"]
    put(owner, {"group": "legal_dates", "language": "en"})
    chosen = of(owner, "legal_dates")
    assert (chosen["mode"], chosen["recipients"], chosen["language"]) == ("instant", [NEW.lower()], "en")
    assert chosen["pending"] == [NEW.lower()]
    assert of(owner, "scoring")["mode"] == "off"
    assert of(owner, "status_and_court")["mode"] == "daily"
    assert of(stranger, "scoring")["mode"] == "instant"
    assert put(owner, *owner.data("GET", ADDRESS)["groups"]).status_code == 200  # What is read may be sent back.
    assert Notice.objects.filter(group="confirmation").count() == 1


FIVE = [f"{number}@example.com" for number in range(6)]


@pytest.mark.parametrize(
    ("groups", "field"),
    [
        ([{"group": "money_received", "mode": "off"}], "groups.0.mode"),
        ([{"group": "money_received", "mode": "daily"}], "groups.0.mode"),
        ([{"group": "debtor_proposals", "recipients": []}], "groups.0.recipients"),
        ([{"group": "scoring"}, {"group": "weather"}], "groups.1.group"),
        ([{"group": "scoring"}, {"group": "scoring"}], "groups.1.group"),
        ([{"group": "scoring", "mode": "hourly"}], "groups.0.mode"),
        ([{"group": "weekly_summary", "mode": "instant"}], "groups.0.mode"),
        ([{"group": "client_statements", "mode": "daily"}], "groups.0.mode"),
        ([{"group": "scoring", "recipients": FIVE}], "groups.0.recipients"),
        ([{"group": "scoring", "recipients": ["a@example.com", "b"]}], "groups.0.recipients.1"),
        ([{"group": "scoring", "recipients": "a@example.com"}], "groups.0.recipients"),
        ([{"group": "scoring", "language": "de"}], "groups.0.language"),
        ([{}], "groups.0.group"),
        (["scoring"], "groups.0"),
        ([[]], "groups.0"),
        ("scoring", "groups"),
        (None, "groups"),
        ([{"group": "scoring"}] * 51, "groups"),
    ],
)
def test_what_cannot_be_chosen_is_refused_by_its_place(owner: Api, groups: Any, field: str) -> None:
    answer = owner.put(ADDRESS, {"groups": groups})
    assert (answer.status_code, list(answer.json().get("errors", {}))) == (422, [field])
    assert not Preference.objects.exists()


def test_unknown_parameters_are_refused(owner: Api) -> None:
    assert owner.get(f"{ADDRESS}?x=1").status_code == 422


def test_nobody_writes_to_the_whole_world_through_the_firm(owner: Api) -> None:
    for some in range(4):
        recipients = [f"{some}-{number}@example.com" for number in range(5)]
        assert put(owner, {"group": "scoring", "recipients": recipients}).status_code == 200
    answer = put(owner, {"group": "scoring", "recipients": ["one@example.com"]})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["groups"])
    assert Notice.objects.count() == 20


@pytest.mark.parametrize(
    ("language", "first", "quoted"),
    [("fr", "recouvre", "«\N{NO-BREAK SPACE}{}\N{NO-BREAK SPACE}»"), ("en", "recovers", "“{}”")],
)
def test_who_is_asked_to_confirm_reads_the_firms_words_first_and_nothing_to_press_of_the_client(
    owner: Api, language: str, first: str, quoted: str
) -> None:
    hostile = "Urgent https://evil.example/login\n\n» ” Pay at evil.example <b>now</b>"
    User.objects.filter(pk=owner.user.pk).update(entreprise=hostile, language=language)
    put(owner, {"group": "scoring", "recipients": [NEW]})
    letter = sent()
    page = letter.alternatives[0][0]
    for written in (letter.body, page):
        assert quoted.format("Urgent … Pay at evil. example bnow / b") in written
        assert written.index(first) < written.index("Urgent")
        assert "evil.example" not in written
        assert {"fr": "vous pouvez ignorer", "en": "you may ignore"}[language] in written
        assert all(link.startswith(settings.PUBLIC_BASE_URL) for link in re.findall(r"https?://\S*", written))
    assert hostile.split()[0] not in letter.subject


def test_an_account_without_a_company_names_no_person(owner: Api) -> None:
    User.objects.filter(pk=owner.user.pk).update(entreprise="https://evil.example", language="en")
    put(owner, {"group": "scoring", "recipients": [NEW]})
    letter = sent()
    assert "our client" in letter.body
    assert owner.user.last_name not in letter.body + letter.alternatives[0][0]


# --- by links --------------------------------------------------------------------------------------------------------
def test_a_new_address_confirms_by_a_link_within_three_days(owner: Api) -> None:
    put(owner, {"group": "scoring", "recipients": [NEW]})
    letter, row, browser = sent(), Recipient.objects.get(), Client()
    link = next(word for word in letter.body.split() if "/notices/" in word)
    assert link in letter.alternatives[0][0]
    assert (letter.to, "List-Unsubscribe" in letter.message()) == ([NEW.lower()], False)
    page = browser.get(path_of(link))
    assert (page.status_code, NEW.lower() in page.content.decode()) == (200, True)
    assert of(owner, "scoring")["pending"] == [NEW.lower()]  # Programs that look through e-mails open links too.
    assert "confirmée" in browser.post(path_of(link)).content.decode()
    assert of(owner, "scoring")["pending"] == []
    late = confirming_address(recipient_id=row.pk, asked_at=now() - timedelta(hours=73))
    Recipient.objects.update(confirmed_at=None)
    for method in (browser.get, browser.post):
        assert "expiré" in method(path_of(late)).content.decode()
    assert Recipient.objects.get().confirmed_at is None


def test_one_click_is_enough_to_leave_and_the_law_is_told_all_the_same(owner: Api) -> None:
    email = owner.user.email
    put(owner, {"group": "scoring", "mode": "daily"})
    of_digest = path_of(leaving_address(owner_id=owner.user.pk, group="digest", email=email))
    browser = Client(enforce_csrf_checks=True)
    assert "Se désabonner" in browser.get(of_digest).content.decode()
    assert of(owner, "scoring")["recipients"] == [email]
    answer = browser.post(of_digest, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store, private")
    left = {row["group"] for row in owner.data("GET", ADDRESS)["groups"] if row["recipients"] == []}
    assert left == {"scoring", "status_and_court", "documents_and_comments"}
    browser.post(path_of(leaving_address(owner_id=owner.user.pk, group="weekly_summary", email=email)))
    assert of(owner, "weekly_summary")["recipients"] == []
    assert of(owner, "money_received")["recipients"] == [email]


def test_a_token_that_is_not_ours_opens_nothing(owner: Api) -> None:
    other_purpose = sealed_briefly(b'["injunction", 1]')
    good = path_of(leaving_address(owner_id=owner.user.pk, group="digest", email="a@example.com"))
    gone = path_of(leaving_address(owner_id=owner.user.pk + 999, group="digest", email="a@example.com"))
    for path in ("/notices/x", "/notices/a%00b", f"/notices/{other_purpose}", good[:-4] + "AAA=", good + "x", gone):
        for method in (Client().get, Client().post):
            assert method(path).status_code == 404, path
    assert Client().put(good).status_code == 405


# --- staff -----------------------------------------------------------------------------------------------------------
def failed(owner: User) -> Notice:
    return Notice.objects.create(
        owner=owner,
        group="scoring",
        period="1",
        recipient=owner.email,
        subject="Subject",
        text=f"Words {leaving_address(owner_id=owner.pk, group='scoring', email=owner.email)} end",
        state="failed",
    )


def test_staff_see_what_was_sent_send_it_again_and_release_addresses(owner: Api) -> None:
    office, notice = browser_of(chief()), failed(owner.user)
    put(owner, {"group": "scoring", "recipients": [NEW]})
    held = recipient_hold(owner_id=owner.user.pk, email=NEW, reason="SMTPRecipientsRefused")
    assert of(owner, "scoring")["held"] == [NEW.lower()]
    page = office.get(page_of(Notice, "change", notice.pk)).content.decode()
    assert "/notices/… end" in page  # Nobody acts for the recipient.
    for model in (Notice, Preference, Recipient):
        page = office.get(page_of(model, "changelist")).content.decode()
        assert "owner@example.com" in page or "Owner" in page or NEW.lower() in page
    assert "Addresses that refuse notices" in office.get("/admin/").content.decode()
    assert act(office, notice, "resend").status_code == 302
    assert act(office, held, "release", reason="They say it works").status_code == 302
    notice.refresh_from_db()
    assert notice.state in ("queued", "sent")
    assert of(owner, "scoring")["held"] == []


def test_who_sees_some_cases_only_sees_no_notices_of_clients(owner: Api) -> None:
    notice = failed(owner.user)
    assert office_of("handler").get(page_of(Notice, "change", notice.pk)).status_code == 302
    assert office_of("auditor").get(page_of(Notice, "change", notice.pk)).status_code == 200


def test_staff_switch_their_morning_mail_off(owner: Api) -> None:
    person = chief()
    browser = browser_of(person)
    assert "morning_mail" in browser.get("/admin/account/").content.decode()
    assert browser.post("/admin/account/", {"language": "en"}).status_code == 302
    person.refresh_from_db()
    assert person.morning_mail is False


def test_words_and_forgotten_addresses_are_not_kept_for_ever(owner: Api) -> None:
    put(owner, {"group": "scoring", "recipients": ["kept@example.com"]}, {"group": "legal_dates", "recipients": [NEW]})
    put(owner, {"group": "legal_dates", "recipients": []})
    Recipient.objects.update(created_at=now() - timedelta(days=4))
    old = failed(owner.user)
    Notice.objects.filter(pk=old.pk).update(created_at=now() - timedelta(days=396))
    assert notices_forget(moment=now()) == 2
    assert list(Recipient.objects.values_list("email", flat=True)) == ["kept@example.com"]
    assert not Notice.objects.filter(pk=old.pk).exists()
