"""The public holidays of a year."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from legalcity.lib.public_holidays import public_holidays
from tests.races import hasty_threads


@pytest.mark.parametrize(
    ("country", "part", "day", "is_off"),
    [
        ("FR", None, date(2026, 7, 14), True),
        ("FR", None, date(2026, 7, 15), False),
        ("FR", None, date(2026, 12, 26), False),
        ("FR", "6AE", date(2026, 12, 26), True),
        ("BE", None, date(2026, 7, 21), True),
        ("KM", None, date(2026, 7, 14), False),
        ("XX", None, date(2026, 1, 1), False),
    ],
)
def test_days_off_by_country_and_part(country: str, part: str | None, day: date, is_off: bool) -> None:
    assert (day in public_holidays(country, part, day.year)) is is_off


def test_whoever_asks_while_a_year_is_made_sees_all_of_it() -> None:
    public_holidays.cache_clear()
    years = [year for year in range(2000, 2100) for _ in range(4)]
    with hasty_threads(), ThreadPoolExecutor(4) as threads:
        found = threads.map(lambda year: date(year, 12, 25) in public_holidays("FR", None, year), years)
        assert all(found)
