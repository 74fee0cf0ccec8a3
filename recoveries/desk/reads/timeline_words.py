"""What an event changed, in the words of the pages: events have names of fields and plain values."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Field, Model
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from documents.events import VISIBLE
from documents.models import Document
from invoicing.models import Invoice
from law.deadlines import LABELS
from legalcity.lib.errors import Sentence
from recoveries.models import Comment, Injunction, Recovery

MODELS: dict[str, type[Model]] = {
    "recovery": Recovery,
    "company": Company,
    "invoice": Invoice,
    "comment": Comment,
    "document": Document,
    "procedure": Injunction,
}
COLUMNS = {name: column for column, name in VISIBLE.items()}  # of the names that the API has for them
# What an event says beside the fields of its thing.
WORDS: dict[str, Sentence] = {"amount": _("amount"), "on": _("date"), "reason": _("reason")}
SIDES: dict[str, Sentence] = {"customer": _("creditor"), "debtor": _("debtor")}
DAY = re.compile(r"\d{4}-\d\d-\d\d")
AMOUNT = re.compile(r"\d+\.\d\d")


def told_lines(data: Mapping[str, Any], named: Mapping[str, Any]) -> list[str]:
    """Which thing it was, and what has become of it, line by line. `named`: `thing` and `given_to` by their names."""
    about = data.get("object", {})
    before, after = data.get("previous", {}), data.get("current", {})
    thing = named["thing"] or about.get("invoice_number")
    lines = [thing] if thing else []
    if "user_id" in after:
        return [*lines, f"→ {named['given_to'] or _t('nobody')}"]
    if side := {**before, **after}.get("side"):
        lines.append(str(SIDES[side]))
    if code := after.get("code"):
        lines.append(f"{_value(after['on'])} {LABELS.get(code, code)}")
    elif before:
        lines += _changes(MODELS.get(about.get("type", "")), before, after)
    else:
        lines += [_said(WORDS[name], _value(value)) for name, value in after.items() if name in WORDS]
    return lines


def _changes(model: type[Model] | None, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    fields = {field.name: field for field in model._meta.get_fields()} if model else {}
    for name, value in after.items():
        field = fields.get(COLUMNS.get(name, name))
        if isinstance(field, Field):
            yield _said(field.verbose_name, f"{_value(before.get(name), field)} → {_value(value, field)}")


def _said(name: Sentence, value: str) -> str:
    return _t("{name}: {value}").format(name=capfirst(str(name)), value=value)


def _value(value: Any, field: "Field[Any, Any] | None" = None) -> str:
    """As people read it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _t("yes") if value else _t("no")
    for choice, label in field.flatchoices if field else ():
        if choice == value:
            return str(label)
    if isinstance(value, str) and DAY.fullmatch(value):
        return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
    if isinstance(value, str) and AMOUNT.fullmatch(value):
        return number_format(Decimal(value), 2, use_l10n=True, force_grouping=True)
    return str(value)
