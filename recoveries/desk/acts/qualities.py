"""Acts on the two parties of a case: in which quality they deal."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.origin import staff_of
from companies.models import Company
from companies.rules import DECIDED
from law.parties import Quality
from legalcity.lib.pairs import pair
from recoveries.models import Recovery
from recoveries.selectors.sides import SIDES
from recoveries.services.parties import party_quality_confirm


class QualityForm(forms.Form):
    """Which party, and in which quality it deals."""

    side = forms.ChoiceField(label=gettext_lazy("Party"))
    quality = forms.ChoiceField(label=gettext_lazy("It acts as"), choices=Company.ActsAs.choices)

    def __init__(self, *args: Any, parties: dict[str, Company], **options: Any) -> None:
        super().__init__(*args, **options)
        names = {"customer": _("Creditor"), "debtor": _("Debtor")}
        sides = [(side, pair(names[side], party)) for side, party in parties.items()]
        self.fields["side"].choices = sides  # type: ignore[attr-defined]


def _open_parties(case: Recovery) -> dict[str, Company]:
    """Those whose type leaves open in which quality they deal: the debtor, on whom more hangs, first."""
    parties = {side: getattr(case, side) for side in reversed(SIDES)}
    return {side: party for side, party in parties.items() if party and party.company_type not in DECIDED}


def _options(_request: HttpRequest, case: Recovery) -> dict[str, Any]:
    parties = _open_parties(case)
    first = next(iter(parties.values()), None)
    return {"parties": parties, "initial": {"quality": first and first.acts_as}}


def _confirm(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    quality = Quality(data["quality"])
    company = party_quality_confirm(recovery_id=case.pk, side=data["side"], quality=quality, by=staff_of(request))
    return _("{company} acts as: {quality}.").format(company=company, quality=company.get_acts_as_display())


CONFIRM_QUALITY = ObjectAction(
    name="confirm-quality",
    label=gettext_lazy("Confirm the quality"),
    permission="recoveries.move_status",
    perform=_confirm,
    form=QualityForm,
    form_options=_options,
    is_offered=lambda request, case: bool(_open_parties(case)),
    explain=gettext_lazy(
        "Between professionals interest runs from the due date, and 40 EUR are owed for each invoice (art. L441-10 and "
        "D441-5 C. com.). Confirm what you have seen: a register, a contract, an invoice for the needs of a business. "
        "While a quality is not confirmed the lower claim is made."
    ),
)
