"""Remittances as they were recorded, and the act that takes one back."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.admins import ReadOnlyStaffAdmin
from backoffice.amounts import amount_column, euros
from backoffice.origin import staff_of
from backoffice.reach import sees_all_cases
from legalcity.lib.form_fields import TextField
from recoveries.ledger.remittances import remittance_reverse
from recoveries.models import Remittance

PERMISSION = "recoveries.record_remittance"
MOST_SHOWN = 500  # lines


class ReversalForm(forms.Form):
    """Asks why."""

    reason = TextField(label=gettext_lazy("Reason"), max_length=255)


def _reverse(request: HttpRequest, remittance: Remittance, data: dict[str, Any]) -> str:
    remittance_reverse(remittance_id=remittance.pk, reason=data["reason"], by=staff_of(request))
    return _("The remittance was taken back: what it covered is held again.")


REVERSE = ObjectAction(
    name="reverse-remittance",
    label=gettext_lazy("Reverse the remittance"),
    permission=PERMISSION,
    perform=_reverse,
    form=ReversalForm,
    is_offered=lambda _request, remittance: remittance.reverses_id is None and not hasattr(remittance, "reversal"),
    explain=gettext_lazy(
        "The remittance no longer counts, and what it covered is to be handed over again. It stays in sight with the "
        "reason. A reversal is not undone; a remittance that was right is recorded anew."
    ),
    danger=True,
)


@admin.register(Remittance)
class RemittanceAdmin(ReadOnlyStaffAdmin):
    """Recorded on the page of what is held for clients."""

    list_display = ("recorded_at", "owner", amount_column("amount", gettext_lazy("handed over")),
                    amount_column("fees", gettext_lazy("fees retained")), "paid_on", "reference", "state")  # fmt: skip
    list_select_related = ("owner", "reversal")
    search_fields = ("owner__email", "owner__entreprise", "reference")
    fields = ("owner", "amount", "fees", "paid_on", "reference", "state", "reverses", "reason", "recorded_at", "covers")
    readonly_fields = ("state", "covers")
    object_actions = (REVERSE,)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A remittance is of all cases of a client: who sees some of them sees none of it."""
        return super().has_view_permission(request, obj) and sees_all_cases(staff_of(request))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Remittance]:
        """With what reversed each."""
        found: QuerySet[Remittance] = super().get_queryset(request)
        return found.select_related("owner", "reversal")

    @admin.display(description=gettext_lazy("state"))
    def state(self, remittance: Remittance) -> str:
        """Whether it counts."""
        if remittance.reverses_id is not None:
            return _("reversal")
        return _("reversed") if hasattr(remittance, "reversal") else _("recorded")

    @admin.display(description=gettext_lazy("covers"))
    def covers(self, remittance: Remittance) -> SafeString:
        """Case, day and amount of each posting."""
        lines = remittance.lines.select_related("posting__recovery")[:MOST_SHOWN]
        told = (
            (
                line.posting.recovery,
                line.posting.effective_on.strftime("%d/%m/%Y"),
                euros(line.amount),
            )
            for line in lines
        )
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{} · {} · {}</li>", told))
