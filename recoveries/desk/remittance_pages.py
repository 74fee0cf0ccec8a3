"""What is due to whom: money received for clients, what is to be handed over, by when; recording that it was."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from backoffice.actions import refusal_text
from backoffice.amounts import euros
from backoffice.audit import audit_record
from backoffice.origin import staff_of
from backoffice.reach import sees_all_cases
from backoffice.tables import CSV, table_answer
from legalcity.lib.clock import today
from legalcity.lib.errors import DomainError, Invalid
from legalcity.lib.form_fields import DayField, SumField, TextField
from legalcity.lib.ids import MOST_ID
from recoveries.ledger.held import Held, held_by_client
from recoveries.ledger.remittances import held_changed, remittance_record
from recoveries.widgets import ClientSelect, PlainSelect

SEE, RECORD = "recoveries.view_remittance", "recoveries.record_remittance"
HEADINGS = ("client", "client_email", "received", "fees_retained", "handed_over", "to_hand_over", "due_by")


class RemittanceForm(forms.Form):
    """What is handed over: all that was held when the page was opened."""

    expected = forms.DecimalField(max_digits=16, decimal_places=2, widget=forms.HiddenInput)
    fees = SumField(label=gettext_lazy("Fees retained (€)"), max_digits=14, decimal_places=2, initial=0)
    paid_on = DayField(label=gettext_lazy("Paid on"))
    reference = TextField(label=gettext_lazy("Reference"), max_length=255, required=False)

    def renew(self, held: Decimal) -> None:
        """Ask about what is held now, EUR, whatever was seen before; what was entered stays."""
        if self.has_error("expected"):
            del self.errors["expected"]
            self.add_error(None, held_changed(held))
        self.data = {**self.data.dict(), "expected": held}  # type: ignore[attr-defined]


class DueForm(forms.Form):
    """Which clients."""

    client = forms.ModelChoiceField(
        User.objects.all(), label=gettext_lazy("Client"), required=False, widget=ClientSelect()
    )
    which = forms.ChoiceField(
        label=gettext_lazy("To hand over"),
        choices=[
            ("", gettext_lazy("all")),
            ("held", gettext_lazy("something")),
            ("late", gettext_lazy("something that is late")),
        ],
        required=False,
        widget=PlainSelect,
    )

    def accounts(self) -> list[Held]:
        """Those of the clients that are asked for; none while the question makes no sense."""
        if not self.is_valid():
            return []
        client, which = self.cleaned_data["client"], self.cleaned_data["which"]
        found = held_by_client(owner_id=client.pk) if client else held_by_client()
        if which == "late":
            return [one for one in found if one.due_by and one.due_by < today()]
        return [one for one in found if one.to_hand_over] if which else found


@never_cache
@require_safe
def remittances_due(request: HttpRequest) -> HttpResponse:
    """The clients for whom money was received."""
    require_money_held(request, SEE)
    form = DueForm(request.GET, auto_id="due_%s")
    accounts = form.accounts()
    context = {
        **admin.site.each_context(request),
        "title": _("Money to be handed over"),
        "form": form,
        "media": form.media,
        "query": request.GET.urlencode(),
        "accounts": accounts,
        "total": sum(one.to_hand_over for one in accounts),
        "may_read_journal": request.user.has_perm("recoveries.see_journal"),
        "may_record": request.user.has_perm(RECORD),
        "today": today(),
    }
    return TemplateResponse(request, "admin/backoffice/remittances.html", context)


@require_POST
def remittances_csv(request: HttpRequest) -> HttpResponseBase:
    """The same as CSV; written down in the audit."""
    require_money_held(request, SEE)
    accounts = DueForm(request.GET).accounts()
    audit_record(action="remittances_exported", details={"rows": len(accounts)})
    return table_answer(_table(accounts), name=f"remittances-{today():%Y%m%d}", form=CSV)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remittance_page(request: HttpRequest, owner_id: int) -> HttpResponse:
    """What is held for one client, and the form that records that it was handed over."""
    require_money_held(request, RECORD)
    found = held_by_client(owner_id=owner_id) if owner_id <= MOST_ID else []
    if not found:  # Nothing ever came for them, which is said there.
        return HttpResponseRedirect(reverse("held", args=[owner_id]))
    held = found[0]
    form = RemittanceForm(request.POST or None, initial={"expected": held.to_hand_over, "paid_on": today()})
    if request.method == "POST":
        if form.is_valid() and _recorded(request, held, form):
            return HttpResponseRedirect(reverse("remittances-due"))
        [held] = held_by_client(owner_id=owner_id)
        form.renew(held.to_hand_over)
    context = {**admin.site.each_context(request), "title": _("Record a remittance"), "held": held, "form": form}
    return TemplateResponse(request, "admin/backoffice/remittance.html", context)


def _recorded(request: HttpRequest, held: Held, form: RemittanceForm) -> bool:
    """Whether the service took it; its refusal stands in the form."""
    try:
        made = remittance_record(owner_id=held.client.pk, by=staff_of(request), **form.cleaned_data)
    except Invalid as refusal:
        for name, sentences in refusal.errors.items():
            form.add_error(name, [str(sentence) for sentence in sentences])
        return False
    except DomainError as refusal:
        form.add_error(None, refusal_text(refusal))
        return False
    sentence = _("Recorded: {amount} handed over to {client}.")
    messages.success(request, sentence.format(amount=euros(made.amount), client=held.client))
    return True


def require_money_held(request: HttpRequest, permission: str) -> None:
    """Raise PermissionDenied for who may not; what is held is of all cases of a client, so who sees some sees none."""
    if not (request.user.has_perm(permission) and sees_all_cases(staff_of(request))):
        raise PermissionDenied


def _table(accounts: list[Held]) -> Iterator[tuple[Any, ...]]:
    yield HEADINGS
    for one in accounts:
        name = one.client.entreprise or str(one.client)
        sums = (one.received, one.fees, one.handed_over, one.to_hand_over)
        yield (name, one.client.email, *sums, one.due_by)
