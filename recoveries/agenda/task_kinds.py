"""The kinds of tasks that are about a case as such: to call, to answer, what somebody notes by hand."""

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from recoveries.agenda.kinds import TaskKind, Tasks, condition_register, kind_register
from recoveries.agenda.sentences import Fact
from recoveries.models.children import Comment

CALL, CALL_BACK, ANSWER_CLIENT, ANSWER_DISPUTE, OTHER = "call", "call_back", "answer_client", "answer_dispute", "other"
READ_NOTE = "read_note"
CLIENT_ANSWERED = "client_answered"


def client_answered(tasks: Tasks) -> Tasks:
    """Those on whose case staff have written something for the client since."""
    answers = Comment.objects.filter(
        recovery_id=OuterRef("recovery_id"),
        user__is_staff=True,
        visible_to_user=True,
        created_at__gt=OuterRef("created_at"),
    )
    return tasks.filter(Exists(answers))


condition_register(CLIENT_ANSWERED, client_answered)
kind_register(
    TaskKind(
        code=CALL,
        label=_("Call the debtor"),
        sentences=(_("Call the debtor: {about}"), _("Call the debtor.")),
        facts={"about": Fact.TEXT},
        by_hand=True,
    ),
    TaskKind(
        code=CALL_BACK,
        label=_("Call back"),
        sentences=(
            _("Call back {who}: {about}"),
            _("Call back {who}."),
            _("Call back: {about}"),
            _("Call the debtor back."),
        ),
        facts={"who": Fact.TEXT, "about": Fact.TEXT},
        by_hand=True,
    ),
    TaskKind(
        code=ANSWER_CLIENT,
        label=_("Answer the client"),
        sentences=(_("The client asks: {about}"), _("The client waits for an answer.")),
        facts={"about": Fact.TEXT},
        condition=CLIENT_ANSWERED,
        by_hand=True,
    ),
    TaskKind(
        code=ANSWER_DISPUTE,
        label=_("Answer the dispute"),
        sentences=(_("The debtor disputes the claim: {about}"), _("The debtor disputes the claim.")),
        facts={"about": Fact.TEXT},
        by_hand=True,
    ),
    TaskKind(
        code=READ_NOTE,
        label=_("Read a note"),
        sentences=(_("{who} mentions you in a note: {about}"), _("You are mentioned in a note.")),
        facts={"who": Fact.TEXT, "about": Fact.TEXT},
    ),
    TaskKind(
        code=OTHER,
        label=_("Other task"),
        sentences=("{about}", _("Something is to be done on the case.")),
        facts={"about": Fact.TEXT},
        by_hand=True,
    ),
)
