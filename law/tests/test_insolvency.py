"""Until when a claim is declared in insolvency proceedings (art. R622-24 C. com.)."""

from datetime import date

import pytest

from law.insolvency import declaration_due


@pytest.mark.parametrize(
    ("published", "due"),
    [
        (date(2026, 1, 13), date(2026, 3, 13)),
        (date(2026, 12, 31), date(2027, 3, 1)),  # 28 February 2027 is a Sunday
        (date(2026, 3, 1), date(2026, 5, 4)),  # 1 May is a holiday, a Friday
    ],
)
def test_a_claim_is_declared_within_two_months_of_the_bodacc(published: date, due: date) -> None:
    assert declaration_due(published) == due


def test_who_lives_afar_has_four() -> None:
    assert declaration_due(date(2026, 1, 13), is_creditor_afar=True) == date(2026, 5, 13)
