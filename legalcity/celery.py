"""The Celery application: workers run `celery -A legalcity worker`, the clock `celery -A legalcity beat`."""

import os
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import beat_init, celeryd_init

from legalcity.lib import heartbeats
from legalcity.lib.broker import forgive
from legalcity.lib.metrics import tasks as task_metrics

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "legalcity.settings")

assert heartbeats and task_metrics  # noqa: S101, PT018 - imported for the signals that they hear
forgive()
app = Celery("legalcity", task_cls="legalcity.lib.publishing:NotedTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# With a claim that ends 25 seconds after its worker's death, what a worker left goes on within a minute.
SWEEP_EVERY = timedelta(seconds=30)
TELL_EVERY = timedelta(seconds=20)  # what clients are to be told at once
WATCH_EVERY = timedelta(seconds=20)  # a feed that is held back for half a minute is an alarm

# What is due is looked for every second; a message that nobody takes for so long is of no use any more.
OFTEN = {"options": {"expires": 10}}

app.conf.beat_schedule = {
    "fan-out": {"task": "events.tasks.fan_out", "schedule": timedelta(seconds=5), **OFTEN},
    "deliver": {"task": "events.tasks.deliver", "schedule": timedelta(seconds=1), **OFTEN},
    "watch-feed": {"task": "events.tasks.watch_feed", "schedule": WATCH_EVERY},
    "sweep-webhooks": {"task": "events.tasks.sweep_webhooks", "schedule": SWEEP_EVERY},
    "judge-endpoints": {"task": "events.tasks.judge_endpoints", "schedule": crontab(minute="40")},
    "forget-deliveries": {"task": "events.tasks.forget_deliveries", "schedule": crontab(hour="3", minute="40")},
    "review-staff-tasks": {"task": "recoveries.tasks.review_staff_tasks", "schedule": crontab(minute="*/5")},
    "mend-follow-ups": {"task": "recoveries.tasks.mend_follow_ups", "schedule": crontab(hour="4", minute="10")},
    "sweep-transfers": {"task": "recoveries.tasks.sweep_transfers", "schedule": SWEEP_EVERY},
    "sweep-charges": {"task": "invoicing.tasks.sweep_charges", "schedule": SWEEP_EVERY},
    "deadline-alerts": {"task": "recoveries.tasks.record_deadline_alerts", "schedule": crontab(hour="6", minute="0")},
    "take-figures": {"task": "recoveries.tasks.take_figures", "schedule": crontab(hour="4", minute="30")},
    "mend-copies": {"task": "recoveries.tasks.mend_copies", "schedule": crontab(minute="*/5")},
    "roll-balances": {"task": "recoveries.tasks.roll_balances", "schedule": crontab()},
    "make-statements": {"task": "recoveries.tasks.make_statements", "schedule": crontab(hour="5", minute="10")},
    "watch-ledger": {"task": "recoveries.tasks.watch_ledger", "schedule": crontab(hour="1", minute="40")},
    "tick-scenarios": {"task": "recoveries.tasks.tick_scenarios", "schedule": crontab()},
    "sweep-rehearsals": {"task": "recoveries.tasks.sweep_rehearsals", "schedule": SWEEP_EVERY},
    "sweep-rehearsal-parts": {"task": "recoveries.tasks.sweep_rehearsal_parts", "schedule": SWEEP_EVERY},
    "sweep-mailings": {"task": "recoveries.tasks.sweep_mailings", "schedule": SWEEP_EVERY},
    "sweep-emails": {"task": "recoveries.tasks.sweep_emails", "schedule": SWEEP_EVERY},
    "sweep-creditor-notices": {"task": "recoveries.tasks.sweep_creditor_notices", "schedule": SWEEP_EVERY},
    "poll-mailboxes": {"task": "recoveries.tasks.poll_mailboxes", "schedule": crontab()},
    "sweep-hooks": {"task": "recoveries.tasks.sweep_hooks", "schedule": SWEEP_EVERY},
    "track-letters": {"task": "recoveries.tasks.track_letters", "schedule": crontab(minute="50")},
    "forget-inbound": {"task": "recoveries.tasks.forget_inbound", "schedule": crontab(hour="3", minute="25")},
    "tell-notices": {"task": "events.tasks.tell_notices", "schedule": TELL_EVERY},
    "sweep-notices": {"task": "events.tasks.sweep_notices", "schedule": SWEEP_EVERY},
    "forget-notices": {"task": "events.tasks.forget_notices", "schedule": crontab(hour="3", minute="40")},
    "sweep-imports": {"task": "recoveries.tasks.sweep_imports", "schedule": SWEEP_EVERY},
    "sweep-documents": {"task": "documents.tasks.sweep", "schedule": SWEEP_EVERY},
    "orphans": {"task": "documents.tasks.remove_orphans", "schedule": crontab(minute="*/5")},
    "sweep-scoring": {"task": "scoring.tasks.sweep", "schedule": SWEEP_EVERY},
    "surveillance": {"task": "scoring.tasks.check_surveillances", "schedule": crontab(minute="20")},
    "forget-events": {"task": "events.tasks.forget", "schedule": crontab(hour="3", minute="40")},
    "forget-imports": {"task": "recoveries.tasks.forget_imports", "schedule": crontab(hour="3", minute="20")},
    "purge-idempotency-keys": {
        "task": "accounts.tasks.purge_idempotency_keys",
        "schedule": crontab(hour="3", minute="40"),
    },
    "purge-sessions": {"task": "accounts.tasks.purge_sessions", "schedule": crontab(hour="3", minute="30")},
    "purge-tokens": {"task": "accounts.tasks.purge_tokens", "schedule": crontab(hour="3", minute="10")},
}


# A worker waits for its broker as long as it takes; an answer that never comes is given up all the same.
PATIENCE = {"socket_connect_timeout": 5, "socket_timeout": 30}


@celeryd_init.connect
@beat_init.connect
def wait_for_the_broker(**signal: Any) -> None:
    """Workers and the clock are more patient than who answers a request."""
    usual = {name: value for name, value in app.conf.broker_transport_options.items() if name != "max_retries"}
    app.conf.broker_transport_options = {**usual, **PATIENCE}


@celeryd_init.connect
@beat_init.connect
def require_what_work_needs(**signal: Any) -> None:
    """However a worker or the clock is started, it refuses to without its services, with a sentence for each."""
    from legalcity.lib.startup import refusing, require_queue, require_services

    with refusing():
        require_queue()
        require_services()


@celeryd_init.connect
def count_what_is_worked(**signal: Any) -> None:
    """A worker counts for `/metrics`, each of its child processes for itself."""
    from legalcity.lib.metrics.files import count_in_files

    count_in_files()
