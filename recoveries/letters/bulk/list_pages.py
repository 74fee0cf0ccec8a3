"""From the list of cases: a reminder to the debtors of those that are chosen, or of all that the filter shows."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.admin.options import IS_POPUP_VAR
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from backoffice.action_pages import TOKEN, ActionPages, sent_token
from backoffice.actions import form_token, refusal_show
from backoffice.origin import staff_of
from legalcity.lib.errors import DomainError
from recoveries.letters.acts import REMINDERS
from recoveries.letters.bulk.services import MOST, MOVING, PERMISSION, channels_carried, mailing_ask
from recoveries.models import Recovery

NAME = "send-reminders"
LABEL = gettext_lazy("Send a reminder…")
SHOWN = 20  # cases that are named


class MailingForm(forms.Form):
    """Which reminder, by which channel."""

    kind = forms.ChoiceField(label=gettext_lazy("Reminder"), choices=[(kind.value, kind.label) for kind in REMINDERS])
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"),
        choices=channels_carried,
        help_text=gettext_lazy("To the address that the case has."),
    )
    move = forms.BooleanField(
        label=gettext_lazy("Move the cases to the status of this reminder"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Each once its letter has been sent, where its own status leads there."),
    )

    def __init__(self, *args: Any, may_move: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not may_move:
            del self.fields["move"]


class MailingPages(ActionPages):
    """The entry of the list's menu, and the page that asks which letter."""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """With this one, for who may send a single reminder."""
        actions = super().get_actions(request)
        if self.actions is not None and IS_POPUP_VAR not in request.GET and request.user.has_perm(PERMISSION):
            actions[NAME] = (_asked(), NAME, str(LABEL))
        return actions

    def mailing_view(self, request: HttpRequest, queryset: QuerySet[Recovery]) -> HttpResponse:
        """Ask which reminder; then have a worker review the cases."""
        is_sent = TOKEN in request.POST
        options = {"may_move": request.user.has_perm(MOVING)}
        form = MailingForm(request.POST, **options) if is_sent else MailingForm(**options)
        ids = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
        if is_sent and sent_token(request) and form.is_valid():
            data = form.cleaned_data
            try:
                mailing = mailing_ask(
                    case_ids=ids,
                    kind=data["kind"],
                    channel=data["channel"],
                    moves_case=data.get("move", False),
                    by=staff_of(request),
                    token=sent_token(request),
                )
                return HttpResponseRedirect(reverse("mailing", args=[mailing.pk]))
            except DomainError as error:
                refusal_show(error, form)
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(LABEL).rstrip("…"),
            "form": form,
            "media": self.media + form.media,
            "token": form_token(),
            "back": request.get_full_path(),
            "action_name": NAME,
            "chosen": request.POST.getlist("_selected_action"),
            "all": request.POST.get("select_across") == "1",
            "count": len(ids),
            "most": MOST,
            "shown": Recovery.objects.filter(pk__in=ids[:SHOWN]).order_by("pk"),
            "more": len(ids) - SHOWN,
        }
        return TemplateResponse(request, "admin/backoffice/mailing_ask.html", context)


def _asked() -> Callable[[MailingPages, HttpRequest, QuerySet[Recovery]], HttpResponse]:
    def serve(pages: MailingPages, request: HttpRequest, queryset: QuerySet[Recovery]) -> HttpResponse:
        return pages.mailing_view(request, queryset)

    return serve
