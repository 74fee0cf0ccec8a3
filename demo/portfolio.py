"""The portfolio in the database: batch by batch, exact after each one, nothing twice."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.db import models, reset_queries, transaction

from accounts.models import User
from companies.models import Company
from demo.accounts import accounts_ensure
from demo.one_case import Scene, case_build, reference_of
from demo.people import names_of
from demo.processes import batches_done
from demo.protected import protected_drafts
from demo.writing import drafts_write
from invoicing.models import Invoice, ProtectedInvoice, ProtectedInvoiceChange
from legalcity.lib.bulk_load import planner_told
from recoveries.models import Acompte, Comment, Dette, Recovery, Status, StatusChange

MODELS = (
    *(Company, Recovery, Invoice, StatusChange, Comment, Acompte, Dette),
    *(ProtectedInvoice, ProtectedInvoiceChange),
)
GROWN = (1, 4, 16, 64)  # batches after which tables are another size than the planner knows
BATCH = 1000  # cases in a transaction; more would be no faster and hold more in memory


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many cases were added, and how many were there already."""

    added: int
    present: int


def portfolio_load(
    *, seed: int, cases: int, today: date, processes: int = 1, progress: Callable[[int], Any] = lambda _n: None
) -> Loaded:
    """Cases 0 to `cases` of the portfolio of `seed`; those that are there already are left alone.

    `progress` is called with the number of cases done, after each batch. With more than one of `processes` the caller
    is in no transaction. Raises NotOurs.
    """
    scene = scene_set(seed=seed, today=today)
    _protected_load(scene)
    added = 0
    batches = [range(start, min(start + BATCH, cases)) for start in range(0, cases, BATCH)]
    loaded = batches_done(partial(_batch_load, scene), batches, processes=processes)
    for done, (numbers, here) in enumerate(zip(batches, loaded, strict=True), start=1):
        added += here
        if here == BATCH and done in GROWN:
            planner_told()
        progress(len(numbers))
    return Loaded(added=added, present=cases - added)


def scene_set(*, seed: int, today: date) -> Scene:
    """The accounts, found or made, and what all cases share. Raises NotOurs."""
    names = names_of(seed)
    accounts, staff = accounts_ensure(seed=seed, names=names)
    return Scene(
        seed=seed,
        today=today,
        names=names,
        accounts=accounts,
        staff=staff,
        statuses=Status.objects.in_bulk(),
        people=User.objects.in_bulk([*staff, *(account.user_id for account in accounts)]),
    )


def _batch_load(scene: Scene, numbers: Sequence[int]) -> int:
    references = {reference_of(scene.seed, number): number for number in numbers}
    there = Recovery.objects.filter(recovery_reference__in=references).values_list("recovery_reference", flat=True)
    missing = references.keys() - set(there)
    with garbage_left():
        drafts = [case_build(scene, number) for reference, number in references.items() if reference in missing]
        with moments_as_given(), transaction.atomic():
            drafts_write(drafts, people=scene.people)
    reset_queries()  # With DEBUG=1 Django remembers every statement.
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
