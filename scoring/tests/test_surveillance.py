"""Surveillance: a look a day, each change once, over by itself."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from legalcity.lib.dates import add_months
from scoring.models import Alert, Surveillance
from scoring.services import watching
from scoring.tasks import check_surveillance, check_surveillances
from scoring.tests.partner import NOTICES, REGISTER, Partner, entry, judged, notice
from scoring.tests.people import debtor, invoice, place, shown, work
from tests.factories import Api, ApiUserFactory

pytestmark = pytest.mark.django_db

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Clock = Callable[[int], None]


@pytest.fixture
def clock(settings: Settings) -> Iterator[Clock]:
    """The clock stands at BEGIN and goes on by so many days; public data is asked for anew each time."""
    settings.OPEN_DATA_CACHE_SECONDS = 0
    with time_machine.travel(BEGIN, tick=False) as traveller:

        def go(days: int) -> None:
            traveller.shift(timedelta(days=days))

        yield go


@pytest.fixture
def client(clock: Clock, settings: Settings) -> Api:
    """A client whose token lasts as long as the surveillance."""
    settings.SIMPLE_JWT = settings.SIMPLE_JWT | {"ACCESS_TOKEN_LIFETIME": timedelta(days=3000)}
    return Api.of(ApiUserFactory(email="owner@example.com"))


def watched(api: Api, months: int = 2, *invoices: dict[str, Any]) -> str:
    """The number of an order of surveillance that runs."""
    number = place(api, debtor(api, *invoices), services=["surveillance"], surveillance_duration=months)
    work(number)
    return number


def alerts(api: Api, number: str) -> list[str]:
    api.login()
    return [alert["message"] for alert in reversed(shown(api, number)["alerts"])]


def test_nothing_changes(client: Api, partner: Partner, clock: Clock) -> None:
    number = watched(client)
    clock(1)
    assert check_surveillances() == 1
    assert alerts(client, number) == []
    assert Surveillance.objects.get().checked_on == date(2026, 3, 3)


def test_each_change_is_recorded_once(client: Api, partner: Partner, clock: Clock) -> None:
    number = watched(client)
    partner.companies = [entry(address="1 RUE DE LA PAIX 75002 PARIS")]
    for _ in range(3):
        clock(1)
        check_surveillances()
    moved = "The head office moved from 9 RUE DU COLONEL PIERRE AVIA 75015 PARIS 15 to 1 RUE DE LA PAIX 75002 PARIS."
    assert alerts(client, number) == [moved]
    partner.notices = [notice(day="2026-03-05")]
    for _ in range(2):
        clock(1)
        check_surveillances()
    published = (
        "An insolvency notice was published on 2026-03-05: Jugement d'ouverture - Jugement d'ouverture de redressement "
        "(Greffe du Tribunal de Commerce de Paris)."
    )
    assert alerts(client, number)[1:] == [published, "The risk level went from medium to critical."]
    partner.notices = [notice(day="2026-03-05"), notice(2, day="2026-03-08", typeavis="annulation")]
    partner.companies = [entry(etat_administratif="C", closed_on="2026-03-07", address="1 RUE DE LA PAIX 75002 PARIS")]
    clock(1)
    check_surveillances()
    assert alerts(client, number)[3:] == [
        "The company closed on 2026-03-07.",
        published.replace("An insolvency notice was published on", "The insolvency notice of").replace(
            "03-05:", "03-05 was withdrawn:"
        ),
    ]
    partner.companies = [entry(address="1 RUE DE LA PAIX 75002 PARIS")]
    clock(1)
    check_surveillances()
    assert alerts(client, number)[5:] == [
        "The company is active again.",
        "The risk level went from critical to medium.",
    ]


def test_an_alert_in_the_api(client: Api, partner: Partner, clock: Clock) -> None:
    number = watched(client)
    partner.companies = [entry(etat_administratif="C", closed_on="2026-03-03")]
    clock(1)
    check_surveillances()
    client.login()
    [level, closed] = shown(client, number)["alerts"]
    assert list(closed) == ["id", "type", "message", "details", "created_at"]
    assert (closed["type"], closed["details"]) == ("closed", {"closed_on": "2026-03-03"})
    assert closed["created_at"] == "2026-03-03T09:00:00.000000Z"
    assert (level["type"], level["details"]) == ("score_band", {"from": "medium", "to": "critical"})


def test_one_look_a_day_however_often_it_is_asked_for(client: Api, partner: Partner, clock: Clock) -> None:
    watched(client)
    assert check_surveillances() == 0  # The order itself was the look of its day.
    clock(1)
    asked = partner.asked[REGISTER]
    watch = Surveillance.objects.get()
    assert [check_surveillances(), check_surveillances(), check_surveillance(watch.pk)] == [1, 0, 0]
    assert partner.asked[REGISTER] == asked + 1


def test_a_day_that_was_missed_is_made_up_for(client: Api, partner: Partner, clock: Clock) -> None:
    number = watched(client)
    partner.companies = [entry(etat_administratif="C")]
    clock(9)
    assert check_surveillances() == 1
    assert alerts(client, number)[0] == "The company closed."


def test_it_ends_by_itself(client: Api, partner: Partner, clock: Clock) -> None:
    number = watched(client, 2)
    client.login()
    told = shown(client, number)["surveillance"]
    assert (told["starts_on"], told["ends_on"], told["is_active"]) == ("2026-03-02", "2026-05-02", True)
    clock(60)  # The first of May
    assert check_surveillances() == 1
    clock(1)
    partner.companies = [entry(etat_administratif="C")]
    assert check_surveillances() == 0
    assert check_surveillance(Surveillance.objects.get().pk) == 0
    assert alerts(client, number) == []
    assert shown(client, number)["surveillance"]["is_active"] is False


def test_silence_is_no_change_and_is_shown(client: Api, partner: Partner, clock: Clock) -> None:
    partner.notices = [notice(day="2026-03-01")]
    number = watched(client)
    partner.fail(NOTICES, 500, 500, 500)
    partner.fail(REGISTER, 500, 500, 500)
    clock(1)
    check_surveillances()
    assert alerts(client, number) == []
    told = shown(client, number)["surveillance"]["unavailable_sources"]
    assert told == ["recherche_entreprises", "bodacc"]
    clock(1)
    check_surveillances()
    assert alerts(client, number) == []
    assert shown(client, number)["surveillance"]["unavailable_sources"] == []


@pytest.mark.parametrize(
    ("company", "notices", "kinds"),
    [
        (entry(), [], []),
        (entry(etat_administratif="C"), [], ["closed"]),
        (entry(), [notice(day="2026-03-01")], ["insolvency_notice"]),
        (entry(), [notice(day="2015-03-01", judgment=judged("Clôture pour extinction du passif"))], []),
    ],
)  # fmt: skip
def test_what_is_first_heard_of_later_is_news_when_it_is_bad(
    client: Api, partner: Partner, clock: Clock, company: dict[str, Any], notices: list[Any], kinds: list[str]
) -> None:
    partner.fail(NOTICES, 500, 500, 500)
    partner.fail(REGISTER, 500, 500, 500)
    partner.companies, partner.notices = [company], notices
    number = watched(client)
    clock(1)
    check_surveillances()
    client.login()
    assert [alert["type"] for alert in shown(client, number)["alerts"]] == kinds


def test_the_band_follows_the_record(client: Api, clock: Clock) -> None:
    number = watched(client, 12, invoice(due=0))
    clock(200)
    check_surveillances()
    assert alerts(client, number) == ["The risk level went from unknown to high."]


def test_two_looks_at_once_record_a_change_once(
    client: Api, partner: Partner, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one begins while the first one waits for an answer."""
    watched(client)
    partner.companies = [entry(etat_administratif="C")]
    clock(1)
    watch, looked = Surveillance.objects.get(), []
    gather = watching.gather

    def overtaken(*args: Any) -> Any:
        if not looked:
            looked.append(True)
            check_surveillance(watch.pk)
        return gather(*args)

    monkeypatch.setattr(watching, "gather", overtaken)
    assert check_surveillance(watch.pk) == 0
    assert sorted(Alert.objects.values_list("kind", flat=True)) == ["closed", "score_band"]


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-01-31", 1, "2026-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2026-12-15", 1, "2027-01-15"),
        ("2026-03-02", 36, "2029-03-02"), ("2026-11-30", 3, "2027-02-28"), ("2026-06-30", 6, "2026-12-30"),
    ],
)  # fmt: skip
def test_months(day: str, months: int, later: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(later)
