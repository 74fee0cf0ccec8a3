"""Procedures before the courts, what they cost, and the deadlines that staff were told of."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from backoffice.admins import ReadOnlyStaffAdmin, StaffAdmin
from backoffice.amounts import amount_column
from backoffice.correcting import CorrectingForm
from backoffice.origin import staff_of
from backoffice.versions import VersionedAdmin
from law.procedure_dates import GRANTED
from legalcity.lib.clock import today
from legalcity.lib.pairs import pair
from recoveries.court.procedure import procedure_errors, procedure_record
from recoveries.models import DeadlineAlert, Injunction, InjunctionFee, LegalFact, Recovery
from recoveries.selectors.deadlines import deadlines_of, with_clocks

# What each fact is read for; the others are there for staff.
_DEADLINES, _LAWYER, _WARNINGS = (
    _("deadlines of procedures"),
    _("whether a lawyer is needed"),
    _("warnings of a transfer"),
)
DECIDES = {
    "order_service_months": _DEADLINES,
    "order_service_months_before": _DEADLINES,
    "order_enforceable_months": _DEADLINES,
    "lawyer_days": _DEADLINES,
    "lawyer_over": _LAWYER,
    "justice_contribution_over": _WARNINGS,
    "justice_contribution_employees": _WARNINGS,
    "justice_contribution_courts": _WARNINGS,
    "justice_contribution_on_orders": _WARNINGS,
    "judicial_contribution": _WARNINGS,
    "judicial_contribution_on_orders": _WARNINGS,
}
COURT_FEE = amount_column("court_fee", _("court fee"))
HANDLING_FEE = amount_column("handling_fee", _("handling fee"))


class ProcedureForm(CorrectingForm, forms.ModelForm):
    """The record of a procedure, under the rules of the service that writes it."""

    def clean(self) -> dict[str, Any]:
        """Days in an order that can be; what others have changed since it was shown is not overwritten unawares."""
        values: dict[str, Any] = super().clean() or {}
        self.stored = {name: getattr(self.instance, name) for name in values}
        self.settled({name: values[name] for name in self.changed_data if name in values})
        for name, sentences in procedure_errors(values, recovery_id=self.instance.recovery_id, today=today()).items():
            for sentence in sentences:
                self.add_error(name, str(sentence))
        return values


@admin.register(Injunction)
class InjunctionAdmin(StaffAdmin):
    """The procedure record: court, file number, key dates, payment of the fee."""

    form = ProcedureForm
    holds_personal_data = True
    list_display = ("recovery", "procedure", "court_type", "court_name", "file_number", "order_made_on", "fee_paid_on")
    list_filter = ("procedure", "court_type", ("fee_paid_on", admin.EmptyFieldListFilter))
    list_select_related = ("recovery",)
    search_fields = ("recovery__search_text", "search_text")
    readonly_fields = ("recovery", "procedure", "court_fee", "handling_fee", "handling_vat", "next_dates")
    fieldsets = (
        (None, {"fields": ("recovery", "procedure", "next_dates")}),
        (_("Court"), {"fields": ("court_type", "court_name", "court_territory", "file_number")}),
        (
            _("Request and order"),
            {"fields": ("filed_on", "court_fee_paid_on", "order_made_on", "granted_amount", *GRANTED)},
        ),
        (_("Service"), {"fields": ("served_on", "served_how", "reached_on")}),
        (
            _("Opposition"),
            {
                "fields": (
                    "opposed_on",
                    "costs_invited_on",
                    "costs_paid_on",
                    "opposition_notified_on",
                    "lawyer_appointed_on",
                    "hearing_on",
                )
            },
        ),
        (_("End"), {"fields": ("enforceable_on", "ended_on")}),
        (_("Fee"), {"fields": ("court_fee", "handling_fee", "handling_vat", "fee_paid_on", "fee_payment_reference")}),
    )

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        """Each brings along what it was when it was shown: what others have written meanwhile stays."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.show_hidden_initial = True
        return field

    def save_model(self, request: HttpRequest, obj: Injunction, form: Any, change: bool) -> None:
        """What was changed is written by the service."""
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        procedure_record(recovery_id=obj.recovery_id, values=values, today=today(), by=staff_of(request))

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """A procedure begins with a transfer."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """And is kept."""
        return False

    @admin.display(description=_("next legal deadlines"))
    def next_dates(self, injunction: Injunction) -> str:
        """What must happen by when, what follows if it does not, and why."""
        case = with_clocks(Recovery.objects.all()).get(pk=injunction.recovery_id)
        lines = (
            (pair(date_format(each.date, "SHORT_DATE_FORMAT"), each.what), each.consequence, each.article)
            for each in deadlines_of(case, today())
        )
        return format_html_join("", "{}. {} ({})<br>", lines) or "-"


@admin.register(DeadlineAlert)
class DeadlineAlertAdmin(ReadOnlyStaffAdmin):
    """Deadlines that staff were told of."""

    list_display = ("date", "kind", "recovery", "article", "created_at")
    list_filter = ("kind",)
    list_select_related = ("recovery",)
    date_hierarchy = "date"


@admin.register(InjunctionFee)
class InjunctionFeeAdmin(VersionedAdmin):
    """What procedures cost, with the source of each figure."""

    list_display = ("procedure", "court_type", COURT_FEE, HANDLING_FEE, "source", "is_confirmed")
    list_filter = ("procedure", "is_confirmed")


@admin.register(LegalFact)
class LegalFactAdmin(VersionedAdmin):
    """Facts of the law: shipped, corrected and confirmed by staff."""

    list_display = ("name", "value", "unit", "text", "article", "is_confirmed", "decides")
    list_filter = ("is_confirmed", "unit")
    search_fields = ("code", "name", "text", "article", "source")
    readonly_fields = ("code", "unit", "decides")

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """A fact comes with what reads it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """And stays with it."""
        return False

    @admin.display(description=_("decides"))
    def decides(self, fact: LegalFact) -> Any:
        """What the product takes it for."""
        return DECIDES.get(fact.code, _("nothing yet: for staff to read"))
