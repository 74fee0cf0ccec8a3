"""A payment is told to each recipient that the client has named, in the language that was chosen, once."""

from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail

from events.models import Preference, Recipient
from legalcity.lib.clock import now
from recoveries.desk.tests.pages import case_of
from recoveries.letters.creditor_notices import creditor_notice_deliver
from recoveries.letters.tests.test_emails import Moody, moods  # noqa: F401 - fixtures
from recoveries.letters.tests.test_receipts import F1, TERMS, autumn, case, deliver, paid, taken_back  # noqa: F401 - fixtures
from recoveries.models import CreditorNotice, Recovery
from tests.factories import Api

pytestmark = pytest.mark.django_db
ONE, TWO, PENDING = "one@example.com", "two@example.com", "pending@example.com"


@pytest.fixture
def named(owner: Api) -> None:
    """Two recipients who have confirmed, and one who has not yet."""
    values = {"recipients": [ONE, TWO, PENDING], "mode": "instant", "language": "en"}
    Preference.objects.create(owner=owner.user, group="money_received", **values)
    for email in (ONE, TWO):
        Recipient.objects.create(owner=owner.user, email=email, confirmed_at=now())


def told() -> list[tuple[str, str]]:
    return list(CreditorNotice.objects.order_by("id").values_list("recipient", "state"))


@pytest.mark.usefixtures("named")
def test_each_recipient_is_told_and_so_is_the_reversal(case: Recovery) -> None:  # noqa: F811
    payment = paid(case)
    assert told() == [(ONE, "queued"), (TWO, "queued")]
    first = CreditorNotice.objects.earliest("id")
    creditor_notice_deliver(notice_id=first.pk, moment=now())
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == ([ONE], f"Payment received – case {case.recovery_reference}")
    for said in ("a payment of 1,500.00 € that we have received on 10/06/2026", "F1: interest 173.76 €", "7,572.53 €"):
        assert said in letter.body, said
        assert said.replace(" €", "&nbsp;€") in letter.alternatives[0][0], said
    assert "List-Unsubscribe" not in letter.message()
    taken_back(payment)
    deliver()
    # Who was not told of the payment is not told that it was taken back.
    assert told() == [(ONE, "sent"), (TWO, "cancelled"), (ONE, "sent")]
    assert "was taken back" in mail.outbox[-1].body


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize(
    ("kind", "is_named"),
    [("particular", False), ("freelance", False), ("liberal", False), (None, False), ("commercial", True)],
)
def test_no_person_is_named_to_whoever_the_client_has_named(
    owner: Api,
    kind: str | None,
    is_named: bool,
) -> None:
    creditor = {"company_type": kind, "company_name": "Zébulon SA", "company_legalrep_lastname": "Zébulon"}
    theirs = case_of(owner, recovery=TERMS, invoices=[F1], customer=creditor)
    payment = paid(theirs, amount=100, reference="VIR M. Léon Payeur", method="Compte de Léon Payeur")
    deliver()
    taken_back(payment)
    deliver()
    notices = [letter for letter in mail.outbox if letter.to[0] in (ONE, TWO)]  # The debtor has receipts of his own.
    assert len(notices) == 4
    for letter in notices:
        assert "Payeur" not in letter.body + letter.alternatives[0][0]
        assert ("Zébulon" in letter.body) is ("Zébulon" in letter.alternatives[0][0]) is is_named
        assert theirs.recovery_reference in letter.body


@pytest.mark.usefixtures("named")
def test_who_refuses_is_held_and_the_account_is_told_where_nobody_is_left(
    owner: Api,
    case: Recovery,  # noqa: F811
    moods: list[Exception],  # noqa: F811
) -> None:
    Recipient.objects.filter(email=TWO).delete()
    paid(case)
    moods.append(SMTPRecipientsRefused({ONE: (550, b"no")}))
    creditor_notice_deliver(notice_id=CreditorNotice.objects.get().pk, moment=now())
    assert Recipient.objects.get(email=ONE).held_at is not None
    paid(case, amount=10)
    assert told() == [(ONE, "failed"), (owner.user.email, "queued")]
