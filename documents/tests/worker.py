"""A worker for tests: that of the project, with keys of its own in Redis, and allowed to fetch from this machine."""

import os

import django

django.setup()

from django.conf import settings  # noqa: E402 - settings are there once Django is set up

from documents.services import pipeline  # noqa: E402
from documents.tests.conftest import LOOPBACK  # noqa: E402
from legalcity.celery import app  # noqa: E402
from legalcity.lib.web.fetching import Fetcher, Policy  # noqa: E402

app.conf.broker_transport_options = {
    **app.conf.broker_transport_options,
    "global_keyprefix": os.environ["TEST_KEY_PREFIX"],
}
pipeline.configured = lambda: Fetcher(Policy(ports=settings.FETCH_PORTS, exempt=(LOOPBACK,)))
