"""How a client's programs find a case again: by a reference of their own, by an invoice, by when it was changed."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from companies.models import Company
from documents.models import Document
from documents.services.documents import document_announce, document_visibility_set
from documents.services.pipeline import JOB, reject
from documents.services.signing import ByHand, signature_record, signature_request
from events.models import Event
from law.parties import Quality
from law.vocabulary import Step
from legalcity.lib.audience import Audience
from legalcity.lib.claims import seize
from legalcity.lib.clock import now, today
from legalcity.lib.dates import moment_text
from legalcity.lib.reading import Unreadable
from legalcity.lib.reading.moments import read_moment
from recoveries.court.procedure import procedure_record
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.ledger.services import acompte_record
from recoveries.models import Recovery
from recoveries.services.comments import comment_mark_read
from recoveries.services.handlers import case_assign
from recoveries.services.life import status_move
from recoveries.services.notices import notice_enter
from recoveries.services.parties import party_quality_confirm
from tests.factories import Api, ApiUserFactory, CompanyBody, InvoiceBody, RecoveryBody, case_id, complete_body, detail
from tests.races import statuses_at_once

CASES = "/api/recoveries"
TAKEN = ["The external id has already been taken."]
WITHIN = "recovery.external_id"


def found(api: Api, **query: Any) -> list[int]:
    """Ids of the cases that the list gives, in its order."""
    answer = api.client.get(CASES, query, headers={"Authorization": f"Bearer {api.token}"})
    assert answer.status_code == 200, answer.content
    data = answer.json()["data"]
    assert data["pagination"]["total"] == len(data["recoveries"])
    return [row["id"] for row in data["recoveries"]]


@pytest.mark.django_db
class TestOwnReference:
    def test_it_comes_back_and_finds_its_case(self, owner: Api, stranger: Api) -> None:
        filed = owner.data("POST", f"{CASES}/complete", complete_body(recovery={"external_id": " ERP-7/b "}))
        case = filed["recovery"]["id"]
        case_id(owner)
        shown = owner.data("GET", f"{CASES}?external_id=ERP-7%2Fb")
        assert filed["recovery"]["external_id"] == detail(owner, case)["external_id"] == "ERP-7/b"
        assert [(row["id"], row["external_id"]) for row in shown["recoveries"]] == [(case, "ERP-7/b")]
        assert shown["filters_applied"]["external_id"] == "ERP-7/b"
        assert found(owner, external_id="erp-7/b") == found(stranger, external_id="ERP-7/b") == []
        assert found(owner, search="erp-7") == [case]

    def test_it_names_one_case_of_an_account(self, owner: Api, stranger: Api) -> None:
        named, body = {"external_id": "A1"}, complete_body(recovery={"external_id": "A1"})
        case = owner.data("POST", CASES, RecoveryBody(**named))["id"]
        assert owner.errors("POST", CASES, RecoveryBody(**named)) == {"external_id": TAKEN}
        assert owner.errors("POST", f"{CASES}/complete", body) == {WITHIN: TAKEN}
        other = owner.data("POST", CASES, RecoveryBody(external_id=""))["id"]
        assert owner.errors("PATCH", f"{CASES}/{other}", named) == {"external_id": TAKEN}
        assert detail(owner, other)["external_id"] is None
        stranger.data("POST", CASES, RecoveryBody(**named))
        owner.data("DELETE", f"{CASES}/{case}")
        assert owner.data("PATCH", f"{CASES}/{other}", named)["external_id"] == "A1"
        assert found(owner, search="a1") == [other]
        assert owner.data("PATCH", f"{CASES}/{other}", {"external_id": None})["external_id"] is None
        assert found(owner, search="a1") == []

    @pytest.mark.parametrize("bad", [7, ["a"], "a" * 65, "a\x00"])
    def test_it_is_a_short_text(self, bad: Any, owner: Api) -> None:
        assert list(owner.errors("POST", CASES, RecoveryBody(external_id=bad))) == ["external_id"]

    def test_the_case_in_court_has_none(self, owner: Api) -> None:
        case = transferable(owner, recovery={"external_id": "A1"})
        court = transferred(owner, case)
        assert (detail(owner, court)["external_id"], found(owner, external_id="A1")) == (None, [case])


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="many writers at once need PostgreSQL")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_many_cases_of_one_reference_at_once_one_is_filed() -> None:
    api = Api.of(ApiUserFactory())
    bodies = [complete_body(recovery={"external_id": "A1"}) for _ in range(8)]
    statuses = statuses_at_once(8, api, lambda twin, number: twin.post(f"{CASES}/complete", bodies[number]))
    assert statuses == Counter({201: 1, 422: 7})


@pytest.mark.django_db
def test_a_case_is_found_by_the_numbers_of_its_invoices(owner: Api) -> None:
    case, other = case_id(owner, invoices=[{"invoice_number": "Fac-É 12"}]), case_id(owner)
    assert found(owner, search="fac-e 12") == [case]
    added = owner.data("POST", f"{CASES}/{other}/invoices", InvoiceBody(invoice_number="Fac-É 13"))["id"]
    assert found(owner, search="fac-e", sort_by="id", sort_order="asc") == [case, other]
    owner.data("PUT", f"{CASES}/{other}/invoices/{added}", {"invoice_number": "other"})
    assert (found(owner, search="fac-e"), found(owner, search="other")) == ([case], [other])
    owner.data("DELETE", f"{CASES}/{other}/invoices/{added}")
    assert found(owner, search="other") == []
    court = transferred(owner, transferable(owner, invoices=[{"invoice_number": "Court-1"}]))
    assert court in found(owner, search="court-1")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-02T10:30:00.000001Z", "2026-03-02T10:30:00.000001Z"),
        ("2026-03-02 10:30:00+02:00", "2026-03-02T08:30:00.000000Z"),
        *((bad, None) for bad in ("", "2026-03-02", "yesterday", "2026-02-30T10:00Z", "0001-01-01T00:00+02:00")),
        *((bad, None) for bad in ("2026-W01-1T10:00", "2026-03-02T10:30:00", "٢026-03-02T10:30Z", "\x00")),
    ],
)
def test_moments_are_read_as_programs_write_them(text: str, moment: str | None) -> None:
    if moment:
        assert moment_text(read_moment(text)) == moment
    else:
        with pytest.raises(Unreadable):
            read_moment(text)


def changed_at(case: int, moment: datetime) -> None:
    """Have a case be changed last at a moment."""
    Recovery.objects.filter(pk=case).update(updated_at=moment)


@pytest.mark.django_db
class TestChangedSince:
    def test_cases_come_in_the_order_of_their_changes(self, owner: Api) -> None:
        at = now().replace(microsecond=500_000)
        cases = [case_id(owner) for _ in range(4)]
        for case, seconds in zip(cases, (0, 2, 1, 1), strict=True):
            changed_at(case, at + timedelta(seconds=seconds))
        first, last, third, second = cases
        since = moment_text(at)
        assert found(owner, updated_after=since) == [third, second, last]
        assert found(owner, updated_after=since, sort_by="id", sort_order="desc") == [second, third, last]
        for asked in (f"updated_after={since}&", ""):  # Who asks for an order gets that one.
            order = owner.data("GET", f"{CASES}?{asked}sort_by=amount")["filters_applied"]
            assert (order["sort_by"], order["sort_order"]) == ("amount", "desc")
        assert found(owner, updated_after=moment_text(at - timedelta(microseconds=1)), status=1)[0] == first
        shown = owner.data("GET", f"{CASES}?updated_after={since}&per_page=2&page=2")
        assert [row["id"] for row in shown["recoveries"]] == [last]
        assert (shown["filters_applied"]["updated_after"], shown["pagination"]["total"]) == (since, 3)

    def test_a_moment_may_have_more_digits_than_are_kept(self, owner: Api) -> None:
        at = now().replace(microsecond=123_456)
        earlier, later = case_id(owner), case_id(owner)
        changed_at(earlier, at)
        changed_at(later, at + timedelta(microseconds=1))
        asked = f"{at:%Y-%m-%dT%H:%M:%S}.1234567Z"
        assert found(owner, updated_after=asked) == [later]

    def test_nonsense_is_refused(self, owner: Api) -> None:
        sentence = "The updated after field must be a moment, such as 2026-11-28T10:30:00Z."
        assert owner.errors("GET", f"{CASES}?updated_after=yesterday") == {"updated_after": [sentence]}

    def test_whatever_the_detail_shows_counts(self, owner: Api) -> None:
        case, staff = transferable(owner), ApiUserFactory(is_staff=True)
        base = f"{CASES}/{case}"
        shown = detail(owner, case)
        invoice, debtor = shown["invoices"][0]["id"], shown["debtor"]["id"]
        comment = owner.data("POST", f"{base}/comments", {"comment": "<p>Called</p>"})["id"]
        address = {"name": "Note", "invoice_id": None, "file_type_id": None}
        papers = [
            document_announce(recovery_id=case, url="https://example.com/a.pdf", values=address, by=None).pk
            for _ in range(3)
        ]
        Document.objects.filter(pk=papers[0]).update(state=Document.State.READY)
        paper = Document.objects.get(pk=papers[0])
        signing: list[Any] = []
        Company.objects.filter(pk=debtor).update(company_type="association")  # Whose type leaves its quality open.
        self.each_moves(
            case,
            lambda: party_quality_confirm(recovery_id=case, side="debtor", quality=Quality.PROFESSIONAL, by=None),
            lambda: owner.data("PATCH", base, {"recovery_observations": "Moved"}),
            lambda: owner.data("PUT", f"{base}/companies/{debtor}", CompanyBody(company_phone="+33123456789")),
            lambda: owner.data("PUT", f"{base}/invoices/{invoice}", {"is_disputed": True}),
            lambda: owner.data("PUT", f"{base}/invoices/{invoice}", {"is_disputed": False}),
            lambda: owner.data("PUT", f"{base}/comments/{comment}", {"comment": "<p>Called twice</p>"}),
            lambda: comment_mark_read(comment_id=comment, recovery=Recovery.objects.get(pk=case), by=None),
            lambda: document_visibility_set(document_id=papers[1], visible_to={Audience.DEBTOR: True}, by=None),
            lambda: reject(seize(JOB, papers[1]), reason="macro"),
            lambda: owner.data("DELETE", f"{base}/docs/{papers[2]}"),
            lambda: signing.append(
                signature_request(document=paper, signer_name="A", signer_email="a@b.fr", provider=ByHand(), by=None)
            ),
            lambda: signature_record(request_id=signing[0].pk, signed=True, by=None),
            lambda: case_assign(recovery_id=case, handler=staff, by=None),
            lambda: acompte_record(recovery_id=case, amount=Decimal(10), day=today(), by=None),
            lambda: notice_enter(recovery_id=case, channel="registered", state="sent", sent_on=today(), by=None),
        )

    def test_what_is_sent_as_it_is_changes_nothing(self, owner: Api) -> None:
        case = owner.data("POST", f"{CASES}/complete", complete_body())["recovery"]["id"]
        comment = owner.data("POST", f"{CASES}/{case}/comments", {"comment": "<p>Called</p>"})
        shown = detail(owner, case)
        invoice, told = shown["invoices"][0], Event.objects.count()
        owner.data("PATCH", f"{CASES}/{case}", {"recovery_service_object": shown["recovery_service_object"]})
        debtor = shown["debtor"]
        owner.data("PUT", f"{CASES}/{case}/companies/{debtor['id']}", {"company_city": debtor["company_city"]})
        same = {name: invoice[name] for name in ("invoice_number", "invoice_date", "invoice_amount")}
        owner.data("PUT", f"{CASES}/{case}/invoices/{invoice['id']}", same)
        owner.data("PUT", f"{CASES}/{case}/comments/{comment['id']}", {"comment": "<p>Called</p>"})
        assert detail(owner, case) == shown
        assert Event.objects.count() == told

    def test_so_does_the_procedure_that_the_case_began(self, owner: Api) -> None:
        case = transferable(owner)
        court = transferred(owner, case)
        paid = {"fee_paid_on": today()}
        self.each_moves(
            case,
            lambda: procedure_record(recovery_id=court, values=paid, today=today(), by=None),
            lambda: status_move(recovery_id=court, to_status=Step.REQUEST_FILED, by=None),
        )

    @staticmethod
    def each_moves(case: int, *changes: Callable[[], object]) -> None:
        """Each of `changes` is one of the case."""
        long_ago = now() - timedelta(days=9)
        for number, change in enumerate(changes):
            changed_at(case, long_ago)
            change()
            assert Recovery.objects.get(pk=case).updated_at > long_ago, f"change {number} was not seen"
