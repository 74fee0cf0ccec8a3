"""What a page of the back-office costs on a large portfolio, and how many statements it takes.

    DATABASE_URL=postgres://... .venv/bin/python manage.py seed_demo --cases 100000
    DATABASE_URL=postgres://... .venv/bin/python benchmarks/backoffice.py [--rounds 10]

A database that `databases.fill` made (a million cases in ten minutes) does as well; staff are made if need be.
Asks each page in the process (middleware, templates and all, without the network), with what pages keep forgotten
before each, and prints a Markdown table that it also writes to benchmarks/backoffice.md. Judged by processor time, of
the process and of its connection in PostgreSQL. Pages are addresses: to measure one more, add it to PAGES.
"""

import argparse
import os
import statistics
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "legalcity.settings")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.models import User  # noqa: E402
from recoveries.models import Recovery  # noqa: E402

GOAL = 300  # milliseconds
LIST = "/admin/recoveries/recovery/"
# What is measured, and its address; {case}, {client}, {debtor} and {handler} are ids of the portfolio.
PAGES = {
    "home page": "/admin/",
    "portfolio": "/admin/portfolio/?first=2024-01&last=2024-12",
    "portfolio of a client": "/admin/portfolio/?first=2024-01&last=2024-12&client={client}",
    "case": LIST + "{case}/change/",
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


def report(rounds: int) -> str:
    """All pages as a Markdown table."""
    case = Recovery.objects.order_by("-id").first()
    if case is None:
        raise SystemExit("bench: no cases: run manage.py seed_demo --cases 100000 first")
    if not User.objects.filter(is_superuser=True, is_active=True).exists():
        User.objects.create_superuser("chief@bench.example")
    handler = User.objects.filter(is_staff=True).order_by("is_superuser")[0]
    ids = {"case": case.pk, "client": case.owner_id, "debtor": case.debtor_id, "handler": handler.pk}
    browser = Client()
    browser.force_login(User.objects.filter(is_superuser=True, is_active=True)[0])
    lines = [
        "# The back-office on a large portfolio",
        "",
        f"{Recovery.objects.count():,} cases, {connection.vendor}, {os.cpu_count()} cores, {date.today()}; "
        f"{rounds} rounds, one reader, load {os.getloadavg()[0]:.1f}; goal: {GOAL} ms of processor time.",
        "",
        "| page | statements | web, ms | PostgreSQL, ms | |",
        "|---|---:|---:|---:|---|",
    ]
    for name, address in PAGES.items():
        statements, web, database = measured(browser, address.format(**ids), rounds)
        mark = "" if web + database <= GOAL else "**over**"
        lines.append(f"| {name} | {statements} | {web:.0f} | {database:.0f} | {mark} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, write down."""
    parser = argparse.ArgumentParser(description="Measure the pages of the back-office.")
    parser.add_argument("--rounds", type=int, default=10)
    settings.DEBUG = False  # Django remembers every statement otherwise.
    settings.ALLOWED_HOSTS = ["testserver"]
    text = report(parser.parse_args().rounds)
    (ROOT / "benchmarks" / "backoffice.md").write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
