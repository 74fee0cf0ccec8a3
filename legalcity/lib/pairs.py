"""A name with its value, set as the language of the reader sets it."""

from typing import Any

from django.utils.translation import gettext as _


def pair(name: Any, value: Any) -> str:
    """`"status: open"`; in French a blank stands before the mark, at which no line breaks."""
    return _("{name}: {value}").format(name=name, value=value)
