"""The product's own code on a benchmark database: tokens to call it with, statements and what they cost.

Run by run.py as a process of its own, with the database and the keys in the environment; prints one JSON object.
"""

import json
import re
import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import django

django.setup()

from calls import SORTS, STATUSES, complete  # noqa: E402
from constance import config  # noqa: E402
from databases import PAGE, WORDS  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from servers import used_by  # noqa: E402

from accounts.models import User  # noqa: E402 - the models exist after the set-up
from accounts.services import key_issue, login  # noqa: E402
from recoveries.models import Recovery  # noqa: E402
from recoveries.selectors.detail import case_detail  # noqa: E402
from recoveries.selectors.listing import Wanted, cases_page  # noqa: E402
from recoveries.services.copies import copies_refresh  # noqa: E402

OWNERS = {"big": 1, "small": 2}
LIMITLESS = 10**9
RUNS, SETTLED = 15, 6  # PostgreSQL may turn to a generic plan after five.
CHECKED = 100
# What is searched for, and what that stands for; None is the reference of the account's first case.
SEARCHES = {
    "one case": None,
    "a trade": WORDS["trades"][11],
    "half of all": "Société",
    "two letters": "el",
    "one letter": "z",
}

Statements = list[tuple[str, Any, bool]]  # the last: whether it is prepared


def prepare() -> dict[str, Any]:
    """Open the rate limits, check the load, issue a token for each measured account."""
    config.REQUESTS_PER_HOUR = LIMITLESS
    sample = Recovery.objects.order_by("?").values_list("pk", flat=True)[:CHECKED]
    wrong = [pk for pk in sample if copies_refresh(recovery_id=pk)]
    if wrong:
        raise SystemExit(f"bench: the loaded copies of cases {wrong[:5]} are not those of the services")
    accounts = {}
    for name, owner in OWNERS.items():
        cases = Recovery.objects.filter(owner_id=owner)
        accounts[name] = {
            "token": _token(User.objects.get(pk=owner)),
            "cases": cases.count(),
            "case": cases.order_by("-id").values_list("id", flat=True)[0],
        }
    return accounts


def _token(user: User) -> str:
    """One by a key of its own, as clients get theirs."""
    return login(email=user.email, key=key_issue(user=user))[1]


@contextmanager
def captured() -> Iterator[Statements]:
    """The statements that run inside the block, with their values."""
    seen: Statements = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        driver = connection.connection
        seen.append((sql, params, driver.prepare_threshold is not None))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen


def _literal(value: Any) -> str:
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


def _filled(sql: str, values: Any) -> str:
    return re.sub(r"%s", "{}", sql).format(*values).replace("%%", "%")


def milliseconds(sql: str, values: Any, prepared: bool = True) -> float:
    """Processor time of the server for a statement, prepared or not as the product does, once its plan settled."""
    literals = [_literal(value) for value in values]
    statement = _filled(sql, literals)
    driver = connection.connection
    # A cursor of the driver: what Django's adds is not what is measured.
    with driver.cursor() as cursor:
        if prepared:
            marks = [f"${number}" for number in range(1, len(literals) + 1)]
            cursor.execute(f"PREPARE looked_at AS {_filled(sql, marks)}", prepare=False)
            statement = f"EXECUTE looked_at ({', '.join(literals)})" if literals else "EXECUTE looked_at"
        times = []
        for _ in range(RUNS):
            before = used_by(driver.info.backend_pid)
            cursor.execute(statement, prepare=False)
            cursor.fetchall()
            times.append((used_by(driver.info.backend_pid) - before) * 1000)
        if prepared:
            cursor.execute("DEALLOCATE looked_at", prepare=False)
    return statistics.median(times[SETTLED:])


def _read(
    owner: int, *, search: str | None = None, offset: int = 0, sort: str = "created_at", group: int | None = None
) -> tuple[int, Statements]:
    """How many cases a list has, and the statements that read a page of it."""
    with captured() as seen:
        total, _rows = cases_page(Wanted(owner, group, search, sort, True, offset, PAGE))
    return total, seen


def _sum(statements: Statements) -> float:
    return sum(milliseconds(*statement) for statement in statements)


def times() -> dict[str, Any]:
    """Milliseconds of SQL of the reads, for each account."""
    found: dict[str, Any] = {}
    for name, owner in OWNERS.items():
        cases, first = _read(owner)
        _total, near = _read(owner, offset=PAGE)
        _total, last = _read(owner, offset=(cases - 1) // PAGE * PAGE)
        _total, middle = _read(owner, offset=cases // 2 // PAGE * PAGE)
        found[name] = {
            "page 1": _sum(first),
            "total": milliseconds(*near[0]),
            "count": milliseconds("SELECT count(*) FROM recoveries_recovery WHERE owner_id = %s", [owner]),
            "last page": _sum(last),
            "middle page": _sum(middle),
            "searches": {},
        }
        for kind, given in SEARCHES.items():
            term = given or Recovery.objects.filter(owner_id=owner).order_by("id")[0].recovery_reference
            matches, statements = _read(owner, search=term)
            found[name]["searches"][kind] = {"term": term, "matches": matches, "ms": _sum(statements)}
    return found


def reads() -> dict[str, dict[str, Any]]:
    """Milliseconds of SQL of each read by account: lists by every sort and status, far pages, one case, searches.

    Beside a search stands how many cases it finds.
    """
    found: dict[str, dict[str, Any]] = {}
    for name, owner in OWNERS.items():
        lists: dict[str, dict[str, Any]] = {f"list, sort {sort}": {"sort": sort} for sort in SORTS}
        lists |= {f"list, status {status}": {"group": status} for status in STATUSES}
        known: dict[str, Any] = {label: _sum(_read(owner, **asked)[1]) for label, asked in lists.items()}
        cases, _page = _read(owner)
        known["middle page"] = _sum(_read(owner, offset=cases // 2 // PAGE * PAGE)[1])
        known["last page"] = _sum(_read(owner, offset=(cases - 1) // PAGE * PAGE)[1])
        known["one case"] = _sum(_detail(owner))
        for kind, given in SEARCHES.items():
            term = given or Recovery.objects.filter(owner_id=owner).order_by("id")[0].recovery_reference
            matches, statements = _read(owner, search=term)
            known[f"search, {kind}"] = (_sum(statements), matches)
        found[name] = known
    return found


def _detail(owner: int) -> Statements:
    case = Recovery.objects.filter(owner_id=owner).order_by("-id").values_list("id", flat=True)[0]
    with captured() as seen:
        case_detail(case, owner)
    return seen


def statements(token: str) -> dict[str, int]:
    """How many statements each call takes, once the process has read what it keeps."""
    client = Client(headers={"authorization": f"Bearer {token}", "host": "127.0.0.1"})
    case = Recovery.objects.filter(owner_id=OWNERS["big"]).order_by("-id")[0].pk
    reads = {
        "list": "/api/recoveries",
        "list of 100": "/api/recoveries?per_page=100",
        "list, page 2": "/api/recoveries?page=2",
        "search": "/api/recoveries?search=menuiserie",
        "detail": f"/api/recoveries/{case}",
    }
    asked = {name: (lambda path=path: client.get(path)) for name, path in reads.items()}
    for invoices in (3, 500):
        call = complete(token, invoices)
        asked[f"complete with {invoices}"] = lambda call=call: client.post(call.path, call.body, "application/json")
    counts = {}
    for name, ask in asked.items():
        ask()
        with captured() as seen:
            answer = ask()
        if answer.status_code not in (200, 201):
            raise SystemExit(f"bench: {name} answers {answer.status_code}")
        counts[name] = len(seen)
    return counts


if __name__ == "__main__":
    verb, *arguments = sys.argv[1:]
    answers: dict[str, Callable[..., Any]] = {
        "prepare": prepare,
        "times": times,
        "statements": statements,
        "reads": reads,
    }
    print(json.dumps(answers[verb](*arguments)))
