"""Messages: what counts as one that the debtor has, and what became of each, written once."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent
from law.vocabulary import Reminder
from recoveries.desk.tests.pages import case_of
from recoveries.models import Message, MessageFact, Recovery
from recoveries.services.cases import recovery_delete
from tests.factories import Api

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 17, 10, tzinfo=UTC)
State, Fact = Message.State, MessageFact.Kind


@pytest.fixture
def case(owner: Api) -> Recovery:
    return case_of(owner)


def message(case: Recovery, state: str = State.SENT) -> Message:
    return Message.objects.create(recovery=case, kind=Reminder.FIRST, recipient="jack@xyz.com", state=state)


def fact(sent: Message, kind: str = Fact.BOUNCED, **values: object) -> MessageFact:
    told = {"at": AT, "source": MessageFact.Source.SMTP, **values}
    return MessageFact.objects.create(message=sent, kind=kind, **told)


def test_what_came_back_was_no_letter_to_the_debtor(case: Recovery) -> None:
    by_state = {state: message(case, state).pk for state in State}

    out = set(Message.objects.gone_out().values_list("pk", flat=True))

    assert out == {by_state[state] for state in ("sent", "delivered", "opened", "refused", "unclaimed")}


def test_what_became_of_a_message_is_written_once(case: Recovery) -> None:
    told = fact(message(case))

    for change in (lambda: MessageFact.objects.update(kind=Fact.OPENED), told.delete):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
    assert [row.kind for row in MessageFact.objects.all()] == [Fact.BOUNCED]


def test_what_a_source_tells_twice_is_one_fact(case: Recovery) -> None:
    sent = message(case)
    fact(sent, provider_id="dsn-1")
    fact(sent, provider_id="dsn-1", source=MessageFact.Source.PROVIDER)

    with pytest.raises(IntegrityError), transaction.atomic():
        fact(sent, provider_id="dsn-1")
    assert MessageFact.objects.count() == 2


def test_a_case_that_is_deleted_takes_the_facts_along_through_the_audited_door(case: Recovery) -> None:
    fact(message(case))

    recovery_delete(recovery=case, by=None)

    assert not Message.objects.exists()
    assert not MessageFact.objects.exists()
    assert any("recoveries_messagefact" in str(row.details) for row in AuditEvent.objects.all())
