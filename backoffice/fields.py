"""Fields that several forms of staff share. Columns and lines are read by `legalcity.lib.form_fields`."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.options import BaseModelAdmin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from legalcity.lib.clock import today
from legalcity.lib.form_fields import (
    CountField,
    DayField,
    EmailField,
    IdentifierField,
    PhoneField,
    SirenField,
    TextField,
    VatField,
    amount_form_field,
)
from legalcity.lib.ids import is_id

OFFERED = 50  # of the newest children of a case, when none was chosen before


# What reads a column in a form of staff, by its kind; some by their name.
READERS: dict[type[models.Field], dict[str, Any]] = {
    models.DecimalField: {"form_class": amount_form_field},
    models.IntegerField: {"form_class": CountField},
    models.DateField: {"form_class": DayField},
    models.EmailField: {"form_class": EmailField},
    models.SlugField: {},  # It takes ASCII only.
    models.CharField: {"form_class": TextField},
    models.TextField: {"form_class": TextField},
}
READERS_BY_NAME: dict[str, type[forms.Field]] = {
    "siren": SirenField,
    "company_registration_number": IdentifierField,
    "vat_number": VatField,
    "phone": PhoneField,
    "contact_number": PhoneField,
}


def column_field(column: models.Field, **options: Any) -> forms.Field | None:
    """The form's field of a column, with the reader of its kind."""
    kind = next((each for each in type(column).__mro__ if each in READERS), None)
    return column.formfield(**({**READERS[kind], **options} if kind else options))


class ReadByUs(BaseModelAdmin):
    """Forms of an admin page, or of the rows on it, whose columns our readers read."""

    formfield_overrides: ClassVar[Mapping[type[models.Field], Mapping[str, Any]]] = READERS

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        """Identifiers by the names of their columns."""
        if db_field.name in READERS_BY_NAME:
            kwargs["form_class"] = READERS_BY_NAME[db_field.name]
        return super().formfield_for_dbfield(db_field, request, **kwargs)


def not_in_the_future(day: date) -> None:
    """Refuses a day to come."""
    if day > today():
        raise ValidationError(_("This day is still to come."))


def moment_shown(moment: datetime) -> str:
    """A moment as the person reads it, in Paris."""
    return date_format(localtime(moment), "SHORT_DATETIME_FORMAT")


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
    return children.filter(pk=int(asked)).first() if is_id(asked) else None
