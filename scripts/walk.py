"""The main job, walked over HTTP through the published API, step by step, with nothing but the standard library.

    LEGALCITY_EMAIL=… LEGALCITY_API_KEY=… python scripts/walk.py http://127.0.0.1:8000

A client logs in, files a complete unpaid case, finds it, follows it, adds an invoice, comments it. Each answer is
checked; the first one that is not as published ends the walk with its step's name and exit code 1. It leaves one
case behind, so walk where a case more does no harm.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

TIMEOUT = 30  # seconds
Json = dict[str, Any]


class StepFailed(Exception):
    """An answer that is not as published."""


def say(text: str = "") -> None:
    """A line for the reader, at once even through a pipe."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@dataclass
class Walk:
    """One walk: where to, as whom, and what was learnt on the way."""

    base: str
    email: str
    api_key: str
    token: str = ""
    case_id: int = 0
    reference: str = ""
    amount: str = ""
    numbers: list[str] = field(default_factory=list)

    def call(self, method: str, path: str, *, status: int, body: Json | None = None, **query: Any) -> Json:
        """One call of the API: shown, its status and envelope checked. The answer's body."""
        target = path + (f"?{urlencode(query)}" if query else "")
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = json.dumps(body).encode() if body is not None else None
        request = Request(self.base + target, data=data, headers=headers, method=method)  # noqa: S310
        started = time.perf_counter()
        got, raw = _answer(request)
        say(f"     {method} {target}  →  {got}  ({(time.perf_counter() - started) * 1000:.0f} ms)")
        expect(got == status, f"expected status {status}, got {got}: {raw[:500].decode(errors='replace')}")
        try:
            answer: Json = json.loads(raw)
        except ValueError as error:
            raise StepFailed("the answer is not JSON") from error
        return answer


def _answer(request: Request) -> tuple[int, bytes]:
    try:
        with urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310 - the address is the caller's own
            return response.status, response.read()
    except HTTPError as error:
        return error.code, error.read()
    except (URLError, OSError) as error:
        raise StepFailed(f"no answer from {request.full_url}: {error}") from error


def expect(condition: bool, otherwise: str) -> None:
    """Raises StepFailed with the sentence `otherwise` unless the condition holds."""
    if not condition:
        raise StepFailed(otherwise)


def note(text: str) -> None:
    """What an answer told."""
    say(f"     {text}")


def invoice(number: str, days_ago: int, amount: str, paid: str | None = None) -> Json:
    """An invoice that was due `days_ago`, thirty days after its date."""
    due = date.today() - timedelta(days=days_ago)
    return {
        "invoice_number": number,
        "invoice_date": str(due - timedelta(days=30)),
        "invoice_due_date": str(due),
        "invoice_amount": amount,
        "invoice_part_paid": paid is not None,
        "invoice_part_paid_amount": paid,
    }


def creditor() -> Json:
    """A company of Rennes, which nobody pays."""
    return {
        "company_type": "commercial",
        "company_legal_form": "SAS",
        "company_siren": "998001127",
        "company_name": "Ateliers Morvan",
        "company_legalrep_firstname": "Camille",
        "company_legalrep_lastname": "Morvan",
        "company_legalrep_gender": "Mme",
        "company_legalrep_quality": 1,
        "company_address": "12 rue du Moulin",
        "company_city": "Rennes",
        "company_postal": "35000",
        "company_country": "France",
        "company_email": "compta@example.fr",
        "company_phone": "+33261910001",
    }


def debtor() -> Json:
    """A company of Nantes, whose name has accents."""
    return {
        "company_type": "commercial",
        "company_legal_form": "SARL",
        "company_siren": "998002455",
        "company_name": "Boutique Lumière d'Été",
        "company_legalrep_firstname": "Théo",
        "company_legalrep_lastname": "Lefèvre",
        "company_legalrep_gender": "M",
        "company_legalrep_quality": 3,
        "company_address": "3 place du Marché",
        "company_city": "Nantes",
        "company_postal": "44000",
        "company_country": "France",
        "company_email": "theo.lefevre@example.fr",
        "company_phone": "+33261910002",
    }


def complete_case() -> Json:
    """A creditor, a debtor and three unpaid invoices, one of them paid in part."""
    return {
        "recovery": {
            "recovery_service_object": "Agencement d'une boutique",
            "recovery_due_date": str(date.today() - timedelta(days=40)),
            "recovery_late_interest": True,
            "recovery_interest_rate": "yes 3",
            "recovery_penalty": True,
            "recovery_penalty_type": "montant",
            "recovery_penalty_amount": "40.00",
            "recovery_raison_notpaid": 1,
            "recovery_observations": "Deux relances amiables restées sans réponse.",
        },
        "customer": creditor(),
        "debtor": debtor(),
        "invoices": [
            invoice("FA-0001", 100, "3200.00"),
            invoice("FA-0002", 70, "1450.50", paid="450.50"),
            invoice("FA-0003", 40, "880.00"),
        ],
    }


def service_answers(walk: Walk) -> None:
    """The service answers"""
    health = walk.call("GET", "/api/health", status=200)
    expect(health.get("status") == "ok", f"health says {health}")
    note(f"version {health['version']}, its clock says {health['timestamp']}")


def log_in(walk: Walk) -> None:
    """The client logs in with e-mail and API key"""
    body = {"email": walk.email, "key": walk.api_key}
    session = walk.call("POST", "/api/auth/login", status=200, body=body)["data"]
    walk.token = session["token"]
    user = session["user"]
    note(f"{user['first_name']} {user['last_name']}, {user['entreprise']}: a {session['token_type']} token")


def file_case(walk: Walk) -> None:
    """It files an unpaid case: creditor, debtor and three invoices in one call"""
    data = walk.call("POST", "/api/recoveries/complete", status=201, body=complete_case())["data"]
    case, summary = data["recovery"], data["summary"]
    walk.case_id, walk.reference = case["id"], case["recovery_reference"]
    expect(case["amount"] == "5530.50", f"the invoices add up to 5530.50, the case says {case['amount']}")
    expect(case["amount_torecover"] == "5080.00", f"5080.00 remain, the case says {case['amount_torecover']}")
    expect(summary["total_invoices"] == 3, f"three invoices were sent, the summary says {summary['total_invoices']}")
    note(f"case {walk.case_id}, {walk.reference}: {case['amount']} € in {summary['total_invoices']} invoices")
    note(f"{case['amount_torecover']} € to recover from {data['debtor']['company_name']}")


def find_case(walk: Walk) -> None:
    """It finds the case by a word of the debtor's name, without minding accents"""
    data = walk.call("GET", "/api/recoveries", status=200, search="lumiere d'ete", per_page=5)["data"]
    references = [row["recovery_reference"] for row in data["recoveries"]]
    expect(walk.reference in references, f"{walk.reference} is not among {references}")
    row = data["recoveries"][references.index(walk.reference)]
    note(f"{data['pagination']['total']} found: {row['recovery_reference']}, {row['debtor_company']}")


def follow_case(walk: Walk) -> None:
    """It follows the case: status, history, parties, invoices"""
    case = walk.call("GET", f"/api/recoveries/{walk.case_id}", status=200)["data"]
    expect(len(case["invoices"]) == 3, f"three invoices were filed, the detail shows {len(case['invoices'])}")
    expect(len(case["statusHistory"]) == 1, "a new case has one step in its history")
    step = case["statusHistory"][0]
    note(f"{case['customer']['company_name']} against {case['debtor']['company_name']}")
    note(f"status {case['recovery_status']}, {case['status']['name']}, since {step['created_at']}")
    for each in case["invoices"]:
        owed = f"{each['remaining_amount']} € of {each['invoice_amount']} €"
        note(f"{each['invoice_number']}: {owed}, {each['days_overdue']} days late")


def add_invoice(walk: Walk) -> None:
    """It adds an invoice; the case's totals follow"""
    path = f"/api/recoveries/{walk.case_id}"
    added = walk.call("POST", f"{path}/invoices", status=201, body=invoice("FA-0004", 10, "619.90"))["data"]
    case = walk.call("GET", path, status=200)["data"]
    expect(case["amount"] == "6150.40", f"5530.50 and 619.90 are 6150.40, the case says {case['amount']}")
    expect(case["amount_torecover"] == "5699.90", f"5699.90 remain, the case says {case['amount_torecover']}")
    note(f"{added['invoice_number']} of {added['invoice_amount']} €: now {case['amount_torecover']} € to recover")


def comment_case(walk: Walk) -> None:
    """It comments the case"""
    body = {"comment": "<p>Le débiteur a promis un <strong>virement</strong> avant la fin du mois.</p>"}
    comment = walk.call("POST", f"/api/recoveries/{walk.case_id}/comments", status=201, body=body)["data"]
    expect("<strong>virement</strong>" in comment["comment_html"], "the comment has lost its markup")
    note(f"comment {comment['id']}: {comment['comment']}")


def read_comments(walk: Walk) -> None:
    """It reads the comments"""
    data = walk.call("GET", f"/api/recoveries/{walk.case_id}/comments", status=200)["data"]
    expect(len(data["comments"]) == 1, f"one comment was written, the list shows {len(data['comments'])}")
    note(f"{data['summary']['total_comments']} comment, {data['summary']['unread_count']} unread")


def log_out(walk: Walk) -> None:
    """It logs out: the token opens nothing any more"""
    walk.call("POST", "/api/auth/logout", status=200)
    walk.call("GET", "/api/auth/me", status=401)


STEPS: tuple[Callable[[Walk], None], ...] = (
    service_answers,
    log_in,
    file_case,
    find_case,
    follow_case,
    add_invoice,
    comment_case,
    read_comments,
    log_out,
)


def walk_all(base: str, email: str, api_key: str, *more: Callable[[Walk], None]) -> bool:
    """Walk every step, and `more`, printing it; False when one failed, which is told on standard error."""
    walk = Walk(base, email, api_key)
    for number, step in enumerate((*STEPS, *more), 1):
        say(f"\n {number}. {step.__doc__}")
        try:
            step(walk)
        except (StepFailed, KeyError, TypeError, IndexError) as error:
            fault = str(error) if isinstance(error, StepFailed) else f"the answer lacks {error!r}"
            sys.stderr.write(f"\nStep {number} failed ({step.__doc__}): {fault}\n")
            return False
    return True


def main() -> int:
    """The exit code: 0 when every step went as published."""
    email, api_key = os.environ.get("LEGALCITY_EMAIL"), os.environ.get("LEGALCITY_API_KEY")
    if len(sys.argv) != 2 or not email or not api_key:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    return 0 if walk_all(sys.argv[1].rstrip("/"), email, api_key) else 1


if __name__ == "__main__":
    sys.exit(main())
