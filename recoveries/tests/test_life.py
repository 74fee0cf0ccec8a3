"""The life of a case in the database: every move by the one service that makes them, allowed and refused."""

import pytest
from django.db.models import Max, Sum
from django.utils import translation
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from legalcity.lib.errors import Forbidden
from recoveries.court.tests.transfers import assert_counts_are_exact, assert_history_replays, transferable, transferred
from recoveries.guards import moves_of
from recoveries.models import CaseCount, Recovery, Status, StatusChange
from recoveries.services.life import status_move
from recoveries.services.totals import case_count_move
from recoveries.statuses import Actor
from recoveries.tests.test_statuses import LIFE, NAMES
from tests.factories import Api, add_status, bare_case_id, detail, file_case, notice_of

OPEN_AMICABLE = {1, 2, 3, 4, 5, 6, 7}
ENDS = {8, 9, 10}


def put(case: int, status: int) -> None:
    """Put a case where a test begins, counted, without a history."""
    before = Recovery.objects.get(pk=case)
    if before.status_id == status:
        return
    case_count_move(owner_id=before.owner_id, from_status=before.status_id, to_status=status)
    Recovery.objects.filter(pk=case).update(status=status)


def refusal(case: int, to_status: int, by: Actor = Actor.STAFF) -> str:
    """The sentence of a move that must be refused, and must change nothing."""
    before = (Recovery.objects.get(pk=case).status_id, StatusChange.objects.count())
    with translation.override("en"), pytest.raises(Forbidden) as refused:
        status_move(recovery_id=case, to_status=to_status, by=None, actor=by)
    assert (Recovery.objects.get(pk=case).status_id, StatusChange.objects.count()) == before
    return str(refused.value.message)


@pytest.mark.parametrize("source", LIFE)
def test_every_move_is_made_or_refused(source: int, owner: Api) -> None:
    case = bare_case_id(owner)
    notice_of(case)
    allowed = ", ".join(NAMES[target] for target in sorted(LIFE[source])) or "none"
    for target in LIFE:
        put(case, source)
        if target in LIFE[source]:
            last = StatusChange.objects.aggregate(last=Max("id"))["last"]
            moved = status_move(recovery_id=case, to_status=target, by=owner.user, comment="why")
            [step] = StatusChange.objects.filter(id__gt=last)
            assert moved.status_id == Recovery.objects.get(pk=case).status_id == target
            assert (step.from_status_id, step.to_status_id, step.user_id) == (source, target, owner.user.pk)
            assert (step.recovery_id, step.comment) == (case, "why")
        elif target != source:
            assert refusal(case, target) == (
                f"A case in the status {NAMES[source]} cannot be moved there. Allowed: {allowed}."
            )
    assert_counts_are_exact()


@pytest.mark.parametrize("source", LIFE)
def test_a_move_to_where_the_case_is_changes_nothing(source: int, owner: Api) -> None:
    case = bare_case_id(owner)
    put(case, source)
    before = Recovery.objects.values().get(pk=case)
    status_move(recovery_id=case, to_status=source, by=None)
    assert Recovery.objects.values().get(pk=case) == before
    assert StatusChange.objects.count() == 1
    assert_counts_are_exact()


@pytest.mark.parametrize(
    ("by", "source", "allowed"),
    [
        (Actor.CLIENT, 1, {10}),
        (Actor.CLIENT, 101, set()),
        (Actor.SYSTEM, 1, {2, 4, 8}),
        (Actor.SYSTEM, 8, {5}),
        (Actor.SYSTEM, 103, {110}),
        (Actor.STAFF, 8, {5}),
    ],
)
def test_who_makes_a_move_counts(by: Actor, source: int, allowed: set[int], owner: Api) -> None:
    case = bare_case_id(owner)
    names = ", ".join(NAMES[target] for target in sorted(allowed)) or "none"
    for target in LIFE:
        put(case, source)
        if target in allowed:
            assert status_move(recovery_id=case, to_status=target, by=None, actor=by).status_id == target
        elif target != source:
            assert refusal(case, target, by).endswith(f"Allowed: {names}.")


@pytest.mark.parametrize(
    ("notice", "is_moved"),
    [
        (None, False),
        ({"state": "failed", "sent_on": None}, False),
        ({"state": "planned", "sent_on": None}, False),
        ({"channel": "email"}, False),
        ({"channel": "creditor"}, False),
        ({}, True),
    ],
)
def test_staff_move_a_case_to_a_formal_notice_that_was_sent(
    notice: dict[str, object] | None, is_moved: bool, owner: Api
) -> None:
    case = bare_case_id(owner)
    if notice is not None:
        notice_of(case, **notice)
    if is_moved:
        assert status_move(recovery_id=case, to_status=4, by=None).status_id == 4
    else:
        assert refusal(case, 4).startswith("No formal notice was sent in this case.")


def test_a_move_is_seen_through_the_api(owner: Api) -> None:
    case = file_case(owner)["recovery"]["id"]
    status_move(recovery_id=case, to_status=4, by=owner.user, comment="Sent by registered post", actor=Actor.SYSTEM)
    shown = detail(owner, case)
    step = shown["statusHistory"][-1]
    assert list(step) == ["id", "from", "to", "status", "user", "comment", "created_at"]
    assert (step["from"], step["to"], step["comment"]) == (1, 4, "Sent by registered post")
    assert list(step["status"].values()) == [4, "Mise en demeure", "Formal notice to pay sent to the debtor"]
    assert step["user"]["id"] == owner.user.pk
    assert (shown["recovery_status"], shown["updated_at"] > shown["created_at"]) == (4, True)
    assert owner.data("GET", "/api/recoveries?status=4")["pagination"]["total"] == 1
    assert owner.data("GET", "/api/recoveries?status=1")["pagination"]["total"] == 0
    assert owner.patch(f"/api/recoveries/{case}", {"recovery_observations": "x"}).status_code == 403


def test_names_that_staff_changed_are_those_of_the_refusal(owner: Api) -> None:
    case = bare_case_id(owner)
    put(case, 8)
    status = Recovery.objects.get(pk=case).status
    status.name = "Soldé"
    status.save()
    assert refusal(case, 1) == "A case in the status Soldé cannot be moved there. Allowed: Pré-contentieux."


def test_statuses_that_staff_added_are_steps_of_an_open_amicable_case(owner: Api) -> None:
    added = {add_status(50, group=4), add_status(200, group=7, is_closing=True)}
    case = bare_case_id(owner)
    for source in LIFE:
        put(case, source)
        expected = LIFE[source] | (added if source in OPEN_AMICABLE else set())
        assert set(moves_of(Recovery.objects.get(pk=case), actor=Actor.STAFF)) == expected
        for by in (Actor.CLIENT, Actor.SYSTEM):
            assert not added & set(moves_of(Recovery.objects.get(pk=case), actor=by))
    for source in added:
        put(case, source)
        expected = (OPEN_AMICABLE - {1}) | ENDS | added - {source}
        assert set(moves_of(Recovery.objects.get(pk=case), actor=Actor.STAFF)) == expected
    put(case, 10)
    assert refusal(case, 50).endswith("Allowed: none.")
    assert_counts_are_exact()


ADDED = {50, 51}
ACTORS = st.sampled_from(list(Actor))
STEPS = st.lists(st.tuples(st.sampled_from([*LIFE, *sorted(ADDED)]), ACTORS), max_size=25)


def _is_known(source: int, target: int) -> bool:
    """What the table, and the statuses that staff added, say of a move by staff."""
    if source in ADDED:
        return target in (OPEN_AMICABLE - {1}) | ENDS | (ADDED - {source})
    return target in LIFE[source] or (target in ADDED and source in OPEN_AMICABLE)


@pytest.mark.same_everywhere
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, is_injunction=st.booleans())
def test_the_history_of_any_life_replays(owner: Api, steps: list[tuple[int, Actor]], is_injunction: bool) -> None:
    if not Status.objects.filter(pk__in=ADDED).exists():
        for status in ADDED:
            add_status(status, group=4)
    case = transferable(owner)
    if is_injunction:
        case = transferred(owner, case)
    notice_of(case)
    at = Recovery.objects.get(pk=case).status_id
    made = 1
    for target, by in steps:
        try:
            status_move(recovery_id=case, to_status=target, by=owner.user, actor=by)
        except Forbidden:
            assert by != Actor.STAFF or not _is_known(at, target)
        else:
            assert target == at or _is_known(at, target)
            made, at = made + (target != at), target
        assert Recovery.objects.get(pk=case).status_id == at
    assert StatusChange.objects.filter(recovery_id=case).count() == made
    assert_history_replays(case)
    assert_counts_are_exact()
    counted = CaseCount.objects.values_list("owner_id", "status_id").annotate(sum=Sum("n"))
    assert all(n >= 0 for _owner, _status, n in counted)
