"""The portfolio in the database: batch by batch, exact after each one, nothing twice."""

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models, reset_queries, transaction

from companies.models import Company
from demo.accounts import accounts_ensure
from demo.one_case import CaseDraft, Scene, case_build, reference_of
from demo.people import names_of
from demo.protected import protected_drafts
from demo.settling import paid_settle
from invoicing.models import Invoice, ProtectedInvoice, ProtectedInvoiceChange
from legalcity.lib.many_rows import rows_create, rows_update
from recoveries.ledger.beginning import cases_begin
from recoveries.models import Acompte, Comment, Dette, Recovery, Status, StatusChange
from recoveries.services.deadlines import next_deadlines_refresh
from recoveries.services.totals import case_count_add

MODELS = (
    *(Company, Recovery, Invoice, StatusChange, Comment, Acompte, Dette),
    *(ProtectedInvoice, ProtectedInvoiceChange),
)
BATCH = 1000  # cases in a transaction; more would be no faster and hold more in memory


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many cases were added, and how many were there already."""

    added: int
    present: int


def portfolio_load(*, seed: int, cases: int, today: date, progress: Callable[[int], Any] = lambda _n: None) -> Loaded:
    """Cases 0 to `cases` of the portfolio of `seed`; those that are there already are left alone.

    `progress` is called with the number of cases done, after each batch. Raises NotOurs.
    """
    scene = scene_set(seed=seed, today=today)
    _protected_load(scene)
    added = 0
    for start in range(0, cases, BATCH):
        numbers = range(start, min(start + BATCH, cases))
        added += _batch_load(scene, numbers)
        progress(len(numbers))
        reset_queries()  # With DEBUG=1 Django remembers every statement.
    return Loaded(added=added, present=cases - added)


def scene_set(*, seed: int, today: date) -> Scene:
    """The accounts, found or made, and what all cases share. Raises NotOurs."""
    names = names_of(seed)
    accounts, staff = accounts_ensure(seed=seed, names=names)
    statuses = Status.objects.in_bulk()
    return Scene(seed=seed, today=today, names=names, accounts=accounts, staff=staff, statuses=statuses)


def _batch_load(scene: Scene, numbers: Sequence[int]) -> int:
    references = {reference_of(scene.seed, number): number for number in numbers}
    there = Recovery.objects.filter(recovery_reference__in=references).values_list("recovery_reference", flat=True)
    missing = references.keys() - set(there)
    with garbage_left():
        drafts = [case_build(scene, number) for reference, number in references.items() if reference in missing]
        with moments_as_given(), transaction.atomic():
            _insert(drafts)
    return len(drafts)


@contextmanager
def garbage_left() -> Iterator[None]:
    """Nothing of a batch is garbage before it is written: to look for it takes a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _protected_load(scene: Scene) -> None:
    """The accounts' protected invoices that are not there yet."""
    drafts = {invoice.tracking_code: (invoice, change) for invoice, change in protected_drafts(scene)}
    there = ProtectedInvoice.objects.filter(tracking_code__in=drafts).values_list("tracking_code", flat=True)
    missing = [drafts[code] for code in sorted(drafts.keys() - set(there))]
    with moments_as_given(), transaction.atomic():
        ProtectedInvoice.objects.bulk_create([invoice for invoice, _ in missing])
        ProtectedInvoiceChange.objects.bulk_create([change for _, change in missing if change is not None])


def _insert(drafts: Sequence[CaseDraft]) -> None:
    rows_create([draft.debtor for draft in drafts])
    rows_create([draft.recovery for draft in drafts])
    rows_create([row for draft in drafts for row in draft.invoices])
    rows_create([row for draft in drafts for row in draft.changes])
    rows_create([row for draft in drafts for row in draft.comments])
    rows_create([row for draft in drafts for row in draft.dettes])
    paid_settle(drafts)
    rows_create([row for draft in drafts for row in draft.acomptes])
    ids = [draft.recovery.pk for draft in drafts]
    cases_begin(ids=ids)
    next_deadlines_refresh(recovery_ids=ids)
    # A date that is reckoned changes its case now; theirs were changed last when their story ended.
    rows_update([draft.recovery for draft in drafts], ["updated_at"])
    counts = Counter((draft.recovery.owner_id, draft.recovery.status_id) for draft in drafts)
    for (owner_id, status_id), n in sorted(counts.items()):
        case_count_add(owner_id=owner_id, status_id=status_id, by=n)


@contextmanager
def moments_as_given() -> Iterator[None]:
    """Rows keep the moments that they are given: by themselves the models stamp them with the present one."""
    fields: list[models.DateTimeField[Any, Any]] = [
        field for model in MODELS for field in model._meta.concrete_fields if isinstance(field, models.DateTimeField)
    ]
    before = [(field, field.auto_now, field.auto_now_add) for field in fields]
    for field in fields:
        field.auto_now = field.auto_now_add = False
    try:
        yield
    finally:
        for field, auto_now, auto_now_add in before:
            field.auto_now, field.auto_now_add = auto_now, auto_now_add
