"""Celery's doors to accounts."""

from celery import shared_task
from django.core.management import call_command

from accounts import idempotency, tokens
from legalcity.lib.clock import now


@shared_task(name="accounts.tasks.purge_tokens")
def purge_tokens() -> int:
    """Delete expired tokens; returns how many."""
    return tokens.tokens_purge(moment=now())


@shared_task(name="accounts.tasks.purge_idempotency_keys")
def purge_idempotency_keys() -> int:
    """Forget idempotency keys that are past their time; returns how many."""
    return idempotency.keys_purge(moment=now())


@shared_task(name="accounts.tasks.purge_sessions")
def purge_sessions() -> None:
    """Delete the expired sessions of browsers: the back-office's, and those of readers of the firm's invoices."""
    call_command("clearsessions")
