"""What the tests of this room are made of: debtors with a record, orders about them, a worker."""

from datetime import date, timedelta
from typing import Any

from legalcity.lib.clock import now, today
from recoveries.models import Recovery
from scoring.models import ScoringOrder
from scoring.services.pipeline import Outcome, order_process
from scoring.services.tokens import tokens_grant
from tests.factories import Api, OrderBody, file_case

SIREN = "356000000"  # its check digit is right
ORDER = "/api/scoring/order"
ORDERS = "/api/scoring/orders"
TOKENS = "/api/scoring/tokens"


def days_ago(days: int) -> str:
    """A day as the API takes it."""
    return (today() - timedelta(days)).isoformat()


def invoice(*, amount: str = "1000.00", due: int = 90, paid: str | None = None) -> dict[str, Any]:
    """An invoice that was due so many days ago."""
    part = {} if paid is None else {"invoice_part_paid": True, "invoice_part_paid_amount": paid}
    return {"invoice_date": days_ago(due + 30), "invoice_due_date": days_ago(due), "invoice_amount": amount, **part}


def debtor(api: Api, *invoices: dict[str, Any], siren: str = SIREN, **fields: Any) -> int:
    """The id of a company that owes `api` these invoices (one of 1000 EUR, 90 days late, when none is named)."""
    filed = file_case(api, debtor={"company_siren": siren, **fields}, invoices=list(invoices or (invoice(),)))
    return int(filed["debtor"]["id"])


def unknown_company(api: Api, **fields: Any) -> int:
    """The id of a company of `api` that owes nothing: the creditor of a case."""
    return int(file_case(api, customer={"company_siren": SIREN, **fields})["customer"]["id"])


def case_of(company_id: int) -> Recovery:
    """The case in which a company is the debtor."""
    return Recovery.objects.get(debtor_id=company_id)


def place(api: Api, company_id: int, **body: Any) -> str:
    """The number of a new order, with the tokens that it costs granted first."""
    sent = OrderBody(company_id=company_id, company_siret=f"{SIREN}00048", **body)
    tokens_grant(user=api.user, amount=len(sent["services"]))
    return str(api.data("POST", ORDER, sent)["order_id"])


def work(order_id: str) -> Outcome:
    """What a worker makes of an order."""
    return order_process(order_pk=ScoringOrder.objects.get(order_id=order_id).pk, moment=now())


def shown(api: Api, order_id: str, **headers: str) -> dict[str, Any]:
    """An order as its client sees it."""
    return dict(api.data("GET", f"{ORDERS}/{order_id}", **headers))


def results(api: Api, company_id: int, **body: Any) -> dict[str, Any]:
    """The results of a new order about a company, done."""
    order_id = place(api, company_id, **body)
    assert work(order_id) == Outcome.DONE
    return dict(shown(api, order_id)["results"])


def day(text: str) -> date:
    """A date."""
    return date.fromisoformat(text)
