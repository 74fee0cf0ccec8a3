"""What staff do to endpoints and deliveries."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice.actions import ObjectAction, Reason
from backoffice.origin import staff_of
from events.webhooks.endpoints import ALL, NONE, endpoint_disable, endpoint_enable
from events.webhooks.models import Delivery, Endpoint
from events.webhooks.replaying import deliveries_replay, delivery_replay

MANAGE = "events.manage_endpoints"


class MissedForm(forms.Form):
    """What of the missed is sent."""

    missed = forms.ChoiceField(
        label=gettext_lazy("What was missed"),
        choices=[
            (NONE, gettext_lazy("is not sent")),
            (ALL, gettext_lazy("is sent, the oldest 10,000 of the days for which deliveries are kept")),
        ],
        initial=NONE,
    )


def _disable(request: HttpRequest, endpoint: Endpoint, _data: dict[str, Any]) -> str:
    endpoint_disable(endpoint_id=endpoint.pk, reason=Endpoint.Reason.STAFF, by=staff_of(request))
    return _("The endpoint is disabled. The client is told by e-mail.")


def _enable(_request: HttpRequest, endpoint: Endpoint, data: dict[str, Any]) -> str:
    endpoint_enable(endpoint_id=endpoint.pk, missed=data["missed"])
    return _("The endpoint is enabled.")


def _replay_failed(_request: HttpRequest, endpoint: Endpoint, _data: dict[str, Any]) -> str:
    count = deliveries_replay(endpoint_id=endpoint.pk, state=Delivery.State.FAILED)
    return ngettext("{count} delivery will be sent again.", "{count} deliveries will be sent again.", count).format(
        count=count
    )


def _replay(_request: HttpRequest, delivery: Delivery, _data: dict[str, Any]) -> str:
    delivery_replay(delivery=delivery)
    return _("The delivery will be sent again.")


def _stands(endpoint: Endpoint, state: Endpoint.State) -> bool:
    return endpoint.deleted_at is None and endpoint.state == state


DISABLE = ObjectAction(
    name="disable-endpoint",
    label=gettext_lazy("Disable"),
    permission=MANAGE,
    perform=_disable,
    form=Reason,
    is_offered=lambda request, endpoint: _stands(endpoint, Endpoint.State.ENABLED),
    explain=gettext_lazy("Nothing is sent there any more: what waits is cancelled. The client is told by e-mail."),
    danger=True,
)
ENABLE = ObjectAction(
    name="enable-endpoint",
    label=gettext_lazy("Enable again"),
    permission=MANAGE,
    perform=_enable,
    form=MissedForm,
    is_offered=lambda request, endpoint: _stands(endpoint, Endpoint.State.DISABLED),
    explain=gettext_lazy("What happens from now on is sent there."),
)
REPLAY_FAILED = ObjectAction(
    name="replay-failed",
    label=gettext_lazy("Send what failed again"),
    permission=MANAGE,
    perform=_replay_failed,
    is_offered=lambda request, endpoint: _stands(endpoint, Endpoint.State.ENABLED),
    explain=gettext_lazy("Each delivery that has failed and has not arrived since is tried once."),
)
REPLAY = ObjectAction(
    name="replay-delivery",
    label=gettext_lazy("Send again"),
    permission=MANAGE,
    perform=_replay,
    is_offered=lambda request, delivery: (
        delivery.state != Delivery.State.WAITING and _stands(delivery.endpoint, Endpoint.State.ENABLED)
    ),
    explain=gettext_lazy("It is tried once, with the secrets of now. The receiver knows it by its id."),
)
