"""Widgets of our own: the same as Django's, only sooner."""

from typing import Any

import pytest
from django import forms
from django.test.html import parse_html

from recoveries.widgets import PlainSelect

GROUPED = [
    ("", "—"),
    ("FR", "France"),
    ("Union", [("DE", "Allemagne & co"), ('"x"', "<script>")]),
    (7, "a number"),
]


@pytest.mark.parametrize("value", ["", None, "FR", "DE", '"x"', 7, "7", "nothing of this"])
def test_a_plain_select_is_what_django_writes(value: Any) -> None:
    attributes = {"id": "filter_country", "required": True, "class": 'a"b'}
    plain, django = (
        widget(attrs={"class": "of the widget"}, choices=GROUPED).render("country", value, attributes)
        for widget in (PlainSelect, forms.Select)
    )
    assert parse_html(plain) == parse_html(django)
