"""The public holidays of a year, by country."""

from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=5_000)
def public_holidays(country: str, part: str | None, year: int) -> frozenset[date]:
    """Those of a country (ISO code), or of a part of it as the `holidays` library names parts; none where it has none.

    A year at a time, and whole before anybody sees it: the library's own calendars grow as they are asked, and count a
    year as known before they have filled it. Another thread that asks meanwhile would see a year without holidays.
    """
    try:
        return frozenset(holidays.country_holidays(country, subdiv=part, years=year, expand=False))
    except NotImplementedError:
        return frozenset()
