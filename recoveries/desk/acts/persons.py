"""Acts of the debtor's page: two rows are one person, or they are not after all."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.origin import staff_of
from companies.linking import parties_link, party_unlink
from legalcity.lib.errors import NotFound
from recoveries.models import Recovery

NO_PARTY = gettext_lazy("There is no such debtor, or another handler has the cases.")


class OtherForm(forms.Form):
    """The row that it is about, by its id."""

    other = forms.IntegerField(min_value=1, max_value=2**63 - 1)


def _require_seen(request: HttpRequest, company_id: int) -> None:
    if not Recovery.objects.in_reach_of(staff_of(request)).filter(debtor=company_id).exists():
        raise NotFound(NO_PARTY)


def _link(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    _require_seen(request, data["other"])
    rows = parties_link(company_id=case.debtor_id or 0, other_id=data["other"], by=staff_of(request))
    return _("Linked: {count} rows are one person now.").format(count=len(rows))


def _unlink(request: HttpRequest, _case: Recovery, data: dict[str, Any]) -> str:
    _require_seen(request, data["other"])
    party_unlink(company_id=data["other"], by=staff_of(request))
    return _("Taken apart again.")


LINK_PERSON = ObjectAction(
    name="link-person",
    label=gettext_lazy("It is the same person"),
    permission="recoveries.enter_party_fact",
    perform=_link,
    form=OtherForm,
    is_offered=lambda request, case: case.debtor_id is not None,
)
UNLINK_PERSON = ObjectAction(
    name="unlink-person",
    label=gettext_lazy("It is somebody else"),
    permission="recoveries.enter_party_fact",
    perform=_unlink,
    form=OtherForm,
)
