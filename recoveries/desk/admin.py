"""Staff's door to cases: which ones, the list of them, the page of one."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from backoffice.admins import ReadOnlyStaffAdmin
from recoveries.desk.case_list import CaseList
from recoveries.desk.case_page import CasePage
from recoveries.desk.document_pages import PapersPage
from recoveries.ledger.decompte_page import DecomptePage
from recoveries.ledger.ledger_page import LedgerPage
from recoveries.models import Recovery


@admin.register(Recovery)
class RecoveryAdmin(DecomptePage, LedgerPage, PapersPage, CasePage, CaseList, ReadOnlyStaffAdmin):
    """Cases: services write them, staff work on them by actions."""

    holds_personal_data = True
    # What the pages beside the list of cases leave in the audit.
    audit_words = {
        "link-person": _("Debtors linked as one person"),
        "unlink-person": _("Debtor taken out of a link"),
        "case_opened": _("Case opened by hand"),
        "cases_exported": _("List of cases exported"),
        "cases_imported": _("File of cases imported"),
        "rows_to_correct": _("Rows to correct taken from a file of cases"),
        "filter_saved": _("Filter of cases kept"),
        "filter_deleted": _("Filter of cases deleted"),
        "journal_exported": _("Journal exported"),
        "portfolio_exported": _("Portfolio exported"),
        "calendar_feed_made": _("Address of the calendar made"),
        "calendar_feed_revoked": _("Address of the calendar closed"),
        "remittances_exported": _("Money held for clients exported"),
    }
