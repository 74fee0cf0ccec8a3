"""Acts on the way to court: check, transfer, record what the court did."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.correcting import CorrectingForm
from backoffice.fields import column_field
from backoffice.origin import staff_of
from law.eligibility import Eligibility
from law.vocabulary import Matter
from legalcity.lib.clock import today
from legalcity.lib.errors import BadRequest, Failed, Forbidden, NotFound
from recoveries.catalogue import catalogue
from recoveries.court.asking import End, transfer_ask
from recoveries.court.models import COURTS, PROCEDURES
from recoveries.court.procedure import procedure_record
from recoveries.court.recorded import COURT, DATES
from recoveries.court.transfer import eligibility_of
from recoveries.models import Injunction, Recovery
from recoveries.selectors.deadlines import procedure_of
from recoveries.services.matter import matter_set

NOT_ELIGIBLE = gettext_lazy("The case may not be transferred.")


# --- check -----------------------------------------------------------------------------------------------------------
def _verdict(answer: Eligibility) -> str:
    if not answer.eligible:
        return str(NOT_ELIGIBLE)
    procedure = PROCEDURES[answer.procedure] if answer.procedure else ""
    court = COURTS[answer.court_type] if answer.court_type else ""
    return _("The case may be transferred: {procedure}, {court}.").format(procedure=procedure, court=court)


def _explained(case: Recovery, *, then: str) -> SafeString:
    """The answer of the rule, with all that speaks against the transfer and all that is worth a look."""
    answer = eligibility_of(case, today())
    lines = [format_html("<strong>{}</strong>", _verdict(answer)), *map(str, answer.reasons)]
    if answer.eligible:
        lines += _claims_told(answer)
    if answer.warnings:
        lines += [format_html("<br>{}", _("To be minded:")), *map(str, answer.warnings)]
    return format_html_join("", "{}<br>", ((line,) for line in (*lines, format_html("<br>{}", then))))


def _claims_told(answer: Eligibility) -> list[str]:
    """What becomes of each invoice: which ones go, then those that are doubtful or stay behind, with the reason."""
    numbers = ", ".join(each.claim.number for each in answer.going)
    return [
        _("Goes to court: {numbers}.").format(numbers=numbers),
        *(f"{each.claim.number}: {each.doubt}" for each in answer.doubtful),
        *(_stays(each.claim.number, each.stays) for each in (*answer.staying, *answer.debts_staying)),
    ]


def _stays(number: str, reason: object) -> str:
    return _("Stays behind: {number}. {reason}").format(number=number, reason=reason)


def _check(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    answer = eligibility_of(case, today())
    claims = _claims_told(answer) if answer.eligible else []
    return " ".join([_verdict(answer), *(str(line) for line in (*answer.reasons, *claims, *answer.warnings))])


def _is_amicable(_request: HttpRequest, case: Recovery) -> bool:
    return not case.is_in_court and case.transferred_to_id is None


CHECK_ELIGIBILITY = ObjectAction(
    name="check-eligibility",
    label=gettext_lazy("Check the eligibility"),
    permission="recoveries.view_recovery",
    perform=_check,
    is_offered=_is_amicable,
    explain=lambda case: _explained(
        case, then=_("Confirm to keep in the audit that the case was checked today. Nothing else changes.")
    ),
)


# --- transfer --------------------------------------------------------------------------------------------------------
def _transfer(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    outcome = transfer_ask(recovery=case, by=staff_of(request), today=today())
    if outcome.end == End.GONE:
        raise BadRequest(_("The case was deleted meanwhile."))
    if outcome.end == End.REFUSED:
        raise Forbidden(NOT_ELIGIBLE, reasons=list(outcome.reasons))
    if outcome.end == End.FAILED:
        raise Failed(_("The transfer failed and nothing was changed. Try again, or tell who runs the system."))
    if outcome.end == End.PENDING:
        return _("The transfer has begun. A worker carries it out; the timeline shows when it is done.")
    if outcome.injunction is None:
        raise NotFound(_("The injunction case of this recovery is no longer there"))
    stays = [_stays(each.invoice_number, each.reason) for each in outcome.left_behind]
    return " ".join([_("The case goes on as {reference}.").format(reference=outcome.injunction), *stays])


TRANSFER = ObjectAction(
    name="transfer",
    label=gettext_lazy("Transfer to injunction (injonction de payer)"),
    permission="recoveries.transfer_case",
    perform=_transfer,
    is_offered=lambda request, case: _is_amicable(request, case) and not catalogue.is_closing(case.status_id),
    explain=lambda case: _explained(
        case,
        then=_(
            "An injunction case is made, with the parties, the invoices that go to court, the debts, the payments, the "
            "comments and the documents of this one. This case gets the status “Transféré en injonction” and is "
            "closed; the claim goes on in the new one. A transfer is not undone."
        ),
    ),
    danger=True,
    atomic=False,
)


# --- what the claim is about -----------------------------------------------------------------------------------------
class MatterForm(forms.Form):
    """Which kind of claim."""

    matter = forms.ChoiceField(label=gettext_lazy("Matter"), choices=Recovery.Matter.choices)


def _set_matter(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    changed = matter_set(recovery_id=case.pk, matter=Matter(data["matter"]), by=staff_of(request))
    return _("The claim is now: {matter}.").format(matter=changed.get_matter_display())


SET_MATTER = ObjectAction(
    name="set-matter",
    label=gettext_lazy("Say what the claim is about"),
    permission="recoveries.move_status",
    perform=_set_matter,
    form=MatterForm,
    form_options=lambda request, case: {"initial": {"matter": case.matter}},
    is_offered=lambda request, case: not catalogue.is_closing(case.status_id),
    explain=gettext_lazy(
        "Claims from a housing lease and from consumer credit have another court and another time of limitation: the "
        "legal deadlines of the case are reckoned anew."
    ),
)


# --- record ----------------------------------------------------------------------------------------------------------
class ProcedureForm(CorrectingForm):
    """The court and its dates, as the model has them."""

    def __init__(self, *args: Any, procedure: Injunction | None, **options: Any) -> None:
        super().__init__(*args, **options)
        columns = forms.fields_for_model(Injunction, (*COURT, *DATES), formfield_callback=column_field)
        for name, field in columns.items():
            self.fields[name] = field
        self.correct(columns, {name: getattr(procedure, name, field.initial) for name, field in columns.items()})

    def clean(self) -> dict[str, Any]:
        """What was changed."""
        values = {name: value for name, value in self.cleaned_data.items() if self.is_to_change(name)}
        return self.settled(values)


def _record(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    values, seen = data["values"], data.pop("seen")
    procedure_record(recovery_id=case.pk, values=values, seen=seen, today=today(), by=staff_of(request))
    return _("Recorded. The legal deadlines follow from these dates.")


RECORD_DATES = ObjectAction(
    name="record-dates",
    label=gettext_lazy("Record dates of the procedure"),
    permission="recoveries.change_injunction",
    perform=_record,
    form=ProcedureForm,
    form_options=lambda request, case: {"procedure": procedure_of(case)},
    is_offered=lambda request, case: procedure_of(case) is not None,
    explain=gettext_lazy(
        "The legal deadlines are reckoned anew from these dates (Code de procédure civile, articles 1405 to 1425). The "
        "status stays as it is: move the case yourself."
    ),
)
