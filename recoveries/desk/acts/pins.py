"""A note stands at the top of the page of its case, until somebody takes it down."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.fields import ChildField, chosen_child, moment_shown
from backoffice.origin import staff_of
from recoveries.desk.acts.everyday import COMMENT
from recoveries.models import Comment, Recovery
from recoveries.services.pins import note_pin, note_unpin, pins_of


class NoteChoice(ChildField):
    """A note by its date and first words."""

    def label_from_instance(self, obj: Any) -> str:
        """What tells notes from one another."""
        return f"{moment_shown(obj.created_at)} · {obj}"


class NoteForm(forms.Form):
    """Which note."""

    note = NoteChoice(queryset=Comment.objects.none(), label=gettext_lazy("Note"))

    def __init__(self, *args: Any, notes: Any, chosen: Comment | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["note"].among(notes, chosen)  # type: ignore[attr-defined]


def _pinned(case: Recovery) -> list[int]:
    return [pin.comment_id for pin in pins_of(case.pk)]


def _to_pin(case: Recovery) -> Any:
    internal = dict.fromkeys(Comment.visibility.columns.values(), False)
    notes = Comment.objects.filter(recovery=case, **internal).exclude(pk__in=_pinned(case))
    return notes.order_by("-created_at", "-id")


def _to_unpin(case: Recovery) -> Any:
    return Comment.objects.filter(pk__in=_pinned(case)).order_by("-created_at", "-id")


def _options(request: HttpRequest, notes: Any) -> dict[str, Any]:
    chosen = chosen_child(notes, request.GET.get("note", "")) or notes.first()
    return {"notes": notes, "chosen": chosen, "initial": {"note": chosen and chosen.pk}}


def _pin(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    note_pin(recovery_id=case.pk, comment_id=data["note"].pk, by=staff_of(request))
    return _("The note is pinned to the top of the case.")


def _unpin(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    note_unpin(recovery_id=case.pk, comment_id=data["note"].pk, by=staff_of(request))
    return _("The note is taken down; it stays in the timeline.")


PIN_NOTE = ObjectAction(
    name="pin-note",
    label=gettext_lazy("Pin a note"),
    permission=COMMENT.permission,
    perform=_pin,
    form=NoteForm,
    form_options=lambda request, case: _options(request, _to_pin(case)),
    explain=gettext_lazy(
        "The note stands at the top of the case, for whoever opens it, until somebody takes it down. Only notes that "
        "stay in the house are pinned; neither the client nor the debtor learns of it."
    ),
    at_once=True,
)
UNPIN_NOTE = ObjectAction(
    name="unpin-note",
    label=gettext_lazy("Take a note down"),
    permission=COMMENT.permission,
    perform=_unpin,
    form=NoteForm,
    form_options=lambda request, case: _options(request, _to_unpin(case)),
    explain=gettext_lazy("The note leaves the top of the case. It stays in the timeline, with who pinned it and when."),
    at_once=True,
)
