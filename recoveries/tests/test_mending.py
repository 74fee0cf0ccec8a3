"""Cases that processes of the version before file into tables of the new one: whole again, without anybody's doing."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from legalcity.lib.clock import now
from recoveries.models import Recovery
from recoveries.services import checking, mending
from tests.factories import Api, case_id

pytestmark = pytest.mark.django_db

# As an INSERT that does not name them leaves them.
LEFT: dict[str, Any] = {
    "debtor_name": "",
    "debtor_company": "",
    "customer_company": "",
    "debtor_country": "",
    "search_text": "",
    "next_deadline": None,
    "next_deadline_code": "",
    "next_deadline_article": "",
}


@pytest.fixture
def just_migrated(db: None) -> None:
    """The last migration was a minute ago."""
    MigrationRecorder(connection).migration_qs.update(applied=now() - timedelta(minutes=1))


def written_by_the_version_before(owner: Api) -> int:
    """A case without what that version knows nothing of."""
    case = case_id(owner, invoices=[{"invoice_number": "FA-OLD-1"}])
    assert Recovery.objects.filter(pk=case).update(**LEFT)
    return case


def test_it_is_found_by_its_names_and_numbers_again_and_is_not_changed_by_that(owner: Api, just_migrated: None) -> None:
    case = written_by_the_version_before(owner)
    before = Recovery.objects.get(pk=case).updated_at
    assert owner.data("GET", "/api/recoveries?search=fa-old-1")["recoveries"] == []
    assert mending.copies_mend(moment=now()) == 1
    (found,) = owner.data("GET", "/api/recoveries?search=fa-old-1")["recoveries"]
    assert found["id"] == case
    assert Recovery.objects.get(pk=case).updated_at == before
    assert [pk for _n, ids in checking.cases_checked() for pk in ids] == []
    assert mending.copies_mend(moment=now()) == 0


def test_what_was_written_after_a_look_is_looked_at_by_the_next(owner: Api, just_migrated: None) -> None:
    assert mending.copies_mend(moment=now()) == 0
    with time_machine.travel(now() + timedelta(minutes=20)):
        written_by_the_version_before(owner)
        assert mending.copies_mend(moment=now()) == 1


def test_cases_that_stand_far_apart_are_looked_at_one_by_one(
    owner: Api, just_migrated: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "AT_ONCE", 1)
    for _time in range(2):
        written_by_the_version_before(owner)
    assert mending.copies_mend(moment=now()) == 2


def test_long_after_a_migration_nothing_is_looked_at(owner: Api, just_migrated: None) -> None:
    written_by_the_version_before(owner)
    with time_machine.travel(now() + mending.WATCHED + timedelta(minutes=2)):
        assert mending.copies_mend(moment=now()) == 0
