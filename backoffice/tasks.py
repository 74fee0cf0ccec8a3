"""Celery's doors to the back-office."""

from smtplib import SMTPException

from celery import shared_task

from accounts.models import User
from backoffice.firm_details import managers_told


@shared_task(
    name="backoffice.tasks.managers_tell",
    autoretry_for=(SMTPException, OSError),
    retry_backoff=60,
    retry_kwargs={"max_retries": 8},
)
def managers_tell(changed: list[str], by_id: int) -> int:
    """Tell all managers that details of the firm were changed; returns how many were told."""
    return managers_told(changed=changed, by=User.objects.get(pk=by_id))
