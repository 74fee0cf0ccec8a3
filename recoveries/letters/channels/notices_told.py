"""What staff tell of a formal notice that we sent: its message has come as far."""

from collections.abc import Mapping
from datetime import date, datetime, time

from accounts.models import User
from events.services import story
from law.account.facts import NoticeState
from legalcity.lib.dates import PARIS
from recoveries.letters.channels.facts import fact_record
from recoveries.letters.channels.registry import PROVED
from recoveries.models import FormalNotice, MessageFact
from recoveries.services.notices import notice_follow

Kind = MessageFact.Kind
NOON = time(12)
ENDS: Mapping[str, str] = {
    NoticeState.RECEIVED: Kind.DELIVERED,
    NoticeState.UNCLAIMED: Kind.UNCLAIMED,
    NoticeState.REFUSED: Kind.REFUSED,
}


@story()
def notice_tell(
    *,
    recovery_id: int,
    notice_id: int,
    state: str,
    presented_on: date | None = None,
    received_on: date | None = None,
    proof_id: int | None = None,
    by: User | None,
) -> FormalNotice:
    """Write down what became of a notice (`notice_follow`, which raises), and the same of its letter."""
    notice = FormalNotice.objects.filter(pk=notice_id, recovery=recovery_id).select_related("message").first()
    if notice is not None and notice.message is not None and notice.message.channel in PROVED:
        days = {Kind.PRESENTED: presented_on, ENDS.get(state, ""): received_on or presented_on}
        for kind, day in days.items():
            if kind and day:
                fact_record(
                    message_id=notice.message.pk,
                    kind=kind,
                    at=datetime.combine(day, NOON, PARIS),
                    source=MessageFact.Source.STAFF,
                    provider_id=f"notice:{notice_id}:{kind}:{day}",
                    by=by,
                )
    return notice_follow(
        recovery_id=recovery_id,
        notice_id=notice_id,
        state=state,
        presented_on=presented_on,
        received_on=received_on,
        proof_id=proof_id,
        by=by,
    )
