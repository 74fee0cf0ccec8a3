"""Rows by COPY: what is stored, and what is told of rows that are refused, is what `bulk_create` does."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent
from companies.models import Company
from legalcity.lib.bulk_load import keys_give, rows_load
from legalcity.lib.clock import now
from tests.factories import ApiUserFactory

pytestmark = pytest.mark.django_db


def test_rows_that_are_refused_are_told_as_everywhere() -> None:
    moments = {"created_at": now(), "updated_at": now()}
    company = Company(owner=ApiUserFactory(), company_legalrep_lastname="Lefèvre", **moments)
    keys_give([company])
    rows_load([company])
    with pytest.raises(IntegrityError), transaction.atomic():
        rows_load([company])
    assert Company.objects.count() == 1


def test_nothing_is_null_in_a_column_of_json_too() -> None:
    events = [AuditEvent(action="tried", before=None, after={"a": None}), AuditEvent(action="tried", after=[])]
    keys_give(events)
    rows_load(events)
    assert AuditEvent.objects.filter(pk__in=[event.pk for event in events], before__isnull=True).count() == 2
    assert AuditEvent.objects.get(pk=events[0].pk).after == {"a": None}
