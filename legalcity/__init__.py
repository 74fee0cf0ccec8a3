"""LegalCity: French debt recovery, from the friendly reminder to the court."""

from legalcity.celery import app as celery_app

__all__ = ["celery_app"]
