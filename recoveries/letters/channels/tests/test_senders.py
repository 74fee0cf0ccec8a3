"""Who a mail is from: the firm, by its name, whatever the installation calls itself."""

from decimal import Decimal
from email import message_from_string, policy
from typing import Any

import pytest
from django.core import mail
from django.test import override_settings

from backoffice.firm_details import managers_told
from legalcity.lib.clock import now, today
from recoveries.ledger.services import acompte_record
from recoveries.letters.channels.delivering import message_deliver
from recoveries.letters.creditor_notices import creditor_notice_deliver
from recoveries.letters.services import message_send
from recoveries.models import CreditorNotice, Recovery
from tests.backoffice import chief

pytestmark = pytest.mark.usefixtures("in_process")


def sender(index: int) -> tuple[str, str]:
    """Name and address in the header of a mail, as its reader sees them."""
    header = mail.outbox[index].message()["From"]
    [address] = message_from_string(f"From: {header}\n\n", policy=policy.default)["From"].addresses
    return address.display_name, address.addr_spec


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Étude Morvan, Le Bris & Fils", "Étude Morvan, Le Bris & Fils"),
        ('Cabinet "M" <pay@evil.example>', 'Cabinet "M" <pay@evil.example>'),
        ("", "Old name"),
    ],
)
@override_settings(DEFAULT_FROM_EMAIL="Old name <courrier@firm.example>")
def test_each_mail_is_of_the_firm(case: Recovery, system_setting: Any, name: str, shown: str) -> None:
    system_setting(FIRM_NAME=name)
    if name:  # Without one no letter leaves.
        message = message_send(case_id=case.pk, kind="relance_1", to="debtor@example.com", by=None)
        message_deliver(message_id=message.pk, moment=now())
    acompte_record(recovery_id=case.pk, amount=Decimal("10.00"), day=today(), confirmed=True, by=None)
    creditor_notice_deliver(notice_id=CreditorNotice.objects.get().pk, moment=now())
    managers_told(changed=["FUNDS_IBAN"], by=chief())
    told = [sender(index) for index in range(len(mail.outbox))]
    assert told == [(shown, "courrier@firm.example")] * (3 if name else 2)
