"""Forms that correct what is stored: what a person has changed is written, and nothing that others have meanwhile.

Each field brings along what it was when it was shown. A field that somebody else has changed since is refused with what
it is now; sent again, it is written.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

CHANGED_SINCE = "changed_since"  # the code of the refusal


class CorrectingForm(forms.Form):
    """A form whose `correcting` fields are those of a thing that is there.

    `cleaned_data` has `values`, what is to be written, and `seen`, what these fields were: for the service, which
    refuses what has changed before it had the lock (`legalcity.lib.seen`).
    """

    correcting: tuple[str, ...] = ()
    stored: Mapping[str, Any]

    def correct(self, names: Iterable[str], stored: Mapping[str, Any]) -> None:
        """Say which fields are corrected and what they are now; called once the fields are there."""
        self.correcting, self.stored = tuple(names), stored
        for name in self.correcting:
            self.fields[name].show_hidden_initial = True
            self.initial.setdefault(name, stored.get(name))

    def is_to_change(self, name: str) -> bool:
        """Whether a field is other than it was shown."""
        return self.add_initial_prefix(name) not in self.data or name in self.changed_data

    def settled(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """`values` of the fields to change, with what they were; a field that others have changed gets an error."""
        for name, value in values.items():
            if value != self.stored.get(name) and self.is_stale(name):
                self._refuse(name)
        return {"values": dict(values), "seen": {name: self.stored.get(name) for name in values}}

    def is_stale(self, name: str) -> bool:
        """Whether a field was shown as something else than it is now."""
        shown = cast("QueryDict", self.data).getlist(self.add_initial_prefix(name))
        return bool(shown) and [_in_lines(one) for one in shown] != self._present(name)

    def _present(self, name: str) -> list[str]:
        """What is stored, as a page carries it along: one value, or those of a field of several."""
        bound = self[name]
        present = bound.field.hidden_widget().format_value(bound.field.prepare_value(bound.initial))
        values = present if isinstance(present, list) else [present or ""]
        return [_in_lines(str(value)) for value in values]

    def _refuse(self, name: str) -> None:
        present = self._present(name)
        labels = {str(value): str(label) for value, label in getattr(self.fields[name].widget, "choices", ())}
        told = _("It was changed meanwhile and is “{present}” now. Send it again if yours is to hold.")
        error = told.format(present=", ".join(labels.get(value, value) for value in present) or "—")
        self.add_error(name, forms.ValidationError(error, code=CHANGED_SINCE))
        # What is sent again was sent with open eyes.
        sent = cast("QueryDict", self.data).copy()
        sent.setlist(self.add_initial_prefix(name), present)
        self.data = sent


class CorrectingModelForm(CorrectingForm, forms.ModelForm):
    """The same for the fields of a row: those that the person has left as they were shown stay as they are now.

    The caller holds the lock of the row before the form reads it.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.correct(self.fields, dict(self.initial))

    def clean(self) -> dict[str, Any]:
        """What is to be written; what others have changed since it was shown is not overwritten unawares."""
        values: dict[str, Any] = super().clean() or {}
        if not self.instance.pk:
            return values
        self.stored = {name: getattr(self.instance, name) for name in self.correcting}
        self.settled({name: values[name] for name in self.correcting if name in values and self.is_to_change(name)})
        return values | {name: self.stored[name] for name in self.correcting if not self.is_to_change(name)}


def _in_lines(text: str) -> str:
    return text.replace("\r\n", "\n")
