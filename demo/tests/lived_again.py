"""A case to which happens what has happened to another one, at the same moments: filed through the API, and then by the
services that its doors call.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from operator import itemgetter
from typing import Any

import time_machine
from django.db.models import Model

from accounts.models import User
from companies.models import Company
from demo.acts import READ_AFTER, TAKEN_AFTER
from law.vocabulary import Step
from recoveries.ledger.services import acompte_record, dette_record
from recoveries.models import Acompte, Comment, Dette, Recovery, StatusChange
from recoveries.rules import FIELDS
from recoveries.services.comments import comment_create, comment_mark_read
from recoveries.services.handlers import case_assign
from recoveries.services.life import status_move
from recoveries.statuses import Actor
from tests.factories import Api, case_id

PARTY = [field.name for field in Company._meta.concrete_fields if field.name.startswith("company_")]
INVOICE = (
    *("invoice_number", "invoice_date", "invoice_due_date", "invoice_amount"),
    *("invoice_part_paid", "invoice_part_paid_amount", "api_invoice_id"),
)
SEEN = ("visible_to_user", "visible_to_debtor", "visible_to_bailiff")

Act = tuple[datetime, Callable[[], Any]]


def lived_again(case: Recovery) -> Recovery:
    """The other case; its handler is the member of staff who acts on `case`."""
    with time_machine.travel(case.created_at, tick=False):
        again = Recovery.objects.get(pk=_filed(case))
    for moment, act in sorted(_acts(case, again), key=itemgetter(0)):
        with time_machine.travel(moment, tick=False):
            act()
    return again


def _filed(case: Recovery) -> int:
    return case_id(
        Api.of(case.owner),
        recovery=_body(case, FIELDS),
        customer=_body(case.customer, PARTY),
        debtor=_body(case.debtor, PARTY),
        invoices=[_body(invoice, INVOICE) for invoice in case.invoices.order_by("id")],
    )


def _body(row: Model | None, names: tuple[str, ...] | list[str]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {name: str(value) if isinstance(value, Decimal | date) else value for name, value in values.items()}


def _acts(case: Recovery, again: Recovery) -> Iterator[Act]:
    staff = case.user
    assert staff is not None
    assert staff.is_staff
    yield case.created_at + TAKEN_AFTER, partial(case_assign, recovery_id=again.pk, handler=staff, by=staff)
    for debt in case.dettes.order_by("id"):
        yield debt.created_at, partial(_owe, again, debt, staff)
    for comment in case.comments.order_by("id"):
        yield comment.created_at, partial(_say, again, comment)
        if comment.is_read:
            yield comment.created_at + READ_AFTER, partial(_read, again, comment, staff)
    for payment in case.acomptes.order_by("id"):
        yield payment.created_at, partial(_pay, again, payment, staff)
    for change in case.status_history.exclude(to_status_id__in=(Step.CREATED, Step.PAID)).order_by("id"):
        yield change.created_at, partial(_move, again, change)


def _owe(again: Recovery, debt: Dette, by: User) -> None:
    dette_record(recovery_id=again.pk, label=debt.label, amount=debt.amount, day=debt.date, by=by)


def _say(again: Recovery, said: Comment) -> None:
    values = {"comment": said.html, **{name: getattr(said, name) for name in SEEN}}
    comment_create(recovery=Recovery.objects.get(pk=again.pk), values=values, by=said.user)


def _read(again: Recovery, said: Comment, by: User) -> None:
    there = Comment.objects.get(recovery=again, created_at=said.created_at)
    comment_mark_read(comment_id=there.pk, recovery=Recovery.objects.get(pk=again.pk), by=by)


def _pay(again: Recovery, payment: Acompte, by: User) -> None:
    values = {name: getattr(payment, name) for name in ("amount", "method", "reference", "comment")}
    acompte_record(recovery_id=again.pk, day=payment.date, confirmed=True, by=by, **values)


def _move(again: Recovery, change: StatusChange) -> None:
    """To a formal notice as its proof moves a case: nobody has one of these cases."""
    actor = Actor.SYSTEM if change.to_status_id == Step.FORMAL_NOTICE else Actor.STAFF
    status_move(
        recovery_id=again.pk, to_status=change.to_status_id, by=change.user, comment=change.comment, actor=actor
    )
