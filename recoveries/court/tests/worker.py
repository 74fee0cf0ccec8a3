"""The application as the workers of a test run it: what a killed one leaves comes back after a second, not minutes."""

from legalcity.celery import app

app.conf.broker_transport_options = {"visibility_timeout": 1}
