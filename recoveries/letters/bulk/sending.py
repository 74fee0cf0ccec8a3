"""The sending of what was confirmed: each case by the service of its single reminder, once, whoever dies in between."""

from typing import Any

import structlog
from django.db import DatabaseError
from django.utils.translation import gettext_lazy

from events.services import story
from legalcity.lib.errors import Conflict, DomainError, Forbidden
from recoveries.letters.bulk.reviewing import refused_values
from recoveries.letters.bulk.services import MOVING, Result, sender_of
from recoveries.letters.contacts import debtor_lock
from recoveries.letters.following import may_follow
from recoveries.letters.services import letter_case, message_send
from recoveries.letters.ways import blank_message
from recoveries.models import Mailing, MailingCase, Message, Recovery

log = structlog.get_logger("recoveries")


@story()
def case_sent(*, pk: int, mailing: Mailing) -> None:
    """Write the reminder of one case of a sending, and that it was: both or neither."""
    case_id = MailingCase.objects.filter(pk=pk).values_list("recovery_id", flat=True).first()
    if case_id is None:
        return
    debtor_lock(case_id)
    case = letter_case(case_id)
    row = MailingCase.objects.select_for_update(of=("self",)).filter(pk=pk, result="").first()
    if row is not None:
        MailingCase.objects.filter(pk=pk).update(**_sent(case, mailing))


def _sent(case: Recovery, mailing: Mailing) -> dict[str, Any]:
    """What becomes of a case; the caller holds its lock."""
    try:
        by = sender_of(mailing)
        if by is None or not Recovery.objects.in_reach_of(by).filter(pk=case.pk).exists():
            raise Forbidden(gettext_lazy("You may not do this."))
        message = message_send(
            case_id=case.pk,
            kind=mailing.kind,
            channel=mailing.channel,
            to=blank_message(case, mailing.channel).recipient,
            by=by,
            moves_case=mailing.moves_case and by.has_perm(MOVING) and may_follow(case, kind=mailing.kind),
            may_wait=mailing.with_held,
        )
    except DomainError as error:
        return {"result": Result.REFUSED, "reasons": refused_values(error)["reasons"]}
    except DatabaseError:
        raise
    except Exception as error:  # One that cannot be written keeps no other back.
        log.exception("mailing_case_not_sent", recovery_id=case.pk)
        return {"result": Result.REFUSED, "reasons": refused_values(Conflict(type(error).__name__))["reasons"]}
    is_held = message.state == Message.State.HELD
    return {"result": Result.HELD if is_held else Result.WRITTEN, "message": message}
