"""The journal: the postings of all cases, for who may see it; files for spreadsheet programs and for the tax office."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
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
from law.account.facts import Head
from law.account.lines import LedgerAccount
from legalcity.lib.clock import today
from legalcity.lib.dates import PARIS
from legalcity.lib.form_fields import DayField
from legalcity.lib.settings.live import live
from legalcity.lib.whole_reads import in_pieces
from recoveries.desk.reads.journal import (
    EFFECTIVE,
    RECORDED,
    Journal,
    journal_entries,
    journal_lines,
    journal_page,
    journal_totals,
)
from recoveries.ledger.chart_models import ACCOUNT_LABELS
from recoveries.ledger.fec import Account, fec_lines, fec_name
from recoveries.ledger.journal import reason_shown
from recoveries.models import ChartAccount, Line, Posting
from recoveries.widgets import ClientSelect, PlainSelect

PERMISSION = "recoveries.see_journal"
MOST_DAYS = 366 * 10
HEADINGS = (
    *("posting", "effective_on", "recorded_at", "kind", "client", "case", "account", "account_number", "head"),
    *("claim_kind", "claim_id", "debit", "credit", "article", "by", "reason", "reverses", "supersedes"),
)


HEAD_LABELS = {
    Head.PRINCIPAL: gettext_lazy("principal"),
    Head.INTEREST: gettext_lazy("interest"),
    Head.INDEMNITY: gettext_lazy("indemnity"),
    Head.PENALTY: gettext_lazy("penalty"),
    Head.COST: gettext_lazy("costs"),
    Head.SURPLUS: gettext_lazy("beyond what was owed"),
}


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=[("", gettext_lazy("all")), *choices], required=False, widget=PlainSelect
    )


class JournalForm(forms.Form):
    """What is asked for: the month that it is, by the day of effect, unless it is said."""

    first = DayField(label=gettext_lazy("From"), required=False)
    last = DayField(label=gettext_lazy("To"), required=False)
    by = forms.ChoiceField(
        label=gettext_lazy("By the day"),
        choices=[(EFFECTIVE, gettext_lazy("of effect")), (RECORDED, gettext_lazy("of recording"))],
        required=False,
        widget=PlainSelect,
    )
    client = forms.ModelChoiceField(
        User.objects.all(), label=gettext_lazy("Client"), required=False, widget=ClientSelect()
    )
    kind = _choice(gettext_lazy("Kind"), Posting.Kind.choices)
    account = _choice(gettext_lazy("Account"), [(one.value, label) for one, label in ACCOUNT_LABELS.items()])

    def clean(self) -> dict[str, Any]:
        """A period forward, of ten years at most."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return data
        last = data["last"] or max(today(), data["first"] or date.min)
        first = data["first"] or last.replace(day=1)
        if first > last:
            raise forms.ValidationError(_("The period ends before it begins."))
        if (last - first).days > MOST_DAYS:
            raise forms.ValidationError(_("Choose ten years at most."))
        return {**data, "first": first, "last": last}

    def asked(self, user: User, **instead: str) -> Journal:
        """The question of a valid form, in what `user` sees."""
        data = {**self.cleaned_data, **instead}
        return Journal(
            user=user,
            first=data["first"],
            last=data["last"],
            by=data["by"] or EFFECTIVE,
            owner_id=getattr(data["client"], "pk", None),
            kind=data["kind"] or None,
            account=data["account"] or None,
        )


@never_cache
@require_safe
@reads_replica
def journal_view(request: HttpRequest) -> HttpResponse:
    """A page of postings with the totals of all. A question that makes no sense is told in the form."""
    form = _form(request, auto_id="journal_%s")
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Journal"),
        "form": form,
        "media": form.media,
    }
    if form.is_valid():
        asked, query = form.asked(staff_of(request)), _query(request)
        form.data = {**query, "first": f"{asked.first}", "last": f"{asked.last}"}  # Shown, also where none was named.
        page = journal_page(asked, after=request.GET.get("after", ""))
        totals = journal_totals(asked)
        context |= {
            "asked": asked,
            "rows": [(posting, reason_shown(posting), [*map(_shown, lines)]) for posting, lines in page.rows],
            "totals": [(ACCOUNT_LABELS[LedgerAccount(each.account)], each) for each in totals],
            "came_in": sum((each.came_in for each in totals), Decimal(0)),
            "query": urlencode(query),
            "following": urlencode({**query, "after": page.following}) if page.following else "",
            "is_further": bool(request.GET.get("after")),
        }
    return TemplateResponse(request, "admin/backoffice/journal.html", context)


@require_POST
@exports_from_replica
def journal_csv(request: HttpRequest) -> HttpResponseBase:
    """All lines that are asked for, as CSV; written down in the audit."""
    form = _form(request)
    if not form.is_valid():
        return _back(request)
    asked = form.asked(staff_of(request))
    _written_down(request, asked, "csv")
    name = f"journal-{asked.first:%Y%m%d}-{asked.last:%Y%m%d}"
    return table_answer(_table(journal_lines(asked), _chart()), name=name, form=CSV)


@require_POST
@exports_from_replica
def journal_fec(request: HttpRequest) -> HttpResponseBase:
    """The accounting file of what was recorded in the period, all clients, kinds and accounts."""
    form = _form(request)
    if not form.is_valid():
        return _back(request)
    if not live.FIRM_SIREN:
        messages.error(request, _("The file is named after the firm's SIREN: set it among the numbers of the firm."))
        return _back(request)
    period = form.asked(staff_of(request))
    asked = Journal(user=period.user, first=period.first, last=period.last, by=RECORDED)
    _written_down(request, asked, "fec")
    lines = fec_lines(in_pieces(journal_entries(asked)), _chart())
    answer = StreamingHttpResponse(lines, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{fec_name(live.FIRM_SIREN, asked.last)}"'
    answer["Cache-Control"] = "no-store, private"
    return answer


def _shown(line: Line) -> tuple[Any, Any, Line]:
    """A line with the words for its account and its head."""
    return ACCOUNT_LABELS[LedgerAccount(line.account)], HEAD_LABELS[Head(line.head)] if line.head else "", line


def _form(request: HttpRequest, **options: Any) -> JournalForm:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    return JournalForm(_query(request), **options)


def _query(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in JournalForm.base_fields if request.GET.get(name)}


def _back(request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('journal')}?{urlencode(_query(request))}")


def _written_down(request: HttpRequest, asked: Journal, form: str) -> None:
    details = {"format": form, "first": asked.first, "last": asked.last, "filter": urlencode(_query(request))}
    audit_record(action="journal_exported", details=details)


def _chart() -> dict[str, Account]:
    return {row.account: Account(row.number, row.label) for row in ChartAccount.objects.all()}


def _table(lines: Iterator[Line], chart: dict[str, Account]) -> Iterator[tuple[Any, ...]]:
    yield HEADINGS
    for line in lines:
        posting = line.posting
        yield (
            posting.pk,
            posting.effective_on,
            posting.recorded_at.astimezone(PARIS).replace(tzinfo=None, microsecond=0),
            posting.kind,
            posting.owner.entreprise or str(posting.owner),
            posting.recovery.recovery_reference if posting.recovery else "",
            line.account,
            chart[line.account].number,
            line.head,
            line.claim_kind,
            line.claim_id,
            line.debit,
            line.credit,
            line.article,
            _person(posting),
            posting.reason,
            posting.reverses_id,
            posting.supersedes_id,
        )


def _person(posting: Posting) -> str:
    """Who recorded it, by name; by number once the account is gone."""
    if posting.by_id is None:
        return ""
    return str(posting.by or f"#{posting.by_id}")
