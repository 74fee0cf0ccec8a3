"""The firm of the demonstration: complete, and never instead of a real one."""

from typing import Any

import pytest
from django.core.management import call_command

from demo.house import FIRM, firm_introduce
from legalcity.lib.clock import today
from legalcity.lib.settings.live import live
from recoveries.letters.judging import demand_of, refusals_of
from recoveries.models import Recovery

pytestmark = pytest.mark.django_db


def test_letters_of_the_demonstration_may_leave() -> None:
    call_command("seed_demo", cases=30, verbosity=0)
    amicable = Recovery.objects.filter(type=1, status__is_closing=False)
    told = [refusals_of(case, demand_of(case, today()), kind="relance_1", on=today()) for case in amicable]
    assert () in told
    assert not {reason.code for reasons in told for reason in reasons} & {"firm", "creditor"}


def test_a_firm_that_is_there_stays(system_setting: Any) -> None:
    system_setting(FIRM_NAME="Cabinet Durand", FIRM_CITY="Brest")
    firm_introduce()
    assert ("Cabinet Durand", "Brest", FIRM["FIRM_ADDRESS"]) == (live.FIRM_NAME, live.FIRM_CITY, live.FIRM_ADDRESS)
