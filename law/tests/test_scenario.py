"""The planner of scenarios: days, places, nights, conditions, what ends and what holds."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from law.account.facts import ClaimKind
from law.contact import ClaimFacts, Contact, Facts, Known, Named, Outcome, PartyFactKind, Place, Policy, Purpose, Rates
from law.parties import Quality
from law.scenario import (
    PREDICATES,
    Act,
    Base,
    CaseFacts,
    Condition,
    Debtor,
    Decision,
    Done,
    Fate,
    Going,
    Held,
    IfImpossible,
    Step,
    Together,
    Unit,
    Unreadable,
    Version,
    Way,
    condition_read,
    first_unmet,
    next_look,
    plan,
    together,
)
from law.scenario.days import days_later, moment_of
from law.scenario.planning import due_moment

MONDAY = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)  # 10:30 in Paris
POLICY = Policy(days=frozenset(range(1, 6)), from_hour=8, until_hour=20, funds_iban="FR76", privacy_notice="RGPD")
HERE, THERE = ("12 rue de la Paix", "75002", "Paris"), ("1 rue du Port", "69001", "Lyon")
CLAIM = ClaimFacts(key=(ClaimKind.INVOICE, 1), number="F1", amount=Decimal(100))
PARIS, STRASBOURG, REUNION = Place("FR", "75002"), Place("FR", "67000"), Place("FR", "97400")
GUARD = Facts(
    due=Decimal(100),
    claims=(CLAIM,),
    debtor=Quality.PROFESSIONAL,
    firm=Named("LegalCity", HERE),
    creditor=Named("ACME", THERE),
    place=PARIS,
    debtor_addresses=frozenset({"debtor@example.com", "+33612345678"}),
)
REMINDER = Step(code="relance_1", kind="relance_1", purpose=Purpose.REMINDER, ways=(Way.EMAIL, Way.LETTER), delay=3)
SECOND = replace(REMINDER, code="relance_2", kind="relance_2", ways=(Way.LETTER,), delay=10)
CALL = Step(code="appel", ways=(Way.TASK,), delay=26)
VERSION = Version(code="standard", number=1, steps=(REMINDER, SECOND, CALL))


def case(**values: Any) -> CaseFacts:
    debtor = Debtor("commercial", "FR", "debtor@example.com", "+33612345678", post="1 rue du Port, 69001 Lyon")
    return CaseFacts(guard=GUARD, debtor=debtor, entered_at=MONDAY, due_on=date(2026, 1, 1))._replace(**values)


def guarded(**values: Any) -> CaseFacts:
    return case(guard=GUARD._replace(**values))


def planned(facts: CaseFacts, position: int = 0, *, moment: datetime, version: Version = VERSION) -> Decision:
    return plan(facts, version, position, moment, POLICY)


def due(facts: CaseFacts, position: int = 0, version: Version = VERSION) -> datetime | None:
    return due_moment(facts, version, position, POLICY)


def only(step: Step) -> Version:
    return replace(VERSION, steps=(step,))


# --- days ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("day", "delay", "place", "expected"),
    [
        (date(2026, 6, 1), 3, PARIS, date(2026, 6, 4)),
        (date(2026, 6, 5), 1, PARIS, date(2026, 6, 8)),  # over a weekend
        (date(2026, 6, 6), 1, PARIS, date(2026, 6, 8)),  # from a Saturday
        (date(2026, 4, 2), 1, PARIS, date(2026, 4, 3)),  # Good Friday is a working day here
        (date(2026, 4, 2), 1, STRASBOURG, date(2026, 4, 7)),  # and none there, nor is Easter Monday
        (date(2026, 12, 18), 1, PARIS, date(2026, 12, 21)),
        (date(2026, 12, 17), 2, REUNION, date(2026, 12, 21)),
        (date(2026, 12, 18), 5, REUNION, date(2026, 12, 28)),  # Christmas; the 20th is a Sunday
        (date(2027, 12, 17), 1, REUNION, date(2027, 12, 21)),  # 20 December, the abolition of slavery
        (date(2027, 12, 17), 1, PARIS, date(2027, 12, 20)),
    ],
)
def test_working_days_are_those_of_where_the_debtor_lives(day: date, delay: int, place: Place, expected: date) -> None:
    assert days_later(day, delay, Unit.WORKING_DAYS, place) == expected
    assert days_later(day, delay, Unit.DAYS, place) == day + timedelta(delay)


def test_ten_o_clock_is_ten_where_the_debtor_lives() -> None:
    day = date(2026, 6, 4)
    assert moment_of(day, 10, PARIS, POLICY) == datetime(2026, 6, 4, 8, tzinfo=UTC)
    assert moment_of(day, 10, REUNION, POLICY) == datetime(2026, 6, 4, 6, tzinfo=UTC)
    assert moment_of(day, 10, Place("FR", "97200"), POLICY) == datetime(2026, 6, 4, 14, tzinfo=UTC)
    assert moment_of(day, 10, Place("US", "10001"), POLICY) == datetime(2026, 6, 4, 14, tzinfo=UTC)


def test_nights_on_which_the_clock_is_changed() -> None:
    always = Policy()
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    assert moment_of(spring, 2, PARIS, always) == datetime(2026, 3, 29, 1, tzinfo=UTC)  # 03:00, as there is no 02:00
    assert moment_of(spring, 3, PARIS, always) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert moment_of(autumn, 2, PARIS, always) == datetime(2026, 10, 25, 0, tzinfo=UTC)  # the first of two
    assert moment_of(spring, 10, PARIS, always) == datetime(2026, 3, 29, 8, tzinfo=UTC)
    assert moment_of(autumn, 10, PARIS, always) == datetime(2026, 10, 25, 9, tzinfo=UTC)


def test_an_hour_at_which_the_firm_writes_to_nobody_is_moved() -> None:
    assert moment_of(date(2026, 6, 4), 6, PARIS, POLICY) == datetime(2026, 6, 4, 6, tzinfo=UTC)
    assert moment_of(date(2026, 6, 5), 21, PARIS, POLICY) == datetime(2026, 6, 8, 6, tzinfo=UTC)
    assert moment_of(date(2026, 7, 14), 10, PARIS, POLICY) == datetime(2026, 7, 15, 6, tzinfo=UTC)


# --- when ------------------------------------------------------------------------------------------------------------
def test_steps_count_from_the_entry() -> None:
    assert due(case()) == datetime(2026, 6, 4, 8, tzinfo=UTC)
    assert due(case(last=Done(datetime(2026, 6, 4, 8, tzinfo=UTC))), 1) == datetime(2026, 6, 15, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("base", "facts", "expected"),
    [
        (Base.DUE_DATE, {"due_on": date(2026, 6, 1)}, date(2026, 6, 4)),
        (Base.FORMAL_NOTICE, {"notified_on": date(2026, 6, 8)}, date(2026, 6, 11)),
        (Base.FORMAL_NOTICE, {}, None),
        (Base.PREVIOUS, {"last": Done(datetime(2026, 6, 15, 8, tzinfo=UTC))}, date(2026, 6, 18)),
        (Base.DELIVERED, {"last": Done(MONDAY, Fate.DELIVERED, date(2026, 6, 3))}, date(2026, 6, 8)),
        (Base.DELIVERED, {"last": Done(MONDAY, Fate.LEFT)}, None),
    ],
)
def test_what_a_delay_counts_from(base: Base, facts: dict[str, Any], expected: date | None) -> None:
    moment = due(case(**facts), version=only(replace(REMINDER, base=base)))
    assert (moment and moment.date()) == expected


def test_a_day_that_is_not_known_is_waited_for_but_not_for_ever() -> None:
    step = replace(REMINDER, base=Base.FORMAL_NOTICE, max_wait_days=20)
    waits = planned(case(), moment=MONDAY, version=only(step))
    assert (waits.act, waits.until) == (Act.WAIT, datetime(2026, 6, 2, 8, tzinfo=UTC))
    assert planned(case(), moment=MONDAY + timedelta(20), version=only(step)).act == Act.SKIP
    assert planned(case(), moment=MONDAY + timedelta(99), version=only(replace(step, max_wait_days=0))).act == Act.WAIT


def test_what_should_have_been_is_moved_and_never_caught_up_in_a_burst() -> None:
    """A pause of two months that ends on a Saturday: the first step on Monday, the next as long after as drawn."""
    saturday = datetime(2026, 8, 1, 9, tzinfo=UTC)
    assert next_look(case(), VERSION, 0, saturday, POLICY) == datetime(2026, 8, 3, 6, tzinfo=UTC)
    assert planned(case(), moment=saturday).act == Act.WAIT
    late = case(last=Done(datetime(2026, 8, 3, 6, tzinfo=UTC)))
    assert due(late, 1) == datetime(2026, 8, 12, 8, tzinfo=UTC)  # seven working days later
    assert due(case(last=Done(datetime(2026, 8, 12, 8, tzinfo=UTC))), 2) == datetime(2026, 9, 3, 8, tzinfo=UTC)


def test_a_payment_has_the_delay_begin_again() -> None:
    paid = datetime(2026, 6, 10, 12, tzinfo=UTC)
    sent = Done(datetime(2026, 6, 4, 8, tzinfo=UTC))
    assert due(case(last=sent, restarted=paid), 1) == datetime(2026, 6, 19, 8, tzinfo=UTC)
    assert due(case(restarted=paid)) == datetime(2026, 6, 15, 8, tzinfo=UTC)


# --- what ------------------------------------------------------------------------------------------------------------
THURSDAY = datetime(2026, 6, 4, 8, tzinfo=UTC)


def test_a_step_before_its_day_waits_and_leaves_on_it() -> None:
    early = planned(case(), moment=MONDAY)
    assert (early.act, early.until) == (Act.WAIT, THURSDAY)
    sent = planned(case(), moment=THURSDAY)
    assert (sent.act, sent.way, sent.to, sent.reasons) == (Act.SEND, Way.EMAIL, "debtor@example.com", ())


def test_the_next_way_is_taken_where_one_leads_nowhere() -> None:
    without = case(debtor=Debtor(post="1 rue du Port, 69001 Lyon"))
    assert planned(without, moment=THURSDAY).way == Way.LETTER
    wrong = guarded(people={PartyFactKind.WRONG: (Known(date(2026, 6, 1), "Debtor@example.com"),)})
    assert planned(wrong, moment=THURSDAY).way == Way.LETTER
    left_out = guarded(people={PartyFactKind.OPTED_OUT: (Known(date(2026, 6, 1), "Debtor+bills@example.com"),)})
    assert planned(left_out, moment=THURSDAY).way == Way.LETTER
    nowhere = case(debtor=Debtor())
    for choice, act in ((IfImpossible.TASK, Act.TASK), (IfImpossible.SKIP, Act.SKIP), (IfImpossible.STOP, Act.STOP)):
        told = planned(nowhere, moment=THURSDAY, version=only(replace(REMINDER, if_impossible=choice)))
        assert (told.act, [one.code for one in told.reasons]) == (act, ["impossible"])


@pytest.mark.parametrize(
    ("facts", "act", "code"),
    [
        ({"is_open": False}, Act.FINISH, "closed"),
        ({"due": Decimal(0), "claims": ()}, Act.FINISH, "paid"),
        ({"people": {PartyFactKind.INSOLVENT: (Known(date(2026, 6, 1)),)}}, Act.STOP, "insolvent"),
        ({"is_disputed": True}, Act.HOLD, "dispute"),
        ({"has_plan": True}, Act.PAUSE, "plan"),
        ({"people": {PartyFactKind.DECEASED: (Known(date(2026, 6, 1)),)}}, Act.SKIP, "addressee"),
        ({"claims": (CLAIM._replace(is_due=False),), "due": Decimal(0)}, Act.SKIP, "not_due"),
        ({"firm": Named()}, Act.SKIP, "mentions"),
    ],
)
def test_what_ends_holds_or_skips(facts: dict[str, Any], act: Act, code: str) -> None:
    told = planned(guarded(**facts), moment=THURSDAY)
    assert (told.act, [one.code for one in told.reasons]) == (act, [code])
    assert str(told.reasons[0].sentence)


def test_a_claim_is_asked_for_once_its_day_has_come() -> None:
    later = CLAIM._replace(is_due=False)
    facts = case(guard=GUARD._replace(claims=(later,), due=Decimal(0)), later=((date(2026, 6, 4), later),))
    assert planned(facts, moment=THURSDAY).act == Act.SEND
    assert planned(facts._replace(later=((date(2026, 6, 5), later),)), moment=THURSDAY).act == Act.SKIP


def test_a_message_that_needs_approval_is_held_with_that_reason() -> None:
    told = planned(case(), moment=THURSDAY, version=only(replace(REMINDER, needs_approval=True)))
    assert (told.act, [one.code for one in told.reasons]) == (Act.SEND, ["approval"])
    assert told.verdict
    assert told.verdict.lifting({"approval"}).outcome == Outcome.SEND


def test_a_held_message_is_waited_for() -> None:
    step = replace(REMINDER, max_wait_days=10)

    def held(fate: Fate, days: int = 0) -> Decision:
        facts = case(held=Held(THURSDAY, fate, THURSDAY + timedelta(4)))
        return planned(facts, moment=THURSDAY + timedelta(days), version=only(step))

    assert (held(Fate.WAITING).act, held(Fate.WAITING).until) == (Act.WAIT, THURSDAY + timedelta(4))
    assert held(Fate.LEFT).act == Act.LEFT
    for days in (0, 10, 99):  # A letter in the post folder is waited for until it was posted.
        assert held(Fate.TO_POST, days).act == Act.WAIT
    assert held(Fate.CANCELLED).reasons[0].code == "cancelled"
    assert held(Fate.WAITING, 10).reasons[0].code == "waited"


def test_a_task_and_the_end() -> None:
    assert planned(case(), 2, moment=MONDAY + timedelta(60)).act == Act.TASK
    assert planned(case(), 3, moment=MONDAY).reasons[0].code == "done"


# --- conditions ------------------------------------------------------------------------------------------------------
HOLD_OF: list[tuple[str, Any, dict[str, Any], dict[str, Any]]] = [
    ("amount_at_least", "100.00", {}, {"guard": GUARD._replace(due=Decimal("99.99"))}),
    ("age_at_least", 30, {}, {"due_on": date(2026, 6, 1)}),
    ("debtor_is", ["commercial"], {}, {"debtor": Debtor("civil")}),
    ("debtor_is", ["professional"], {}, {"guard": GUARD._replace(debtor=Quality.CONSUMER)}),
    ("country_in", ["fr", "BE"], {}, {"debtor": Debtor(country="DE")}),
    ("has", ["email"], {}, {"debtor": Debtor(post="1 rue du Port, 69001 Lyon")}),
    ("no_open", ["dispute", "promise"], {}, {"has_promise": True}),
    ("previous", ["bounced"], {"last": Done(MONDAY, Fate.BOUNCED)}, {"last": Done(MONDAY, Fate.LEFT)}),
    ("paid_since_last", None, {"last": Done(MONDAY), "paid_at": THURSDAY}, {"last": Done(THURSDAY), "paid_at": MONDAY}),
    ("score_band", ["high"], {"score_band": "high"}, {"score_band": "low"}),
    ("score_band", ["low", "critical"], {"score_band": "low"}, {"score_band": ""}),
]


@pytest.mark.parametrize(("name", "value", "met", "unmet"), HOLD_OF)
def test_each_condition_both_ways(name: str, value: Any, met: dict[str, Any], unmet: dict[str, Any]) -> None:
    condition = condition_read({"name": name, "value": value} if value is not None else {"name": name})
    assert condition.holds(case(**met), THURSDAY.date())
    assert first_unmet((condition,), case(**unmet), THURSDAY.date()) == condition
    assert condition_read(condition.kept()) == condition
    later = THURSDAY + timedelta(14)
    told = planned(case(**unmet), moment=later, version=only(replace(REMINDER, conditions=(condition,))))
    assert (told.act, told.reasons[0].code) == (Act.SKIP, "condition")
    for language in ("fr", "en"):
        with translation.override(language):
            assert "{" not in str(told.reasons[0].sentence)


def test_a_score_that_is_not_known_is_told() -> None:
    condition = condition_read({"name": "score_band", "value": ["high"]})
    for band, is_told in (("", True), ("low", False)):
        assert ("no score of it is known" in str(condition.unmet(case(score_band=band)))) == is_told


def test_each_predicate_is_tried() -> None:
    assert {name for name, *_rest in HOLD_OF} == set(PREDICATES)


def _bad() -> Iterator[Any]:
    yield from (None, [], "amount_at_least", {"name": "no such"}, {"name": ["has"]}, {"name": "has", "more": 1})
    for name, values in {
        "amount_at_least": (None, "NaN", "-1", "1e30", "1.234", True, [], "x" * 9000),
        "age_at_least": (None, "30", -1, True, 10**9, 1.5),
        "debtor_is": (None, [], ["martian"], 3, [3]),
        "country_in": (None, [], ["FRA"], [1], "F1", ["FR"] * 251),
        "paid_since_last": (1,),
    }.items():
        yield from ({"name": name, "value": value} for value in values)


@pytest.mark.parametrize("stored", list(_bad()))
def test_what_is_no_condition(stored: Any) -> None:
    with pytest.raises(Unreadable) as told:
        condition_read(stored)
    assert str(told.value.sentence)


def test_a_condition_in_words() -> None:
    with translation.override("en"):
        assert str(Condition("amount_at_least", Decimal("100.00")).sentence) == "at least 100.00 EUR are due"
        assert str(Condition("has", ("email", "phone")).sentence) == "the debtor has an e-mail address, a phone number"


# --- several cases in one message ------------------------------------------------------------------------------------
LEAVES = datetime(2026, 6, 4, 8, tzinfo=UTC)  # the day of REMINDER, 10:00 in Paris


def grouped(*others: Going, facts: CaseFacts | None = None, moment: datetime = LEAVES) -> Together | None:
    """What goes with a case at its first step, which is due."""
    facts = facts or case()
    return together(facts, planned(facts, moment=moment), others, moment, POLICY)


def going(delay: int = 3, step: Step = REMINDER, **values: Any) -> Going:
    """A case whose next step is due so many working days after MONDAY."""
    return Going(case(**values), only(replace(step, delay=delay)), 0)


@pytest.mark.parametrize(
    ("other", "goes"),
    [
        (going(3), True),
        (going(4), True),  # Friday
        (going(5), False),  # Monday, after the weekend: four days
        (going(3, replace(SECOND, ways=(Way.EMAIL,))), True),
        (going(3, replace(REMINDER, needs_approval=True)), False),
        (going(3, replace(REMINDER, ways=(Way.SMS,))), False),
        (going(3, CALL), False),
        (going(3, debtor=Debtor("commercial", "FR", "other@example.com")), False),
        (going(3, guard=GUARD._replace(creditor=Named("Other", THERE))), False),
        (going(3, guard=GUARD._replace(debtor_named=Named("Other", THERE))), False),
        (going(3, guard=GUARD._replace(is_disputed=True)), False),
        (going(3, guard=GUARD._replace(is_open=False)), False),
        (going(3, guard=GUARD._replace(own=(Contact(MONDAY),))), True),  # this policy leaves no pause
        (going(3, sent_aside=("relance_2",)), False),
        (going(3, held=Held(MONDAY, Fate.WAITING)), False),
    ],
)
def test_which_cases_go_in_one_message(other: Going, goes: bool) -> None:
    group = grouped(other)
    assert (group is not None) == goes
    if group is not None:
        assert [one.number for one in group.joined] == [0]


def test_the_highest_level_is_taken_and_how_that_one_goes() -> None:
    notice = replace(
        SECOND, code="md", kind="mise_en_demeure", purpose=Purpose.FORMAL_NOTICE, ways=(Way.REGISTERED, Way.EMAIL)
    )
    group = grouped(going(3), going(4, notice), going(3, replace(SECOND, ways=(Way.EMAIL,))))
    assert group is not None
    assert (group.top.code, group.way, group.to) == ("md", Way.REGISTERED, "1 rue du Port, 69001 Lyon")
    assert [one.number for one in group.joined] == [0, 1, 2]
    assert [one.own.step.code for one in group.joined if one.own.step] == ["relance_1", "md", "relance_2"]


def test_a_case_that_may_not_be_asked_at_that_level_stays_behind() -> None:
    """The pause before a formal notice is longer than that before a reminder."""
    notice = replace(SECOND, kind="mise_en_demeure", purpose=Purpose.FORMAL_NOTICE, ways=(Way.EMAIL,))
    policy = replace(POLICY, formal_notice_days=8)
    written = GUARD._replace(own=(Contact(MONDAY),))
    others = (going(3, guard=written), going(3, notice), going(3))
    group = together(case(), planned(case(), moment=LEAVES), others, LEAVES, policy)
    assert group is not None
    assert [one.number for one in group.joined] == [1, 2]
    facts = case(guard=written)  # The case that is due may not be asked so: the others go with it at its own level.
    group = together(facts, planned(facts, moment=LEAVES), others, LEAVES, policy)
    assert group is not None
    assert (group.top.kind, [one.number for one in group.joined]) == ("relance_1", [0, 2])


def test_what_is_held_goes_by_itself() -> None:
    assert grouped(going(3), moment=MONDAY) is None  # it is not due
    facts = guarded(rates=Rates(is_carried=True))
    assert grouped(going(3), facts=facts) is None
