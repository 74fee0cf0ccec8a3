"""Kill a process between the effect of a call and its answer, again and again, and ask again with the same key.

    EMBEDDED=1 python scripts/crash_keys.py [times]

A case is filed by a process that is killed by SIGKILL at a line that differs from time to time: after the effect,
after the answer is written down, right before the commit, right after it. Then the same request is sent again with its
key. Each pair must leave exactly one case. It needs a migrated database that may be written to: it leaves its cases and
their account behind.
"""

import json
import os
import signal
import sys
import uuid
from collections import Counter
from pathlib import Path
from typing import Any, cast

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "legalcity.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402 - settings are there once Django is set up
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from accounts.idempotency import KeyStore  # noqa: E402
from accounts.models import User  # noqa: E402
from accounts.services import key_issue, login  # noqa: E402
from invoicing.models import Invoice  # noqa: E402
from legalcity.api.idempotency import Answer, Asked  # noqa: E402

TIMES = 50
EMAIL = "crash-of-keys@example.com"
PLACES = ("after the effect", "after the answer is written", "before the commit", "after the commit")


def die() -> None:
    """As a machine without power does."""
    os.kill(os.getpid(), signal.SIGKILL)


def killed_at(place: str) -> None:
    """Have this process killed there."""
    keep, database = KeyStore.keep, cast(Any, connection)
    commit = database._commit

    def commit_and_die() -> None:
        commit()
        die()

    def kept(store: KeyStore, asked: Asked, answer: Answer) -> None:
        if place == PLACES[0]:
            die()
        keep(store, asked, answer)
        if place == PLACES[1]:
            die()
        database._commit = die if place == PLACES[2] else commit_and_die

    setattr(KeyStore, "keep", kept)  # noqa: B010 - that is how types let it pass


def file_case(token: str, key: str) -> tuple[int, bool]:
    """Status, and whether it was the first answer again."""
    company = {
        "company_type": "particular",
        "company_legalrep_firstname": "Jane",
        "company_legalrep_lastname": "Smith",
        "company_legalrep_gender": "Mme",
        "company_address": "456 Oak Ave",
        "company_city": "Lyon",
        "company_postal": "69001",
        "company_country": "France",
    }
    body = {
        "recovery": {"recovery_service_object": "Crash", "recovery_due_date": "2025-12-31"},
        "customer": company,
        "debtor": company,
        "invoices": [{"invoice_number": key, "invoice_date": "2025-10-20", "invoice_amount": "100.00"}],
    }
    answer = Client().post(
        "/api/recoveries/complete",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
    )
    return answer.status_code, "Idempotent-Replayed" in answer.headers


def kill_one(token: str, key: str, place: str) -> None:
    """File a case in a process of its own, and have it killed at `place`."""
    connection.close()
    child = os.fork()
    if not child:
        killed_at(place)
        file_case(token, key)
        os._exit(0)
    _child, ended = os.waitpid(child, 0)
    if not os.WIFSIGNALED(ended):
        sys.exit(f"It was not killed {place}.")


def main(times: int) -> int:
    """Kill and ask again; say what came of it."""
    user = User.objects.filter(email=EMAIL).first() or User.objects.create_user(EMAIL, first_name="C", last_name="K")
    _user, token = login(email=EMAIL, key=key_issue(user=user))
    outcomes: Counter[tuple[str, int, bool, int]] = Counter()
    for number in range(times):
        place, key = PLACES[number % len(PLACES)], str(uuid.uuid4())
        kill_one(token, key, place)
        status, replayed = file_case(token, key)
        outcomes[place, status, replayed, Invoice.objects.filter(invoice_number=key).count()] += 1
    for (place, status, replayed, cases), count in sorted(outcomes.items()):
        sys.stdout.write(f"killed {place}: {count} × {status}, replayed: {replayed}, cases: {cases}\n")
    return int(any(status != 201 or cases != 1 for _place, status, _replayed, cases in outcomes))


if __name__ == "__main__":
    settings.RATE_LIMITS_ENABLED = False
    setup_test_environment()
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else TIMES))
