"""What happens to the parties of cases. Recorded by the rooms above, which know who stands where."""

from django.utils.translation import gettext_lazy as _

from companies.models import Company
from events.schemas import ID, WORD, change, one_of, or_null, some_of, thing, told
from events.types import Json, event_type
from law.vocabulary import CompanyType, FreelanceType

SIDES = ("customer", "debtor")
# Of the fields of a company those that say nothing of a person.
TOLD = {
    "company_type": or_null(one_of(CompanyType)),
    "company_legal_form": or_null(WORD),
    "company_freelance_type": or_null(one_of(FreelanceType)),
}
_COMPANY = thing("company", {"recovery_id": or_null(ID)})
_EXAMPLE: Json = {"type": "company", "id": 7, "recovery_id": 25}
_SIDE: Json = some_of({"side": one_of(SIDES)})

COMPANY_CREATED = event_type(
    "company.created",
    _("A company was added to a case as its creditor or its debtor."),
    told(_COMPANY, current=_SIDE),
    {"object": _EXAMPLE, "current": {"side": "debtor"}},
)
COMPANY_UPDATED = event_type(
    "company.updated",
    _("A creditor or a debtor was changed."),
    change(_COMPANY, TOLD),
    {
        "object": _EXAMPLE,
        "previous": {"company_legal_form": "SARL"},
        "current": {"company_legal_form": "SAS"},
        "changed": ["company_legal_form", "company_address"],
    },
)
COMPANY_REMOVED = event_type(
    "company.removed",
    _("A company was taken out of a case."),
    told(_COMPANY, previous=_SIDE),
    {"object": _EXAMPLE, "previous": {"side": "debtor"}},
)


def company_object(company: Company, recovery_id: int | None) -> Json:
    """A company as events name it."""
    return {"type": "company", "id": company.pk, "recovery_id": recovery_id}
