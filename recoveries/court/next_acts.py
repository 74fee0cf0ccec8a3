"""The next date of a procedure, and the fee that was paid: of the whole form only what comes next is asked."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.fields import column_field
from backoffice.origin import staff_of
from legalcity.lib.clock import today
from recoveries.court.acts import RECORD_DATES
from recoveries.court.procedure import procedure_record
from recoveries.models import Injunction, Recovery
from recoveries.selectors.deadlines import procedure_of

# What comes after what: the day, and what is known with it.
STEPS = (
    ("filed_on", ("court_name", "file_number")),
    ("order_made_on", ("granted_amount",)),
    ("served_on", ("served_how",)),
)
# What an order that was served leads to, with or without an opposition.
UNOPPOSED = (("enforceable_on", ("opposed_on",)), ("ended_on", ()))
OPPOSED = (("opposition_notified_on", ("hearing_on",)), ("enforceable_on", ()), ("ended_on", ()))
FEE = ("fee_paid_on", "fee_payment_reference")


def next_fields(procedure: Injunction) -> tuple[str, ...]:
    """The day that comes next, and what goes with it; nothing once the procedure has ended.

    An order that was served becomes enforceable or is opposed: both are asked for, one of them happened.
    """
    behind = (*STEPS, *(OPPOSED if procedure.opposed_on else UNOPPOSED))
    if procedure.ended_on:
        return ()
    return next(((day, *besides) for day, besides in behind if getattr(procedure, day) is None), ())


class _ColumnsForm(forms.Form):
    """Some columns of the procedure; the day is that of today unless it is changed."""

    def __init__(self, *args: Any, procedure: Injunction, names: tuple[str, ...], **options: Any) -> None:
        super().__init__(*args, **options)
        columns = forms.fields_for_model(Injunction, names, formfield_callback=column_field)
        for name in names:
            self.fields[name] = columns[name]
            self.fields[name].initial = getattr(procedure, name)
        self.names = names

    def _entered(self) -> Iterator[str]:
        return (name for name in self.names if self.cleaned_data.get(name) not in (None, ""))

    def clean(self) -> dict[str, Any]:
        """What was entered; nothing is no date."""
        data = super().clean() or self.cleaned_data
        if not self.errors and not any(name.endswith("_on") for name in self._entered()):
            raise forms.ValidationError(_("Enter the day."))
        return {name: data[name] for name in self._entered()}


class NextForm(_ColumnsForm):
    """What comes next: today, where it is one day alone."""

    def __init__(self, *args: Any, procedure: Injunction, **options: Any) -> None:
        names = next_fields(procedure)
        super().__init__(*args, procedure=procedure, names=names, **options)
        if [name for name in names if name.endswith("_on")] == [*names[:1]]:
            self.fields[names[0]].initial = today()


class FeeForm(_ColumnsForm):
    """When the fee was paid, and how it is known."""

    def __init__(self, *args: Any, procedure: Injunction, **options: Any) -> None:
        super().__init__(*args, procedure=procedure, names=FEE, **options)
        self.fields[FEE[0]].initial = today()


def _options(_request: HttpRequest, case: Recovery) -> dict[str, Any]:
    return {"procedure": procedure_of(case)}


def _record(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    procedure_record(recovery_id=case.pk, values=data, today=today(), by=staff_of(request))
    return _("Recorded. The legal deadlines follow from these dates.")


def _paid(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    procedure_record(recovery_id=case.pk, values=data, today=today(), by=staff_of(request))
    return _("The fee is recorded as paid.")


def _has_next(_request: HttpRequest, case: Recovery) -> bool:
    procedure = procedure_of(case)
    return procedure is not None and bool(next_fields(procedure))


def _is_unpaid(_request: HttpRequest, case: Recovery) -> bool:
    procedure = procedure_of(case)
    return procedure is not None and procedure.fee_paid_on is None


NEXT_DATE = ObjectAction(
    name="next-date",
    label=gettext_lazy("Record the next date"),
    permission=RECORD_DATES.permission,
    perform=_record,
    form=NextForm,
    form_options=_options,
    is_offered=_has_next,
    explain=gettext_lazy("What comes next in this procedure. All its dates: “Record dates of the procedure”."),
    in_place=True,
)
FEE_PAID = ObjectAction(
    name="fee-paid",
    label=gettext_lazy("Fee paid"),
    permission=RECORD_DATES.permission,
    perform=_paid,
    form=FeeForm,
    form_options=_options,
    is_offered=_is_unpaid,
    explain=gettext_lazy("The fee of the procedure was paid, by transfer for example. The client is told."),
    in_place=True,
)
