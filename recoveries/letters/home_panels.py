"""The panels of the home page about letters: those that are held, and the rates that hold them."""

from typing import Any

from django.db.models import CharField, Q, Value
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from backoffice.home import ROWS, Panel, Row, Viewer, first_rows, panel_register
from legalcity.lib.clock import today
from recoveries.letters.verdicts import reasons_of
from recoveries.models import EcbRate, LegalRate, Message

HELD = Message.State.HELD


def letters_held(viewer: Viewer) -> Panel:
    """Letters that wait until they may leave, the next to leave first, each with why."""
    mine = Q(recovery__user=viewer.user) | Q(recovery__user=None) if viewer.mine else Q()
    held = Message.objects.in_reach_of(viewer.user).filter(mine, state=HELD).select_related("recovery")
    count, rows = first_rows(held.order_by("due_at", "id"))
    return Panel(
        title=_("Letters held"),
        count=count,
        url=f"{reverse('admin:recoveries_message_changelist')}?state__exact={HELD}",
        rows=[
            Row(
                text=f"{email.recovery} · {email.get_kind_display()}",
                url=reverse("admin:recoveries_message_change", args=[email.pk]),
                note=" ".join(str(reason) for reason in reasons_of(email) if not reason.is_lifted),
                badge=date_format(email.due_at, "SHORT_DATE_FORMAT") if (email.guard or {}).get("until") else "",
            )
            for email in rows
        ],
        empty=_("No letter is held."),
    )


def rates_to_confirm(_viewer: Viewer) -> Panel:
    """Rates in force that are still to be compared with the official text: they hold all letters that rest on them."""
    rates = _unconfirmed(LegalRate).union(_unconfirmed(EcbRate)).order_by("-valid_from", "table")
    rows = list(rates)
    return Panel(
        title=_("Rates to confirm"),
        count=len(rows),
        url=f"{reverse('admin:recoveries_legalrate_changelist')}?is_confirmed__exact=0",
        rows=[
            Row(
                text=f"{date_format(rate['valid_from'], 'SHORT_DATE_FORMAT')} · {rate['rate_percent']} %",
                url=reverse(f"admin:recoveries_{rate['table']}_change", args=[rate["pk"]]),
                note=rate["source"],
            )
            for rate in rows[:ROWS]
        ],
        empty=_("Every rate is confirmed."),
        tone="wait",
    )


def _unconfirmed(model: type[LegalRate] | type[EcbRate]) -> Any:
    name = Value(model._meta.model_name, CharField())
    rates = model._default_manager.filter(is_confirmed=False, valid_from__lte=today())
    return rates.order_by().values("pk", "valid_from", "rate_percent", "source", table=name)


panel_register("letters-held", position=70, permission="recoveries.send_email", read=letters_held)
panel_register("rates", position=80, permission="recoveries.change_legalrate", read=rates_to_confirm)
