"""The case follows its letter: once it was sent, to the status that says so."""

import structlog
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from law.vocabulary import Step
from legalcity.lib.errors import Forbidden
from recoveries.catalogue import catalogue
from recoveries.guards import require_move
from recoveries.models import Message, Recovery
from recoveries.services.life import status_move
from recoveries.statuses import Actor

log = structlog.get_logger("recoveries")

Kind = Message.Kind
STATUSES = {
    Kind.REMINDER_1.value: Step.REMINDER_1,
    Kind.REMINDER_2.value: Step.REMINDER_2,
    Kind.FORMAL_NOTICE.value: Step.FORMAL_NOTICE,
}


def require_following(case: Recovery, *, kind: str) -> None:
    """Raises Forbidden when a letter of this kind, sent now, could not move the case."""
    if case.status_id != STATUSES[kind]:
        require_move(case, STATUSES[kind], actor=Actor.SYSTEM)


def case_follow(*, case: Recovery, email: Message) -> None:
    """Move the case of a letter that was sent, by the system, in the name of its author. The caller holds its lock.

    A case that was closed meanwhile, or went where no such move leads on, stays where it is: the letter is out
    whatever its case has become. The reason is in French, as the letter is: who reads it is not who sent it.
    """
    if catalogue.is_closing(case.status_id):
        return
    with translation.override(settings.LANGUAGE_CODE):
        reason = _("{kind} sent by e-mail.").format(kind=email.get_kind_display())
    try:
        status_move(
            recovery_id=case.pk,
            to_status=STATUSES[email.kind],
            by=email.user,
            comment=reason,
            actor=Actor.SYSTEM,
        )
    except Forbidden:
        log.info("case_not_moved", message_id=email.pk, recovery_id=case.pk, status_id=case.status_id)
