"""An earlier day as it was known: what was told at its end is told again, whatever was recorded or corrected since."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest
import time_machine
from constance import config as system_settings
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from companies.models import Company
from invoicing.models import Invoice
from law.account.canonical import canonical
from law.parties import Quality
from legalcity.lib.clock import today
from legalcity.lib.errors import DomainError
from recoveries.court.tests.transfers import transferred
from recoveries.ledger.decompte import case_decompte
from recoveries.ledger.gathering import with_terms
from recoveries.ledger.models import Entry
from recoveries.ledger.posting import Source
from recoveries.ledger.reductions import credit_note_record
from recoveries.ledger.reversals import acompte_reverse, dette_reverse
from recoveries.ledger.services import acompte_record, dette_record
from recoveries.models import Acompte, Dette, EcbRate, FormalNotice, FormerRow, Injunction, LegalRate, Recovery
from recoveries.services.cases import recovery_update
from recoveries.services.invoices import invoice_facts_record
from recoveries.services.notices import notice_enter, notice_follow
from recoveries.services.parties import party_quality_confirm, party_update
from tests.factories import Api, case_id
from tests.ledgers import former_rows_dated, former_rows_vanish

pytestmark = pytest.mark.django_db
START = date(2026, 11, 1)
ASKED = (date(2026, 4, 30), date(2026, 9, 30), date(2027, 2, 1))
ARTISAN = {"company_type": "freelance", "company_freelance_type": "artisan", "company_legal_form": None}
INVOICES = [
    {"invoice_number": "F1", "invoice_date": "2026-02-13", "invoice_due_date": "2026-03-15", "invoice_amount": 6000},
    {"invoice_number": "F2", "invoice_date": "2026-03-30", "invoice_due_date": None, "invoice_amount": 2400},
]


@pytest.fixture(autouse=True)
def day(db: None) -> Iterator[None]:
    with time_machine.travel(noon(START), tick=False):
        yield


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 11)


def filed(api: Api, **parts: Any) -> int:
    terms = {"recovery_late_interest": True, "recovery_interest_rate": "no"}
    return case_id(api, recovery=terms, debtor=ARTISAN, invoices=INVOICES, **parts)


def answers(case: int, *, known_on: date | None) -> list[bytes]:
    """What is told of each of the days `ASKED`: the canonical form, or the refusal."""
    return [_answer(case, on, known_on) for on in ASKED]


def _answer(case: int, on: date, known_on: date | None) -> bytes:
    try:
        told = canonical(case_decompte(with_terms(Recovery.objects).get(pk=case), on=on, known_on=known_on))
    except DomainError as error:
        return repr(error.errors).encode()  # type: ignore[attr-defined]
    return orjson.dumps(told if known_on else {**told, "sha256": ""})


# --- what may happen on a day: `n` is any number, which chooses among what is there -----------------------------------
def pays(case: int, n: int) -> None:
    acompte_record(recovery_id=case, amount=Decimal(n + 1), day=ASKED[0], reference="F2", confirmed=True, by=None)


def takes_back(case: int, n: int) -> None:
    payments = Acompte.objects.standing().filter(recovery_id=case).order_by("pk")
    for payment in payments[n % 3 : n % 3 + 1]:
        acompte_reverse(recovery_id=case, acompte_id=payment.pk, reason=Entry.Reason.MISTAKE, by=None)


def owes_more(case: int, n: int) -> None:
    dette_record(recovery_id=case, label="Deposit", amount=Decimal(n + 1), day=ASKED[0], by=None)


def owes_less(case: int, _n: int) -> None:
    for debt in Dette.objects.standing().filter(recovery_id=case)[:1]:
        dette_reverse(recovery_id=case, dette_id=debt.pk, reason=Entry.Reason.MISTAKE, by=None)


def notes(case: int, _n: int) -> None:
    invoice = Invoice.objects.get(recovery_id=case, invoice_number="F1").pk
    values = {"amount": Decimal(10), "day": ASKED[0], "by": None, "source": Source.STAFF}
    credit_note_record(recovery_id=case, invoice_id=invoice, **values)


def gives_notice(case: int, n: int) -> None:
    sent = ASKED[0] + timedelta(n % 90)
    told = {"sent_on": sent, "presented_on": sent + timedelta(2), "state": "refused"}
    notice_enter(recovery_id=case, channel="registered", by=None, **told)


def follows_notice(case: int, n: int) -> None:
    notice = FormalNotice.objects.filter(recovery_id=case).order_by("-pk").first()
    if notice and notice.sent_on:
        received = notice.sent_on + timedelta(3 + n % 20)
        told = {"state": "received", "received_on": received, "presented_on": notice.presented_on}
        notice_follow(recovery_id=case, notice_id=notice.pk, by=None, **told)


def confirms(case: int, n: int) -> None:
    party_quality_confirm(recovery_id=case, side="debtor", quality=list(Quality)[n % 3], by=None)


def is_another_kind(case: int, n: int) -> None:
    debtor = Recovery.objects.get(pk=case).debtor
    assert debtor is not None
    kinds = ({"company_type": "particular", "company_legal_form": None, "company_siren": None}, ARTISAN)
    if debtor.acts_as == Quality.UNKNOWN:
        party_update(company=debtor, values=kinds[n % 2], by=None)


def asks_otherwise(case: int, n: int) -> None:
    terms: dict[str, Any] = {
        "recovery_late_interest": n % 4 > 0,
        "recovery_interest_rate": "yes",
        "recovery_interest_rate_percent": Decimal(n % 900) / 100,
        "recovery_penalty": n % 2 > 0,
        "recovery_penalty_type": "percent",
        "recovery_penalty_percent": Decimal("12.50"),
    }
    recovery_update(recovery=Recovery.objects.select_for_update().get(pk=case), values=terms, by=None)


def was_performed(case: int, n: int) -> None:
    invoice = Invoice.objects.get(recovery_id=case, invoice_number="F2").pk
    told = {"performed_on": ASKED[0] + timedelta(n % 60), "is_disputed": False}
    invoice_facts_record(recovery_id=case, invoice_id=invoice, values=told, by=None)


def corrects_a_rate(_case: int, n: int) -> None:
    for model in (EcbRate, LegalRate):
        for rate in model.objects.filter(valid_from=date(2026, 7, 1)):
            rate.rate_percent, rate.is_confirmed = Decimal(n % 1000) / 100, n % 2 > 0
            rate.save()


def enters_a_rate(_case: int, n: int) -> None:
    row, is_new = EcbRate.objects.get_or_create(
        valid_from=date(2027, 1, 1), defaults={"rate_percent": Decimal(n % 1000) / 100, "source": "JO"}
    )
    if not is_new:
        row.delete()


def changes_the_setting(_case: int, n: int) -> None:
    system_settings.NOTICE_PRESENTATION_COUNTS = n % 2 > 0


ACTS: list[Callable[[int, int], None]] = [
    *(pays, takes_back, owes_more, owes_less, notes, gives_notice, follows_notice, confirms, is_another_kind),
    *(asks_otherwise, was_performed, corrects_a_rate, enters_a_rate, changes_the_setting),
]
DAYS = st.lists(
    st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 9999)), min_size=1, max_size=4), min_size=2, max_size=5
)
few_examples = hypothesis_settings(
    max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)


@few_examples
@given(history=DAYS)
def test_what_was_told_on_a_day_is_told_again(owner: Api, history: list[list[Any]]) -> None:
    former_rows_vanish()  # Those of the history before: the clock went back
    case, kept = filed(owner), {}
    for number, acts in enumerate(history):
        with time_machine.travel(noon(START + timedelta(3 * number)), tick=False):
            with former_rows_dated():
                for act, n in acts:
                    with suppress(DomainError):  # A second credit note may be more than is left
                        act(case, n)
            kept[today()] = answers(case, known_on=today())
            assert [_without_fingerprint(one) for one in kept[today()]] == answers(case, known_on=None)
    with time_machine.travel(noon(START + timedelta(60)), tick=False):
        for day, told in kept.items():
            assert answers(case, known_on=day) == told


def _without_fingerprint(told: bytes) -> bytes:
    read = orjson.loads(told) if told.startswith(b'{"recovery_id') else None
    return orjson.dumps({**read, "sha256": ""}) if read else told


def test_what_a_court_made_of_a_case_is_not_told_of_earlier_days(owner: Api) -> None:
    case, there = filed(owner), None
    kept: dict[date, dict[int, list[bytes]]] = {}

    def goes(day: int, act: Callable[[], Any]) -> None:
        with time_machine.travel(noon(START + timedelta(day)), tick=False):
            with former_rows_dated():
                act()
            cases = [pk for pk in (case, Recovery.objects.get(pk=case).transferred_to_id) if pk]
            kept[today()] = {pk: answers(pk, known_on=today()) for pk in cases}

    def procedure(**values: Any) -> None:
        Injunction.objects.filter(recovery__transferred_from=case).update(**values)

    goes(0, lambda: pays(case, 700))
    goes(1, lambda: transferred(owner, case))
    there = Recovery.objects.get(pk=case).transferred_to_id
    assert there is not None
    goes(5, lambda: gives_notice(there, 7))
    goes(9, lambda: procedure(order_made_on=date(2026, 9, 1), granted_principal=Decimal("4000.10")))
    goes(12, lambda: procedure(served_on=date(2026, 9, 10), granted_interest=Decimal(10)))
    goes(20, lambda: procedure(granted_principal=None, granted_amount=Decimal(5000), enforceable_on=date(2026, 9, 20)))
    with time_machine.travel(noon(START + timedelta(60)), tick=False):
        for day, told in kept.items():
            for pk, answer in told.items():
                assert answers(pk, known_on=day) == answer
    assert len({answer[there][1] for answer in kept.values() if there in answer}) > 2


def test_a_party_that_was_replaced_is_told_as_it_was(owner: Api) -> None:
    case = Recovery.objects.get(pk=filed(owner))
    with former_rows_dated():
        confirms(case.pk, 0)  # professional
    before = answers(case.pk, known_on=today())
    with time_machine.travel(noon(START + timedelta(2)), tick=False):
        with former_rows_dated():
            Recovery.objects.filter(pk=case.pk).update(debtor=None)
            Company.objects.filter(pk=case.debtor_id).delete()
        assert answers(case.pk, known_on=None) != [_without_fingerprint(one) for one in before]
        assert answers(case.pk, known_on=START) == before


def test_nothing_is_kept_of_what_decides_nothing(owner: Api) -> None:
    case = filed(owner)
    kept = FormerRow.objects.count()
    Recovery.objects.get(pk=case).save()
    Recovery.objects.filter(pk=case).update(recovery_observations="Called", comments_count=3)
    Company.objects.filter(owner=owner.user).update(company_phone="0102030405")
    system_settings.MAX_PAGE_SIZE = 50
    assert FormerRow.objects.count() == kept
