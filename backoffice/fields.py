"""Fields that several forms of the case page share."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from legalcity.lib.clock import today
from legalcity.lib.text import is_storable

OFFERED = 50  # of the newest children of a case, when none was chosen before
MOST_ID = 2**63 - 1


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%d", **{"attrs": {"class": "vTextField"}, **options})


def not_in_the_future(day: date) -> None:
    """Refuses a day to come."""
    if day > today():
        raise ValidationError(_("This day is still to come."))


def moment_shown(moment: datetime) -> str:
    """A moment as the person reads it, in Paris."""
    return date_format(localtime(moment), "SHORT_DATETIME_FORMAT")


def storable(text: str) -> None:
    """Refuses text that no database takes."""
    if not is_storable(text):
        raise ValidationError(_("This text holds characters that cannot be kept."))


class Suggestions(forms.TextInput):
    """A line of text with suggestions, by the browser's own means."""

    def __init__(self, suggestions: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(**options)
        self.suggestions = suggestions

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The line, and the list that it names."""
        line = super().render(name, value, {**(attrs or {}), "list": f"{name}_list", "autocomplete": "off"}, renderer)
        options = format_html_join("", '<option value="{}">{}</option>', self.suggestions)
        return format_html('{}<datalist id="{}_list">{}</datalist>', line, name, options)


class ChildField(forms.ModelChoiceField):
    """One of the children of a case: the chosen one, or one of the newest. Never all of them."""

    def among(self, children: QuerySet[Any], chosen: Model | None) -> None:
        """Take one of `children` (newest first); show `chosen` alone when there is one."""
        self.queryset = children
        shown = [chosen] if chosen is not None else list(children[:OFFERED])
        first = [] if chosen is not None else [("", "—")]
        self.widget.choices = [*first, *((child.pk, self.label_from_instance(child)) for child in shown)]


def chosen_child(children: QuerySet[Any], asked: str) -> Any:
    """The child whose id an address names; None when there is none."""
    is_id = asked.isascii() and asked.isdecimal() and int(asked[:20]) <= MOST_ID
    return children.filter(pk=int(asked)).first() if is_id else None
