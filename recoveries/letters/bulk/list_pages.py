"""From the list of cases: a reminder to the debtors of those that are chosen, or of all that the filter shows."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.action_pages import TOKEN, ActionPages, sent_token
from backoffice.actions import form_token, refusal_show, refusal_text
from backoffice.origin import staff_of
from backoffice.way import LIST, way_kept
from law.contact import Channel
from legalcity.lib.errors import DomainError
from recoveries.letters.acts import REMINDERS
from recoveries.letters.bulk.services import MOST, MOVING, PERMISSION, channels_carried, mailing_ask
from recoveries.models import Mailing, Message, Recovery

NAME = "send-reminders"
LABEL = gettext_lazy("Send a reminder…")
SHOWN = 20  # cases that are named
AT_ONCE = (Message.Kind.REMINDER_1, Message.Kind.REMINDER_2)  # which the list's menu names with their usual channel


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
            for kind in AT_ONCE:
                label = _("{letter} by e-mail: review…").format(letter=kind.label)
                actions[f"review-{kind.value}"] = (_reviewed(kind), f"review-{kind.value}", label)
        return actions

    def review_view(
        self, request: HttpRequest, queryset: QuerySet[Recovery], kind: Message.Kind
    ) -> HttpResponse | None:
        """Have a worker review a reminder by e-mail, with no page between that asks which one; nothing leaves."""
        try:
            mailing = mailing_ask(
                case_ids=_ids(queryset),
                kind=kind,
                channel=Channel.EMAIL,
                moves_case=request.user.has_perm(MOVING),
                by=staff_of(request),
                token=form_token(),
            )
        except DomainError as error:
            messages.error(request, refusal_text(error))
            return None
        return _at_work(request, mailing)

    def mailing_view(self, request: HttpRequest, queryset: QuerySet[Recovery]) -> HttpResponse:
        """Ask which reminder; then have a worker review the cases."""
        is_sent = TOKEN in request.POST
        options = {"may_move": request.user.has_perm(MOVING)}
        form = MailingForm(request.POST, **options) if is_sent else MailingForm(**options)
        ids = _ids(queryset)
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
                return _at_work(request, mailing)
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


def _at_work(request: HttpRequest, mailing: Mailing) -> HttpResponse:
    """To the page of the sending, which leads back to the list as it was left."""
    way = {LIST: request.GET.urlencode()} if request.GET else {}
    return HttpResponseRedirect(reverse("mailing", args=[mailing.pk]) + way_kept(request, **way))


def _ids(cases: QuerySet[Recovery]) -> list[int]:
    """The chosen cases, and one more where there are too many."""
    return list(cases.order_by("pk").values_list("pk", flat=True)[: MOST + 1])


def _reviewed(kind: Message.Kind) -> Callable[[MailingPages, HttpRequest, QuerySet[Recovery]], HttpResponse | None]:
    def serve(pages: MailingPages, request: HttpRequest, queryset: QuerySet[Recovery]) -> HttpResponse | None:
        return pages.review_view(request, queryset, kind)

    return serve


def _asked() -> Callable[[MailingPages, HttpRequest, QuerySet[Recovery]], HttpResponse]:
    def serve(pages: MailingPages, request: HttpRequest, queryset: QuerySet[Recovery]) -> HttpResponse:
        return pages.mailing_view(request, queryset)

    return serve
