"""Every page of the back-office, at the width of a desk and of a telephone: sound, readable, nothing sticks out."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.contrib import admin
from django.db import models
from django.urls import reverse

from accounts.models import User
from events.models import Recipient
from events.notices.tokens import CONFIRM_WITHIN, confirming_address, leaving_address
from legalcity.lib.clock import now
from recoveries.models import Injunction, Recovery
from tests.backoffice import page_of
from tests.browser.desk import NARROW, WIDE, Desk
from tests.browser.french import TEXTS, wrongs
from tests.browser.furniture import may_add, page_of_one

# How pages look. What they ask of the database is walked by tests/test_roles.py.
pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.same_everywhere,
    pytest.mark.long,
]

Seat = Callable[..., Desk]
ROOMS = sorted({model._meta.app_label for model in admin.site._registry})
NAMED_BY_OTHERS = "/admin/axes/"  # Attempts to come in: the library says what its rows are called, day and all.
# Links of a thing's page that lead to pages of its own.
OWN_LINKS = (
    '[...document.querySelectorAll("#content-main a, .object-tools a")].map((link) => link.pathname + link.search)'
)
FILES = (".csv", ".xlsx", ".pdf", "/paper/", "/csv/", "/content/", "/template/")


def _pages(room: str, user: User, window: Desk) -> Iterator[str]:
    for model in admin.site._registry:
        if model._meta.app_label != room:
            continue
        yield page_of(model, "changelist")
        if not hasattr(model, "_default_manager"):
            continue
        if may_add(model, user):
            yield page_of(model, "add")
        thing = _best(model)
        if thing is None:
            window.faults.append(f"nothing to show of {model._meta.label}")
            continue
        yield (own := page_of(model, "change", thing.pk))
        start = own.removesuffix("change/")
        links = {link for link in window.run(OWN_LINKS) if link.startswith(start) and link.partition("?")[0] != own}
        yield from sorted(link for link in links if not link.partition("?")[0].endswith(FILES))


def _best(model: type[models.Model]) -> models.Model | None:
    """Of cases, one with a history."""
    if model is Recovery:
        return Recovery.objects.filter(
            type=Recovery.Type.AMICABLE, invoices__isnull=False, comments__isnull=False
        ).first()
    return page_of_one(model)


def _faults(window: Desk, pages: Iterator[str]) -> list[str]:
    """What is wrong with any of them at either width."""
    faults = []
    for page in pages:
        window.resize(WIDE)
        status = window.go(page)
        if status != 200:
            faults.append(f"{page}: {status}")
        for size in (WIDE, NARROW):
            window.resize(size)
            faults += [f"{page} at {size['width']}: {fault}" for fault in window.look()]
        if page.startswith("/admin/") and not page.startswith(NAMED_BY_OTHERS) and status == 200:
            faults += [f"{page} in French: {wrong}" for wrong in wrongs(window.run(TEXTS))]
    return faults


@pytest.mark.parametrize("room", ROOMS)
def test_pages_of_things(desk: Seat, office: User, room: str) -> None:
    window = desk(office)
    assert _faults(window, _pages(room, office, window)) == []


def test_other_pages(desk: Seat, office: User) -> None:
    names = ("index", "account", "password_change", "second_factor_setup", "recoveries_recovery_import")
    key = Injunction.objects.values_list("key", flat=True).first()
    case = Recovery.objects.filter(debtor__isnull=False).order_by("pk")[0]
    new = [reverse("case-open"), f"{reverse('case-open')}?client={case.owner_id}&debtor={case.debtor_id}"]
    lists = [
        reverse(name)
        for name in (
            "portfolio",
            "journal",
            "remittances-due",
            "reversals",
            "queue",
            "tasks",
            "calendar",
            "results",
            "portfolio-as-of",
            "portfolio-as-of-cases",
            "admin:recoveries_recovery_undo",
            "admin:firm",
        )
    ]
    lists += [f"{reverse('calendar')}?scope=all&view=list", reverse("held", args=[case.owner_id])]
    found = [f"{reverse('search')}?{query}" for query in ("", "q=soc&all=1", "q=nothing")]
    recipient = Recipient.objects.get(email="scoring@example.com")
    links = [
        confirming_address(recipient_id=recipient.pk, asked_at=now()),
        confirming_address(recipient_id=recipient.pk, asked_at=now() - CONFIRM_WITHIN - timedelta(hours=1)),
        leaving_address(owner_id=recipient.owner_id, group="scoring", email=recipient.email),
    ]
    other = [*lists, *new, *found, reverse("injunction-payment", args=[key]), *(urlsplit(link).path for link in links)]
    window = desk(office)
    assert _faults(window, iter([*(reverse(f"admin:{name}") for name in names), *other])) == []


def test_pages_for_everybody(desk: Seat) -> None:
    window = desk()
    assert _faults(window, iter(["/admin/login/", "/docs"])) == []
    assert window.go("/nothing") == 404
    assert window.look() == []
    assert [fault for fault in window.close() if "404" not in fault] == []
