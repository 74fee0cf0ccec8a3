"""By when money is handed over: a month after it came in (art. R124-6 CPCE)."""

from datetime import date

import pytest

from law.handing_over import hand_over_by


@pytest.mark.parametrize(
    ("received_on", "day"),
    [
        (date(2026, 6, 10), date(2026, 7, 10)),
        (date(2026, 12, 31), date(2027, 1, 31)),
        (date(2027, 1, 31), date(2027, 2, 28)),
    ],
)
def test_money_is_handed_over_within_a_month(received_on: date, day: date) -> None:
    assert hand_over_by(received_on) == day
