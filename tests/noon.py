"""The day on which a module of tests was read goes on while they run, also past midnight."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time

import pytest
import time_machine

from legalcity.lib.dates import PARIS


def noon_of(day: date) -> Callable[[], Iterator[None]]:
    """A fixture for every test of a module that reckons from `day`: each begins at noon in Paris."""

    @pytest.fixture(autouse=True)
    def noon() -> Iterator[None]:
        with time_machine.travel(datetime.combine(day, time(12), PARIS)):
            yield

    return noon
