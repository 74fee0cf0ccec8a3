"""Cases that may go to court, the calls that take them there, and what must hold afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Sum

from accounts.models import User
from legalcity.lib.clock import today
from recoveries.court.transfer import transfer_carry_out, transfer_request
from recoveries.models import CaseCount, Injunction, Recovery, StatusChange
from tests.factories import Api, case_id

ALREADY = ["The case has already been transferred to an injunction procedure."]


def overdue(days: int = 90, **fields: Any) -> dict[str, Any]:
    """What an invoice is told to be due `days` ago."""
    due = today() - timedelta(days=days)
    return {"invoice_date": (due - timedelta(days=30)).isoformat(), "invoice_due_date": due.isoformat(), **fields}


def transferable(api: Api, *, invoices: list[dict[str, Any]] | None = None, **parts: Any) -> int:
    """A case of `api` that may go to court: an invoice of 100 EUR, due for 90 days, unless `invoices` says else."""
    return case_id(api, invoices=[overdue(**fields) for fields in invoices or [{}]], **parts)


def transfer_path(case: int) -> str:
    """The address of a case's transfer."""
    return f"/api/recoveries/{case}/injonction-transfer"


def eligibility_path(case: int) -> str:
    """The address of a case's eligibility."""
    return f"/api/recoveries/{case}/injonction-eligibility"


def transferred(api: Api, case: int) -> int:
    """The id of the injunction case that a transfer gave, carried out in this process without a queue."""
    recovery = Recovery.objects.get(pk=case)
    request = transfer_request(recovery=recovery, by=User.objects.get(pk=api.user.pk))
    assert transfer_carry_out(request_id=request.pk, today=today()) == "done"
    return Injunction.objects.get(recovery__transferred_from=case).recovery_id


def assert_counts_are_exact() -> None:
    """The kept numbers of cases are the numbers of cases, of every account."""
    counted = Recovery.objects.values_list("owner_id", "status_id").annotate(n=Count("pk"))
    kept = CaseCount.objects.values_list("owner_id", "status_id").annotate(sum=Sum("n")).exclude(sum=0)
    assert sorted(kept) == sorted(counted)


def assert_history_replays(case: int) -> None:
    """Each step of a case begins where the one before ended, and the last one ends where the case is."""
    steps = StatusChange.objects.filter(recovery_id=case).order_by("id").values_list("from_status", "to_status")
    at = None
    for before, after in steps:
        assert before == at
        at = after
    assert at == Recovery.objects.get(pk=case).status_id


def assert_transferred_once(case: int) -> None:
    """The case has one injunction case: whole, linked, counted, each step in the history."""
    assert Injunction.objects.filter(recovery__transferred_from=case).count() == 1
    original = Recovery.objects.get(pk=case)
    copy = original.transferred_to
    assert (original.status_id, copy.status_id, copy.type) == (10, 101, 2)
    assert Recovery.objects.filter(injunction__isnull=False, owner=original.owner).count() == (
        Recovery.objects.filter(owner=original.owner, transferred_to__isnull=False).count()
    )
    unpaid = original.invoices.filter(remaining_amount__gt=0).values_list("invoice_number", "remaining_amount")
    assert sorted(copy.invoices.values_list("invoice_number", "remaining_amount")) == sorted(unpaid)
    assert copy.comments.count() == original.comments.count()
    assert copy.status_history.count() == 1
    for each in (case, copy.pk):
        assert_history_replays(each)
    assert_counts_are_exact()


@contextmanager
def refusing_rows(table: str) -> Iterator[None]:
    """Inside, the database refuses every new row of `table`, by a trigger: a failure that nobody foresaw."""
    with connection.cursor() as cursor:
        for statement in _REFUSING[connection.vendor]:
            cursor.execute(statement.format(table=table))
        try:
            yield
        finally:
            cursor.execute(_NO_LONGER[connection.vendor].format(table=table))


_REFUSING = {
    "postgresql": (
        "CREATE OR REPLACE FUNCTION refuse_row() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'no rows today'; END $$",
        "CREATE TRIGGER refuse_row BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_row()",
    ),
    "sqlite": ("CREATE TRIGGER refuse_row BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'no rows today'); END",),
}
_NO_LONGER = {"postgresql": "DROP TRIGGER refuse_row ON {table}", "sqlite": "DROP TRIGGER refuse_row"}
