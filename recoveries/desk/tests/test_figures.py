"""Figures of the portfolio that are taken in the night: what they tell is what the cases tell."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from legalcity.lib.clock import now, today
from legalcity.lib.dates import add_months
from recoveries.desk import figures
from recoveries.desk.reads.portfolio import Portfolio, Question, portfolio
from recoveries.desk.tasks import take_figures
from recoveries.desk.tests.test_portfolio import MAY, PAGE, QUERY, boss, filed, forget, office, pay
from recoveries.models import PortfolioFigure, Recovery
from tests.factories import Api, ApiUserFactory, move

__all__ = ("boss", "filed", "office")
pytestmark = pytest.mark.django_db


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a few cases were many."""
    monkeypatch.setattr(figures, "MANY", 1)


def told(question: Question = MAY) -> Portfolio:
    """The figures without the moments at which they were read and taken."""
    forget()
    return replace(portfolio(question), at=datetime.max, taken_at=None)


@pytest.fixture
def questions(filed: Callable[..., int], owner: Api) -> list[Question]:
    """Cases of two clients, of one handler, of all that groups them; and what may be asked about them."""
    other = Api.of(ApiUserFactory())
    pay(filed(), "30.50")
    move(filed(age=400), 4)
    move(filed(datetime(2026, 6, 30, 21, 59, tzinfo=UTC), api=other), 9)
    filed(datetime(2026, 6, 30, 22, 0, tzinfo=UTC), api=other, invoice_amount="99999.99")
    before, after = filed(), filed(datetime(2026, 6, 10, 9, tzinfo=UTC), age=-20)
    Recovery.objects.filter(pk=before).update(status_id=10, transferred_to_id=after)
    Recovery.objects.filter(pk=after).update(user=other.user)
    summer = Question(date(2026, 5, 1), date(2026, 8, 1))
    return [
        MAY,
        summer,
        replace(summer, owner_id=owner.user.pk),
        replace(summer, owner_id=other.user.pk, handler_id=other.user.pk),
        replace(summer, handler_id=other.user.pk),
    ]


def test_what_was_taken_is_what_the_cases_tell(many: None, questions: list[Question]) -> None:
    read = [told(question) for question in questions]
    assert all(sum(row.cases for row in found.months) for found in (read[0], read[1], read[2], read[4]))
    assert take_figures() == PortfolioFigure.objects.count() > 4
    assert [told(question) for question in questions] == read
    forget()
    assert portfolio(MAY).taken_at is not None


def test_what_was_filed_since_is_added_and_the_rest_stays_until_the_night(
    many: None, filed: Callable[..., int]
) -> None:
    month = today().replace(day=1)
    lately = Question(add_months(month, -1), month)
    first = filed(now() - timedelta(days=3))
    assert figures.figures_take() == 1
    filed(now())
    pay(first, "40", today())
    assert _summed(told(lately)) == (2, Decimal("200.00"), Decimal("40.00"))
    PortfolioFigure.objects.update(taken_at=now() - timedelta(hours=37))  # No night since
    assert _summed(told(lately)) == (2, Decimal("160.00"), Decimal("40.00"))


def _summed(found: Portfolio) -> tuple[int, Decimal, Decimal]:
    months = found.months
    return sum(row.cases for row in months), sum(row.open for row in months), sum(row.received for row in months)  # type: ignore[return-value]


def test_where_there_are_few_cases_they_are_read(filed: Callable[..., int]) -> None:
    filed()
    assert figures.figures_take() == 0
    assert not PortfolioFigure.objects.exists()
    forget()
    assert portfolio(MAY).taken_at is None


def test_the_page_says_of_when_its_figures_are(many: None, filed: Callable[..., int], office: Client) -> None:
    filed()
    assert "as they stood then" not in office.get(PAGE, QUERY).content.decode()
    figures.figures_take()
    forget()
    assert "as they stood then" in office.get(PAGE, QUERY).content.decode()
