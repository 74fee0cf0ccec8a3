"""The life of a case: which moves there are, and who makes them."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from companies.models import Company
from law import vocabulary
from law.vocabulary import CaseType
from recoveries.models import Injunction, LegalRate, Message, Recovery, StatusGroup
from recoveries.models import Status as StatusRow
from recoveries.statuses import MOVES, OPEN, STARTS, STATUSES, Actor, allowed_moves, is_allowed

# By name, as a handler would say it; written apart from the table that it checks.
NAMES = {
    1: "Dossier Créé",
    2: "Relance 1",
    3: "Relance 2",
    4: "Mise en demeure",
    5: "Pré-contentieux",
    6: "Échéancier",
    7: "Litige",
    8: "Payé",
    9: "Clôturé",
    10: "Transféré en injonction",
    101: "Requête en préparation",
    102: "Requête déposée",
    103: "Ordonnance rendue",
    104: "Ordonnance partielle",
    105: "Rejetée",
    106: "Signifiée",
    107: "Opposition",
    108: "Exécutoire",
    109: "Exécution",
    110: "Payée",
    111: "Caduque",
    112: "Désistement",
}
LIFE = {
    1: {2, 4, 6, 7, 8, 9, 10},
    2: {3, 4, 5, 6, 7, 8, 9, 10},
    3: {4, 5, 6, 7, 8, 9, 10},
    4: {5, 6, 7, 8, 9, 10},
    5: {4, 6, 7, 8, 9, 10},
    6: {4, 5, 7, 8, 9, 10},
    7: {3, 4, 5, 6, 8, 9, 10},
    8: {5},
    9: {5},
    10: set(),
    101: {102, 110, 112},
    102: {103, 104, 105, 110, 111, 112},
    103: {106, 110, 111, 112},
    104: {106, 110, 111, 112},
    105: set(),
    106: {107, 108, 110, 112},
    107: {105, 108, 110, 111, 112},
    108: {107, 109, 110, 112},
    109: {107, 108, 110, 112},
    110: {101, 102, 103, 104, 106, 107, 108, 109},
    111: {101},
    112: {101},
}
CLOSING = {8, 9, 10, 105, 110, 111, 112}
PAIRS = [(source, target) for source in LIFE for target in LIFE]


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_each_move_is_allowed_or_refused(source: int, target: int) -> None:
    assert is_allowed(source, target) == (target in LIFE[source])


def test_the_table_holds_these_statuses_and_no_others() -> None:
    assert {id_: status.name for id_, status in STATUSES.items()} == NAMES
    assert {id_ for id_, status in STATUSES.items() if status.is_closing} == CLOSING
    assert {id_ for id_, status in STATUSES.items() if status.case_type == CaseType.INJUNCTION} == set(range(101, 113))


@pytest.mark.parametrize("target", LIFE)
def test_a_case_begins_in_the_first_status_of_its_kind(target: int) -> None:
    assert is_allowed(None, target) == (target in {1, 101})


@pytest.mark.parametrize("source", [step for step in LIFE if step not in CLOSING])
def test_a_payment_ends_any_open_case(source: int) -> None:
    paid = 8 if source < 100 else 110
    assert paid in allowed_moves(source, by=Actor.SYSTEM)
    assert paid in allowed_moves(source, by=Actor.STAFF)
    assert paid not in allowed_moves(source, by=Actor.CLIENT)


@pytest.mark.parametrize(
    ("source", "by", "targets"),
    [
        (1, Actor.CLIENT, {10}),
        (2, Actor.CLIENT, {10}),
        (9, Actor.CLIENT, set()),
        (1, Actor.SYSTEM, {2, 4, 8}),
        (2, Actor.SYSTEM, {3, 4, 8}),
        (7, Actor.SYSTEM, {3, 4, 8}),
        (103, Actor.SYSTEM, {110}),
        (103, Actor.CLIENT, set()),
        # Nothing opens itself again, but what the ledger has closed.
        (8, Actor.SYSTEM, {5}),
        (110, Actor.SYSTEM, {101, 102, 103, 104, 106, 107, 108, 109}),
        (9, Actor.SYSTEM, set()),
        (111, Actor.SYSTEM, set()),
        (111, Actor.STAFF, {101}),
    ],
)
def test_who_makes_which_move(source: int, by: Actor, targets: set[int]) -> None:
    assert allowed_moves(source, by=by) == targets


@pytest.mark.parametrize("source", LIFE)
def test_staff_make_every_move_there_is(source: int) -> None:
    assert allowed_moves(source, by=Actor.STAFF) == LIFE[source]


def test_who_may_open_a_case() -> None:
    assert [by for by in Actor if is_allowed(None, 1, by=by)] == [Actor.CLIENT, Actor.STAFF]
    assert [by for by in Actor if is_allowed(None, 101, by=by)] == [Actor.STAFF, Actor.SYSTEM]


def test_no_case_that_was_opened_again_can_be_changed_by_its_client() -> None:
    assert not {1, 2} & {target for step in CLOSING for target in MOVES[step]}


def test_a_status_that_staff_added_is_a_step_of_an_open_amicable_case() -> None:
    added = (40, 41)
    assert allowed_moves(40, added=added) == {2, 3, 4, 5, 6, 7, 8, 9, 10, 41}
    assert allowed_moves(40, by=Actor.CLIENT, added=added) == {10}
    for step in LIFE:
        assert (40 in allowed_moves(step, added=added)) == (step in range(1, 8))
        assert 40 not in allowed_moves(step, by=Actor.SYSTEM, added=added)


def test_an_unknown_status_goes_nowhere() -> None:
    assert allowed_moves(40) == frozenset()
    assert not is_allowed(1, 40)
    assert not is_allowed(None, 40)


@settings(deadline=None)
@given(st.sampled_from(CaseType), st.data())
def test_whatever_happens_a_case_keeps_its_kind_and_an_open_one_can_be_ended(
    kind: CaseType, data: st.DataObject
) -> None:
    at: int = STARTS[kind]
    for _step in range(data.draw(st.integers(0, 12))):
        moves = sorted(allowed_moves(at))
        if not moves:
            break
        at = data.draw(st.sampled_from(moves))
        assert STATUSES[at].case_type == kind
        assert at in OPEN[kind] or STATUSES[at].is_closing
    assert at not in OPEN[kind] or any(STATUSES[target].is_closing for target in allowed_moves(at))


@pytest.mark.parametrize("kind", CaseType)
def test_every_status_is_reached_from_the_first(kind: CaseType) -> None:
    reached: set[int] = set()
    edge: set[int] = {STARTS[kind]}
    while edge:
        reached |= edge
        edge = {target for step in edge for target in MOVES[step]} - reached
    assert reached == {id_ for id_, status in STATUSES.items() if status.case_type == kind}


@pytest.mark.parametrize(
    ("words", "choices"),
    [
        (vocabulary.CaseType, Recovery.Type.choices),
        (vocabulary.InterestRate, Recovery.InterestRate.choices),
        (vocabulary.PenaltyType, Recovery.PenaltyType.choices),
        (vocabulary.CompanyType, Company.Type.choices),
        (vocabulary.FreelanceType, Company.FreelanceType.choices),
        (vocabulary.Creditor, LegalRate.Creditor.choices),
        ([*vocabulary.Reminder, *vocabulary.Statement, *vocabulary.Receipt], Message.Kind.choices),
        (vocabulary.Procedure, Injunction._meta.get_field("procedure").choices),
        (vocabulary.Court, Injunction._meta.get_field("court_type").choices),
    ],
)
def test_every_word_of_the_field_can_be_chosen_and_is_stored_as_it_is_written(words: Any, choices: Any) -> None:
    values = [value for value, _label in choices]
    assert values == [word.value for word in words]
    assert {type(value) for value in values} <= {int, str}


@pytest.mark.django_db
@pytest.mark.parametrize("step", [1, 2, 3])
def test_the_contract_s_statuses_are_those_of_the_database(step: int) -> None:
    row, status = StatusRow.objects.get(pk=step), STATUSES[step]
    assert (row.name, row.description, row.group_id) == (status.name, status.description, step)
    assert (row.position, row.is_closing) == (status.position, status.is_closing)
    assert StatusGroup.objects.get(pk=step).name == status.group.name


def test_the_page_is_what_the_table_says() -> None:
    call_command("draw_life_cycle", "--check")


def test_a_page_that_differs_is_noticed_and_drawn_anew(settings: Settings, tmp_path: Path) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    with pytest.raises(CommandError, match="draw_life_cycle"):
        call_command("draw_life_cycle", "--check")
    call_command("draw_life_cycle")
    call_command("draw_life_cycle", "--check")
    text = (tmp_path / "docs" / "life-cycle.md").read_text(encoding="utf-8")
    assert "| 102 | Requête déposée |" in text
    assert text.count("stateDiagram-v2") == 2
    (tmp_path / "docs" / "life-cycle.md").write_text(text.replace("s102 --> s105\n", ""), encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("draw_life_cycle", "--check")
