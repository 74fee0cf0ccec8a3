"""Letters to post: what waits, what was printed, and that it was posted."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from backoffice.actions import refusal_text
from backoffice.audit import audit_record
from backoffice.origin import staff_of
from backoffice.tables import CSV, table_answer
from documents.services.storage import told_to_people
from invoicing.billing.libraries import PdfUnavailable
from legalcity.lib.clock import today
from legalcity.lib.errors import DomainError, Invalid
from legalcity.lib.form_fields import DayField
from legalcity.lib.ids import MOST_ID
from recoveries.letters.channels.batches import (
    batch_pdf,
    batch_rows,
    batches_of,
    items_of,
    letters_to_post,
    refused_now,
    withdrawn_of,
    working_day,
)
from recoveries.letters.channels.left_after_all import given_up_in, item_left
from recoveries.letters.channels.posting import MOST, batch_confirm, batch_print, item_take_out
from recoveries.models import PostBatch

POST = "recoveries.confirm_posting"
SHOWN = 20  # batches


class PrintForm(forms.Form):
    """Which letters, for which day."""

    posting_day = DayField(label=gettext_lazy("Posting day"))
    letters = forms.TypedMultipleChoiceField(label=gettext_lazy("Letters"), coerce=int)

    def __init__(self, *args: Any, waiting: list[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["letters"].choices = [(letter.pk, str(letter)) for letter in waiting]  # type: ignore[attr-defined]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letters_page(request: HttpRequest) -> HttpResponse:
    """The letters that wait, and the form that prints them; the batches that were printed."""
    user = _allow(request)
    waiting = list(letters_to_post(user)[:MOST])
    form = PrintForm(request.POST or None, waiting=waiting, initial={"posting_day": working_day(today())})
    if request.method == "POST" and form.is_valid():
        batch = _printed(request, form)
        if batch is not None:
            return HttpResponseRedirect(reverse("post-batch", args=[batch.pk]))
    context = {
        **admin.site.each_context(request),
        "title": _("Letters to post"),
        "form": form,
        "waiting": waiting,
        "count": letters_to_post(user).count(),
        "batches": batches_of(user).select_related("by", "posted_by")[:SHOWN],
    }
    return TemplateResponse(request, "admin/backoffice/letters_to_post.html", context)


def _printed(request: HttpRequest, form: PrintForm) -> PostBatch | None:
    """The batch; a refusal stands in the form."""
    data = form.cleaned_data
    try:
        with told_to_people():
            batch = batch_print(message_ids=data["letters"], posting_day=data["posting_day"], by=staff_of(request))
    except Invalid as refusal:
        for name, sentences in refusal.errors.items():
            form.add_error(name, [str(sentence) for sentence in sentences])
        return None
    except (DomainError, PdfUnavailable) as refusal:
        form.add_error(None, refusal_text(refusal) if isinstance(refusal, DomainError) else str(refusal))
        return None
    left_out = len(data["letters"]) - items_of(batch, staff_of(request)).count()
    if left_out:
        sentence = ngettext(
            "{n} letter was kept back by the guard and is not in the batch.",
            "{n} letters were kept back by the guard and are not in the batch.",
            left_out,
        )
        messages.warning(request, sentence.format(n=left_out))
    return batch


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def batch_page(request: HttpRequest, batch_id: int) -> HttpResponse:
    """A batch: print it again, take a letter out, confirm that it was posted."""
    user = _allow(request)
    batch, errors = _batch(batch_id, user), {}
    if request.method == "POST":
        try:
            _done(request, batch, user)
            return HttpResponseRedirect(reverse("post-batch", args=[batch.pk]))
        except Invalid as refusal:
            errors = {name: [str(one) for one in sentences] for name, sentences in refusal.errors.items()}
        except DomainError as refusal:
            messages.error(request, refusal_text(refusal))
    is_open, standing = batch.state == PostBatch.State.PRINTED, list(items_of(batch, user))
    refused = refused_now(batch, standing) if is_open else {}
    items = [
        {
            "item": item,
            "number": request.POST.get(f"number-{item.pk}", item.number),
            "errors": errors.get(f"number-{item.pk}"),
            "refused": refused.get(item.pk),
            "has_left": f"left-{item.pk}" in request.POST,
        }
        for item in standing
    ]
    given_up = set(given_up_in(batch, user).values_list("pk", flat=True))
    withdrawn = [
        {
            "item": item,
            "may_have_left": item.pk in given_up,
            "number": request.POST.get(f"number-{item.pk}", ""),
            "errors": errors.get(f"number-{item.pk}"),
        }
        for item in withdrawn_of(batch, user)
    ]
    context = {
        **admin.site.each_context(request),
        "title": _("Batch {number}").format(number=batch.pk),
        "batch": batch,
        "items": items,
        "withdrawn": withdrawn,
        "has_given_up": bool(given_up),
        "has_errors": bool(errors),
        "is_open": is_open,
        "may_confirm": batch.posting_day <= today(),
    }
    return TemplateResponse(request, "admin/backoffice/post_batch.html", context)


def _done(request: HttpRequest, batch: PostBatch, user: User) -> None:
    """Take one letter out, or say that it had left, where its button was pressed; else confirm."""
    if chosen := request.POST.get("take_out", ""):
        item_take_out(batch_id=batch.pk, item_id=_id_of(chosen), by=user)
        messages.success(request, _("The letter was taken out: it waits again, and is written anew."))
        return
    if chosen := request.POST.get("left_after_all", ""):
        number = request.POST.get(f"number-{_id_of(chosen)}", "")
        item_left(batch_id=batch.pk, item_id=_id_of(chosen), number=number, by=user)
        messages.success(request, _("The letter had left: it counts as sent on the posting day."))
        return
    ids = [item.pk for item in items_of(batch, user)]
    taken_out = batch_confirm(
        batch_id=batch.pk,
        numbers={pk: request.POST.get(f"number-{pk}", "") for pk in ids},
        left_already=[pk for pk in ids if f"left-{pk}" in request.POST],
        by=user,
    )
    for one in taken_out:
        told = _("Not posted, take it out of the pile: {reference}. {why}")
        messages.warning(request, told.format(reference=one.reference, why=one.why))
    if items_of(batch, user).exists():
        messages.success(request, _("Posted: these letters count as sent."))


def _id_of(chosen: str) -> int:
    if not (chosen.isascii() and chosen.isdecimal() and len(chosen) < 20 and int(chosen) <= MOST_ID):
        raise Http404
    return int(chosen)


@require_POST
def batch_file(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The cover sheet and the letters as one PDF; written down in the audit."""
    user = _allow(request)
    batch = _batch(batch_id, user)
    try:
        with told_to_people():
            content = batch_pdf(batch, user)
    except (DomainError, PdfUnavailable) as refusal:
        messages.error(request, refusal_text(refusal) if isinstance(refusal, DomainError) else str(refusal))
        return HttpResponseRedirect(reverse("post-batch", args=[batch.pk]))
    audit_record(action="letters_printed", target=batch)
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="courriers-{batch.pk}.pdf"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store, private",
        },
    )


@require_POST
def batch_csv(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """The letters of a batch as CSV; written down in the audit."""
    user = _allow(request)
    batch = _batch(batch_id, user)
    audit_record(action="letters_exported", target=batch)
    return table_answer(batch_rows(batch, user), name=f"courriers-{batch.pk}", form=CSV)


def _batch(batch_id: int, user: User) -> PostBatch:
    """A batch of which somebody sees a letter."""
    batch = batches_of(user).filter(pk=batch_id).first() if batch_id <= MOST_ID else None
    if batch is None:
        raise Http404
    return batch


def _allow(request: HttpRequest) -> User:
    if not request.user.has_perm(POST):
        raise PermissionDenied
    return staff_of(request)
