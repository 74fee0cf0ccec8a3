"""What was taken back: which entries of the ledger, by whom, why, when and for how much; as a list and as a file."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from backoffice.audit import audit_record
from backoffice.origin import staff_of
from backoffice.replica_pages import exports_from_replica, reads_replica
from backoffice.tables import CSV, table_answer
from legalcity.lib.dates import PARIS
from recoveries.desk.journal_page import PERMISSION, JournalForm
from recoveries.desk.reads.journal import RECORDED, Journal, journal_page, journal_postings
from recoveries.desk.reads.worklist import handlers
from recoveries.ledger.handing_over import REMITTANCE
from recoveries.ledger.journal import reason_shown
from recoveries.models import Line, Posting
from recoveries.widgets import PlainSelect

Kind = Posting.Kind
# A debt that is taken back is none of them: its claim is corrected.
TAKEN_BACK = (
    *(Kind.PAYMENT, Kind.DIRECT_PAYMENT, Kind.CREDIT_NOTE, Kind.WAIVER, Kind.WRITEOFF),
    *(Kind.REFUND, Kind.REMITTANCE),
)
HEADINGS = (
    *("posting", "recorded_at", "by", "reason", "client", "case", "reversed_posting", "reversed_kind"),
    *("reversed_effective_on", "amount"),
)


class ReversalsForm(JournalForm):
    """Which were recorded in a period; the month that it is unless it is said."""

    by = None  # type: ignore[assignment] # No choice: the day of recording
    account = None  # type: ignore[assignment]
    kind = forms.ChoiceField(
        label=gettext_lazy("What was taken back"),
        choices=[("", gettext_lazy("all")), *((kind.value, kind.label) for kind in TAKEN_BACK)],
        required=False,
        widget=PlainSelect,
    )
    person = forms.ModelChoiceField(
        handlers(), label=gettext_lazy("By whom"), required=False, empty_label=gettext_lazy("all")
    )
    whole = forms.BooleanField(label=gettext_lazy("Also those that the ledger made by itself"), required=False)

    def asked(self, user: User, **instead: str) -> Journal:
        """The question of a valid form, in what `user` sees."""
        data = self.cleaned_data
        return Journal(
            user=user,
            first=data["first"],
            last=data["last"],
            by=RECORDED,
            owner_id=getattr(data["client"], "pk", None),
            kind=Kind.REVERSAL,
            by_id=getattr(data["person"], "pk", None),
            reversed_kind=data["kind"] or None,
            by_people=not data["whole"],
        )


class Row(NamedTuple):
    """A reversal; `amount`: EUR, what was moved back. `remittance`: the id of the record of what is on no case."""

    posting: Posting
    reason: Any
    amount: Decimal
    remittance: int | None


@never_cache
@require_safe
@reads_replica
def reversals_page(request: HttpRequest) -> HttpResponse:
    """The newest first. A question that makes no sense is told in the form."""
    form = _form(request, auto_id="reversals_%s")
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Reversals"),
        "form": form,
        "media": form.media,
    }
    if form.is_valid():
        query = _query(request)
        page = journal_page(form.asked(staff_of(request)), after=request.GET.get("after", ""))
        context |= {
            "corrections": _corrections(form.cleaned_data),
            "rows": [_row(posting, lines) for posting, lines in page.rows],
            "query": urlencode(query),
            "following": urlencode({**query, "after": page.following}) if page.following else "",
            "is_further": bool(request.GET.get("after")),
        }
    return TemplateResponse(request, "admin/backoffice/reversals.html", context)


@require_POST
@exports_from_replica
def reversals_csv(request: HttpRequest) -> HttpResponseBase:
    """All that are asked for; written down in the audit."""
    form = _form(request)
    if not form.is_valid():
        return HttpResponseRedirect(f"{reverse('reversals')}?{urlencode(_query(request))}")
    asked = form.asked(staff_of(request))
    details = {"format": "reversals", "first": asked.first, "last": asked.last, "filter": urlencode(_query(request))}
    audit_record(action="journal_exported", details=details)
    return table_answer(_table(asked), name=f"reversals-{asked.first:%Y%m%d}-{asked.last:%Y%m%d}", form=CSV)


def _form(request: HttpRequest, **options: Any) -> ReversalsForm:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    return ReversalsForm(_query(request), **options)


def _query(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in ReversalsForm.base_fields if request.GET.get(name)}


def _corrections(data: dict[str, Any]) -> str:
    """The journal's claims that were corrected in the same period."""
    query = {"by": RECORDED, "kind": Kind.CLAIM_CHANGE, "first": data["first"], "last": data["last"]}
    query |= {"client": data["client"].pk} if data["client"] else {}
    return f"{reverse('journal')}?{urlencode(query)}"


def _row(posting: Posting, lines: list[Line]) -> Row:
    amount = sum((line.debit for line in lines), Decimal("0.00"))
    return Row(posting, reason_shown(posting), amount, posting.facts.get(REMITTANCE))


def _table(asked: Journal) -> Iterator[tuple[Any, ...]]:
    yield HEADINGS
    for posting, reason, amount, _remittance in (_row(*each) for each in journal_postings(asked)):
        yield (
            posting.pk,
            posting.recorded_at.astimezone(PARIS).replace(tzinfo=None, microsecond=0),
            str(posting.by or f"#{posting.by_id}") if posting.by_id else "",
            str(reason),
            posting.owner.entreprise or str(posting.owner),
            posting.recovery.recovery_reference if posting.recovery else "",
            posting.reverses_id,
            posting.reverses.kind if posting.reverses else "",
            posting.effective_on,
            amount,
        )
