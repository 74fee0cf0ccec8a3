"""Staff's page of packs of tokens, and the act of selling one."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from backoffice.actions import ObjectAction
from backoffice.admins import StaffAdmin
from backoffice.amounts import amount_column
from backoffice.origin import staff_of
from invoicing.models import TokenPack
from legalcity.lib.form_fields import CountField
from scoring.services.packs import MOST_PACKS, token_pack_sell

PRICE = amount_column("price", gettext_lazy("price without VAT"))


class SaleForm(forms.Form):
    """To whom, how many."""

    user = forms.ModelChoiceField(
        label=gettext_lazy("E-mail of the client"),
        queryset=User.objects.filter(is_active=True),
        to_field_name="email",
        widget=forms.EmailInput,
    )
    packs = CountField(label=gettext_lazy("Packs"), min_value=1, max_value=MOST_PACKS, initial=1)


def _sell(request: HttpRequest, pack: TokenPack, data: dict[str, Any]) -> str:
    invoice = token_pack_sell(user=data["user"], pack=pack, by=staff_of(request), packs=data["packs"])
    return _("Sold and billed: {reference}.").format(reference=invoice.reference)


SELL = ObjectAction(
    name="sell",
    label=gettext_lazy("Sell to a client"),
    permission="scoring.add_tokenentry",
    perform=_sell,
    form=SaleForm,
    is_offered=lambda request, pack: pack.enable,
    explain=gettext_lazy("The client gets the tokens at once, and the invoice for them is issued."),
)


@admin.register(TokenPack)
class TokenPackAdmin(StaffAdmin):
    """What clients may buy."""

    list_display = ("name", "code", "tokens", PRICE, "enable")
    list_filter = ("enable",)
    object_actions = (SELL,)
