"""Celery's doors to accounts."""

from celery import shared_task

from accounts import tokens
from legalcity.lib.dates import now


@shared_task
def purge_tokens() -> int:
    """Delete expired tokens; returns how many."""
    return tokens.tokens_purge(moment=now())
