"""Letters on paper: printed on the day on which they are posted, confirmed by who posted them."""

import io
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from pypdf import PdfReader

from accounts.models import AuditEvent
from backoffice.roles import ACCOUNTANT, HANDLER, MANAGER
from law.contact import PartyFactKind
from legalcity.lib.clock import now, today
from legalcity.lib.errors import Forbidden, Invalid
from recoveries.desk.tests.pages import case_of, office_of, person, ready_document, words
from recoveries.ledger.services import acompte_record
from recoveries.letters.channels.batches import working_day
from recoveries.letters.channels.receipt_posting import receipt_posted
from recoveries.letters.channels.tests.conftest import DEBTOR
from recoveries.letters.holding import messages_take_up
from recoveries.letters.party_facts import party_fact_enter
from recoveries.letters.scenarios.outlook import day_of
from recoveries.letters.services import message_send
from recoveries.letters.tasks import sweep_emails
from recoveries.models import FormalNotice, Message, MessageFact, PostBatch, PostItem, Recovery
from tests.backoffice import act, browser_of, page_of
from tests.factories import Api, move
from tests.noon import noon_of

PAGE = "/admin/letters-to-post/"
noon = noon_of(today())


def letter(case: Recovery, kind: str = "relance_1", channel: str = "letter") -> Message:
    return message_send(case_id=case.pk, kind=kind, channel=channel, to="", by=None)


def printed(office: Client, *letters: Message, **values: Any) -> Any:
    data = {"letters": [one.pk for one in letters], "posting_day": today().isoformat(), **values}
    return office.post(PAGE, data)


def states(*letters: Message) -> list[str]:
    return [Message.objects.get(pk=one.pk).state for one in letters]


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_a_letter_waits_until_it_was_posted(case: Recovery, office: Client, system_setting: Any) -> None:
    system_setting(LETTER_PRICE="1.52")
    one = letter(case)
    assert (one.state, one.recipient) == ("to_post", "")
    assert one.address.splitlines()[-2:] == ["3 rue Haute", "69001 LYON"]
    assert sweep_emails() == 0
    assert case.recovery_reference in office.get(PAGE).content.decode()
    answer = printed(office, one)
    batch = PostBatch.objects.get()
    assert answer["Location"] == f"{PAGE}{batch.pk}/"
    assert states(one) == ["to_post"]
    assert office.post(f"{PAGE}{batch.pk}/").status_code == 302
    one.refresh_from_db()
    assert (one.state, one.provider, day_of(one.sent_at)) == ("sent", "post-folder", today())
    assert one.cost == Decimal("1.52")
    assert [(fact.kind, fact.source, fact.by.email) for fact in one.facts.all()] == [
        ("sent", "staff", "chief@example.com")
    ]
    assert office.post(f"{PAGE}{batch.pk}/").status_code == 200
    assert one.facts.count() == 1


def test_the_papers_are_a_cover_sheet_the_letters_and_a_table(case: Recovery, owner: Api, office: Client) -> None:
    one, two = letter(case), letter(case_of(owner, debtor={**DEBTOR, "company_city": "Paris"}))
    printed(office, one, two)
    batch = PostBatch.objects.get()
    content = office.post(f"{PAGE}{batch.pk}/letters.pdf").content
    said = text_of(content)
    assert f"Bordereau de courriers n° {batch.pk}" in said
    assert "69001 LYON" in said
    assert "L111-8" in said
    assert len(PdfReader(io.BytesIO(content)).pages) >= 3
    assert office.post(f"{PAGE}{batch.pk}/letters.pdf").content == content
    rows = b"".join(office.post(f"{PAGE}{batch.pk}/letters.csv").streaming_content).decode("utf-8-sig").splitlines()
    assert len(rows) == 3
    assert "3 rue Haute, 69001 LYON" in rows[1]
    one.refresh_from_db()
    assert one.pdf.sha256


def test_words_are_those_of_the_posting_day_and_the_guard_is_asked_again(
    case: Recovery, owner: Api, office: Client
) -> None:
    partly, paid, disputed = letter(case), letter(case_of(owner, debtor=DEBTOR)), letter(case_of(owner, debtor=DEBTOR))
    acompte_record(recovery_id=partly.recovery_id, amount=Decimal("10.00"), day=today(), by=None)
    acompte_record(recovery_id=paid.recovery_id, amount=Decimal("140.00"), day=today(), by=None)
    move(disputed.recovery_id, 2, 7)
    tomorrow = today() + timedelta(days=1)
    answer = printed(office, partly, paid, disputed, posting_day=tomorrow.isoformat())
    assert answer.status_code == 302
    assert states(partly, paid, disputed) == ["to_post", "cancelled", "held"]
    partly.refresh_from_db()
    assert (partly.day, partly.total) == (tomorrow, Decimal("130.00"))
    assert f"{tomorrow:%d/%m/%Y}" in partly.text
    assert [item.message_id for item in PostItem.objects.all()] == [partly.pk]
    refused = office.post(answer["Location"])
    assert refused.status_code == 200
    assert states(partly) == ["to_post"]


def test_a_letter_is_taken_out_and_waits_again(case: Recovery, owner: Api, office: Client) -> None:
    one, two = letter(case), letter(case_of(owner, debtor=DEBTOR))
    printed(office, one, two)
    batch = PostBatch.objects.get()
    item = PostItem.objects.get(message=two)
    assert office.post(f"{PAGE}{batch.pk}/", {"take_out": item.pk}).status_code == 302
    assert len(PdfReader(io.BytesIO(office.post(f"{PAGE}{batch.pk}/letters.pdf").content)).pages) >= 2
    office.post(f"{PAGE}{batch.pk}/")
    assert states(one, two) == ["sent", "to_post"]
    printed(office, two)
    assert PostBatch.objects.count() == 2


def test_a_letter_is_in_one_batch_alone(case: Recovery, office: Client) -> None:
    one = letter(case)
    printed(office, one)
    assert printed(office, one).status_code == 200
    assert PostBatch.objects.count() == 1


def test_one_that_was_given_up_meanwhile_was_not_posted(case: Recovery, office: Client) -> None:
    one = letter(case)
    printed(office, one)
    assert act(office, one, "cancel-letter").status_code == 302
    office.post(f"{PAGE}{PostBatch.objects.get().pk}/")
    assert states(one) == ["cancelled"]
    assert not one.facts.exists()


def test_one_that_was_given_up_is_not_printed_again(case: Recovery, owner: Api, office: Client) -> None:
    one, two = letter(case), letter(case_of(owner, debtor=DEBTOR))
    printed(office, one, two)
    address = f"{PAGE}{PostBatch.objects.get().pk}/"
    assert act(office, one, "cancel-letter").status_code == 302
    said = text_of(office.post(f"{address}letters.pdf").content)
    assert said.count("L111-8") == 1 or one.recovery.recovery_reference not in said.split("Posté le")[1]
    assert "retiré" in said.split("Posté le")[0]
    rows = b"".join(office.post(f"{address}letters.csv").streaming_content).decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert "Withdrawn" in words(office.get(address).content.decode())


@pytest.mark.parametrize("confirmed", [False, True])
def test_one_that_was_given_up_and_had_left_is_told_so(
    case: Recovery, owner: Api, office: Client, confirmed: bool
) -> None:
    one, other = letter(case), letter(case_of(owner, debtor=DEBTOR))
    Message.objects.filter(pk=one.pk).update(moves_case=True)
    printed(office, one, other)
    batch, item = PostBatch.objects.get(), PostItem.objects.get(message=one)
    address = f"{PAGE}{batch.pk}/"
    paper = Message.objects.get(pk=one.pk).pdf_id
    act(office, one, "cancel-letter")
    if confirmed:
        office.post(address)
    assert office.get(address).content.decode().count('name="left_after_all"') == 1
    page = words(office.post(address, {"left_after_all": item.pk}, follow=True).content.decode())
    assert "The letter had left: it counts as sent on the posting day." in page
    one.refresh_from_db()
    assert (one.state, one.error, one.pdf_id, one.sent_at and day_of(one.sent_at)) == ("sent", "", paper, today())
    assert [(fact.kind, fact.source, fact.by.email) for fact in one.facts.all()] == [
        ("sent", "staff", "chief@example.com")
    ]
    told = AuditEvent.objects.get(action="letter_left_already", object_id=str(one.pk))
    assert told.details["why"] == "Cancelled by staff."
    assert Recovery.objects.get(pk=case.pk).status.name == "Relance 1"
    assert 'name="left_after_all"' not in office.get(address).content.decode()
    assert office.post(address, {"left_after_all": item.pk}).status_code == 200
    assert one.facts.count() == 1
    assert states(other) == ["sent" if confirmed else "to_post"]


def test_a_registered_letter_that_had_left_has_its_number(case: Recovery, office: Client) -> None:
    one = letter(case, "mise_en_demeure", "registered")
    printed(office, one)
    item = PostItem.objects.get()
    address = f"{PAGE}{item.batch_id}/"
    act(office, one, "cancel-letter")
    left = {"left_after_all": item.pk}
    assert "Enter the number of the receipt" in office.post(address, left).content.decode()
    assert states(one) == ["cancelled"]
    office.post(address, {**left, f"number-{item.pk}": "2C 012 345 6789 0"})
    one.refresh_from_db()
    assert (one.state, one.provider_ref) == ("sent", "2C01234567890")
    assert FormalNotice.objects.get().state == "sent"


def test_what_was_not_printed_or_is_not_seen_has_not_left(case: Recovery, owner: Api, office: Client) -> None:
    """Nor what was taken out, held, printed anew since, or is of a batch that nobody has posted yet."""
    out, held, later, theirs = (letter(one) for one in (case, *others(owner, 3)))
    printed(office, out, held, theirs)
    batch = PostBatch.objects.get()
    ids = dict(PostItem.objects.values_list("message_id", "pk"))
    address = f"{PAGE}{batch.pk}/"
    office.post(address, {"take_out": ids[out.pk]})
    move(held.recovery_id, 2, 7)
    act(office, theirs, "cancel-letter")
    printed(office, later, posting_day=working_day(today() + timedelta(days=1)).isoformat())
    tomorrow = PostItem.objects.get(message=later)
    act(office, later, "cancel-letter")
    for target, pk in ((address, ids[out.pk]), (address, ids[held.pk]), (f"{PAGE}{tomorrow.batch_id}/", tomorrow.pk)):
        office.post(target, {"left_after_all": pk})
    handler = person(HANDLER)
    Recovery.objects.filter(pk=out.recovery_id).update(user=handler)
    Recovery.objects.filter(pk=theirs.recovery_id).update(user=person(MANAGER))
    assert browser_of(handler).post(address, {"left_after_all": ids[theirs.pk]}).status_code == 200
    assert states(out, later, theirs) == ["to_post", "cancelled", "cancelled"]
    assert not MessageFact.objects.exists()
    for hostile in ("x", "\x00", "9" * 5000, "-1"):
        assert office.post(address, {"left_after_all": hostile}).status_code == 404


def test_what_came_since_it_was_printed_keeps_a_letter_out_of_the_post(
    case: Recovery, owner: Api, office: Client
) -> None:
    late = {
        **DEBTOR,
        "company_phone": "06 98 76 54 32",
        "company_email": "late@example.com",
        "company_siren": "552100554",
    }
    fine, paid, partly, disputed = letter(case), *(letter(case_of(owner, debtor=DEBTOR)) for _n in range(3))
    dead = letter(case_of(owner, debtor=late))
    printed(office, fine, paid, partly, disputed, dead)
    batch = PostBatch.objects.get()
    acompte_record(recovery_id=paid.recovery_id, amount=Decimal("140.00"), day=today(), by=None)
    acompte_record(recovery_id=partly.recovery_id, amount=Decimal("10.00"), day=today(), by=None)
    move(disputed.recovery_id, 2, 7)
    party_fact_enter(recovery_id=dead.recovery_id, kind=PartyFactKind.DECEASED, since=today(), by=None)
    before = words(office.get(f"{PAGE}{batch.pk}/").content.decode())
    assert before.count("Do not post it") == 4
    page = words(office.post(f"{PAGE}{batch.pk}/", follow=True).content.decode())
    assert states(fine, paid, partly, disputed, dead) == ["sent", "cancelled", "to_post", "held", "cancelled"]
    for one in (paid, partly, disputed, dead):
        assert f"Not posted, take it out of the pile: {one.recovery.recovery_reference}." in page
        assert not one.facts.exists()
    assert PostBatch.objects.get().state == "posted"
    printed(office, partly)
    partly.refresh_from_db()
    assert partly.total == Decimal("130.00")


def test_what_had_left_before_it_was_known_counts_as_sent(case: Recovery, owner: Api, office: Client) -> None:
    """Posted on Thursday; paid, disputed and partly paid on Friday; confirmed on Monday."""
    with time_machine.travel("2026-11-12T09:00:00Z", tick=False):  # a Thursday
        fine, paid, disputed, partly, kept = (letter(one) for one in (case, *others(owner, 4)))
        Message.objects.filter(pk__in=[disputed.pk, partly.pk]).update(moves_case=True)
        printed(office, fine, paid, disputed, partly, kept)
        paper = dict(Message.objects.values_list("pk", "text"))
    with time_machine.travel("2026-11-13T09:00:00Z", tick=False):
        acompte_record(recovery_id=paid.recovery_id, amount=Decimal("140.00"), day=today(), by=None)
        acompte_record(recovery_id=partly.recovery_id, amount=Decimal("10.00"), day=date(2026, 11, 12), by=None)
        for one in (disputed, kept):
            move(one.recovery_id, 2, 7)
    with time_machine.travel("2026-11-16T09:00:00Z", tick=False):
        desk, address = browser_of(PostBatch.objects.get().by), f"{PAGE}{PostBatch.objects.get().pk}/"
        assert words(desk.get(address).content.decode()).count("It has left already") == 4
        ids = dict(PostItem.objects.values_list("message_id", "pk"))
        page = words(
            desk.post(address, left(ids[one.pk] for one in (paid, disputed, partly)), follow=True).content.decode()
        )
    assert states(fine, paid, disputed, partly, kept) == ["sent", "sent", "sent", "sent", "held"]
    assert page.count("take it out of the pile") == 1
    for one, verdict in ((paid, "never"), (disputed, "hold"), (partly, "send")):
        one.refresh_from_db()
        assert (one.guard["verdict"], one.sent_at.date(), one.text) == (verdict, date(2026, 11, 12), paper[one.pk])
        assert [(fact.kind, fact.source, fact.by.email) for fact in one.facts.all()] == [
            ("sent", "staff", "chief@example.com")
        ]
        told = AuditEvent.objects.get(action="letter_left_already", object_id=str(one.pk))
        assert (told.actor_email, bool(told.details["why"])) == ("chief@example.com", True)
    assert Recovery.objects.get(pk=partly.recovery_id).status.name == "Relance 1"
    assert Recovery.objects.get(pk=disputed.recovery_id).status_id == 7
    messages_take_up(moment=now())
    assert states(fine, paid, disputed, partly, kept) == ["sent", "sent", "sent", "sent", "held"]
    assert not PostItem.objects.exclude(taken_out_at=None).exclude(message=kept).exists()


def others(owner: Api, many: int) -> list[Recovery]:
    return [case_of(owner, debtor=DEBTOR) for _n in range(many)]


def left(ids: Iterable[int]) -> dict[str, str]:
    return {f"left-{pk}": "on" for pk in ids}


def test_what_is_said_of_letters_of_other_batches_does_nothing(case: Recovery, owner: Api, office: Client) -> None:
    one, other, waiting = letter(case), *(letter(one) for one in others(owner, 2))
    printed(office, one)
    printed(office, other)
    move(one.recovery_id, 2, 7)
    move(other.recovery_id, 2, 7)
    first, second = PostItem.objects.order_by("pk")
    hostile = {**left([second.pk, 10**30, waiting.pk + 10**6]), "left-": "on", "left-x\x00": "on", "left_already": "1"}
    office.post(f"{PAGE}{first.batch_id}/", hostile)
    assert states(one, other, waiting) == ["held", "to_post", "to_post"]
    assert not AuditEvent.objects.filter(action="letter_left_already").exists()
    # One against which nothing stands is posted as any other.
    printed(office, waiting)
    third = PostItem.objects.get(message=waiting)
    office.post(f"{PAGE}{third.batch_id}/", left([third.pk]))
    assert states(waiting) == ["sent"]
    assert not AuditEvent.objects.filter(action="letter_left_already").exists()


def test_a_letter_that_waits_is_judged_when_something_happens_on_its_case(
    case: Recovery, owner: Api, office: Client
) -> None:
    fine, disputed, paid, in_batch = letter(case), *(letter(case_of(owner, debtor=DEBTOR)) for _n in range(3))
    printed(office, in_batch)
    move(disputed.recovery_id, 2, 7)
    move(in_batch.recovery_id, 2, 7)
    acompte_record(recovery_id=paid.recovery_id, amount=Decimal("140.00"), day=today(), by=None)
    assert messages_take_up(moment=now()) == 2
    assert states(fine, disputed, paid, in_batch) == ["to_post", "held", "cancelled", "to_post"]
    assert messages_take_up(moment=now()) == 0


def test_letters_that_cannot_be_judged_do_not_fill_each_round(case: Recovery, owner: Api) -> None:
    """One of a kind that this version does not know any more, held or in the folder."""
    held, in_folder, fine = letter(case), *(letter(case_of(owner, debtor=DEBTOR)) for _n in range(2))
    for one in (held, fine):
        move(one.recovery_id, 2, 7)
    messages_take_up(moment=now())
    assert states(held, in_folder, fine) == ["held", "to_post", "held"]
    Message.objects.filter(pk__in=[held.pk, in_folder.pk]).update(kind="of_before")
    move(fine.recovery_id, 3)
    Recovery.objects.filter(pk__in=[held.recovery_id, in_folder.recovery_id]).update(updated_at=now())
    waits_since = Message.objects.get(pk=in_folder.pk).due_at
    assert messages_take_up(moment=now()) == 3
    assert states(held, in_folder, fine) == ["held", "to_post", "to_post"]
    assert messages_take_up(moment=now()) == 0
    assert Message.objects.get(pk=in_folder.pk).due_at == waits_since
    with time_machine.travel(now() + timedelta(1)):
        assert messages_take_up(moment=now()) == 1


def test_letters_of_others_are_out_of_reach(case: Recovery, owner: Api, office: Client) -> None:
    handler = person(HANDLER)
    mine, other = letter(case), letter(case_of(owner, debtor=DEBTOR))
    Recovery.objects.filter(pk=case.pk).update(user=handler)
    Recovery.objects.filter(pk=other.recovery_id).update(user=person(MANAGER))
    printed(office, other)
    printed(office, mine, letter(Recovery.objects.get(pk=other.recovery_id), "relance_2"))
    desk, (theirs, both) = browser_of(handler), PostBatch.objects.order_by("pk")
    for call in (desk.get, desk.post):
        assert call(f"{PAGE}{theirs.pk}/").status_code == 404
    for name in ("letters.pdf", "letters.csv"):
        assert desk.post(f"{PAGE}{theirs.pk}/{name}").status_code == 404
    rows = b"".join(desk.post(f"{PAGE}{both.pk}/letters.csv").streaming_content).decode().splitlines()
    assert len(rows) == 2
    desk.post(f"{PAGE}{both.pk}/", {"take_out": both.items.get(message__recovery=other.recovery).pk})
    assert not PostItem.objects.exclude(taken_out_at=None).exists()
    desk.post(f"{PAGE}{both.pk}/")
    assert states(mine, other) == ["sent", "to_post"]
    assert both.items.get(message__recovery=other.recovery).message.state == "to_post"
    assert PostBatch.objects.get(pk=both.pk).state == "printed"


def test_a_demand_is_no_receipt_that_somebody_prints(case: Recovery, office: Client) -> None:
    one = letter(case, "mise_en_demeure", "registered")
    acompte_record(recovery_id=case.pk, amount=Decimal("140.00"), day=today(), by=None)
    assert "receipt-posted" not in office.get(page_of(Message, "change", one.pk)).content.decode()
    act(office, one, "receipt-posted")
    with pytest.raises(Forbidden):
        receipt_posted(message_id=one.pk, by=None)
    assert states(one) == ["to_post"]


def test_what_was_posted_stays_in_its_batch(case: Recovery, owner: Api, office: Client) -> None:
    handler = person(HANDLER)
    mine, other = letter(case), letter(case_of(owner, debtor=DEBTOR))
    Recovery.objects.filter(pk=case.pk).update(user=handler)
    Recovery.objects.filter(pk=other.recovery_id).update(user=person(MANAGER))
    printed(office, mine, other)
    batch, desk = PostBatch.objects.get(), browser_of(handler)
    desk.post(f"{PAGE}{batch.pk}/")
    assert states(mine, other) == ["sent", "to_post"]
    desk.post(f"{PAGE}{batch.pk}/", {"take_out": batch.items.get(message=mine).pk})
    assert not PostItem.objects.exclude(taken_out_at=None).exists()


def test_a_registered_letter_is_posted_with_its_number(case: Recovery, office: Client) -> None:
    one = letter(case, "mise_en_demeure", "registered")
    move(case.pk, 2, 3)
    printed(office, one)
    batch, item = PostBatch.objects.get(), PostItem.objects.get()
    page = office.post(f"{PAGE}{batch.pk}/").content.decode()
    assert "Enter the number of the receipt of a registered letter." in page
    assert states(one) == ["to_post"]
    office.post(f"{PAGE}{batch.pk}/", {f"number-{item.pk}": "2c 012 345 6789 0"})
    one.refresh_from_db()
    assert (one.state, one.provider_ref) == ("sent", "2C01234567890")
    notice = FormalNotice.objects.get()
    assert (notice.channel, notice.state, notice.sent_on, notice.message_id) == ("registered", "sent", today(), one.pk)
    assert Recovery.objects.get(pk=case.pk).status_id == 3


@pytest.mark.parametrize("number", ["2C1", "ABCDEFGHIJKLM", "2C 012 345 6789 0123", "2C01234567é90", "2C 012\x00345"])
def test_what_is_no_number_of_a_receipt_comes_back(case: Recovery, office: Client, number: str) -> None:
    one = letter(case, "mise_en_demeure", "registered")
    printed(office, one)
    data = {f"number-{PostItem.objects.get().pk}": number}
    page = office.post(f"{PAGE}{PostBatch.objects.get().pk}/", data).content.decode()
    assert "This is no number of a receipt, such as 2C 012 345 6789 0." in page
    assert states(one) == ["to_post"]


def test_no_letters_are_printed_for_a_day_off(case: Recovery, office: Client, system_setting: Any) -> None:
    system_setting(CONTACT_DAYS="1,2,3,4,5", CONTACT_UNTIL_HOUR=20)
    with time_machine.travel("2026-11-08T11:00:00Z", tick=False):  # a Sunday
        one = letter(case)
        Message.objects.filter(pk=one.pk).update(state="to_post")
        assert 'value="2026-11-09"' in office.get(PAGE).content.decode()
        for day, working in (("2026-11-08", "09/11/2026"), ("2026-11-11", "12/11/2026")):
            page = printed(office, one, posting_day=day).content.decode()
            assert f"the next working day is {working}" in page
        assert states(one) == ["to_post"]
        assert not PostBatch.objects.exists()
    with time_machine.travel("2026-11-09T21:00:00Z", tick=False):
        assert working_day(today()) == date(2026, 11, 10)


@pytest.mark.parametrize(
    "values",
    [
        {"posting_day": "2020-01-01"},
        {"posting_day": "x"},
        {"posting_day": (now() + timedelta(days=30)).date().isoformat()},
        {"letters": ["x"]},
        {"letters": [10**9]},
        {"letters": []},
    ],
)
def test_what_cannot_be_printed_comes_back(case: Recovery, office: Client, values: dict[str, Any]) -> None:
    one = letter(case)
    assert printed(office, one, **values).status_code == 200
    assert not PostBatch.objects.exists()
    assert states(one) == ["to_post"]


def test_pages_of_nothing_and_for_nobody(case: Recovery, office: Client) -> None:
    printed(office, letter(case))
    batch = PostBatch.objects.get()
    assert office.get(f"{PAGE}{10**19}/").status_code == 404
    assert office.post(f"{PAGE}{batch.pk}/", {"take_out": "x"}).status_code == 404
    assert office.post(f"{PAGE}{batch.pk}/", {"take_out": 10**9}).status_code == 200
    accountant = office_of(ACCOUNTANT)
    for address in (PAGE, f"{PAGE}{batch.pk}/"):
        assert accountant.get(address).status_code == 403
    assert accountant.post(f"{PAGE}{batch.pk}/letters.pdf").status_code == 403


def test_an_address_that_no_carrier_finds(owner: Api) -> None:
    case = case_of(owner, debtor={**DEBTOR, "company_address": "\n".join(f"Ligne {n}" for n in range(9))})
    Recovery.objects.get(pk=case.pk).debtor.__class__.objects.filter(pk=case.debtor_id).update(company_city="")
    with pytest.raises(Invalid):
        letter(Recovery.objects.get(pk=case.pk))
    assert not Message.objects.exists()


def test_what_staff_tell_of_a_notice_is_told_of_its_letter_and_its_proof_moves_the_case(
    case: Recovery, office: Client
) -> None:
    one = letter(case, "mise_en_demeure", "registered")
    move(case.pk, 2, 3)
    printed(office, one)
    office.post(f"{PAGE}{PostBatch.objects.get().pk}/", {f"number-{PostItem.objects.get().pk}": "2C 012 345 6789 0"})
    notice, day = FormalNotice.objects.get(), today().isoformat()
    told = {"notice": notice.pk, "state": "received", "presented_on": day, "received_on": day}
    assert act(office, case, "notice-received", **told).status_code == 302
    one.refresh_from_db()
    assert (one.state, [fact.kind for fact in one.facts.order_by("id")]) == (
        "delivered",
        ["sent", "presented", "delivered"],
    )
    assert Recovery.objects.get(pk=case.pk).status_id == 3
    proof = ready_document(case)
    assert act(office, case, "notice-received", **told, proof=proof.pk).status_code == 302
    assert Recovery.objects.get(pk=case.pk).status_id == 4
