"""What `/metrics` tells of cases: numbers alone, of the whole house."""

from collections.abc import Mapping

from legalcity.lib.clock import today
from legalcity.lib.metrics.measures import Measure, measures
from recoveries.desk.reads.work import open_cases
from recoveries.ledger.nightly import round_age, watched
from recoveries.models import Recovery


def lapsed() -> Mapping[str, float]:
    """How many open cases have a legal date behind them that nobody has dealt with, under the empty label."""
    return {"": open_cases(Recovery.objects.all()).filter(next_deadline__lt=today()).count()}


def register() -> None:
    """Add the figures of this room."""
    lapsed_about = "Open cases whose next legal date has passed."
    measures.register(Measure("legalcity_deadlines_lapsed", lapsed_about, "", lapsed))
    cases_about = "Cases that the nightly look at the ledger compared, and those of which something differs."
    measures.register(Measure("legalcity_ledger_cases", cases_about, "found", watched))
    age_about = "Time since the ledger of every case was looked at."
    measures.register(Measure("legalcity_ledger_round_age_seconds", age_about, "", round_age))
