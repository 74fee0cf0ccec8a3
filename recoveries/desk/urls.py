"""Pages of the back-office that are about no single thing."""

from django.contrib import admin
from django.urls import path, re_path
from django.views.generic import RedirectView

from recoveries.desk.as_of_cases_page import as_of_cases_csv, as_of_cases_page
from recoveries.desk.as_of_page import as_of_page
from recoveries.desk.calendar_page import calendar_address, calendar_view
from recoveries.desk.debtor_page import debtor_view
from recoveries.desk.held_page import held_csv, held_page
from recoveries.desk.journal_page import journal_csv, journal_fec, journal_view
from recoveries.desk.opening.page import known_debtors_view, opening_view
from recoveries.desk.portfolio_page import portfolio_page, portfolio_table
from recoveries.desk.queue_page import queue_view
from recoveries.desk.remittance_pages import remittance_page, remittances_csv, remittances_due
from recoveries.desk.results_page import results_view
from recoveries.desk.reversals_page import reversals_csv, reversals_page
from recoveries.desk.search_page import search_view
from recoveries.letters.bulk.pages import mailing_page
from recoveries.letters.channels.post_pages import batch_csv, batch_file, batch_page, letters_page

# What people have kept: letters were e-mails alone once.
_MESSAGES = RedirectView.as_view(url="/admin/recoveries/message/%(rest)s", query_string=True, permanent=True)

urlpatterns = [
    re_path(r"^recoveries/sentemail/(?P<rest>[\w/]*)$", _MESSAGES),
    path("portfolio/", admin.site.admin_view(portfolio_page), name="portfolio"),
    path("portfolio/as-of/", admin.site.admin_view(as_of_page), name="portfolio-as-of"),
    path("portfolio/as-of/cases/", admin.site.admin_view(as_of_cases_page), name="portfolio-as-of-cases"),
    path("portfolio/as-of/cases.csv", admin.site.admin_view(as_of_cases_csv), name="portfolio-as-of-cases-csv"),
    path("portfolio/<slug:key>.csv", admin.site.admin_view(portfolio_table), name="portfolio-table"),
    path("calendar/", admin.site.admin_view(calendar_view), name="calendar"),
    path("calendar/address/", admin.site.admin_view(calendar_address), name="calendar-address"),
    path("results/", admin.site.admin_view(results_view), name="results"),
    path("queue/", admin.site.admin_view(queue_view), name="queue"),
    path("search/", admin.site.admin_view(search_view), name="search"),
    path("cases/new/", admin.site.admin_view(opening_view), name="case-open"),
    path("cases/new/debtors/", admin.site.admin_view(known_debtors_view), name="case-open-debtors"),
    path("debtors/<id:company_id>/", admin.site.admin_view(debtor_view), name="debtor"),
    path("journal/", admin.site.admin_view(journal_view), name="journal"),
    path("journal/journal.csv", admin.site.admin_view(journal_csv), name="journal-csv"),
    path("journal/fec.txt", admin.site.admin_view(journal_fec), name="journal-fec"),
    path("letters-to-post/", admin.site.admin_view(letters_page), name="letters-to-post"),
    path("letters-to-post/<int:batch_id>/", admin.site.admin_view(batch_page), name="post-batch"),
    path("letters-to-post/<int:batch_id>/letters.pdf", admin.site.admin_view(batch_file), name="post-batch-file"),
    path("letters-to-post/<int:batch_id>/letters.csv", admin.site.admin_view(batch_csv), name="post-batch-csv"),
    path("bulk-letters/<int:mailing_id>/", admin.site.admin_view(mailing_page), name="mailing"),
    path("remittances/", admin.site.admin_view(remittances_due), name="remittances-due"),
    path("remittances/remittances.csv", admin.site.admin_view(remittances_csv), name="remittances-csv"),
    path("remittances/<int:owner_id>/", admin.site.admin_view(remittance_page), name="remittance"),
    path("remittances/<int:owner_id>/held/", admin.site.admin_view(held_page), name="held"),
    path("remittances/<int:owner_id>/held.csv", admin.site.admin_view(held_csv), name="held-csv"),
    path("reversals/", admin.site.admin_view(reversals_page), name="reversals"),
    path("reversals/reversals.csv", admin.site.admin_view(reversals_csv), name="reversals-csv"),
]
