"""The firm of the demonstration: complete, and never instead of a real one."""

from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from demo.house import FIRM, firm_introduce
from law.contact import Code, Outcome
from legalcity.lib.dates import PARIS
from legalcity.lib.settings.live import live
from recoveries.letters.judging import drafts_of
from recoveries.models import Recovery

pytestmark = pytest.mark.django_db


def test_letters_of_the_demonstration_may_leave() -> None:
    call_command("seed_demo", cases=30, verbosity=0)
    amicable = Recovery.objects.filter(type=1, status__is_closing=False)
    moment = datetime(2026, 12, 2, 10, tzinfo=PARIS)
    with time_machine.travel(moment, tick=False):
        letters = [(case, (case.debtor and case.debtor.company_email) or "") for case in amicable]
        verdicts = [drafts_of(case, ["relance_1"], to=to, moment=moment)[0].verdict for case, to in letters]
    assert Outcome.SEND in {verdict.outcome for verdict in verdicts}
    assert not {reason.code for one in verdicts for reason in one.reasons} & {Code.MENTIONS, Code.FUNDS, Code.PRIVACY}


def test_a_firm_that_is_there_stays(system_setting: Any) -> None:
    system_setting(FIRM_NAME="Cabinet Durand", FIRM_CITY="Brest")
    firm_introduce()
    assert ("Cabinet Durand", "Brest", FIRM["FIRM_ADDRESS"]) == (live.FIRM_NAME, live.FIRM_CITY, live.FIRM_ADDRESS)
