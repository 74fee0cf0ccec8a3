"""Values of the audit as a person reads them: names of fields and choices in words, moments in Paris."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from backoffice.amounts import euros
from backoffice.fields import moment_shown

NOTHING = "-"
PLACES = 2  # of an amount in EUR
MONEY_DIGITS = 10  # A column that holds as many holds money; shorter ones are rates.


def readable(value: Any) -> str:
    """One value: text as it is, a dash for nothing, the rest as JSON."""
    if value is None or value == "":
        return NOTHING
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def field_named(object_type: str, name: str) -> models.Field | None:
    """The column that the audit keeps as `name`, of a kind of thing like `recoveries.recovery`; None for others."""
    try:
        meta = apps.get_model(object_type)._meta
        by_column = {field.attname: field for field in meta.concrete_fields}
        found = by_column.get(name) or meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None
    return found if isinstance(found, models.Field) else None


def name_in_words(field: models.Field | None, name: str) -> str:
    """What a column is called."""
    label = getattr(field, "verbose_name", None)
    return str(capfirst(str(label))) if label else name


def value_in_words(field: models.Field | None, value: Any) -> str:
    """One value of a column, as its page would show it."""
    if field is None or value is None or value == "" or isinstance(value, list | dict):
        return readable(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    try:
        return _by_kind(field, value)
    except (ValueError, TypeError, ArithmeticError):
        return readable(value)


def _by_kind(field: models.Field, value: Any) -> str:
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.many_to_one or field.one_to_one:
        thing = field.related_model._base_manager.filter(pk=value).first()  # type: ignore[union-attr]
        return readable(value) if thing is None else f"{thing} ({value})"
    if isinstance(field, models.DateTimeField):
        return moment_shown(datetime.fromisoformat(value))
    if isinstance(field, models.DateField):
        return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
    if isinstance(field, models.DecimalField):
        return _number(value, field.decimal_places, is_money=field.max_digits >= MONEY_DIGITS)
    return readable(value)


def asked_in_words(field: forms.Field | None, value: Any) -> str:
    """What a form was filled in with, as it shows it: the audit keeps the plain values."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value in (None, "") or isinstance(value, list | dict):
        return readable(value)
    try:
        if isinstance(field, forms.DateField):
            return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
        if isinstance(field, forms.DecimalField):
            places = field.decimal_places or 0
            return _number(value, places, is_money=places == PLACES)
    except (ValueError, TypeError, ArithmeticError):
        return readable(value)
    choices: Any = field.choices if isinstance(field, forms.ChoiceField) and _is_fixed(field) else ()
    return str(dict(choices).get(value, readable(value)))


def _is_fixed(field: forms.ChoiceField) -> bool:
    """Whether its choices are words of the form, and not rows of a table."""
    return not isinstance(field, forms.ModelChoiceField)


def _number(value: Any, places: int, *, is_money: bool) -> str:
    number = Decimal(str(value))
    return euros(number) if is_money and places == PLACES else number_format(number, places, force_grouping=True)


def render_values(rows: Iterable[tuple[str, str, str]]) -> SafeString | str:
    """A table of field, value before, value after; a dash without rows."""
    body = format_html_join("", '<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>', rows)
    if not body:
        return NOTHING
    head = format_html_join("", '<th scope="col">{}</th>', ((name,) for name in (_("Field"), _("Before"), _("After"))))
    return format_html(
        '<div class="lc-scroll"><table class="lc-table"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>',
        head,
        body,
    )


def render_pairs(pairs: Mapping[str, str]) -> SafeString | str:
    """A definition list; a dash without entries."""
    items = format_html_join("", "<dt>{}</dt><dd>{}</dd>", pairs.items())
    return format_html('<dl class="lc-facts">{}</dl>', items) if items else NOTHING
