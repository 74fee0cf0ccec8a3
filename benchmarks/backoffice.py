"""How long staff wait for a page of the back-office on a large portfolio, and how many statements it takes.

    DATABASE_URL=postgres://... .venv/bin/python manage.py seed_demo --cases 100000
    DATABASE_URL=postgres://... .venv/bin/python benchmarks/backoffice.py [--rounds 10]

Asks each page in the process (middleware, templates and all, without the network), warm, and prints a Markdown table
that it also writes to benchmarks/backoffice.md. Pages are addresses: to measure one more, add it to PAGES.
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
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.models import User  # noqa: E402
from recoveries.models import Recovery  # noqa: E402

GOAL = 500  # milliseconds
LIST = "/admin/recoveries/recovery/"
# What is measured, and its address; {case}, {client}, {debtor} and {handler} are ids of the portfolio.
PAGES = {
    "home page": "/admin/",
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
    "sorted by debtor": LIST + "?o=2",
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


def measured(browser: Client, address: str, rounds: int) -> tuple[int, float, float]:
    """Statements, median and slowest milliseconds of a page."""
    statements = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        statements.append(sql)
        return execute(sql, *rest)

    browser.get(address)
    with connection.execute_wrapper(count):
        answer = browser.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"bench: {address} answered {answer.status_code}")
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        browser.get(address)
        times.append((time.perf_counter() - start) * 1000)
    return len(statements), statistics.median(times), max(times)


def report(rounds: int) -> str:
    """All pages as a Markdown table."""
    case = Recovery.objects.order_by("-id").first()
    if case is None:
        raise SystemExit("bench: no cases: run manage.py seed_demo --cases 100000 first")
    handler = User.objects.filter(is_staff=True, is_superuser=False).first() or User.objects.filter(is_staff=True)[0]
    ids = {"case": case.pk, "client": case.owner_id, "debtor": case.debtor_id, "handler": handler.pk}
    browser = Client()
    browser.force_login(User.objects.filter(is_superuser=True, is_active=True)[0])
    lines = [
        "# The back-office on a large portfolio",
        "",
        f"{Recovery.objects.count():,} cases, {connection.vendor}, {os.cpu_count()} cores, {date.today()}; "
        f"{rounds} rounds, one reader; goal: {GOAL} ms.",
        "",
        "| page | statements | median, ms | slowest, ms | |",
        "|---|---:|---:|---:|---|",
    ]
    for name, address in PAGES.items():
        statements, median, slowest = measured(browser, address.format(**ids), rounds)
        mark = "" if median <= GOAL else "**over**"
        lines.append(f"| {name} | {statements} | {median:.0f} | {slowest:.0f} | {mark} |")
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
