"""What a page of the back-office costs on a large portfolio, and how many statements it takes.

    DATABASE_URL=postgres://... .venv/bin/python manage.py seed_demo --cases 100000
    DATABASE_URL=postgres://... .venv/bin/python benchmarks/backoffice.py [--rounds 10]

A database that `databases.fill` made (a million cases in ten minutes) does as well; staff are made if need be.
Asks each page in the process (middleware, templates and all, without the network), with what pages keep forgotten
before each, and prints a Markdown table that it also writes to benchmarks/backoffice.md, in the place of the one of as
many cases: what stands there of other sizes, or was written by hand, stays. Judged by processor time, of the process
and of its connection in PostgreSQL. Pages are addresses: to measure one more, add it to PAGES.

The figures of the night are taken before, as they are every night, and what workers spend on them and on a past day is
told apart. Without them the portfolio of 100,000 cases and more would be read from the cases; the page of a past day is
that which says that a worker reckons it, where there are 50,000 cases and more.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sections import MARK, joined, others, title  # noqa: E402 - the folder of this script is on its path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "legalcity.settings")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Sum  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.models import User  # noqa: E402
from legalcity.lib.clock import today  # noqa: E402
from legalcity.lib.dates import add_months  # noqa: E402
from recoveries.desk.journal_page import MOST_DAYS  # noqa: E402
from recoveries.desk.tasks import reckon_day, take_figures  # noqa: E402
from recoveries.models import CaseCount, Recovery  # noqa: E402

GOAL, GOAL_COLD = 300, 1_000  # milliseconds
COLD = ("portfolio", "portfolio of a client", "portfolio at a past day", "portfolio at a past day, small client")
LIST = "/admin/recoveries/recovery/"
# What is measured, and its address; in braces are ids, and days: {yesterday}, {month}, {year} (a year ago), {decade}.
PAGES = {
    "home page": "/admin/",
    "portfolio": "/admin/portfolio/?first={year}&last={month}",
    "portfolio of a client": "/admin/portfolio/?first={year}&last={month}&client={client}",
    "portfolio at a past day": "/admin/portfolio/as-of/?on={yesterday}",
    "portfolio at a past day, small client": "/admin/portfolio/as-of/?on={yesterday}&client={small}",
    "results": "/admin/results/?first={year}&last={month}",
    "results by client": "/admin/results/?first={year}&last={month}&by=client",
    "calendar": "/admin/calendar/?month={month}",
    "queue": "/admin/queue/?scope=all",
    "tasks": "/admin/tasks/",
    "search of everything": "/admin/search/?q=martin",
    "journal": "/admin/journal/",
    "journal: ten years": "/admin/journal/?first={decade}&last={yesterday}",
    "journal: ten years of a client": "/admin/journal/?first={decade}&last={yesterday}&client={client}",
    "cases at a past day": "/admin/portfolio/as-of/cases/?on={yesterday}&client={client}",
    "debtor": "/admin/debtors/{debtor}/",
    "open a case": "/admin/cases/new/",
    "letters to post": "/admin/letters-to-post/",
    "funds to hand over": "/admin/remittances/",
    "funds of a client": "/admin/remittances/{client}/held/",
    "statements": "/admin/recoveries/clientstatement/",
    "case": LIST + "{case}/change/",
    "aged: behind the portfolio": LIST + "?aged=now.2.{year}.{month}&state=open",
    "cases": LIST,
    "cases, page 200": LIST + "?p=200",
    "search: a name": LIST + "?q=martin",
    "search: two letters": LIST + "?q=zz",
    "search: nothing found": LIST + "?q=xyzq",
    "state": LIST + "?state=open",
    "group of statuses": LIST + "?group=4",
    "handler": LIST + "?handler={handler}",
    "no handler": LIST + "?handler=none",
    "client": LIST + "?client={client}",
    "company": LIST + "?company={debtor}",
    "age": LIST + "?age=older",
    "amount": LIST + "?amount=more",
    "free amount": LIST + "?amount_min=50000",
    "country, all": LIST + "?country=FR",
    "country, none": LIST + "?country=DE",
    "deadline": LIST + "?deadline=7",
    "unread": LIST + "?unread=1",
    "new": LIST + "?new=1",
    "nothing happened": LIST + "?quiet=90",
    "waits for: today": LIST + "?work=today",
    "five filters": LIST + "?state=open&handler=none&age=90&amount=5000&country=FR",
    "sorted by amount": LIST + "?o=-5",
    "sorted by amount, page 200": LIST + "?o=-5&p=200",
    "sorted by debtor": LIST + "?o=2",
    "sorted by status": LIST + "?o=4",
    "sorted by what is due": LIST + "?o=-6",
    "sorted by what is due, page 200": LIST + "?o=-6&p=200",
    "companies": "/admin/companies/company/",
    "companies: SIREN": "/admin/companies/company/?q=123456789",
    "companies: name": "/admin/companies/company/?q=martin",
    "companies: two letters": "/admin/companies/company/?q=zz",
    "invoices": "/admin/invoicing/invoice/",
    "invoices: overdue": "/admin/invoicing/invoice/?paid=overdue",
    "invoices: number": "/admin/invoicing/invoice/?q=F-2026",
    "documents": "/admin/documents/document/",
    "audit": "/admin/accounts/auditevent/",
}


def used_by_database() -> float:
    """Seconds of processor time of our connection's process; nothing where PostgreSQL is on another machine."""
    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    file = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return int(file.read_text().split()[0]) / 1e9 if file.exists() else 0.0


def measured(browser: Client, address: str, rounds: int) -> tuple[int, float, float]:
    """Statements, and the median milliseconds of processor time of a page: the web's, the database's."""
    statements = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        statements.append(sql)
        return execute(sql, *rest)

    browser.get(address)
    with connection.execute_wrapper(count):
        answer = browser.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"bench: {address} answered {answer.status_code}")
    web, database = [], []
    for _ in range(rounds):
        cache.clear()
        before, began = used_by_database(), time.thread_time()
        browser.get(address)
        web.append((time.thread_time() - began) * 1000)
        database.append((used_by_database() - before) * 1000)
    return len(statements), statistics.median(web), statistics.median(database)


def spent(act: Callable[[], Any]) -> str:
    """Seconds of processor time of what workers do, in one process of PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")  # Helpers would not be counted.
    before, began = used_by_database(), time.thread_time()
    act()
    told = f"{time.thread_time() - began:.1f} + {used_by_database() - before:.1f} s"
    with connection.cursor() as cursor:
        cursor.execute("RESET max_parallel_workers_per_gather")
    return told


def by_workers(yesterday: str) -> str:
    """Take the figures of the night, and reckon a past day as a worker does; in words, what that cost."""
    night, day = spent(take_figures), spent(lambda: reckon_day(yesterday, None, None))
    return f"By workers: the figures of the night {night}, a past day {day}."


def asked_of() -> dict[str, Any]:
    """What stands in the braces of PAGES."""
    case = Recovery.objects.order_by("-id").first()
    if case is None:
        raise SystemExit("bench: no cases: run manage.py seed_demo --cases 100000 first")
    if not User.objects.filter(is_superuser=True, is_active=True).exists():
        User.objects.create_superuser("chief@bench.example")
    handler = User.objects.filter(is_staff=True).order_by("is_superuser")[0]
    clients = CaseCount.objects.values_list("owner_id").annotate(cases=Sum("n")).order_by("-cases")
    day = today()
    return {
        **{"case": case.pk, "debtor": case.debtor_id, "handler": handler.pk},
        **{"client": clients[0][0], "small": clients[len(clients) - 1][0]},
        **{"yesterday": f"{day - timedelta(days=1)}", "month": f"{day:%Y-%m}", "year": f"{add_months(day, -11):%Y-%m}"},
        "decade": f"{day - timedelta(days=MOST_DAYS)}",
    }


def report(rounds: int) -> str:
    """All pages as a Markdown table, under a heading that names how many cases there are."""
    ids = asked_of()
    figures = by_workers(ids["yesterday"])
    browser = Client()
    browser.force_login(User.objects.filter(is_superuser=True, is_active=True)[0])
    lines = [
        f"## {Recovery.objects.count():,} cases",
        "",
        f"{connection.vendor}, {os.cpu_count()} cores, {date.today()}; {rounds} rounds, one reader, load "
        f"{os.getloadavg()[0]:.1f}; goal: {GOAL} ms of processor time, {GOAL_COLD} of the portfolio. {figures}",
        "",
        "| page | statements | web, ms | PostgreSQL, ms | |",
        "|---|---:|---:|---:|---|",
    ]
    for name, address in PAGES.items():
        statements, web, database = measured(browser, address.format(**ids), rounds)
        mark = "" if web + database <= (GOAL_COLD if name in COLD else GOAL) else "**over**"
        lines.append(f"| {name} | {statements} | {web:.0f} | {database:.0f} | {mark} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, write down."""
    parser = argparse.ArgumentParser(description="Measure the pages of the back-office.")
    parser.add_argument("--rounds", type=int, default=10)
    settings.DEBUG = False  # Django remembers every statement otherwise.
    settings.ALLOWED_HOSTS = ["testserver"]
    text = report(parser.parse_args().rounds)
    file = ROOT / "benchmarks" / "backoffice.md"
    before, heading = file.read_text(), text.partition("\n")[0].removeprefix(MARK)
    file.write_text(joined([title(before), text, *others(before, [heading])]))
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
