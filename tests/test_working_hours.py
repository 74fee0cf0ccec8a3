"""The firm's working hours, by which delivery is estimated."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legalcity.lib.dates import PARIS
from legalcity.lib.working_hours import CLOSES, OPENS, after_working_hours, is_working_day

moments = st.datetimes(datetime(2024, 1, 1), datetime(2034, 1, 1), timezones=st.just(UTC))


def after(moment: str, hours: int) -> str:
    """Both in Paris."""
    begun = datetime.fromisoformat(moment).replace(tzinfo=PARIS)
    return after_working_hours(begun, hours).astimezone(PARIS).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("begun", "hours", "over"),
    [
        ("2026-03-02T09:00", 4, "2026-03-02T13:00"),
        ("2026-03-02T14:00", 4, "2026-03-02T18:00"),
        ("2026-03-02T15:00", 4, "2026-03-03T10:00"),
        ("2026-03-02T03:00", 4, "2026-03-02T13:00"),
        ("2026-03-02T18:00", 4, "2026-03-03T13:00"),
        ("2026-03-02T23:30", 4, "2026-03-03T13:00"),
        ("2026-03-06T17:00", 4, "2026-03-09T12:00"),  # over a week-end
        ("2026-03-07T12:00", 4, "2026-03-09T13:00"),
        ("2026-03-02T09:00", 16, "2026-03-03T16:00"),
        ("2026-03-02T09:00", 45, "2026-03-06T18:00"),
        ("2026-03-27T17:00", 4, "2026-03-30T12:00"),  # the clocks go forward
        ("2026-10-23T17:00", 4, "2026-10-26T12:00"),  # and back
        ("2026-04-03T17:00", 4, "2026-04-07T12:00"),  # Easter Monday; Good Friday is a working day
        ("2026-12-24T17:00", 4, "2026-12-28T12:00"),
        ("2026-05-13T17:00", 2, "2026-05-15T10:00"),  # Ascension
        ("2026-07-13T17:00", 2, "2026-07-15T10:00"),
        ("2026-03-02T09:00", 0, "2026-03-02T09:00"),
    ],
)
def test_by_hand(begun: str, hours: int, over: str) -> None:
    assert after(begun, hours) == over


@settings(max_examples=200, derandomize=True, deadline=None)
@given(moments, st.integers(0, 200))
def test_it_is_over_during_working_hours_and_never_before(moment: datetime, hours: int) -> None:
    over = after_working_hours(moment, hours)
    here = over.astimezone(PARIS)
    assert is_working_day(here.date())
    assert OPENS <= here.time() <= CLOSES
    assert over >= moment
    assert after_working_hours(moment, hours + 1) > over


@pytest.mark.parametrize("day", ["2026-01-01", "2026-05-01", "2026-05-08", "2026-05-25", "2026-11-11", "2026-03-01"])
def test_days_off(day: str) -> None:
    assert not is_working_day(date.fromisoformat(day))
