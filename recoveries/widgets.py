"""Widgets of the forms around the list."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from backoffice.lookups import KeySelect
from recoveries.models import Recovery

SELECTED = SafeString(" selected")


class PlainSelect(forms.Select):
    """A select written at once. Django's renders two templates for each option, which was half of the list's time."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The element, its options in their groups."""
        attributes = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        chosen = frozenset(self.format_value(value))
        return format_html("<select{}>{}</select>", flatatt(attributes), _options(self.choices, chosen))


def _options(choices: Iterable[tuple[Any, Any]], chosen: frozenset[str]) -> SafeString:
    return format_html_join("", "{}", ((_option(key, label, chosen),) for key, label in choices))


def _option(key: Any, label: Any, chosen: frozenset[str]) -> SafeString:
    if isinstance(label, (list, tuple)):
        return format_html('<optgroup label="{}">{}</optgroup>', key, _options(label, chosen))
    return format_html('<option value="{}"{}>{}</option>', key, SELECTED if str(key) in chosen else "", label)


class ClientSelect(KeySelect):
    """A client's account, looked up while one types: clients are many."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Recovery._meta.get_field("owner"), admin.site, **options)
