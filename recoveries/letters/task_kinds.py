"""The tasks that are about letters: to be posted, answered by the debtor, come back."""

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from recoveries.agenda.kinds import TaskKind, Tasks, condition_register, kind_register
from recoveries.agenda.sentences import Fact
from recoveries.letters.models import FormalNotice, Message

POST_REGISTERED, REPLY_RECEIVED, MESSAGE_BOUNCED = "post_registered", "reply_received", "message_bounced"
MESSAGE_UNKNOWN = "message_unknown"
NOTICE_SENT, WRITTEN_AGAIN = "notice_sent", "written_again"


def notice_sent(tasks: Tasks) -> Tasks:
    """Those on whose case a registered letter has gone out since."""
    notices = FormalNotice.objects.filter(
        recovery_id=OuterRef("recovery_id"), created_at__gte=OuterRef("created_at"), sent_on__isnull=False
    )
    return tasks.filter(Exists(notices))


def written_again(tasks: Tasks) -> Tasks:
    """Those on whose case a message has gone out since, and has not come back."""
    messages = Message.objects.gone_out().filter(
        recovery_id=OuterRef("recovery_id"), created_at__gt=OuterRef("created_at")
    )
    return tasks.filter(Exists(messages))


condition_register(NOTICE_SENT, notice_sent)
condition_register(WRITTEN_AGAIN, written_again)
kind_register(
    TaskKind(
        code=POST_REGISTERED,
        label=_("Post the registered letter"),
        sentences=(_("Print “{letter}”, post it by registered letter, then enter its number."),),
        facts={"letter": Fact.TEXT},
        condition=NOTICE_SENT,
    ),
    TaskKind(
        code=REPLY_RECEIVED,
        label=_("Read the debtor's reply"),
        sentences=(_("{sender} replied on {on}: read it and answer."), _("The debtor replied: read it and answer.")),
        facts={"sender": Fact.TEXT, "on": Fact.DAY},
    ),
    TaskKind(
        code=MESSAGE_BOUNCED,
        label=_("Find another address"),
        sentences=(
            _("“{letter}” did not reach {address}: {reason}"),
            _("“{letter}” did not reach {address}."),
            _("A letter did not reach the debtor."),
        ),
        facts={"letter": Fact.TEXT, "address": Fact.TEXT, "reason": Fact.TEXT},
        condition=WRITTEN_AGAIN,
    ),
    TaskKind(
        code=MESSAGE_UNKNOWN,
        label=_("Look whether the message went out"),
        sentences=(_("Nobody knows whether “{letter}” to {address} went out: look there, then send it again or not."),),
        facts={"letter": Fact.TEXT, "address": Fact.TEXT},
        condition=WRITTEN_AGAIN,
    ),
)
