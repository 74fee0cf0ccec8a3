"""Statements of clients as they were made: the list, the papers, and making those of a month that has ended."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from backoffice.actions import ObjectAction, refusal_text
from backoffice.admins import ReadOnlyStaffAdmin
from backoffice.amounts import amount_column
from backoffice.audit import view_record
from backoffice.origin import staff_of
from backoffice.reach import sees_all_cases
from documents.showing import file_shown
from events.models import Notice
from invoicing.billing.libraries import PdfUnavailable
from legalcity.lib.errors import DomainError, Sentence
from recoveries.ledger.statements import statements_begin
from recoveries.letters.statement_mails import last_mails, mails_of, statement_mail
from recoveries.models import ClientStatement

MAKE = "recoveries.make_statement"
MOST_SHOWN = 50  # e-mails


def _send(request: HttpRequest, statement: ClientStatement, _data: dict[str, Any]) -> str:
    made = statement_mail(statement_id=statement.pk, by=staff_of(request))
    return _("{reference} is on its way to {recipients}.").format(
        reference=statement.reference, recipients=", ".join(notice.recipient for notice in made)
    )


SEND = ObjectAction(
    name="send-statement",
    label=gettext_lazy("Send to the client"),
    permission=MAKE,
    perform=_send,
    explain=gettext_lazy(
        "The PDF goes by e-mail to whom the client has named for statements, else to the address of the account. "
        "What was sent, and what became of it, stands on the page of the statement."
    ),
)


class StatementList(ChangeList):
    """The statements of a page, with the latest e-mail of each."""

    def get_results(self, request: HttpRequest) -> None:
        """One statement for all rows."""
        super().get_results(request)
        self.result_list = list(self.result_list)
        mails = last_mails(self.result_list)
        for statement in self.result_list:
            statement.last_mail = mails.get(statement.reference)


@admin.register(ClientStatement)
class ClientStatementAdmin(ReadOnlyStaffAdmin):
    """Numbered, one for each client and month; made at night on the first days of a month, or by the button."""

    change_list_template = "admin/recoveries/statements.html"
    list_display = (
        *("reference_shown", "owner", "month_shown"),
        amount_column("received", gettext_lazy("received in the month")),
        amount_column("fees", gettext_lazy("fees retained")),
        amount_column("handed_over", gettext_lazy("handed over")),
        amount_column("closing", gettext_lazy("held after")),
        *("paper_link", "sent_shown"),
    )  # fmt: skip
    list_select_related = ("owner",)
    search_fields = ("owner__search_text", "=number")
    date_hierarchy = "month"
    fields = (
        *("reference_shown", "owner", "month_shown", "opening", "received", "fees", "handed_over", "closing"),
        *("made_at", "by", "paper_link", "mails"),
    )
    readonly_fields = ("reference_shown", "month_shown", "paper_link", "mails")
    object_actions = (SEND,)
    bulk_actions = (SEND,)
    audit_words = {"statement_mailed": gettext_lazy("Statement sent by e-mail")}

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A statement is of all cases of a client: who sees some of them sees none of it."""
        return super().has_view_permission(request, obj) and sees_all_cases(staff_of(request))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """With the latest e-mails."""
        return StatementList

    def get_urls(self) -> list[URLPattern]:
        """Before Django's own, the last of which takes any address for an id."""
        guarded = self.admin_site.admin_view
        return [
            path("<id:statement_id>/paper/", guarded(self.paper_view), name="recoveries_clientstatement_paper"),
            path("make/", guarded(require_POST(self.make_view)), name="recoveries_clientstatement_make"),
            *super().get_urls(),
        ]

    def paper_view(self, request: HttpRequest, statement_id: int) -> HttpResponseBase:
        """The PDF as it was made; who looks is written down."""
        statement = self.get_object(request, str(statement_id))
        if statement is None:
            raise Http404
        if not self.has_view_permission(request, statement):
            raise PermissionDenied
        answer = file_shown(statement.paper, as_download="download" in request.GET)
        if answer.status_code == 200:
            view_record(target=statement)
        return answer

    def make_view(self, request: HttpRequest) -> HttpResponseBase:
        """Have those of last month that are missing made; a worker draws them, a third of a second each."""
        if not (request.user.has_perm(MAKE) and self.has_view_permission(request)):
            raise PermissionDenied
        try:
            statements_begin(by=staff_of(request))
        except DomainError as refusal:
            messages.error(request, refusal_text(refusal))
        except PdfUnavailable as error:
            messages.error(request, str(error))
        else:
            text = _(
                "The statements of last month that are missing are being made: they come into this list one by one."
            )
            messages.success(request, text)
        return HttpResponseRedirect(reverse("admin:recoveries_clientstatement_changelist"))

    @admin.display(description=gettext_lazy("number"), ordering="number")
    def reference_shown(self, statement: ClientStatement) -> str:
        """As it is written."""
        return statement.reference

    @admin.display(description=gettext_lazy("month"), ordering="month")
    def month_shown(self, statement: ClientStatement) -> str:
        """Month and year."""
        return f"{statement.month:%m/%Y}"

    @admin.display(description="PDF")
    def paper_link(self, statement: ClientStatement) -> SafeString:
        """The way to the PDF."""
        address = reverse("admin:recoveries_clientstatement_paper", args=[statement.pk])
        return format_html('<a href="{}">{} {}</a>', address, _("PDF of"), statement.reference)

    @admin.display(description=gettext_lazy("sent"))
    def sent_shown(self, statement: Any) -> str:
        """When it last left by e-mail, or where the last one is."""
        last: Notice | None = statement.last_mail
        if last is None:
            return "–"
        return _day(last.sent_at) if last.sent_at else str(last.get_state_display())

    @admin.display(description=gettext_lazy("sent by e-mail"))
    def mails(self, statement: ClientStatement) -> Sentence:
        """To whom, when, and what became of it, newest first."""
        rows = [(mail.recipient, *_standing(mail)) for mail in mails_of(statement)[:MOST_SHOWN]]
        line = '<li><a href="{2}">{0}</a> · {1}</li>'
        return format_html("<ul>{}</ul>", format_html_join("", line, rows)) if rows else "–"


def _standing(mail: Notice) -> tuple[str, str]:
    """State and moment in words, and the page of the e-mail."""
    moment = mail.sent_at or mail.created_at
    return f"{mail.get_state_display()}, {_day(moment)}", reverse("admin:events_notice_change", args=[mail.pk])


def _day(moment: datetime) -> str:
    return date_format(localtime(moment), "SHORT_DATETIME_FORMAT")
