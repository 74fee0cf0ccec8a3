"""What may be asked for is told by the kept balance as by the account, and by the account where that is needed."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from invoicing.models import Invoice
from law.scenario import CaseFacts
from legalcity.lib.clock import now, today
from recoveries.ledger.balances import balance_terms
from recoveries.ledger.rate_book import rate_book
from recoveries.ledger.services import acompte_record
from recoveries.letters.scenarios.reading import facts_read
from recoveries.letters.scenarios.tests.test_rehearsing import PERSON, a_book, due
from recoveries.models import CaseBalance, EcbRate, LegalRate
from tests.factories import Api, case_id
from tests.letters import COMPLETE

WITH_INTEREST = {"recovery_late_interest": True, "recovery_interest_rate": "yes 3"}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_process")]


@pytest.fixture(autouse=True)
def clock(system_setting: Any) -> Any:
    """A Monday in June."""
    with time_machine.travel("2026-06-01T08:00:00Z", tick=False) as traveller:
        system_setting(**COMPLETE)
        yield traveller


def told(cases: list[int]) -> dict[int, CaseFacts]:
    return {pk: facts for pk, (_case, facts) in facts_read(cases, now()).items()}


def more_cases(owner: Api) -> list[int]:
    """Paid in part, disputed in part, with a claim that is barred beside one that is not."""
    two = [*due("2026-02-01"), *due("2026-03-01")]
    cases = [
        case_id(owner, invoices=due("2026-02-01")),
        case_id(owner, invoices=two),
        case_id(owner, invoices=[*due("2023-02-01"), *due("2026-03-01")], debtor=PERSON),
    ]
    acompte_record(recovery_id=cases[0], amount=Decimal(40), day=today(), confirmed=True, by=None)
    Invoice.objects.filter(pk=Invoice.objects.filter(recovery=cases[1]).earliest("pk").pk).update(is_disputed=True)
    return cases


def test_balances_tell_the_same_as_accounts(owner: Api, stranger: Api) -> None:
    cases = [*a_book(owner, stranger), *more_cases(owner)]
    by_balance = told(cases)
    CaseBalance.objects.update(terms="of other rates")
    assert by_balance == told(cases)
    assert sum(facts.guard.due > 0 for facts in by_balance.values()) > len(cases) // 2
    assert {len(facts.guard.claims) for facts in by_balance.values()} >= {1, 2}


def test_the_sum_is_that_of_the_balance_where_it_is_of_the_day(owner: Api) -> None:
    whole, paid = case_id(owner, invoices=due("2026-02-01")), more_cases(owner)[0]
    accounts = {pk: facts.guard.due for pk, facts in told([whole, paid]).items()}
    CaseBalance.objects.update(interest=Decimal("7777.77"))
    assert told([whole])[whole].guard.due > 7777
    assert told([paid])[paid].guard.due == accounts[paid]  # Which claims are left is not in a balance.
    CaseBalance.objects.update(on=today() - timedelta(1), next_change=today())
    assert told([whole])[whole].guard.due == accounts[whole]


def test_a_rate_that_is_not_confirmed_is_told_without_an_account(owner: Api) -> None:
    case = case_id(owner, invoices=due("2026-02-01"), recovery=WITH_INTEREST)
    for rates in (EcbRate, LegalRate):
        rates.objects.filter(valid_from="2026-01-01").update(is_confirmed=False)
    rate_book.forget()
    CaseBalance.objects.update(terms=balance_terms())
    by_balance = told([case])[case].guard.rates
    CaseBalance.objects.update(terms="of other rates")
    assert by_balance.is_unconfirmed
    assert by_balance == told([case])[case].guard.rates
