"""Every action that the back-office offers, wherever it is declared. Tests walk it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.utils.text import format_lazy

from backoffice.action_pages import ActionPages
from backoffice.actions import ObjectAction
from legalcity.lib.errors import Sentence


@dataclass(frozen=True, slots=True)
class Registered:
    """`way` is `object`, `bulk`, or `stock` for one of Django's kind; then `action` is None."""

    model: type[models.Model]
    way: str
    name: str
    action: ObjectAction | None = None

    def __str__(self) -> str:
        return f"{self.model._meta.label_lower}:{self.way}:{self.name}"


def registered_actions(site: admin.AdminSite = admin.site) -> Iterator[Registered]:
    """All actions of all pages of `site`."""
    for model, page in site._registry.items():
        if isinstance(page, ActionPages):
            yield from (Registered(model, "object", action.name, action) for action in page.object_actions)
            yield from (Registered(model, "bulk", action.name, action) for action in page.bulk_actions)
        yield from (Registered(model, "stock", _name(action)) for action in page.actions or ())


def action_labels(site: admin.AdminSite = admin.site) -> dict[str, Sentence]:
    """What the codes of the audit mean: the labels of actions, the words of services."""
    labels: dict[str, Sentence] = {}
    for known in registered_actions(site):
        if known.action is not None:
            labels[known.name] = known.action.label
            if not known.action.atomic:
                labels[f"{known.name}_begun"] = format_lazy("{} …", known.action.label)
    for page in site._registry.values():
        labels.update(getattr(page, "audit_words", {}))
    return labels


def fields_asked(name: str, site: admin.AdminSite = admin.site) -> dict[str, forms.Field]:
    """What the action of this code asks for, by the names under which the audit keeps the answers."""
    asking = (known.action.form for known in registered_actions(site) if known.action and known.name == name)
    return next((dict(form.base_fields) for form in asking if form), {})


def _name(action: Any) -> str:
    return action if isinstance(action, str) else str(action.__name__)
