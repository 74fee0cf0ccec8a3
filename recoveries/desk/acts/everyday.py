"""Acts of everyday work: move, assign, comment, mark as read."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.html import linebreaks
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from backoffice.actions import ObjectAction, Reason
from backoffice.fields import ChildField, Suggestions, chosen_child, moment_shown
from backoffice.origin import staff_of
from law.vocabulary import Step
from legalcity.lib.audience import Audience
from legalcity.lib.clock import today
from legalcity.lib.errors import Sentence
from legalcity.lib.form_fields import TextField
from legalcity.lib.settings.live import live
from recoveries.agenda.acts import PersonField, person_choices
from recoveries.agenda.services import By, task_open
from recoveries.agenda.task_kinds import READ_NOTE
from recoveries.catalogue import catalogue
from recoveries.desk.reads.worklist import case_workers
from recoveries.desk.visibility import visibility_fields
from recoveries.guards import moves_of
from recoveries.html import comment_errors
from recoveries.ledger.settling import PAID, require_nothing_owed
from recoveries.models import Comment, Recovery
from recoveries.services.cases import recovery_lock
from recoveries.services.comments import comment_create, comment_mark_read
from recoveries.services.handlers import NOT_A_HANDLER, case_assign
from recoveries.services.life import status_move
from recoveries.services.pins import NOT_INTERNAL, note_pin
from recoveries.statuses import Actor

SUGGESTED_HANDLERS = 100
ABOUT_LENGTH = 120  # of a note, as a task about it shows it
VISIBLE = tuple(Comment.visibility.columns.values())
MOST_ANSWERED = 100  # comments that one answer marks as read


# --- move ------------------------------------------------------------------------------------------------------------
def moves_by_hand(case: Recovery) -> list[int]:
    """Where staff may move a case. To court it goes by its transfer, which makes the injunction case too."""
    return [status_id for status_id in moves_of(case, actor=Actor.STAFF) if status_id != Step.TRANSFERRED]


class MoveForm(Reason):
    """Where to, and why."""

    to_status = forms.TypedChoiceField(label=gettext_lazy("New status"), coerce=int)
    field_order = ("to_status", "reason")

    def __init__(self, *args: Any, statuses: list[int], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to_status"].choices = [(pk, catalogue.entry(pk).name) for pk in statuses]  # type: ignore[attr-defined]


def _move(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    if data["to_status"] in PAID.values():
        require_nothing_owed(recovery_id=case.pk)
    moved = status_move(recovery_id=case.pk, to_status=data["to_status"], by=staff_of(request), comment=data["reason"])
    return _("The case is now in the status “{status}”.").format(status=catalogue.entry(moved.status_id).name)


def _move_options(request: HttpRequest, case: Recovery) -> dict[str, Any]:
    """Where the case may go; `?to=` names where it shall."""
    return {"statuses": moves_by_hand(case), "initial": {"to_status": request.GET.get("to", "")[:9]}}


def _explain_move(case: Recovery) -> Sentence:
    sentence = _(
        "The case leaves the status “{status}” for the one that you choose. The client sees the new status and the "
        "reason in the history of the case. Only the moves that the life cycle allows are shown."
    )
    return sentence.format(status=catalogue.entry(case.status_id).name)


MOVE = ObjectAction(
    name="move-status",
    label=gettext_lazy("Move to another status"),
    permission="recoveries.move_status",
    perform=_move,
    form=MoveForm,
    form_options=_move_options,
    is_offered=lambda request, case: bool(moves_by_hand(case)),
    explain=_explain_move,
    in_place=True,
)


# --- assign ----------------------------------------------------------------------------------------------------------
def _handlers() -> list[tuple[str, str]]:
    return [(person.email, str(person)) for person in case_workers()[:SUGGESTED_HANDLERS]]


class AssignForm(forms.Form):
    """Who shall handle the case, by e-mail: staff may be many, a list of them all is not loaded."""

    handler = TextField(
        label=gettext_lazy("Handler's e-mail"),
        required=False,
        max_length=254,
        help_text=gettext_lazy("Empty: nobody handles the case, and every handler sees it."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["handler"].widget = Suggestions(_handlers(), attrs={"maxlength": "254"})

    def clean_handler(self) -> User | None:
        """The member of staff of that e-mail."""
        email = self.cleaned_data["handler"].strip()
        if not email:
            return None
        person = User.objects.filter(email__iexact=email, is_staff=True, is_active=True).first()
        if person is None:
            raise forms.ValidationError(NOT_A_HANDLER)
        return person


def _assign(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    case_assign(recovery_id=case.pk, handler=data["handler"], by=staff_of(request))
    if data["handler"] is None:
        return _("Nobody handles the case now.")
    return _("The case is now handled by {name}.").format(name=data["handler"])


def _proposed_handler(request: HttpRequest, case: Recovery) -> dict[str, Any]:
    """Who handles the case, else the person who asks."""
    proposed = case.handler or staff_of(request)
    return {"initial": {"handler": proposed.email}}


def _explain_assign(case: Recovery) -> Sentence:
    present = (
        _("{name} handles the case.").format(name=case.handler) if case.handler else _("Nobody handles the case yet.")
    )
    rest = _(
        "The one that you name takes over. The client sees the name. Handlers see their own cases and those of nobody: "
        "who gives a case away may not see it any more."
    )
    return f"{present} {rest}"


ASSIGN = ObjectAction(
    name="assign",
    label=gettext_lazy("Assign"),
    permission="recoveries.assign_case",
    perform=_assign,
    form=AssignForm,
    form_options=_proposed_handler,
    explain=_explain_assign,
    in_place=True,
)


# --- comment ---------------------------------------------------------------------------------------------------------
class PlainComment(forms.Form):
    """A comment in plain words."""

    text = TextField(
        label=gettext_lazy("Comment"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Plain text; an empty line begins a paragraph."),
    )

    def clean_text(self) -> str:
        """The rules of the API hold here too; of its length, what the person sees is told."""
        text, most = str(self.cleaned_data["text"]), live.COMMENT_LENGTH
        if len(text) > most:
            told = _("It is {length} characters long: at most {most} are kept.")
            raise forms.ValidationError(told.format(length=len(text), most=most))
        errors = comment_errors(text, length=most, share=float(live.COMMENT_MARKUP_SHARE))
        if errors:
            raise forms.ValidationError(errors)
        return text


class CommentForm(PlainComment):
    """Which colleague is to read it, and whom it is for besides: the house alone, unless somebody is chosen."""

    assignee = PersonField(
        label=gettext_lazy("Mention a colleague"),
        required=False,
        help_text=gettext_lazy("The note stands among their tasks until they have read it."),
    )

    is_pinned = forms.BooleanField(label=gettext_lazy("Pin it to the top of the case"), required=False)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["assignee"].choices = people  # type: ignore[attr-defined]
        self.fields.update(visibility_fields(Comment, internal=True))

    def clean(self) -> dict[str, Any]:
        """What is pinned stays in the house."""
        if self.cleaned_data.get("is_pinned") and any(self.cleaned_data.get(name) for name in VISIBLE):
            self.add_error("is_pinned", NOT_INTERNAL)
        return self.cleaned_data


def comment_write(request: HttpRequest, case: Recovery, text: str, *, seen: Collection[str]) -> Recovery:
    """Write a comment of the person who asks, for whom the columns in `seen` name. Returns the case, locked."""
    columns = {column: column in seen for column in Comment.visibility.columns.values()}
    values = {"comment": linebreaks(text, autoescape=True), **columns}
    locked = recovery_lock(recovery_id=case.pk)
    comment_create(recovery=locked, by=staff_of(request), values=values)
    return locked


def _comment(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    comment_write(request, case, data["text"], seen=[name for name in VISIBLE if data[name]])
    if data["is_pinned"]:
        written = Comment.objects.filter(recovery=case, user=staff_of(request)).latest("pk")
        note_pin(recovery_id=case.pk, comment_id=written.pk, by=staff_of(request))
    if data["assignee"] is not None:
        _mention(request, case, data["text"], data["assignee"])
    return _("The note stands on the case.")


def _mention(request: HttpRequest, case: Recovery, text: str, colleague: User) -> None:
    """The colleague finds it at home, among the tasks. Raises Invalid for who does not see the case."""
    task_open(
        kind=READ_NOTE,
        recovery_id=case.pk,
        due_on=today(),
        sentence_facts={"who": str(staff_of(request)), "about": Truncator(text).chars(ABOUT_LENGTH)},
        subject=f"{colleague.pk} {text.casefold()}"[:64],
        created_by=By.STAFF,
        assignee=colleague,
        by=staff_of(request),
    )


def _colleagues(_request: HttpRequest, case: Recovery) -> dict[str, Any]:
    return {"people": [("", _("nobody")), *person_choices(case)[1:]]}


COMMENT = ObjectAction(
    name="comment",
    label=gettext_lazy("Add a note"),
    permission="recoveries.add_comment",
    perform=_comment,
    form=CommentForm,
    form_options=_colleagues,
    explain=gettext_lazy(
        "The note is added to the case under your name. It stays in the house, unless you make it visible to others: "
        "once it has been read, or the debtor or a bailiff on an injunction case can see it, nobody changes or deletes "
        "it any more."
    ),
    in_place=True,
)


# --- answer the client -----------------------------------------------------------------------------------------------
def _answer(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    """What waits to be read counts as read by who answers it."""
    locked = comment_write(request, case, data["text"], seen=[Comment.visibility.columns[Audience.CLIENT]])
    for comment in _unread(case)[:MOST_ANSWERED]:
        comment_mark_read(comment_id=comment.pk, recovery=locked, by=staff_of(request))
    return _("The client sees your answer.")


ANSWER = ObjectAction(
    name="answer-client",
    label=gettext_lazy("Answer the client"),
    permission="recoveries.add_comment",
    perform=_answer,
    form=PlainComment,
    explain=gettext_lazy(
        "The client sees your answer on the case, and is told of it by e-mail where it asked for that; nobody else "
        "sees it. Comments that wait to be read count as read."
    ),
    in_place=True,
)


# --- mark as read ----------------------------------------------------------------------------------------------------
class CommentChoice(ChildField):
    """A comment by its date and first words."""

    def label_from_instance(self, obj: Any) -> str:
        """What tells comments from one another."""
        return f"{moment_shown(obj.created_at)} · {obj}"


class MarkReadForm(forms.Form):
    """Which comment."""

    read = CommentChoice(queryset=Comment.objects.none(), label=gettext_lazy("Comment"))

    def __init__(self, *args: Any, unread: Any, chosen: Comment | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["read"].among(unread, chosen)  # type: ignore[attr-defined]


def _unread(case: Recovery) -> Any:
    """What others than staff have written; what one of us wrote waits for nobody here."""
    unread = Comment.objects.filter(recovery=case, is_read=False).exclude(user__is_staff=True)
    return unread.order_by("-created_at", "-id")


def _mark_read(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    comment_mark_read(comment_id=data["read"].pk, recovery=recovery_lock(recovery_id=case.pk), by=staff_of(request))
    return _("Marked as read.")


def _comment_options(request: HttpRequest, case: Recovery) -> dict[str, Any]:
    unread = _unread(case)
    only = unread[0] if unread[:2].count() == 1 else None
    chosen = chosen_child(unread, request.GET.get("comment", "")) or only
    return {"unread": unread, "chosen": chosen, "initial": {"read": chosen and chosen.pk}}


MARK_READ = ObjectAction(
    name="mark-read",
    label=gettext_lazy("Mark a comment as read"),
    permission="recoveries.change_comment",
    perform=_mark_read,
    form=MarkReadForm,
    form_options=_comment_options,
    explain=gettext_lazy(
        "The client sees that the comment has been read. From then on nobody can change or delete it. It cannot be "
        "marked as unread again."
    ),
    at_once=True,
)
