"""Ordering: tokens, number, row, and the worker told, all or nothing."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from accounts.models import User
from companies.models import Company
from events.services import story
from legalcity.lib.claims import queue
from legalcity.lib.dates import PARIS
from legalcity.lib.reading.identifiers import SIREN
from legalcity.lib.settings.live import live
from legalcity.lib.working_hours import after_working_hours
from scoring.models import OrderYear, ScoringOrder
from scoring.services.pipeline import JOB
from scoring.services.tokens import spending_note, tokens_reserve


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client orders about a company."""

    company_name: str
    company_siret: str | None
    solvency_report: bool
    surveillance_months: int | None
    report_type: str | None
    priority: str

    @property
    def tokens(self) -> int:
        """What it costs: a token for each service."""
        return self.solvency_report + (self.surveillance_months is not None)


@story()
def order_place(*, user: User, company: Company, wish: Wish, moment: datetime, by: User | None = None) -> ScoringOrder:
    """Order `wish` for `user` about `company`, one of theirs; `by` is who does it in their place, if anybody does.

    Raises Forbidden for too few tokens.
    """
    tokens_reserve(user_id=user.pk, amount=wish.tokens)
    order = ScoringOrder.objects.create(
        order_id=_next_order_id(moment.astimezone(PARIS).year),
        user=user,
        company_id=company.pk,
        company_name=wish.company_name,
        company_siret=wish.company_siret,
        company_siren=company.company_siren or (wish.company_siret or "")[:SIREN],
        company_legal_form=company.company_legal_form or "",
        company_country=company.company_country or "",
        solvency_report=wish.solvency_report,
        surveillance=wish.surveillance_months is not None,
        surveillance_months=wish.surveillance_months,
        report_type=wish.report_type,
        priority=wish.priority,
        created_at=moment,
        estimated_delivery=after_working_hours(moment, delivery_hours(wish.priority)),
    )
    spending_note(order=order, amount=wish.tokens, by=by or user)
    queue(JOB.task, order.pk)
    return order


def delivery_hours(priority: str) -> int:
    """The working hours in which an order of `priority` is done."""
    is_express = priority == ScoringOrder.Priority.EXPRESS
    return int(live.SCORING_EXPRESS_HOURS if is_express else live.SCORING_STANDARD_HOURS)


def _next_order_id(year: int) -> str:
    """The next number of the year. Its row is locked until the transaction ends: no number is lost or given twice."""
    OrderYear.objects.get_or_create(year=year)
    OrderYear.objects.filter(year=year).update(last=F("last") + 1)
    return f"SCR-{year}-{OrderYear.objects.get(year=year).last:03}"
