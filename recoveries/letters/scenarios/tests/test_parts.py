"""A rehearsal shared by workers comes to the same as one worker's, whoever dies at it."""

import os
import signal
import sys
from collections.abc import Collection
from datetime import timedelta
from hashlib import sha256
from random import Random
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import F

from companies.linking import parties_link
from legalcity.lib.clock import now, today
from recoveries.letters.scenarios import rehearsals
from recoveries.letters.scenarios.drawing import draft_open
from recoveries.letters.scenarios.parting import parts_of
from recoveries.letters.scenarios.rehearsals import (
    PART_JOB,
    lines_of,
    part_carry_out,
    progress_of,
    rehearsal_ask,
    rehearsal_begin,
)
from recoveries.letters.scenarios.tests.drawing import EMAIL, drawn, entered, rehearsed, standard
from recoveries.models import Recovery, Rehearsal, RehearsalPart, Scenario, ScenarioVersion
from tests.factories import Api, case_id
from tests.letters import COMPLETE
from tests.noon import noon_of
from tests.races import at_once

pytestmark = pytest.mark.django_db
noon = noon_of(today())
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="workers at once need PostgreSQL")
DUE = [{"invoice_date": "2025-09-01", "invoice_due_date": "2025-10-01"}]
SIRENS = ("552100554", "383474814", "732829320", "404833048", "775670417", "542107651")
CASES, AT_ONCE, KILLS = 14, 3, 8


@pytest.fixture(autouse=True)
def firm(system_setting: Any, settings: Any) -> None:
    """A firm that may write; whose workers are those of these tests."""
    settings.CELERY_TASK_ALWAYS_EAGER = False
    system_setting(**COMPLETE)


def a_book(owner: Api, stranger: Api) -> list[int]:
    """Debtors of one case and of several, of two clients: what is sent on one case counts for the next."""
    sirens = (*SIRENS, *SIRENS[:4], *SIRENS[:4])
    return [
        case_id(
            stranger if number % 3 == 0 else owner,
            invoices=DUE,
            debtor={"company_siren": siren, "company_email": f"debtor{number}@example.com"},
        )
        for number, siren in enumerate(sirens)
    ]


def asked(monkeypatch: pytest.MonkeyPatch, parts_at_once: int, version: ScenarioVersion | None = None) -> Rehearsal:
    """A rehearsal with its parts, of about so many cases each; nobody has worked on them."""
    rehearsal = rehearsal_ask(version=version or standard(), until=today() + timedelta(60), by=None)
    monkeypatch.setattr(rehearsals, "parts_of", lambda cases: parts_of(cases, parts_at_once))
    rehearsal_begin(rehearsal_id=rehearsal.pk, moment=now())
    rehearsal.refresh_from_db()
    return rehearsal


def parts(rehearsal: Rehearsal) -> list[int]:
    return list(rehearsal.parts.order_by("number").values_list("pk", flat=True))


def work(ids: Collection[int]) -> None:
    """What a worker does that is given these parts."""
    for pk in ids:
        part_carry_out(part_id=pk, moment=now())


def what_came(rehearsal: Rehearsal) -> tuple[Any, str]:
    """The sums, and the fingerprint of the lines."""
    rehearsal.refresh_from_db()
    assert rehearsal.state == "done"
    return rehearsal.result, sha256(repr(list(lines_of(rehearsal))).encode()).hexdigest()


def test_parts_of_any_size_come_to_the_same(owner: Api, stranger: Api) -> None:
    cases, until = a_book(owner, stranger), today() + timedelta(60)
    whole, lines = rehearsed(standard(), cases, until)
    by_parts = rehearsed(standard(), cases, until, at_once=1)
    assert (by_parts[0].told(), by_parts[1]) == (whole.told(), lines)
    assert (whole.cases, len({one.recovery_id for one in lines})) == (CASES, CASES)


def test_cases_of_one_debtor_are_in_one_part(owner: Api, stranger: Api) -> None:
    cases = a_book(owner, stranger)
    first, second = Recovery.objects.filter(pk__in=cases[4:6]).values_list("debtor_id", flat=True)
    parties_link(company_id=first, other_id=second, by=None)
    groups = [group for [group] in parts_of(Recovery.objects.filter(pk__in=cases), 1)]
    assert sorted(map(len, groups)) == [2, 3, 3, 3, 3]
    assert cases[4:6] in groups
    assert [cases[0], cases[6], cases[10]] in groups


def test_of_no_cases_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    rehearsal = asked(monkeypatch, AT_ONCE)
    work(parts(rehearsal))
    rehearsal.refresh_from_db()
    assert (rehearsal.state, rehearsal.result and rehearsal.result["cases"]) == ("done", 0)


def test_how_far_it_is_is_told_and_what_is_done_is_done_once(
    owner: Api, stranger: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_book(owner, stranger)
    rehearsal = asked(monkeypatch, AT_ONCE)
    ids = parts(rehearsal)
    assert progress_of(rehearsal) == (0, CASES)
    work([ids[0], ids[0]])
    done, cases = progress_of(rehearsal)
    assert 0 < done < cases == CASES
    rehearsal_begin(rehearsal_id=rehearsal.pk, moment=now())
    assert parts(rehearsal) == ids
    work([*ids, *ids])
    result, _lines = what_came(rehearsal)
    assert result["cases"] == CASES


def test_one_that_fails_is_given_up_with_its_parts(owner: Api, stranger: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    a_book(owner, stranger)
    rehearsal = asked(monkeypatch, AT_ONCE)
    ids = parts(rehearsal)
    RehearsalPart.objects.filter(pk=ids[1]).update(attempts=PART_JOB.most_attempts)
    work(ids)
    rehearsal.refresh_from_db()
    assert (rehearsal.state, rehearsal.result, parts(rehearsal)) == ("failed", None, [])


def test_of_a_draft_that_is_changed_meanwhile_it_says_nothing(
    owner: Api, stranger: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_book(owner, stranger)
    draft = draft_open(scenario_id=Scenario.objects.get(code="standard").pk, by=None)
    rehearsal = asked(monkeypatch, AT_ONCE, draft)
    first, *others = parts(rehearsal)
    work([first])
    draft.steps.update(delay=F("delay") + 1)
    work(others)
    rehearsal.refresh_from_db()
    assert (rehearsal.state, parts(rehearsal)) == ("failed", [])


def test_a_draft_that_is_changed_while_a_part_is_rehearsed(
    owner: Api, stranger: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is rehearsed is the draft whose fingerprint is kept, whenever somebody changes it."""
    a_book(owner, stranger)
    draft = draft_open(scenario_id=Scenario.objects.get(code="standard").pk, by=None)
    before, after = (asked(monkeypatch, CASES, draft) for _turn in range(2))
    work(parts(before))

    reads: list[str] = []

    def changed(execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        if reads:  # Once the steps were read, before whatever is asked next.
            reads.clear()
            draft.steps.update(delay=F("delay") + 1)
        if sql.startswith("SELECT") and 'FROM "recoveries_step" ' in sql:
            reads.append(sql)
        return execute(sql, values, many, context)

    with connection.execute_wrapper(changed):
        work(parts(after))
    assert what_came(after) == what_came(before)


def test_with_its_draft_it_ends(owner: Api, stranger: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    a_book(owner, stranger)
    draft = draft_open(scenario_id=Scenario.objects.get(code="standard").pk, by=None)
    rehearsal = asked(monkeypatch, AT_ONCE, draft)
    ids = parts(rehearsal)
    work(ids[:1])
    draft.delete()
    work(ids)
    assert not RehearsalPart.objects.exists()


# --- several workers -------------------------------------------------------------------------------------------------
def killed(ids: Collection[int], after: int) -> bool:
    """Have a worker of its own process kill itself at the `after`-th line that it runs; whether it came so far."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        try:
            _die(ids, after)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def _die(ids: Collection[int], after: int) -> None:
    left = [after]

    def lines(frame: Any, event: str, _argument: Any) -> Any:
        if "letters/scenarios/" not in frame.f_code.co_filename:
            return None
        if event == "line":
            left[0] -= 1
            if left[0] <= 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return lines

    sys.settrace(lines)
    work(ids)


@pytest.mark.postgres
@on_postgresql
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_workers_and_dead_ones_come_to_what_one_comes_to(
    owner: Api, stranger: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = a_book(owner, stranger)
    for case in cases[::2]:
        entered(case, standard())
    version = drawn({**EMAIL, "delay": 1}, {**EMAIL, "template": "relance_2", "delay": 3}, code="fast")
    alone = asked(monkeypatch, CASES, version)
    work(parts(alone))
    assert len(parts(alone)) == 1

    shared = asked(monkeypatch, AT_ONCE, version)
    assert len(parts(shared)) > 2
    at_once(3, lambda _number: work(parts(shared)))
    assert what_came(shared) == what_came(alone)

    left = asked(monkeypatch, AT_ONCE, version)
    chance = Random(1)
    died = 0
    for _turn in range(KILLS):
        died += killed(parts(left), chance.randrange(1, 2500))
        RehearsalPart.objects.filter(done_at=None).update(claimed_until=None, attempts=0)  # As the sweep, in time.
    assert died
    at_once(2, lambda _number: work(parts(left)))
    assert what_came(left) == what_came(alone)
