"""When it is day where a debtor lives: time zones, public holidays, the hours in which one may be written to."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel.core import get_global
from legalcity.lib.dates import PARIS
from legalcity.lib.public_holidays import public_holidays

from law.territories import OVERSEAS, territory_of

SUNDAY = 7
# Of countries with several zones that of the capital, where it is not the only one left by its name.
_CAPITALS = {
    "AR": "America/Argentina/Buenos_Aires", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo",
    "CA": "America/Toronto", "CD": "Africa/Kinshasa", "CL": "America/Santiago", "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia", "DE": "Europe/Berlin", "EC": "America/Guayaquil", "ES": "Europe/Madrid",
    "FM": "Pacific/Pohnpei", "GL": "America/Nuuk", "ID": "Asia/Jakarta", "KI": "Pacific/Tarawa",
    "KZ": "Asia/Almaty", "MH": "Pacific/Majuro", "MN": "Asia/Ulaanbaatar", "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur", "NZ": "Pacific/Auckland", "PF": "Pacific/Tahiti", "PG": "Pacific/Port_Moresby",
    "PS": "Asia/Hebron", "PT": "Europe/Lisbon", "RU": "Europe/Moscow", "UA": "Europe/Kyiv",
    "US": "America/New_York", "UZ": "Asia/Tashkent",
}  # fmt: skip
# Alsace-Moselle by departments, with the calendars of the `holidays` library.
_LOCAL = {"57": "57", "67": "6AE", "68": "6AE"}
_OF_DEPARTMENTS = {"GP": "971", "MQ": "972", "GF": "973", "RE": "974", "YT": "976"}
_FURTHEST = 62  # days that are looked through for an hour to write in


class Place(NamedTuple):
    """Where a debtor lives: the ISO code of the country (empty where it is not known: France) and the postal code."""

    country: str = ""
    postal: str = ""

    @property
    def territory(self) -> str:
        """The ISO code of the country, or of the French territory overseas that the postal code names."""
        return territory_of(self.country or "FR", self.postal)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone: of a foreign country that of its capital."""
        return _zone_of(self)

    def is_holiday(self, day: date) -> bool:
        """Whether the day is a public holiday there; of a country that the library does not know none is."""
        return day in public_holidays(*self.calendar, day.year)

    @property
    def calendar(self) -> tuple[str, str | None]:
        """Country and part of it by which the `holidays` library knows the public holidays there."""
        territory = self.territory
        if territory in OVERSEAS:
            return "FR", _OF_DEPARTMENTS.get(territory, territory)
        return territory, _LOCAL.get("".join(self.postal.split())[:2]) if territory == "FR" else None

    @property
    def alike(self) -> "Place":
        """One place for all that have the same holidays and the same hours, so that days are reckoned once for them."""
        return _alike(self)

    def opening(self, moment: datetime, *, days: Iterable[int], from_hour: int, until_hour: int) -> datetime:
        """The first moment from `moment` on within the hours of an allowed day, in the zone of the place.

        `days` of the week, Monday is 1; a public holiday counts as a Sunday. Where nothing is ever allowed: `moment`.
        """
        here, allowed = moment.astimezone(self.zone), set(days)
        for ahead in range(_FURTHEST if from_hour < until_hour else 0):
            day = here.date() + timedelta(ahead)
            if (SUNDAY if self.is_holiday(day) else day.isoweekday()) not in allowed:
                continue
            opens = datetime.combine(day, time(from_hour), self.zone)
            closes = datetime.combine(day + timedelta(until_hour // 24), time(until_hour % 24), self.zone)
            if here < closes:
                return moment if here >= opens else opens
        return moment


@lru_cache(maxsize=20_000)
def opening(moment: datetime, place: Place, days: frozenset[int], from_hour: int, until_hour: int) -> datetime:
    """`Place.opening` in UTC, kept in mind: of a place and those that are `alike` it is asked again and again."""
    return place.opening(moment, days=days, from_hour=from_hour, until_hour=until_hour).astimezone(UTC)


@lru_cache(maxsize=20_000)
def _alike(place: Place) -> Place:
    territory = place.territory
    country, part = place.calendar
    return Place(territory, "".join(place.postal.split())[:2] if part and country == territory else "")


@lru_cache(maxsize=20_000)
def _zone_of(place: Place) -> ZoneInfo:
    return _zone(place.territory)


@lru_cache(maxsize=300)
def _zone(territory: str) -> ZoneInfo:
    known = _CAPITALS.get(territory) or _zones().get(territory)
    return ZoneInfo(known) if known else PARIS


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    return {territory: zone for zone, territory in get_global("zone_territories").items()}
