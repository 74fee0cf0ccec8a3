"""What the clock does by itself."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.tasks import purge_sessions
from legalcity.celery import app
from legalcity.lib.clock import now
from tests.factories import ApiUserFactory


def test_the_clock_names_tasks_that_exist() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


@pytest.mark.django_db
def test_expired_sessions_go_and_open_ones_stay() -> None:
    user = ApiUserFactory(is_staff=True)
    with time_machine.travel(now() - timedelta(days=3), tick=False):
        Client().force_login(user)
    kept = Client()
    kept.force_login(user)
    purge_sessions()
    assert [session.session_key for session in Session.objects.all()] == [kept.session.session_key]
