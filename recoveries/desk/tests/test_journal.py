"""The journal of all cases: filters, totals, pages, files, and who may see it."""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent, User
from legalcity.lib.clock import today
from legalcity.lib.dates import PARIS
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.desk.reads import journal as reads
from recoveries.desk.reads.portfolio import Question, portfolio
from recoveries.ledger.held import held_by_client
from recoveries.ledger.models import Entry
from recoveries.ledger.remittances import remittance_record
from recoveries.ledger.reversals import acompte_reverse
from recoveries.ledger.services import acompte_record, direct_payment_record
from recoveries.models import Acompte, ChartAccount, DepartedPosting, Line, Posting, Recovery
from tests.backoffice import browser_of, chief
from tests.factories import Api, ApiUserFactory, case_id
from tests.noon import noon_of

pytestmark = pytest.mark.django_db
noon = noon_of(today())

PAGE = "/admin/journal/"
KEYS = ("x", "2026-04-10_", "2026-04-10_9999999999999999999999", "_3", "2026-13-01_1")
YEAR = {"first": "2026-01-01", "last": "2026-12-31"}
INVOICE = {"invoice_date": "2026-02-01", "invoice_due_date": "2026-03-01", "invoice_amount": "1000.00"}


@pytest.fixture
def boss() -> User:
    return chief(language="en")


@pytest.fixture
def office(boss: User) -> Client:
    return browser_of(boss)


def filed(api: Api, **parts: Any) -> int:
    return case_id(api, invoices=[INVOICE], **parts)


def pay(case: int, amount: str, day: date = date(2026, 4, 10)) -> Acompte:
    return acompte_record(recovery_id=case, amount=Decimal(amount), day=day, confirmed=True, by=None)


def kinds(office: Client, **query: Any) -> list[str]:
    page = office.get(PAGE, {**YEAR, **query})
    assert page.status_code == 200
    return [posting.kind for posting, _reason, _lines in page.context["rows"]]


def test_filters(owner: Api, stranger: Api, office: Client) -> None:
    mine, theirs = filed(owner), filed(stranger)
    pay(mine, "100.00")
    pay(theirs, "50.00", date(2026, 5, 2))
    assert kinds(office) == ["payment", "payment", "claim", "claim"]
    assert kinds(office, client=owner.user.pk) == ["payment", "claim"]
    assert kinds(office, kind="claim") == ["claim", "claim"]
    assert kinds(office, account="bank") == ["payment", "payment"]
    assert kinds(office, account="lost") == []
    assert kinds(office, first="2026-05-01", last="2026-05-31") == ["payment"]
    day = today().isoformat()
    assert len(kinds(office, by="recorded", first=day, last=day)) == 4
    yesterday = (today() - timedelta(days=1)).isoformat()
    assert kinds(office, by="recorded", first=yesterday, last=yesterday) == []


def test_why_something_was_recorded_is_told_in_words(owner: Api, office: Client) -> None:
    case = filed(owner)
    pay(case, "900.00")
    pay(case, "900.00", date(2026, 4, 9))
    page = office.get(PAGE, YEAR)
    assert "a later fact changed what it met" in {str(reason) for _row, reason, _lines in page.context["rows"]}
    assert b"reallocated" not in page.content


def test_totals_are_equal_on_both_sides_and_follow_at_once(owner: Api, office: Client) -> None:
    pk = filed(owner)

    def totals() -> dict[str, tuple[Decimal, Decimal]]:
        found = office.get(PAGE, YEAR).context["totals"]
        return {total.account: (total.debit, total.credit) for _label, total in found}

    assert totals() == {
        "creditor": (Decimal("0.00"), Decimal("1000.00")),
        "debtor": (Decimal("1000.00"), Decimal("0.00")),
    }
    pay(pk, "300.00")
    found = totals()
    assert found["bank"] == (Decimal("300.00"), Decimal("0.00"))
    assert sum(debit for debit, _credit in found.values()) == sum(credit for _debit, credit in found.values())


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_what_came_in_is_what_the_portfolio_says(in_process: None, owner: Api, office: Client) -> None:
    moved = transferable(owner)
    pay(moved, "12.50", today() - timedelta(days=3))
    transferred(owner, moved)
    pk = filed(owner)
    wrong = pay(pk, "70.00")
    pay(pk, "40.00", date(2026, 4, 20))
    acompte_reverse(recovery_id=pk, acompte_id=wrong.pk, reason=Entry.Reason.REJECTED, by=None)
    direct_payment_record(recovery_id=pk, amount=Decimal("30.00"), day=date(2026, 5, 5), by=owner.user)
    month = today().replace(day=1)
    cache.clear()
    found = portfolio(Question(date(2026, 1, 1), max(month, date(2026, 12, 1))))
    asked = {"first": "2026-01-01", "last": max(today(), date(2026, 12, 31)).isoformat()}
    [held] = held_by_client()
    remittance_record(
        owner_id=owner.user.pk, expected=held.to_hand_over, fees=Decimal("2.50"), paid_on=today(), by=None
    )
    page = office.get(PAGE, asked)
    assert "remittance" in [posting.kind for posting, _reason, _lines in page.context["rows"]]
    came_in = page.context["came_in"]
    assert came_in == sum(row.received for row in found.months) == Decimal("82.50")


def test_pages_lead_through_all_of_it(owner: Api, office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reads, "PAGE", 2)
    pk = filed(owner)
    for amount in ("10.00", "20.00", "30.00", "40.00"):
        pay(pk, amount)
    seen, query = [], "first=2026-01-01&last=2026-12-31"
    while query:
        page = office.get(f"{PAGE}?{query}")
        seen += [posting.pk for posting, _reason, _lines in page.context["rows"]]
        query = page.context["following"]
    rows = Posting.objects.order_by("-effective_on", "-pk")
    assert seen == [row.pk for row in rows]


@pytest.mark.parametrize(
    "query",
    [
        *({"after": key} for key in KEYS),
        {"client": "999999999999999999999"},
        {"kind": "x"},
        {"account": "\x00"},
        {"by": "x"},
        {"first": "x"},
        {"first": "2026-12-31", "last": "2026-01-01"},
        {"first": "1990-01-01", "last": "2026-01-01"},
        {"by": "recorded", "after": "2026-04-10T00:00:00_3"},
    ],
)
def test_nonsense_is_no_error(office: Client, query: dict[str, str]) -> None:
    assert office.get(PAGE, {**YEAR, **query}).status_code == 200
    answer = office.post(f"{PAGE}journal.csv", query_params={**YEAR, **query})
    assert answer.status_code in (200, 302)


@pytest.mark.parametrize(
    ("role", "status"), [("handler", 403), ("manager", 200), ("accountant", 200), ("auditor", 200)]
)
def test_who_may_see_it(owner: Api, role: str, status: int) -> None:
    person = ApiUserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    browser = browser_of(person)
    assert browser.get(PAGE).status_code == status
    assert browser.post(f"{PAGE}journal.csv").status_code == status
    assert (PAGE in browser.get("/admin/").content.decode()) == (status == 200)


def test_a_page_takes_as_many_statements_for_many_postings(owner: Api, office: Client) -> None:
    pk = filed(owner)
    pay(pk, "10.00")
    office.get(PAGE, YEAR)  # What a process keeps is read once.
    counts = []
    for _ in range(2):
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            office.get(PAGE, YEAR)
        counts.append(len(asked))
        for number in range(5):
            pay(filed(owner), f"{number + 1}.00")
    assert counts[0] == counts[1] <= 12


def test_who_sees_some_cases_sees_nothing_of_what_is_handed_over_for_all(owner: Api) -> None:
    person = ApiUserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name="handler"))
    person.user_permissions.add(Permission.objects.get(codename="see_journal"))
    pay(filed(owner), "100.00")
    told: dict[str, Any] = {"fees": Decimal(0), "paid_on": date(2026, 6, 1), "by": None}
    remittance_record(owner_id=owner.user.pk, expected=Decimal("100.00"), **told)
    assert kinds(browser_of(person)) == ["payment", "claim"]


def csv_of(answer: Any) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def test_the_table_is_whole_and_no_cell_is_a_formula(owner: Api, office: Client, boss: User) -> None:
    User.objects.filter(pk=owner.user.pk).update(entreprise="=HYPERLINK()")
    pay(filed(owner), "100.00")
    rows = csv_of(office.post(f"{PAGE}journal.csv", query_params=YEAR))
    assert [(row["kind"], row["account"], row["head"], row["debit"], row["credit"]) for row in rows] == [
        ("claim", "debtor", "principal", "1000.00", "0.00"),
        ("claim", "creditor", "principal", "0.00", "1000.00"),
        ("payment", "bank", "", "100.00", "0.00"),
        ("payment", "debtor", "principal", "0.00", "100.00"),
    ]
    assert {row["client"] for row in rows} == {"'=HYPERLINK()"}
    event = AuditEvent.objects.get(action="journal_exported")
    assert (event.actor_id, event.details["format"]) == (boss.pk, "csv")


def test_the_accounting_file(owner: Api, office: Client, system_setting: Any) -> None:
    system_setting(FIRM_SIREN="732829320")
    pk = filed(owner, debtor={"company_name": "Dupont\tet  Fils"})
    pay(pk, "100.50")
    made = remittance_record(
        owner_id=owner.user.pk, expected=Decimal("100.50"), fees=Decimal("0.50"), paid_on=today(), by=None
    )
    ChartAccount.objects.filter(account="bank").update(number="512900", label="Compte CARPA")
    day = today()
    answer = office.post(f"{PAGE}fec.txt", query_params={"first": day.isoformat(), "last": day.isoformat()})
    assert answer["Content-Disposition"] == f'attachment; filename="732829320FEC{day:%Y%m%d}.txt"'
    heading, *lines = b"".join(answer.streaming_content).decode().split("\r\n")
    assert heading.split("\t") == [
        "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum",
        "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet",
        "ValidDate", "Montantdevise", "Idevise",
    ]  # fmt: skip
    rows = [line.split("\t") for line in lines if line]
    assert {len(row) for row in rows} == {18}
    case, payment = Recovery.objects.get(pk=pk), Posting.objects.get(kind="payment")
    recorded = f"{payment.recorded_at.astimezone(PARIS):%Y%m%d}"
    assert rows[2] == [
        "BQ", "Banque", "2", recorded, "512900", "Compte CARPA", "", "", case.recovery_reference,
        "20260410", f"Paiement reçu - n° {payment.pk}", "100,50", "0,00", "", "", recorded, "", "",
    ]  # fmt: skip
    assert [row[2] for row in rows] == ["1", "1", "2", "2", "3", "3", "3"]
    assert [(row[4], row[6], row[8], *row[11:13]) for row in rows[4:]] == [
        ("467200", f"C{owner.user.pk}", f"REV-{made.pk}", "100,50", "0,00"),
        ("512900", "", f"REV-{made.pk}", "0,00", "100,00"),
        ("411100", f"C{owner.user.pk}", f"REV-{made.pk}", "0,00", "0,50"),
    ]
    assert rows[0][6:8] == [case.recovery_reference, f"Débiteur du dossier {case.recovery_reference}"]
    sums = [sum(Decimal(row[place].replace(",", ".")) for row in rows) for place in (11, 12)]
    assert sums[0] == sums[1] > 0
    assert len(rows) == Line.objects.count()


@pytest.fixture
def autumn(db: None) -> Iterator[None]:
    with time_machine.travel("2026-11-28T10:00:00Z", tick=False):
        yield


def fec(office: Client, day: str) -> list[list[str]]:
    answer = office.post(f"{PAGE}fec.txt", query_params={"first": day, "last": day})
    return [line.split("\t") for line in b"".join(answer.streaming_content).decode().split("\r\n") if line][1:]


@pytest.mark.same_everywhere
def test_the_file_of_a_past_day_is_the_same_whenever_it_is_made(
    autumn: None, owner: Api, boss: User, office: Client, system_setting: Any
) -> None:
    """Somebody is called otherwise, and a case that nobody had paid is deleted: the deletion is of its own day."""
    system_setting(FIRM_SIREN="732829320")
    deleted, paid = filed(owner), filed(owner)
    first = Recovery.objects.get(pk=deleted)
    pay(paid, "100.00")
    then = fec(office, "2026-11-28")
    with time_machine.travel("2026-11-29T06:00:00Z", tick=False):
        office = browser_of(boss)  # A session is over at night.
        assert fec(office, "2026-11-29") == []
        User.objects.filter(pk=owner.user.pk).update(entreprise="Other", last_name="Other")
        Recovery.objects.filter(pk=paid).update(debtor_company="Other")
        assert owner.delete(f"/api/recoveries/{deleted}").status_code == 200
        assert fec(office, "2026-11-28") == then
        rows = fec(office, "2026-11-29")
    assert [(row[0], row[2], row[4], row[8], row[10][:22], *row[11:13]) for row in rows] == [
        ("CR", "1", "467100", first.recovery_reference, "Suppression du dossier", "0,00", "1000,00"),
        ("CR", "1", "467200", first.recovery_reference, "Suppression du dossier", "1000,00", "0,00"),
    ]
    assert not Posting.objects.filter(recovery=deleted).exists()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        DepartedPosting.objects.all().delete()


def test_money_that_went_back_stands_in_the_journal_of_the_bank(
    owner: Api, office: Client, system_setting: Any
) -> None:
    system_setting(FIRM_SIREN="732829320")
    case = filed(owner)
    payment = pay(case, "100.00")
    acompte_reverse(recovery_id=case, acompte_id=payment.pk, reason=Entry.Reason.UNPAID, by=None)
    rows = fec(office, today().isoformat())
    assert [(row[0], row[10].split(" - ")[0]) for row in rows] == [
        *[("CR", "Créance")] * 2,
        *[("BQ", "Paiement reçu")] * 2,
        *[("BQ", "Annulation")] * 2,
    ]


def test_without_a_siren_the_file_has_no_name(office: Client) -> None:
    assert office.post(f"{PAGE}fec.txt", query_params=YEAR).status_code == 302
    assert "SIREN" in office.get(PAGE, YEAR).content.decode()
    assert not AuditEvent.objects.filter(action="journal_exported").exists()


def test_the_chart_is_corrected_by_managers_and_keeps_its_rows(office: Client) -> None:
    page = "/admin/recoveries/chartaccount/"
    assert ChartAccount.objects.count() == 7
    assert office.post(f"{page}bank/change/", {"number": "ABC", "label": "x"}).status_code == 200
    assert office.post(f"{page}bank/change/", {"number": "512200", "label": "Fonds"}).status_code == 302
    assert str(ChartAccount.objects.get(pk="bank")) == "512200 Fonds"
    assert office.get(f"{page}add/").status_code == office.post(f"{page}bank/delete/").status_code == 403
