"""What became of a procedure in court: its court and its key dates, from which the legal deadlines follow."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from events.schemas import differences
from events.services import events_record, story
from invoicing.models import Invoice
from law.procedure_dates import Errors
from law.procedure_dates import procedure_errors as law_errors
from legalcity.lib.errors import Invalid, NotFound, Sentence
from recoveries.court.events import procedure_events
from recoveries.court.recorded import FIELDS
from recoveries.models import Injunction
from recoveries.services.cases import recovery_lock

NO_PROCEDURE = _("This case has no procedure.")


def field_labels() -> dict[str, Sentence]:
    """FIELDS as people read them."""
    columns = {column.name: column.verbose_name for column in Injunction._meta.concrete_fields}
    return {name: columns[name] for name in FIELDS}


def procedure_errors(values: Mapping[str, Any], *, recovery_id: int, today: date) -> Errors:
    """Sentences of the rules that the whole of the procedure of a case breaks. One statement."""
    first = Invoice.objects.filter(recovery_id=recovery_id).aggregate(day=Min("invoice_date"))["day"]
    return law_errors(values, field_labels(), first_invoice=first, today=today)


@story()
def procedure_record(*, recovery_id: int, values: Mapping[str, Any], today: date, by: User | None) -> Injunction:
    """Write down what `values` name (FIELDS); rules hold for the merged state. Raises Invalid or NotFound."""
    case = recovery_lock(recovery_id=recovery_id)
    procedure = Injunction.objects.filter(recovery_id=recovery_id).first()
    if procedure is None:
        raise NotFound(NO_PROCEDURE)
    before = {name: getattr(procedure, name) for name in FIELDS}
    whole = {**before, **values}
    if errors := procedure_errors(whole, recovery_id=recovery_id, today=today):
        raise Invalid(errors)
    for name, value in values.items():
        setattr(procedure, name, value)
    procedure.save(update_fields=[*values, "updated_at"])
    events_record(procedure_events(procedure, differences(before, whole), owner_id=case.owner_id, by=by))
    return procedure
