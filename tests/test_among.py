"""Rows of many ids by one value: the same rows on every database, however many ids there are."""

import pytest

from legalcity.lib.among import Among
from recoveries.models import Recovery, Status

pytestmark = pytest.mark.django_db


def test_the_rows_of_these_ids_and_no_others() -> None:
    known = list(Status.objects.order_by("pk").values_list("pk", flat=True))
    asked = [*known[:3], 10**12, *range(10**6, 10**6 + 40_000)]
    assert list(Status.objects.filter(Among("pk", asked)).order_by("pk").values_list("pk", flat=True)) == known[:3]
    assert not Recovery.objects.filter(Among("status_id", [])).exists()
