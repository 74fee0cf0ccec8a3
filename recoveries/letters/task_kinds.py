"""The tasks that are about letters: to be posted, answered by the debtor, come back."""

from datetime import date, datetime, time, timedelta

from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from law.contact import Place
from law.scenario import Unit
from law.scenario.days import days_later
from legalcity.lib.clock import today
from legalcity.lib.dates import PARIS
from recoveries.agenda.kinds import TaskKind, Tasks, condition_register, kind_register, missing_register
from recoveries.agenda.models import StaffTask
from recoveries.agenda.sentences import Fact
from recoveries.agenda.services import task_open
from recoveries.letters.models import Message
from recoveries.letters.notice_models import FormalNotice

POST_REGISTERED, REPLY_RECEIVED, MESSAGE_BOUNCED = "post_registered", "reply_received", "message_bounced"
MESSAGE_UNKNOWN, LETTERS_TO_POST = "message_unknown", "letters_to_post"
NOTICE_SENT, WRITTEN_AGAIN, POSTED = "notice_sent", "written_again", "posted"
POSTED_WITHIN = 5  # working days, after which a person is asked
AT_ONCE = 500  # letters of one look; what is more is found by the next one
FRANCE = Place("FR")
SUBJECT = Concat(Value("message:"), Cast("pk", CharField()), output_field=CharField())


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


def posted(tasks: Tasks) -> Tasks:
    """Those whose letter does not wait to be posted any more."""
    waiting = Message.objects.filter(recovery_id=OuterRef("recovery_id"), state=Message.State.TO_POST)
    return tasks.exclude(Exists(waiting.alias(named=SUBJECT).filter(named=OuterRef("subject"))))


def letters_to_post_open() -> None:
    """Have a person post what has waited for it for `POSTED_WITHIN` working days. Who has dropped that is not asked
    again. `due_at` of a letter in the folder is when it came there.
    """
    end = datetime.combine(_latest_day() + timedelta(1), time(), PARIS)
    late = Message.objects.filter(state=Message.State.TO_POST, due_at__lt=end).alias(named=SUBJECT)
    asked = StaffTask.objects.filter(
        kind=LETTERS_TO_POST, recovery_id=OuterRef("recovery_id"), subject=OuterRef("named")
    )
    for message in late.exclude(Exists(asked)).order_by("due_at", "pk")[:AT_ONCE]:
        since = message.due_at.astimezone(PARIS).date()
        task_open(
            kind=LETTERS_TO_POST,
            recovery_id=message.recovery_id,
            due_on=today(),
            sentence_facts={"letter": message.get_kind_display(), "since": since},
            fix_url=reverse("letters-to-post"),
            subject=f"message:{message.pk}",
        )


def _latest_day() -> date:
    """The last day on which a letter came into the folder that should have been posted by today."""
    day = today() - timedelta(POSTED_WITHIN)
    while days_later(day, POSTED_WITHIN, Unit.WORKING_DAYS, FRANCE) > today():
        day -= timedelta(1)
    return day


condition_register(POSTED, posted)
missing_register(letters_to_post_open)
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
        code=LETTERS_TO_POST,
        label=_("Letters to post"),
        sentences=(_("“{letter}” waits to be posted since {since}: print it, post it, confirm the posting."),),
        facts={"letter": Fact.TEXT, "since": Fact.DAY},
        condition=POSTED,
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
            _("“{letter}” did not reach {address}. {other} is known too: write there from now on? ({reason})"),
            _("“{letter}” did not reach {address}. {other} is known too: write there from now on?"),
            _("“{letter}” did not reach {address}: {reason}"),
            _("“{letter}” did not reach {address}."),
            _("A letter did not reach the debtor."),
        ),
        facts={"letter": Fact.TEXT, "address": Fact.TEXT, "reason": Fact.TEXT, "other": Fact.TEXT},
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
