"""What is due to whom of the money that the firm received, and the recording that it was handed over."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Sum
from django.test import Client

from accounts.models import AuditEvent, User
from legalcity.lib.append_only import door
from legalcity.lib.clock import today
from legalcity.lib.dates import add_months
from legalcity.lib.errors import Conflict, Forbidden, Invalid
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.ledger.handing_over import Amiss, remittances_amiss, remittances_begin
from recoveries.ledger.held import Held, held_by_client
from recoveries.ledger.models import Entry
from recoveries.ledger.remittances import remittance_record, remittance_reverse
from recoveries.ledger.reversals import acompte_reverse
from recoveries.ledger.services import acompte_record, direct_payment_record
from recoveries.ledger.tests.before import unguarded
from recoveries.models import Acompte, ClientStatement, Line, Posting, Remittance, RemittanceLine
from tests.backoffice import browser_of, chief, page_of
from tests.factories import Api, ApiUserFactory, case_id
from tests.noon import noon_of
from tests.races import at_once

pytestmark = pytest.mark.django_db
noon = noon_of(today())

PAGE = "/admin/remittances/"
DAY = date(2026, 4, 10)
INVOICE = {"invoice_date": "2026-02-01", "invoice_due_date": "2026-03-01", "invoice_amount": "1000.00"}
PERSON = {"company_type": "particular"}
BUSINESS = {"recovery_late_interest": True, "recovery_interest_rate": "no"}


@pytest.fixture
def boss() -> User:
    return chief(language="en")


@pytest.fixture
def office(boss: User) -> Client:
    return browser_of(boss)


def filed(api: Api) -> int:
    return case_id(api, invoices=[INVOICE], debtor=PERSON)


def pay(case: int, amount: str, day: date = DAY) -> Acompte:
    return acompte_record(recovery_id=case, amount=Decimal(amount), day=day, confirmed=True, by=None)


def held(api: Api) -> Held:
    assert api.user is not None
    [found] = held_by_client(owner_id=api.user.pk)
    return found


def said(*flags: str) -> str:
    out = io.StringIO()
    call_command("check_ledger", *flags, stdout=out)
    return out.getvalue().strip()


def sums(api: Api) -> tuple[str, ...]:
    one = held(api)
    assert one.received - one.fees - one.handed_over == one.to_hand_over
    return tuple(str(sum_) for sum_ in (one.received, one.fees, one.handed_over, one.to_hand_over))


def hand_over(api: Api, expected: str, fees: str = "0.00") -> Remittance:
    assert api.user is not None
    return remittance_record(
        owner_id=api.user.pk, expected=Decimal(expected), fees=Decimal(fees), paid_on=today(), by=None
    )


def test_money_is_held_until_it_is_handed_over(owner: Api) -> None:
    pk = filed(owner)
    pay(pk, "300.00", date(2026, 4, 30))
    pay(pk, "100.00", date(2026, 3, 31))
    assert sums(owner) == ("400.00", "0.00", "0.00", "400.00")
    assert held(owner).due_by == date(2026, 4, 30)
    hand_over(owner, "400.00", "60.00")
    assert sums(owner) == ("400.00", "60.00", "340.00", "0.00")
    assert held(owner).due_by is None
    pay(pk, "50.00", today())
    assert sums(owner) == ("450.00", "60.00", "340.00", "50.00")
    assert held(owner).due_by == add_months(today(), 1)


def test_a_payment_taken_back_after_it_was_handed_over_lowers_the_next(owner: Api) -> None:
    pk = filed(owner)
    wrong = pay(pk, "300.00")
    hand_over(owner, "300.00")
    acompte_reverse(recovery_id=pk, acompte_id=wrong.pk, reason=Entry.Reason.UNPAID, by=None)
    assert sums(owner) == ("0.00", "0.00", "300.00", "-300.00")
    with pytest.raises(Conflict):
        hand_over(owner, "-300.00")
    pay(pk, "450.00", date(2026, 5, 2))
    assert sums(owner) == ("450.00", "0.00", "300.00", "150.00")
    hand_over(owner, "150.00")
    assert sums(owner) == ("450.00", "0.00", "450.00", "0.00")


def test_what_is_over_is_the_debtors_and_what_the_creditor_received_is_not_with_the_firm(owner: Api) -> None:
    pk = filed(owner)
    assert owner.user is not None
    direct_payment_record(recovery_id=pk, amount=Decimal("600.00"), day=DAY, by=owner.user)
    assert held_by_client(owner_id=owner.user.pk) == []
    pay(pk, "500.00", DAY + timedelta(days=1))
    assert sums(owner) == ("400.00", "0.00", "0.00", "400.00")


def test_a_payment_that_is_laid_anew_is_not_held_twice(owner: Api) -> None:
    pk = filed(owner)
    pay(pk, "700.00", date(2026, 5, 10))
    hand_over(owner, "700.00")
    pay(pk, "400.00", date(2026, 4, 1))  # Comes first: 100 of the later one are the debtor's now.
    assert sums(owner) == ("1000.00", "0.00", "700.00", "300.00")
    assert held(owner).due_by == date(2026, 5, 1)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_transfer_moves_no_money(in_process: None, owner: Api) -> None:
    pk = transferable(owner)
    pay(pk, "20.00", today() - timedelta(days=2))
    transferred(owner, pk)
    assert sums(owner) == ("20.00", "0.00", "0.00", "20.00")
    hand_over(owner, "20.00")
    assert sums(owner) == ("20.00", "0.00", "20.00", "0.00")


def test_a_remittance_taken_back_is_held_again(owner: Api) -> None:
    pay(filed(owner), "300.00")
    made = hand_over(owner, "300.00", "30.00")
    remittance_reverse(remittance_id=made.pk, reason="The bank sent it back", by=None)
    assert sums(owner) == ("300.00", "0.00", "0.00", "300.00")
    with pytest.raises(Forbidden):
        remittance_reverse(remittance_id=made.pk, reason="Again", by=None)
    with pytest.raises(Forbidden):
        remittance_reverse(remittance_id=made.reversal.pk, reason="Back", by=None)
    hand_over(owner, "300.00")
    assert sums(owner) == ("300.00", "0.00", "300.00", "0.00")


def entry(remittance: Remittance) -> list[tuple[str, str, str]]:
    """Its posting, as account, head and net debit."""
    lines = Line.objects.filter(posting__recovery=None, posting__facts__remittance=remittance.pk)
    return [(line.account, line.head, str(line.debit - line.credit)) for line in lines.order_by("pk")]


def test_a_remittance_is_posted_by_the_heads_of_what_it_hands_over_and_taken_back_whole(owner: Api) -> None:
    pk = case_id(owner, recovery=BUSINESS, invoices=[INVOICE])
    pay(pk, "300.00")
    made = hand_over(owner, "300.00", "30.00")
    interest = Line.objects.get(posting__kind="payment", head="interest").credit
    assert entry(made) == [
        ("creditor", "interest", str(interest)),
        ("creditor", "principal", str(300 - interest)),
        ("bank", "", "-270.00"),
        ("fees", "", "-30.00"),
    ]
    back = remittance_reverse(remittance_id=made.pk, reason="The bank sent it back", by=None)
    assert entry(back) == [(account, head, str(-Decimal(net))) for account, head, net in entry(made)]
    first, second = Posting.objects.of_clients()
    assert (second.reverses, second.effective_on, second.reason) == (first, made.paid_on, "The bank sent it back")
    assert said() == "0 cases differed"


def test_the_bank_holds_what_is_due_to_clients_and_to_debtors(owner: Api) -> None:
    pk = filed(owner)
    wrong = pay(pk, "600.00")
    pay(pk, "500.00", date(2026, 4, 20))  # 100 of it are the debtor's.
    hand_over(owner, "1000.00", "80.00")
    acompte_reverse(recovery_id=pk, acompte_id=wrong.pk, reason=Entry.Reason.UNPAID, by=None)
    bank = Line.objects.filter(account="bank").aggregate(net=Sum(F("debit") - F("credit")))["net"]
    fees = Line.objects.filter(account="fees").aggregate(net=Sum("credit"))["net"]
    assert Decimal(str(bank)) - Decimal(str(fees)) == held(owner).to_hand_over == Decimal("-500.00")


def test_remittances_of_before_are_posted_and_what_differs_is_told(owner: Api) -> None:
    pay(filed(owner), "300.00")
    made = hand_over(owner, "300.00", "30.00")
    back = remittance_reverse(remittance_id=made.pk, reason="x", by=None)
    again = hand_over(owner, "300.00")
    before = [entry(each) for each in (made, back, again)]
    with door(Line, Posting, reason="a test"):
        Line.objects.filter(posting__recovery=None).delete()
        Posting.objects.of_clients().filter(kind="reversal").delete()
        Posting.objects.of_clients().delete()
    with pytest.raises(CommandError):
        said()
    assert said("--repair").splitlines()[-1] == "3 remittances posted"
    assert [entry(each) for each in (made, back, again)] == before
    assert list(Posting.objects.of_clients().values_list("recorded_at", flat=True)) == [
        each.recorded_at for each in (made, back, again)
    ]
    assert remittances_begin() == 0
    posting = Posting.objects.of_clients().get(facts__remittance=again.pk)
    with unguarded():
        Line.objects.create(posting=posting, account="bank", debit=1)
    assert remittances_amiss() == {again.pk: Amiss.OTHERWISE}


@pytest.mark.parametrize(("expected", "fees"), [("300.00", "300.01"), ("300.00", "-1.00")])
def test_fees_beyond_reason_are_refused(owner: Api, expected: str, fees: str) -> None:
    pay(filed(owner), "300.00")
    with pytest.raises(Invalid):
        hand_over(owner, expected, fees)
    assert not Remittance.objects.exists()


def test_the_database_refuses_to_change_what_was_handed_over(owner: Api) -> None:
    pay(filed(owner), "300.00")
    hand_over(owner, "300.00")
    for rows in (Remittance.objects.all(), RemittanceLine.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(amount=1)
        with pytest.raises(DatabaseError), transaction.atomic():
            rows._raw_delete(rows.db)


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no locks of rows")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_who_hand_over_at_once_do_it_once(owner: Api) -> None:
    pay(filed(owner), "300.00")

    def attempt(_number: int) -> bool:
        try:
            hand_over(owner, "300.00")
        except Conflict:
            return False
        return True

    assert sorted(at_once(4, attempt)) == [False, False, False, True]
    assert sums(owner) == ("300.00", "0.00", "300.00", "0.00")


# --- pages -------------------------------------------------------------------------------------------------------
def send(office: Client, api: Api, **data: Any) -> Any:
    assert api.user is not None
    values = {"expected": "300.00", "fees": "30", "paid_on": today().isoformat(), "reference": "VIR 12", **data}
    return office.post(f"{PAGE}{api.user.pk}/", values)


def test_staff_see_it_and_record_it_once(owner: Api, office: Client, boss: User) -> None:
    pay(filed(owner), "300.00")
    assert owner.user is not None
    text = office.get(PAGE).content.decode()
    assert f"{PAGE}{owner.user.pk}/" in text
    assert "05/10/2026" in text
    assert "300.00" in office.get(f"{PAGE}{owner.user.pk}/").content.decode()
    assert send(office, owner).status_code == 302
    again = send(office, owner)
    assert again.status_code == 200
    assert "has changed" in again.content.decode()
    [made] = Remittance.objects.all()
    assert (made.amount, made.fees, made.by, made.reference) == (Decimal("270.00"), Decimal("30.00"), boss, "VIR 12")
    assert AuditEvent.objects.filter(object_type="recoveries.remittance", object_id=str(made.pk)).exists()
    change = office.get(f"/admin/recoveries/remittance/{made.pk}/change/").content.decode()
    assert "REC-" in change
    assert "reverse-remittance" in change


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    "data",
    [
        {"fees": "x"},
        {"fees": "-1"},
        {"fees": "300.01"},
        {"fees": ""},
        {"paid_on": (today() + timedelta(days=2)).isoformat()},
        {"paid_on": "x"},
        {"expected": "NaN"},
        {"expected": "9" * 40},
        {"reference": "x" * 256},
        {"reference": "\x00"},
    ],
)
def test_what_makes_no_sense_is_told_in_the_form(owner: Api, office: Client, data: dict[str, str]) -> None:
    pay(filed(owner), "300.00")
    answer = send(office, owner, **data)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Remittance.objects.exists()


@pytest.mark.same_everywhere
@pytest.mark.parametrize("expected", ["250.00", "NaN", "", "x", "9" * 40])
def test_what_was_seen_and_is_no_longer_so_is_told_with_what_is(owner: Api, office: Client, expected: str) -> None:
    pay(filed(owner), "300.00")
    answer = send(office, owner, expected=expected)
    assert "What is held for this client has changed: it is 300.00 € now." in answer.content.decode()
    assert 'name="expected" value="300.00"' in answer.content.decode()
    assert send(office, owner, expected=answer.context["form"]["expected"].value()).status_code == 302


def test_nothing_is_handed_over_before_it_came(owner: Api, office: Client) -> None:
    case = filed(owner)
    pay(case, "100.00", date(2026, 3, 31))
    pay(case, "200.00", date(2026, 4, 30))
    answer = send(office, owner, paid_on="2026-04-29")
    assert "came on 30/04/2026 only" in answer.content.decode()
    assert not Remittance.objects.exists()
    assert send(office, owner, paid_on="2026-04-30").status_code == 302


def test_what_was_taken_back_on_its_day_does_not_say_when_money_came(owner: Api, office: Client) -> None:
    case = filed(owner)
    pay(case, "300.00", date(2026, 3, 31))
    pay(case, "50.00", date(2026, 5, 31))
    last = Acompte.objects.get(date=date(2026, 5, 31))
    acompte_reverse(recovery_id=case, acompte_id=last.pk, reason=Entry.Reason.MISTAKE, by=None)
    assert send(office, owner, paid_on="2026-03-31").status_code == 302


def test_nobodys_account_is_not_found(office: Client) -> None:
    for pk in (0, 999, 10**30):
        assert office.get(f"{PAGE}{pk}/", follow=True).status_code == 404
        assert office.get(f"{PAGE}{pk}/held/").status_code == 404


@pytest.mark.parametrize(
    ("role", "sees", "records"),
    [("handler", 403, 403), ("manager", 200, 200), ("accountant", 200, 200), ("auditor", 200, 403)],
)
def test_who_may(owner: Api, role: str, sees: int, records: int) -> None:
    pay(filed(owner), "300.00")
    person = ApiUserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    browser = browser_of(person)
    assert owner.user is not None
    assert browser.get(PAGE).status_code == sees
    assert browser.post(f"{PAGE}remittances.csv").status_code == sees
    assert browser.get(f"{PAGE}{owner.user.pk}/").status_code == records
    assert browser.get(f"{PAGE}{owner.user.pk}/held/").status_code == sees
    assert browser.post(f"{PAGE}{owner.user.pk}/held.csv").status_code == sees


def test_who_sees_some_cases_sees_nothing_of_what_is_held_for_a_client(owner: Api) -> None:
    """Whatever roles a firm makes up: the sums, and what was handed over, are of all cases, those of others too."""
    pay(filed(owner), "300.00")
    made = hand_over(owner, "300.00")
    handler, accountant = (Group.objects.get(name=name) for name in ("handler", "accountant"))
    rights = ("view_remittance", "record_remittance", "view_clientstatement", "make_statement")
    asked = accountant.permissions.filter(codename__in=rights)
    assert asked.count() == len(rights)
    handler.permissions.add(*asked)
    person = ApiUserFactory(is_staff=True)
    person.groups.add(handler)
    browser = browser_of(person)
    assert owner.user is not None
    for page in ("", f"{owner.user.pk}/", f"{owner.user.pk}/held/"):
        assert browser.get(PAGE + page).status_code == 403
    for file in ("remittances.csv", f"{owner.user.pk}/held.csv"):
        assert browser.post(PAGE + file).status_code == 403
    for pages in (page_of(Remittance, "changelist"), page_of(Remittance, "change", made.pk)):
        assert browser.get(pages).status_code == 403
    statements = page_of(ClientStatement, "changelist")
    assert browser.get(statements).status_code == 403
    assert browser.post(f"{statements}make/").status_code == 403
    home = browser.get("/admin/").content.decode()
    assert f'"{PAGE}"' not in home
    assert statements not in home


def test_a_client_for_whom_nothing_ever_came(owner: Api, office: Client) -> None:
    assert owner.user is not None
    page = office.get(f"{PAGE}{owner.user.pk}/", follow=True)
    assert page.status_code == 200
    assert "Nothing is held for this client." in page.content.decode()


def test_the_file(owner: Api, office: Client) -> None:
    User.objects.filter(pk=owner.user.pk).update(entreprise="+Client")
    pay(filed(owner), "300.00")
    answer = office.post(f"{PAGE}remittances.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text, newline=""), delimiter=";")
    assert (row["client"], row["to_hand_over"], row["due_by"]) == ("'+Client", "300.00", "2026-05-10")
    assert AuditEvent.objects.filter(action="remittances_exported").exists()


def test_what_is_held_is_told_case_by_case(owner: Api, office: Client) -> None:
    first, second = filed(owner), filed(owner)
    wrong = pay(first, "300.00")
    pay(second, "100.00", date(2026, 3, 31))
    hand_over(owner, "400.00")
    acompte_reverse(recovery_id=first, acompte_id=wrong.pk, reason=Entry.Reason.UNPAID, by=None)
    pay(second, "70.00", date(2026, 5, 2))
    pay(second, "900.00", date(2026, 5, 3))  # what meets nothing is the debtor's
    page = office.get(f"{PAGE}{owner.user.pk}/held/")
    told = [(row.case.pk, row.held.on, row.held.amount) for row in page.context["rows"]]
    assert told[:2] == [(first, DAY, Decimal("-300.00")), (second, date(2026, 5, 2), Decimal("70.00"))]
    assert sum(amount for _case, _on, amount in told) == held(owner).to_hand_over
    assert f"/admin/recoveries/recovery/{second}/ledger/?before=" in page.text
    assert page.text.count('aria-label="Breadcrumbs"') == 1
    text = b"".join(office.post(f"{PAGE}{owner.user.pk}/held.csv").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    assert [row["amount"] for row in rows] == [str(amount) for _case, _on, amount in told]
    assert AuditEvent.objects.filter(action="remittances_exported").exists()


def test_clients_are_filtered(owner: Api, stranger: Api, office: Client) -> None:
    pay(filed(owner), "300.00")
    pay(filed(stranger), "20.00")
    hand_over(stranger, "20.00")

    def clients(**query: Any) -> list[Any]:
        return [one.client for one in office.get(PAGE, query).context["accounts"]]

    assert clients() == [owner.user, stranger.user]
    assert clients(which="held") == [owner.user]
    assert clients(which="late") == ([owner.user] if today() > add_months(DAY, 1) else [])
    assert clients(client=stranger.user.pk) == [stranger.user]
    assert clients(which="x") == []
    answer = office.post(f"{PAGE}remittances.csv", query_params={"client": stranger.user.pk})
    assert b"".join(answer.streaming_content).decode("utf-8-sig").count("\n") == 2


def test_the_list_takes_as_many_statements_for_many_clients(
    owner: Api, stranger: Api, django_assert_max_num_queries: Any
) -> None:
    for api in (owner, stranger):
        pay(filed(api), "10.00")
        pay(filed(api), "20.00")
    with django_assert_max_num_queries(4):
        assert len(held_by_client()) == 2
