"""When steps are done where a debtor lives: nights on which the clock changes, hours overseas; and hostile words."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import pytest
import time_machine
from django.core import mail

from legalcity.lib.clock import now
from recoveries.letters.scenarios.tests.drawing import EMAIL, drawn, entered, lived_through, round_of_the_house
from recoveries.letters.wording.models import Template, TemplateVersion
from recoveries.models import Message, StepRun
from tests.factories import Api, case_id
from tests.letters import AT_ANY_HOUR, COMPLETE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_process"), pytest.mark.same_everywhere]
DUE = [{"invoice_date": "2026-01-02", "invoice_due_date": "2026-01-31"}]
NIGHT = {**EMAIL, "delay": 1, "unit": "days"}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Moved by each test."""
    with time_machine.travel("2026-03-28T08:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def firm(clock: time_machine.Traveller, system_setting: Any) -> None:
    system_setting(**COMPLETE, SCENARIOS_RUNNING=True)


def case_of(api: Api, **debtor: Any) -> int:
    return case_id(api, invoices=DUE, debtor={"company_email": "debtor@example.com", **debtor})


@pytest.mark.parametrize(
    ("entry", "hour", "done"),
    [
        ("2026-03-28T09:00:00Z", 2, "2026-03-29T01:00:00Z"),  # 02:00 is left out on that night: 03:00
        ("2026-03-28T09:00:00Z", 3, "2026-03-29T01:00:00Z"),
        ("2026-03-28T09:00:00Z", 10, "2026-03-29T08:00:00Z"),  # ten o'clock in summer
        ("2026-03-27T09:00:00Z", 10, "2026-03-28T09:00:00Z"),  # and in winter
        ("2026-10-24T08:00:00Z", 2, "2026-10-25T00:00:00Z"),  # comes twice: the first one
        ("2026-10-24T08:00:00Z", 10, "2026-10-25T09:00:00Z"),
    ],
)
def test_nights_on_which_the_clock_changes(
    owner: Api, clock: time_machine.Traveller, system_setting: Any, entry: str, hour: int, done: str
) -> None:
    system_setting(**AT_ANY_HOUR)
    clock.move_to(entry)
    owner.login()
    entered(case_of(owner), drawn({**NIGHT, "at_hour": hour}))
    expected = datetime.fromisoformat(done)
    lived_through(clock, expected - timedelta(minutes=1))
    assert not StepRun.objects.exists()
    lived_through(clock, expected + timedelta(hours=3))
    assert [run.at.replace(second=0) for run in StepRun.objects.all()] == [expected]
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("postal", "country", "done"),
    [
        ("75002", "France", "2026-06-02T08:00:00Z"),
        ("97400", "France", "2026-06-02T06:00:00Z"),  # La Réunion
        ("97110", "France", "2026-06-02T14:00:00Z"),  # Guadeloupe
        ("97300", "France", "2026-06-02T13:00:00Z"),  # Guyane
        ("98713", "France", "2026-06-01T20:00:00Z"),  # Tahiti, where it is Sunday yet at the entry
        ("98800", "France", "2026-06-01T23:00:00Z"),  # Nouméa
    ],
)
def test_hours_overseas(owner: Api, clock: time_machine.Traveller, postal: str, country: str, done: str) -> None:
    """Ten o'clock of the next working day there; never at the firm's ten o'clock, when it is night."""
    clock.move_to("2026-06-01T08:00:00Z")
    owner.login()
    case = case_of(owner, company_postal=postal, company_country=country)
    entered(case, drawn({**EMAIL, "delay": 1}))
    lived_through(clock, datetime(2026, 6, 4, tzinfo=UTC))
    [run] = StepRun.objects.all()
    assert run.at.replace(second=0) == datetime.fromisoformat(done)
    assert Message.objects.get().state == "sent"


@pytest.mark.parametrize(
    "words",
    [
        "{{ case.__class__ }}",
        "{% for i in (1..1000000000) %}{% for j in (1..1000000000) %}x{% endfor %}{% endfor %}",
        "{% assign y = case.reference %}" + "{% assign y = y | append: y %}" * 40 + "{{ y }}",
    ],
)
def test_a_hostile_author_whose_words_were_published_all_the_same_harms_nobody(
    owner: Api, stranger: Api, clock: time_machine.Traveller, words: str
) -> None:
    """Words that no page publishes, put into the table: the case waits, all others are written to."""
    clock.move_to("2026-06-01T08:00:00Z")
    owner.login()
    stranger.login()
    theirs = Template.objects.create(code="relance_1", purpose="reminder", channel="email", owner=owner.user)
    TemplateVersion.objects.create(
        template=theirs, number=1, subject="Relance", text=words, state="published", published_at=now()
    )
    version = drawn({**EMAIL, "delay": 1})
    hostile, other = case_of(owner), case_of(stranger, company_email="other@example.com", company_siren="552100554")
    for case in (hostile, other):
        entered(case, version)
    clock.move_to("2026-06-02T08:00:01Z")
    begun = monotonic()
    round_of_the_house()
    assert monotonic() - begun < 60
    assert [mail.to for mail in mail.outbox] == [["other@example.com"]]
    assert not Message.objects.filter(recovery_id=hostile).exists()
    assert not StepRun.objects.filter(enrolment__recovery_id=hostile).exists()
