"""The panels of the home page about letters: those that are held, and the rates that hold them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from backoffice.home import ROWS, Panel, Row, Viewer, first_rows, panel_register
from legalcity.lib.clock import today
from recoveries.letters.models import MessageQuerySet
from recoveries.letters.verdicts import reasons_of
from recoveries.models import EcbRate, LegalRate, Message, StepRun
from recoveries.models.handling import own_or_nobodys

HELD = Message.State.HELD
CAME_BACK = (Message.State.BOUNCED.value, Message.State.RETURNED.value)
MOST = 1_000  # messages that a panel counts


def letters_held(viewer: Viewer) -> Panel:
    """Letters that wait until they may leave, the next to leave first, each with why."""
    mine = Q(recovery__user=viewer.user) | Q(recovery__user=None) if viewer.mine else Q()
    held = Message.objects.in_reach_of(viewer.user).filter(mine, state=HELD).select_related("recovery")
    count, rows = first_rows(held.order_by("due_at", "id"))
    return Panel(
        title=_("Letters held"),
        count=count,
        url=_listed(f"state__exact={HELD}"),
        rows=[
            Row(
                text=f"{email.recovery} · {email.get_kind_display()}",
                url=reverse("admin:recoveries_message_change", args=[email.pk]),
                note=" ".join(str(reason) for reason in reasons_of(email) if not reason.is_lifted),
                badge=_day(email.due_at) if (email.guard or {}).get("until") else "",
            )
            for email in rows
        ],
        empty=_("No letter is held."),
    )


def _day(moment: datetime) -> str:
    return date_format(localtime(moment), "SHORT_DATE_FORMAT")


def letters_to_approve(viewer: Viewer) -> Panel:
    """Messages of scenarios that a manager is to look at before they leave, the longest waiting first."""
    looked_at = StepRun.objects.filter(message_id=OuterRef("pk"), step__needs_approval=True)
    return _panel_of(
        viewer,
        Message.objects.filter(Exists(looked_at), state=HELD, lifted=[]),  # whoever lifts a hold has looked at it
        "created_at",
        title=_("Letters to approve"),
        url=_listed(f"state__exact={HELD}&runs__step__needs_approval__exact=1"),
        empty=_("No letter is to be approved."),
        tone="wait",
    )


def letters_back(viewer: Viewer) -> Panel:
    """Messages that came back and after which no other one has reached the debtor, the latest first."""
    later = Message.objects.gone_out().filter(
        recovery_id=OuterRef("recovery_id"), created_at__gt=OuterRef("created_at")
    )
    back = Message.objects.filter(~Exists(later), state__in=CAME_BACK, recovery__status__is_closing=False)
    return _panel_of(
        viewer,
        back,
        "-created_at",
        title=_("Messages that came back"),
        url=_listed(f"state__in={','.join(CAME_BACK)}"),
        empty=_("No message came back."),
        tone="wait",
    )


def letters_to_post(viewer: Viewer) -> Panel:
    """Letters that a person is to post, printed or not, the oldest first."""
    return _panel_of(
        viewer,
        Message.objects.filter(state=Message.State.TO_POST),
        "created_at",
        title=_("Letters to post"),
        url=reverse("letters-to-post"),
        empty=_("No letter is to be posted."),
        tone="wait",
    )


def _listed(query: str) -> str:
    return f"{reverse('admin:recoveries_message_changelist')}?{query}"


def _panel_of(viewer: Viewer, messages: MessageQuerySet, order: str, *, url: str, **words: Any) -> Panel:
    """A panel of messages; MOST are counted, in one statement."""
    mine = own_or_nobodys(viewer.user, "recovery") if viewer.mine else Q()
    some = messages.in_reach_of(viewer.user).filter(mine).order_by(order, "id").values("pk")[:MOST]
    count, rows = first_rows(Message.objects.filter(pk__in=some).select_related("recovery").order_by(order, "id"))
    return Panel(
        count=count,
        url=url,
        rows=[
            Row(
                text=f"{message.recovery} · {message.get_kind_display()}",
                url=reverse("admin:recoveries_recovery_change", args=[message.recovery_id]),
                note=message.recipient or ", ".join(message.address.splitlines()),
                badge=message.get_state_display(),
                tone="wait",
            )
            for message in rows
        ],
        **words,
    )


def _percent(rate: Decimal) -> str:
    return _("{number} %").format(number=number_format(rate, use_l10n=True))


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
                text=f"{date_format(rate['valid_from'], 'SHORT_DATE_FORMAT')} · {_percent(rate['rate_percent'])}",
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
panel_register("letters-to-approve", position=69, permission="recoveries.lift_email", read=letters_to_approve)
panel_register("letters-back", position=71, permission="recoveries.send_email", read=letters_back)
panel_register("letters-to-post", position=72, permission="recoveries.confirm_posting", read=letters_to_post)
panel_register("rates", position=80, permission="recoveries.change_legalrate", read=rates_to_confirm)
