"""The Celery application: workers run `celery -A legalcity worker`, the clock `celery -A legalcity beat`."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "legalcity.settings")

app = Celery("legalcity")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "sweep-transfers": {"task": "recoveries.tasks.sweep_transfers", "schedule": crontab(minute="*/2")},
    "deadline-alerts": {"task": "recoveries.tasks.record_deadline_alerts", "schedule": crontab(hour="6", minute="0")},
    "sweep-documents": {"task": "documents.tasks.sweep", "schedule": crontab(minute="*/5")},
    "purge-tokens": {"task": "accounts.tasks.purge_tokens", "schedule": crontab(hour="3", minute="10")},
}
