"""Notices to clients that came back: their address is held where nobody has it, and staff see what was not read."""

from django.db.models import QuerySet

from events.notices.delivery import recipient_hold
from events.notices.models import Notice
from legalcity.lib.emails.returning import row_returned
from legalcity.lib.emails.rows import Email
from recoveries.letters.channels.mail_reading import Arrival
from recoveries.models import CreditorNotice

BOUNCED = "Bounced"
MOST_TOKENS = 5  # that one mail is asked for


def notice_returned(arrival: Arrival) -> bool:
    """Write down what became of the notice that a mail is about; whether it is about one.

    One that a server gave up has failed. Its address is held where there is no such mailbox; where the mailbox is full,
    say, it is written to again.
    """
    notice = _notice_of(arrival)
    bounce = arrival.bounce
    if notice is None or bounce is None or not bounce.is_final:
        return notice is not None
    _rows(type(notice)).filter(pk=notice.pk, state=Email.State.SENT).update(state=Email.State.FAILED, error=BOUNCED)
    # Where a mail is forwarded, another address than ours may be at fault.
    if bounce.is_unknown and bounce.recipient in ("", notice.recipient.lower()):
        recipient_hold(owner_id=_owner_of(notice), email=notice.recipient, reason=f"{BOUNCED} {bounce.status}".strip())
    return True


def _notice_of(arrival: Arrival) -> Notice | CreditorNotice | None:
    for token in arrival.tokens[:MOST_TOKENS]:
        for table in (Notice, CreditorNotice):
            number = row_returned(token, table)
            if number is not None:
                return _rows(table).filter(pk=number).first()
    return None


def _rows(table: type[Notice] | type[CreditorNotice]) -> "QuerySet[Notice] | QuerySet[CreditorNotice]":
    return table._default_manager.all()


def _owner_of(notice: Notice | CreditorNotice) -> int:
    owner_id: int = notice.owner_id if isinstance(notice, Notice) else notice.posting.owner_id
    return owner_id
