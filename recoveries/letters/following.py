"""The case follows its letter: once it was sent, to the status that says so."""

import structlog
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy

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

REASONS = {
    Message.Channel.EMAIL.value: gettext_lazy("{kind} sent by e-mail."),
    Message.Channel.LETTER.value: gettext_lazy("{kind} sent by post."),
    Message.Channel.REGISTERED.value: gettext_lazy("{kind} sent as a registered letter."),
    Message.Channel.ELECTRONIC.value: gettext_lazy("{kind} sent as a registered letter."),
    Message.Channel.SMS.value: gettext_lazy("{kind} sent as a text message."),
}


def require_following(case: Recovery, *, kind: str) -> None:
    """Raises Forbidden when a letter of this kind, sent now, could not move the case."""
    if case.status_id != STATUSES[kind]:
        require_move(case, STATUSES[kind], actor=Actor.SYSTEM)


def may_follow(case: Recovery, *, kind: str) -> bool:
    """Whether a letter of this kind, sent now, could move the case."""
    try:
        require_following(case, kind=kind)
    except Forbidden:
        return False
    return True


def case_follow(*, case: Recovery, message: Message, is_proved: bool = False) -> None:
    """Move the case of a letter that was sent, by the system, in the name of its author. The caller holds its lock.

    A formal notice moves its case once there is a proof that it was sent (`is_proved`), whatever it was asked to do.

    A case that was closed meanwhile, or went where no such move leads on, stays where it is: the letter is out
    whatever its case has become. The reason is in French, as the letter is: who reads it is not who sent it.
    """
    to_status = STATUSES.get(message.kind)
    is_to_move = is_proved == (to_status == Step.FORMAL_NOTICE)
    if to_status is None or not is_to_move or catalogue.is_closing(case.status_id):
        return
    with translation.override(settings.LANGUAGE_CODE):
        told = REASONS.get(message.channel, REASONS[Message.Channel.EMAIL])
        reason = str(told).format(kind=message.get_kind_display())
    try:
        status_move(
            recovery_id=case.pk,
            to_status=to_status,
            by=message.user,
            comment=reason,
            actor=Actor.SYSTEM,
        )
    except Forbidden:
        log.info("case_not_moved", message_id=message.pk, recovery_id=case.pk, status_id=case.status_id)
