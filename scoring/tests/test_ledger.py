"""The ledger adds up, and stands."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum
from django.db.models.deletion import ProtectedError

from scoring.models import ScoringOrder, TokenBalance, TokenEntry
from scoring.services.tokens import tokens_grant
from scoring.tests.people import TOKENS, debtor, place
from tests.factories import Api

pytestmark = pytest.mark.django_db


def test_the_balance_is_the_sum_of_the_lines(owner: Api) -> None:
    company_id = debtor(owner)
    tokens_grant(user=owner.user, amount=7, reason="welcome")
    for _ in range(3):
        place(owner, company_id)
    assert TokenEntry.objects.filter(user=owner.user).aggregate(n=Sum("amount"))["n"] == 7
    assert owner.data("GET", TOKENS) == {"remaining_tokens": 7}


def test_a_line_cannot_be_changed(owner: Api) -> None:
    tokens_grant(user=owner.user, amount=7)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        TokenEntry.objects.update(amount=70)
    line = TokenEntry.objects.get()
    line.reason = "another one"
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        line.save()
    assert (TokenEntry.objects.get().amount, TokenEntry.objects.get().reason) == (7, "")


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite empties tables by deleting rows")
def test_a_line_cannot_be_removed(owner: Api) -> None:
    tokens_grant(user=owner.user, amount=7)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        TokenEntry.objects.all().delete()
    assert TokenEntry.objects.count() == 1


def test_a_user_with_a_ledger_is_kept(owner: Api) -> None:
    tokens_grant(user=owner.user, amount=7)
    with pytest.raises(ProtectedError):
        owner.user.delete()


def test_the_database_knows_no_balance_below_zero(owner: Api) -> None:
    tokens_grant(user=owner.user, amount=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        TokenBalance.objects.update(tokens=-1)


@pytest.mark.parametrize(
    ("kind", "amount"), [("spent", 1), ("granted", -1), ("refunded", -1), ("gift", 1), ("spent", 0)]
)
def test_the_sign_of_a_line_fits_its_kind(owner: Api, kind: str, amount: int) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        TokenEntry.objects.create(user=owner.user, kind=kind, amount=amount)


def test_an_order_is_of_something(owner: Api) -> None:
    place(owner, debtor(owner))
    with pytest.raises(DatabaseError), transaction.atomic():
        ScoringOrder.objects.update(solvency_report=False, surveillance=False, surveillance_months=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        ScoringOrder.objects.update(surveillance_months=37)


def granted(*args: str) -> str:
    out = StringIO()
    call_command("grant_tokens", *args, stdout=out)
    return out.getvalue()


def test_grant_tokens(owner: Api) -> None:
    assert granted("OWNER@example.com", "5", "--reason", "offer") == "owner@example.com: 5 tokens\n"
    assert granted("owner@example.com", "2") == "owner@example.com: 7 tokens\n"
    lines = TokenEntry.objects.order_by("id").values_list("kind", "amount", "reason", "by")
    assert list(lines) == [("granted", 5, "offer", None), ("granted", 2, "", None)]
    assert owner.data("GET", TOKENS) == {"remaining_tokens": 7}


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("nobody@example.com", "5"), "no user has the e-mail"),
        (("owner@example.com", "0"), "from 1 to"),
        (("owner@example.com", "--", "-3"), "from 1 to"),
        (("owner@example.com", "99999999999"), "from 1 to"),
        (("owner@example.com", "many"), "invalid int value"),
    ],
)
def test_grants_that_make_no_sense(owner: Api, args: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        granted(*args)
    assert TokenEntry.objects.count() == 0
