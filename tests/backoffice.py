"""The back-office as staff use it: in a browser, button by button."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from backoffice.steps import PROVED
from legalcity.lib.clock import now


def chief(**fields: Any) -> User:
    """A member of staff who may do everything."""
    values = {"email": "chief@example.com", "first_name": "Ada", "last_name": "Chief", "language": "en", **fields}
    return User.objects.create_superuser(values.pop("email"), "a long enough password", **values)


def browser_of(user: User) -> Client:
    """The browser of a member of staff who has logged in, and shown just now who it is."""
    browser = Client()
    browser.force_login(user)
    session = browser.session
    session[PROVED] = int(now().timestamp())
    session.save()
    return browser


def page_of(model: type[models.Model], page: str, *args: Any) -> str:
    """The address of a page of a model: `changelist`, `add`, `change`, `action` …"""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def act(browser: Client, thing: models.Model, name: str, **data: Any) -> HttpResponse:
    """Open the page of an action on `thing`, fill in `data`, confirm what it shows. 302 when it was carried out."""
    address = page_of(type(thing), "action", thing.pk, name)
    page = browser.get(address)
    if page.status_code != 200:
        return page
    hidden = {field.html_name: field.value() for field in page.context["form"].hidden_fields()}
    named = {name: value for name, value in hidden.items() if value is not None}
    answer = browser.post(address, {"form_token": page.context["token"], **named, **data})
    if not (answer.status_code == 200 and getattr(answer.context.get("form"), "outcome", None)):
        return answer
    seen = answer.context["form"].data["seen"]
    return browser.post(address, {"form_token": answer.context["token"], "seen": seen, **data})


def act_on_rows(browser: Client, things: Iterable[models.Model], name: str, **data: Any) -> HttpResponse:
    """Choose rows of a list, choose an action, fill in `data`, confirm. The page tells what became of each row."""
    rows = list(things)
    address = page_of(type(rows[0]), "changelist")
    chosen = {"action": name, "_selected_action": [row.pk for row in rows]}
    page = browser.post(address, chosen)
    assert page.status_code == 200, page
    return browser.post(address, {**chosen, "form_token": page.context["token"], **data})
