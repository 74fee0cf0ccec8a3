"""The page of a bulk sending: at work, its review with the button that sends, what became of it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from backoffice.actions import refusal_text
from backoffice.origin import staff_of
from backoffice.way import list_left, way_kept
from legalcity.lib.clock import today
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import DomainError
from legalcity.lib.ids import MOST_ID
from legalcity.lib.text import is_storable
from recoveries.letters.bulk.report import cases_shown, sentences_of, summary_of
from recoveries.letters.bulk.services import (
    PERMISSION,
    Result,
    Verdict,
    mailing_confirm,
    mailing_go_on,
    mailing_review,
    mailing_stop,
)
from recoveries.letters.bulk.working import done_of
from recoveries.models import Mailing

SHOWN = 50  # cases of a page
WORDS: dict[str, Any] = {**dict(Verdict.choices), **dict(Result.choices)}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mailing_page(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """A sending of one's own."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    user = staff_of(request)
    mailing = Mailing.objects.filter(pk=mailing_id, by=user).first() if mailing_id <= MOST_ID else None
    if mailing is None:
        raise Http404
    if request.method == "POST":
        try:
            _done(request, mailing, user)
        except DomainError as refusal:
            messages.error(request, refusal_text(refusal))
        return HttpResponseRedirect(reverse("mailing", args=[mailing.pk]) + way_kept(request))
    is_at_work = mailing.state in (Mailing.State.REVIEWING, Mailing.State.SENDING)
    context = {
        **admin.site.each_context(request),
        "title": _("Send a reminder to many"),
        "mailing": mailing,
        "way": way_kept(request),
        "back": list_left(request, reverse("admin:recoveries_recovery_changelist")),
        "is_at_work": is_at_work,
        "is_stale": mailing.reviewed_at is not None and mailing.reviewed_at.astimezone(PARIS).date() != today(),
        **(
            dict(zip(("done", "total"), done_of(mailing), strict=True)) if is_at_work else _told(request, mailing, user)
        ),
    }
    return TemplateResponse(request, "admin/backoffice/mailing.html", context)


def _done(request: HttpRequest, mailing: Mailing, user: User) -> None:
    """What the button that was pressed asks for."""
    if "review" in request.POST:
        mailing_review(mailing_id=mailing.pk, by=user)
    elif "go_on" in request.POST:
        mailing_go_on(mailing_id=mailing.pk, by=user)
    elif "stop" in request.POST:
        mailing_stop(mailing_id=mailing.pk, by=user)
    elif "send" in request.POST:
        mailing_confirm(mailing_id=mailing.pk, with_held="with_held" in request.POST, by=user)
    elif "write_held" in request.POST:
        mailing_confirm(mailing_id=mailing.pk, with_held=True, by=user)


def _told(request: HttpRequest, mailing: Mailing, user: User) -> dict[str, Any]:
    """The sums and the reasons, and the cases of the one that was chosen."""
    outcome, why = request.GET.get("of", ""), request.GET.get("why", "")
    summary = summary_of(mailing, user)
    context: dict[str, Any] = {"summary": summary, "outcomes": summary.outcomes, "of": outcome, "why": why}
    if outcome in WORDS and is_storable(why):
        page = Paginator(cases_shown(mailing, user, outcome=outcome, why=why), SHOWN).get_page(request.GET.get("p"))
        context["page"], context["of_words"] = page, WORDS[outcome]
        context["rows"] = [{"row": row, "sentences": sentences_of(row)} for row in page]
    return context
