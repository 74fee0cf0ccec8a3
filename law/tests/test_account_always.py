"""What always holds of an account: whatever happened, in whatever order it was recorded, on whatever day one looks."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from law.account.decompte import Decompte, decompte
from law.account.facts import (
    Claim,
    ClaimKey,
    ClaimKind,
    CreditNote,
    DebtHead,
    Demand,
    Facts,
    Head,
    Notice,
    NoticeState,
    NotMet,
    Order,
    Payment,
    PaymentState,
    PenaltyClause,
    Rates,
    Transfer,
    Waiver,
)
from law.account.lines import payment_lines
from law.account.transfer import parted
from law.interest import RateKind
from law.parties import Quality
from law.tests.accounts import RATES, eur

FIRST, LAST = date(2025, 2, 1), date(2026, 12, 31)
DAYS = st.dates(FIRST, LAST)
AMOUNTS = st.decimals(eur("0.01"), eur("9000.00"), places=2)
LABELS = st.sampled_from(["", "VIR SEPA", "F1", "virement F2 merci", "F3 F1", "F99"])
INVOICES = 4


def numbered(make: Any, rows: st.SearchStrategy) -> st.SearchStrategy:
    """Facts of one kind with ids 1, 2, 3 …"""
    return rows.map(lambda told: tuple(make(id=place, **values) for place, values in enumerate(told, 1)))


def rows(most: int, **values: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(st.fixed_dictionaries(values), max_size=most)


def claim(id: int, **values: Any) -> Claim:
    kind = ClaimKind.DEBT if values["head"] != DebtHead.PRINCIPAL else ClaimKind.INVOICE
    due_on = values["due_after"] and values["issued_on"] + timedelta(days=values["due_after"])
    kept = {key: values[key] for key in ("issued_on", "amount", "part_paid", "head")}
    return Claim(id=id, kind=kind, number=f"F{id}", due_on=due_on, **kept)


CLAIMS = numbered(
    claim,
    rows(
        8,
        issued_on=DAYS,
        due_after=st.none() | st.integers(1, 400),
        amount=AMOUNTS,
        part_paid=st.just(eur("0.00")) | AMOUNTS,
        head=st.sampled_from([DebtHead.PRINCIPAL] * 5 + [DebtHead.COST_OF_TITLE, DebtHead.DEPOSIT]),
    ),
)
KEYS = st.integers(1, INVOICES).map(lambda id: (ClaimKind.INVOICE, id))
NOTES = numbered(CreditNote, rows(4, claim=KEYS, on=DAYS, amount=AMOUNTS))
WAIVERS = numbered(
    Waiver,
    rows(
        3,
        claim=KEYS,
        on=DAYS,
        amount=AMOUNTS,
        head=st.sampled_from([Head.PRINCIPAL, Head.INTEREST, Head.INDEMNITY]),
    ),
)
PAYMENTS = numbered(
    Payment,
    rows(
        12,
        on=DAYS,
        amount=AMOUNTS,
        reference=LABELS,
        invoice_id=st.none() | st.integers(1, INVOICES + 1),
        state=st.sampled_from([PaymentState.RECEIVED] * 4 + [PaymentState.REVERSED]),
    ),
)
NOTICES = st.lists(st.builds(Notice, state=st.just(NoticeState.RECEIVED), received_on=DAYS), max_size=3).map(tuple)
DEMANDS = st.builds(
    Demand,
    late_interest=st.booleans(),
    agreed=st.sampled_from([None, "yes", "yes 3"]),
    percent=st.decimals(0, 20, places=2),
    penalty=st.none()
    | st.builds(PenaltyClause, amount=AMOUNTS)
    | st.builds(PenaltyClause, percent=st.decimals(0, 30, places=2)),
)
ORDERS = st.builds(
    Order,
    made_on=DAYS,
    served_on=st.none() | DAYS,
    **dict.fromkeys(("principal", "interest", "indemnity", "penalty", "cost"), st.none() | AMOUNTS),
)
NOT_MET = st.builds(
    NotMet,
    claim=st.none() | KEYS,
    payments=st.frozensets(st.integers(1, 12)),
    **dict.fromkeys(("asked", "interest", "indemnity"), st.none() | AMOUNTS),
)
CASES = st.builds(
    Facts,
    recovery_id=st.just(1),
    recovery_reference=st.just("REC"),
    creditor=st.sampled_from([Quality.PROFESSIONAL, Quality.CONSUMER]),
    debtor=st.sampled_from(list(Quality)),
    claims=CLAIMS,
    demand=DEMANDS,
    credit_notes=NOTES,
    waivers=WAIVERS,
    payments=PAYMENTS,
    not_met=st.lists(NOT_MET, max_size=4).map(tuple),
    notices=NOTICES,
    title_on=st.none() | DAYS,
    order=st.none() | ORDERS,
)


def on_day(facts: Facts, on: date, rates: Rates = RATES) -> Decompte:
    return decompte(replace(facts, claims=(*facts.claims, EARLIEST)), on, rates, known_on=on)


# So that a case has a first day before all others; nothing is owed of it.
EARLIEST = Claim(
    kind=ClaimKind.DEBT, id=0, number="", issued_on=FIRST, due_on=None, amount=eur("0"), head=DebtHead.KEPT_BY_CREDITOR
)


def owed(told: Decompte) -> tuple:
    """What is owed of each claim and by head, due or not, and what is over."""
    claims = {row.claim.key: row.left for row in told.claims}
    later = {row.claim.key: row.principal for row in told.not_due}
    return claims, later, told.total, told.surplus, told.penalty, told.per_day


def all_owed(*accounts: Decompte) -> list[Decimal]:
    """Sums over accounts: each head, what is not yet due, what is over."""
    heads = [sum(parts) for parts in zip(*(told.total for told in accounts), strict=True)]
    later = sum(row.principal for told in accounts for row in told.not_due)
    return [*heads, later, sum(told.surplus for told in accounts)]


@settings(deadline=None)
@given(CASES, DAYS, st.randoms(use_true_random=False))
def test_the_order_in_which_facts_were_recorded_does_not_matter(facts: Facts, on: date, random: Any) -> None:
    kinds = ("claims", "credit_notes", "waivers", "payments", "notices")
    mixed = {kind: tuple(random.sample(getattr(facts, kind), len(getattr(facts, kind)))) for kind in kinds}
    assert on_day(replace(facts, **mixed), on) == on_day(facts, on)


@settings(deadline=None)
@given(CASES, DAYS, DAYS, AMOUNTS, LABELS)
def test_to_pay_and_to_reverse_is_nothing(facts: Facts, on: date, day: date, amount: Decimal, label: str) -> None:
    undone = Payment(id=99, on=day, amount=amount, reference=label, state=PaymentState.REVERSED)
    assert owed(on_day(replace(facts, payments=(*facts.payments, undone)), on)) == owed(on_day(facts, on))


@settings(deadline=None)
@given(CASES, DAYS, DAYS, AMOUNTS, AMOUNTS)
def test_two_payments_of_one_day_equal_one(facts: Facts, on: date, day: date, one: Decimal, other: Decimal) -> None:
    payments = tuple(payment for payment in facts.payments if payment.on != day)
    both = (Payment(id=98, on=day, amount=one), Payment(id=99, on=day, amount=other))
    whole = Payment(id=99, on=day, amount=one + other)
    apart = on_day(replace(facts, payments=(*payments, *both)), on)
    assert owed(apart) == owed(on_day(replace(facts, payments=(*payments, whole)), on))


@settings(deadline=None)
@given(CASES, DAYS)
def test_the_sums_of_the_heads_are_the_totals_and_nothing_is_negative(facts: Facts, on: date) -> None:
    told = on_day(facts, on)
    claims = [sum(parts) for parts in zip(*(row.left for row in told.claims), strict=True)] or [0] * 5
    assert [*claims[:3], claims[4]] == [*told.total[:3], told.total[4]]
    assert told.total.due == sum(told.total)
    figures = [amount for row in told.claims for amount in row.left]
    parts = [amount for row in told.payments for part in row.allocations for amount in part.amounts]
    later = [row.principal for row in told.not_due]
    assert min([*figures, *parts, *later, *told.total, told.surplus, told.penalty, told.per_day]) >= 0


@settings(deadline=None)
@given(CASES, DAYS)
def test_no_cent_is_lost(facts: Facts, on: date) -> None:
    """All that was ever owed, less what was received, is what is owed and what is over."""
    facts = replace(facts, waivers=(), order=None)
    told = on_day(facts, on)
    ran = sum(part.interest for row in told.claims for part in row.segments)
    met = [part.amounts for row in told.payments for part in row.allocations]
    indemnities = told.total.indemnity + sum(part.indemnity for part in met)
    shown = [row.claim for row in (*told.claims, *told.not_due)]
    charged = sum(claim.principal for claim in shown)
    keys = {claim.key for claim in shown}
    noted = Counter[ClaimKey]()
    for note in facts.credit_notes:
        if note.on <= on and note.claim in keys:
            noted[note.claim] += note.amount  # type: ignore[assignment]
    credited = sum(min(noted[claim.key], claim.principal) for claim in shown)
    received = sum(row.payment.amount for row in told.payments if not row.is_reversed)
    assert indemnities % 40 == 0
    assert sum(all_owed(told)[:-1]) - told.surplus == charged + ran + indemnities + told.penalty - credited - received


@settings(deadline=None)
@given(CASES, DAYS)
def test_a_payment_as_a_posting_has_equal_sums(facts: Facts, on: date) -> None:
    for row in on_day(facts, on).payments:
        lines = payment_lines(row)
        assert sum(line.debit for line in lines) == sum(line.credit for line in lines)
        assert bool(lines) is not row.is_reversed


@settings(deadline=None)
@given(CASES, DAYS, DAYS, st.sets(KEYS))
def test_a_transfer_keeps_every_sum_and_no_sum_is_claimed_twice(
    facts: Facts, on: date, moved_on: date, keys: set[tuple[ClaimKind, int]]
) -> None:
    facts = replace(facts, payments=tuple(one for one in facts.payments if one.on <= moved_on), order=None)
    moving = replace(facts, transfer=Transfer(moved_on=moved_on, reference="REC-2", claims=frozenset(keys)))
    fixed = any(notice.received_on and notice.received_on < moved_on for notice in facts.notices)
    if not fixed:  # a later notice finds other claims in each case
        facts, moving = (replace(one, demand=replace(one.demand, penalty=None)) for one in (facts, moving))
    _stays, gone = parted(moving, RATES)
    whole = on_day(facts, on)
    if on < moved_on:
        assert on_day(moving, on) == whole
    else:
        assert all_owed(on_day(moving, on), on_day(gone_case(gone), on)) == all_owed(whole)


@settings(deadline=None)
@given(CASES, DAYS, DAYS)
def test_when_all_moves_both_cases_tell_the_same_on_every_day(facts: Facts, on: date, moved_on: date) -> None:
    facts = replace(facts, payments=tuple(one for one in facts.payments if one.on <= moved_on), order=None)
    keys = frozenset(claim.key for claim in facts.claims)
    moving = replace(facts, transfer=Transfer(moved_on=moved_on, reference="REC-2", claims=keys))
    stays, gone = parted(moving, RATES)
    assert all_owed(on_day(gone_case(gone), on)) == all_owed(on_day(facts, on))
    assert not any(all_owed(on_day(stays, on)))


def gone_case(gone: Facts) -> Facts:
    return replace(gone, recovery_id=2, recovery_reference="REC-2")


@settings(deadline=None)
@given(CASES, DAYS)
def test_every_period_says_where_its_rate_comes_from(facts: Facts, on: date) -> None:
    for row in on_day(facts, on).claims:
        for part in row.segments:
            assert part.base > 0
            assert part.rate.source or part.rate.kind == RateKind.AGREED
