"""The act that orders a score of a party, in the client's name and by the client's tokens."""

from datetime import datetime
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.origin import staff_of
from backoffice.outcomes import ShownFirst
from companies.models import Company
from legalcity.lib.clock import now
from legalcity.lib.errors import Forbidden
from legalcity.lib.pairs import pair
from legalcity.lib.working_hours import after_working_hours
from recoveries.models import Recovery
from recoveries.selectors.sides import SIDES
from scoring.models import ScoringOrder
from scoring.selectors import tokens_of
from scoring.serializers import MOST_MONTHS
from scoring.services.orders import Wish, delivery_hours, order_place

TOO_FEW = gettext_lazy("This costs {cost} of the client's tokens, and {left} are left: grant or sell some first.")


class Cost(NamedTuple):
    """What an order takes, and until when it is done."""

    cost: int
    left: int
    day: datetime


class ScoreForm(ShownFirst):
    """About whom, what, how soon."""

    side = forms.ChoiceField(label=gettext_lazy("Party"))
    solvency_report = forms.BooleanField(
        label=gettext_lazy("Solvency report (one token)"), required=False, initial=True
    )
    surveillance_months = forms.IntegerField(
        label=gettext_lazy("Months of surveillance (one token); empty: none"),
        required=False,
        min_value=1,
        max_value=MOST_MONTHS,
    )
    report_type = forms.ChoiceField(label=gettext_lazy("Report"), choices=ScoringOrder.ReportType.choices)
    priority = forms.ChoiceField(label=gettext_lazy("Priority"), choices=ScoringOrder.Priority.choices)
    outcome_template = "admin/backoffice/_score_cost.html"

    def __init__(self, *args: Any, case: Recovery, **options: Any) -> None:
        super().__init__(*args, **options)
        self.case = case
        names = {"customer": _("Creditor"), "debtor": _("Debtor")}
        sides = [(side, pair(names[side], party)) for side, party in _parties(case).items()]
        self.fields["side"].choices = sides  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """One service at least."""
        if not self.errors and not _wish(self.cleaned_data, Company()).tokens:
            self.add_error(None, _("Choose a report, a surveillance or both."))
        return super().clean()

    def foresee(self, data: dict[str, Any]) -> Cost:
        """The tokens that it takes and that are left, when it is delivered."""
        cost, tokens = _wish(data, Company()).tokens, tokens_of(self.case.owner)
        if tokens < cost:
            raise Forbidden(str(TOO_FEW).format(cost=cost, left=tokens))
        delivered = after_working_hours(now(), delivery_hours(data["priority"]))
        return Cost(cost, tokens - cost, delivered.replace(minute=0, second=0, microsecond=0))


def _parties(case: Recovery) -> dict[str, Company]:
    parties = {side: getattr(case, side) for side in reversed(SIDES)}
    return {side: party for side, party in parties.items() if party}


def _wish(data: dict[str, Any], party: Company) -> Wish:
    has_report = bool(data.get("solvency_report"))
    return Wish(
        company_name=str(party)[:255],
        company_siret=None,
        solvency_report=has_report,
        surveillance_months=data.get("surveillance_months"),
        report_type=data.get("report_type") if has_report else None,
        priority=data.get("priority", ""),
    )


def _order(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    party: Company = getattr(case, data["side"])
    order = order_place(user=case.owner, company=party, wish=_wish(data, party), moment=now(), by=staff_of(request))
    return _("The order {number} is placed: it stands under “Scoring orders”.").format(number=order.order_id)


def _explained(case: Recovery) -> str:
    sentence = _(
        "The order is the client's: it is paid by tokens of the client ({tokens} are left), who reads the report in "
        "the API. An order that fails gives its tokens back."
    )
    return sentence.format(tokens=tokens_of(case.owner))


ORDER_SCORE = ObjectAction(
    name="order-score",
    label=gettext_lazy("Order a score"),
    permission="scoring.change_scoringorder",
    perform=_order,
    form=ScoreForm,
    form_options=lambda request, case: {"case": case},
    is_offered=lambda request, case: bool(_parties(case)),
    explain=_explained,
)
