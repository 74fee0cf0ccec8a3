"""What is known of a debtor as a person decides whether, where and how it is written to, for every client."""

from datetime import date, timedelta
from decimal import Decimal
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from companies.identity import Identity
from companies.models import Company
from legalcity.lib.clock import now, today
from legalcity.lib.errors import Forbidden, Invalid
from recoveries.desk.tests.pages import act_page, case_of, opened, words
from recoveries.ledger.services import acompte_record
from recoveries.letters.channels.delivering import message_deliver
from recoveries.letters.channels.receipt_posting import receipt_posted
from recoveries.letters.party_facts import party_fact_enter
from recoveries.letters.services import message_send
from recoveries.letters.tests.test_emails import Moody, moods  # noqa: F401 - fixtures
from recoveries.models import Message, PartyFact, Recovery
from tests.backoffice import act, browser_of, chief
from tests.factories import Api, ApiUserFactory
from tests.letters import FREE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_process")]
TO = "debtor@example.com"


@pytest.fixture(autouse=True)
def firm(system_setting: Any) -> None:
    system_setting(**FREE)


def known(case: Recovery, kind: str, **values: Any) -> PartyFact:
    return party_fact_enter(**{"recovery_id": case.pk, "kind": kind, "since": date(2026, 3, 1), "by": None, **values})


def written(case: Recovery, to: str = TO) -> Message:
    return message_send(case_id=case.pk, kind="relance_1", to=to, by=None)


def refused(case: Recovery, to: str = TO) -> list[str]:
    with pytest.raises(Forbidden) as error:
        written(case, to)
    return [reason.code for reason in error.value.extra["reasons"]]


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("protected", "", "addressee"),
        ("deceased", "", "addressee"),
        ("opted_out", "", "addressee"),
        ("opted_out", TO, "addressee"),
        ("wrong", TO, "addressee"),
        ("lawyer", "lawyer@example.com", "addressee"),
        ("insolvent", "", "insolvent"),
    ],
)
def test_each_fact_keeps_letters_in_until_it_is_withdrawn(owner: Api, kind: str, value: str, code: str) -> None:
    office, case = browser_of(chief()), case_of(owner)
    answer = act(office, case, "enter-party-fact", kind=kind, since="2026-03-01", value=value, note="")
    assert answer.status_code == 302, answer.context["form"].errors
    assert refused(case) == [code]
    fact = PartyFact.objects.get()
    assert f"Debtor: {fact} · since 03/01/2026 Withdraw" in words(opened(office, case))
    act(office, case, "withdraw-party-fact", fact=fact.pk, reason="It was somebody else.")
    assert PartyFact.objects.get().withdrawn_at is not None
    assert written(case).state == "queued"


def test_another_address_and_the_lawyer_are_written_to(owner: Api) -> None:
    case = case_of(owner)
    known(case, "wrong", value="old@example.com")
    known(case, "lawyer", value="lawyer@example.com")
    assert written(case, "Lawyer@example.com").state == "queued"


def test_it_holds_for_the_same_person_in_every_account(owner: Api) -> None:
    case = case_of(owner)
    other = case_of(Api.of(ApiUserFactory(email="other@example.com")))
    Company.objects.filter(pk=case.debtor_id).update(company_siren="552081317")
    Company.objects.filter(pk=other.debtor_id).update(company_siren="880878145")
    known(other, "deceased")
    assert written(case).state == "queued"
    Company.objects.filter(pk=other.debtor_id).update(company_siren="552081317")
    Message.objects.all().delete()
    assert refused(case) == ["addressee"]


@pytest.mark.parametrize(
    ("one", "another", "is_same"),
    [
        ({"company_siren": "552081317"}, {"company_siren": "552081317", "company_email": "b@example.com"}, True),
        ({"company_siren": "552081317"}, {"company_siren": "880878145"}, False),  # whatever else they share
        ({"company_siren": None}, {"company_siren": "880878145"}, True),
        ({"company_siren": None}, {"company_siren": None, "company_email": "A@example.com"}, True),
        ({"company_siren": None}, {"company_siren": None, "company_email": "b@example.com"}, True),  # the phone
        ({"company_siren": None}, {"company_siren": None, "company_email": None, "company_phone": None}, False),
        (
            {"company_siren": None, "company_name": None, "company_legalrep_birthday": "1980-05-01"},
            {
                "company_siren": None, "company_email": None, "company_phone": None, "company_name": None,
                "company_legalrep_lastname": "SMITH", "company_legalrep_birthday": "1980-05-01",
            },
            True,
        ),
    ],
)  # fmt: skip
def test_who_is_the_same_debtor(owner: Api, one: dict[str, Any], another: dict[str, Any], is_same: bool) -> None:
    alike = {
        "company_name": "Dupont", "company_email": "a@example.com", "company_phone": "+33142000000",
        "company_legalrep_firstname": "Jane", "company_legalrep_lastname": "Smith", "owner": owner.user,
    }  # fmt: skip
    first = Company.objects.create(**{**alike, **one})
    first.refresh_from_db()
    second = Company.objects.create(**{**alike, **another})
    found = Company.objects.filter(Identity.of(first).same())
    assert first in found
    assert (second in found) == is_same


def test_an_address_that_its_server_refuses_is_known_to_be_wrong(owner: Api, moods: list[Exception]) -> None:  # noqa: F811
    case = case_of(owner, debtor={"company_email": TO})
    email = written(case)
    moods.append(SMTPRecipientsRefused({TO: (550, b"no such user")}))
    Message.objects.update(state="queued", sent_at=None, claimed_until=None)
    mail.outbox.clear()
    message_deliver(message_id=email.pk, moment=now())
    fact = PartyFact.objects.get()
    assert (fact.kind, fact.value, fact.by) == ("wrong", TO, None)
    assert refused(case) == ["addressee"]
    acompte_record(recovery_id=case.pk, amount=Decimal(10), day=today(), confirmed=True, by=None)
    assert Message.objects.receipts().get().state == "to_post"


def test_a_receipt_for_the_dead_is_written_and_does_not_leave(owner: Api) -> None:
    case = case_of(owner, debtor={"company_email": TO})
    known(case, "deceased")
    acompte_record(recovery_id=case.pk, amount=Decimal(10), day=today(), confirmed=True, by=None)
    receipt = Message.objects.receipts().get()
    assert receipt.state == "cancelled"
    assert receipt.guard
    assert [reason["code"] for reason in receipt.guard["reasons"]] == ["addressee"]
    Message.objects.update(state="to_post", recipient="")
    with pytest.raises(Forbidden, match="may not leave"):
        receipt_posted(message_id=receipt.pk, by=None)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("kind", {"kind": "absent"}),
        ("value", {"kind": "wrong"}),
        ("value", {"kind": "deceased", "value": TO}),
        ("since", {"since": today() + timedelta(2)}),
        ("published_on", {"kind": "insolvent", "published_on": date(2026, 2, 1)}),
        ("published_on", {"published_on": date(2026, 4, 1)}),
        ("proof", {"proof_id": 1}),
    ],
)
@pytest.mark.same_everywhere
def test_what_does_not_fit_comes_back(owner: Api, field: str, values: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as error:
        known(case_of(owner), **{"kind": "opted_out", **values})
    assert list(error.value.errors) == [field]


@pytest.mark.same_everywhere
def test_the_same_is_not_known_twice_and_the_form_says_what_is_known(owner: Api) -> None:
    office: Client = browser_of(chief())
    case = case_of(owner)
    known(case, "lawyer", value="lawyer@example.com")
    with pytest.raises(Forbidden, match="known already"):
        known(case, "lawyer", value="lawyer@example.com")
    assert "represented by a lawyer: lawyer@example.com (01/03/2026)" in words(
        act_page(office, case, "withdraw-party-fact").content.decode()
    )
