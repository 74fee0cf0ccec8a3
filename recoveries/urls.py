"""Routes of cases and of what is mounted under them, under /api/."""

from typing import Any

from django.urls import path

from documents.views import FileTypeView
from recoveries.court.views import DeadlinesView, EligibilityView, TransferView
from recoveries.letters.message_views import MessagesView
from recoveries.letters.scenarios.views import CaseScenarioView, RehearseView, ScenariosView
from recoveries.views.account import CreditNotesView, DecompteView, PaymentsView, PostingsView
from recoveries.views.cases import CompleteView, RecoveryView
from recoveries.views.comments import CommentView
from recoveries.views.companies import CaseCompanyView, CompaniesByTypeView
from recoveries.views.documents import CaseDocumentView
from recoveries.views.invoices import CaseInvoiceView

MANY: dict[str, Any] = {"get": "list", "post": "create"}
ONE: dict[str, Any] = {"get": "retrieve", "put": "update", "delete": "destroy"}
CASE = "recoveries/<id:recovery_id>"

urlpatterns = [
    # The three that are asked most come first.
    path("recoveries/complete", CompleteView.as_view({"post": "create"}), name="recovery-complete"),
    path("recoveries", RecoveryView.as_view(MANY), name="recoveries"),
    path(CASE, RecoveryView.as_view({**ONE, "patch": "partial_update"}), name="recovery"),
    path(f"{CASE}/companies", CaseCompanyView.as_view(MANY), name="case-companies"),
    path(f"{CASE}/companies/<id:company_id>", CaseCompanyView.as_view(ONE), name="case-company"),
    path(f"{CASE}/invoices", CaseInvoiceView.as_view(MANY), name="case-invoices"),
    path(f"{CASE}/invoices/<id:invoice_id>", CaseInvoiceView.as_view(ONE), name="case-invoice"),
    path(f"{CASE}/comments", CommentView.as_view(MANY), name="case-comments"),
    path(f"{CASE}/comments/<id:comment_id>", CommentView.as_view(ONE), name="case-comment"),
    path(
        f"{CASE}/injonction-transfer",
        TransferView.as_view({"post": "create", "get": "retrieve"}),
        name="case-transfer",
    ),
    path(
        f"{CASE}/injonction-eligibility",
        EligibilityView.as_view({"get": "retrieve"}),
        name="case-eligibility",
    ),
    path(f"{CASE}/deadlines", DeadlinesView.as_view({"get": "list"}), name="case-deadlines"),
    path(f"{CASE}/decompte", DecompteView.as_view({"get": "retrieve"}), name="case-account"),
    path(f"{CASE}/decompte.pdf", DecompteView.as_view({"get": "paper"}), name="case-account-paper"),
    path(f"{CASE}/postings", PostingsView.as_view({"get": "list"}), name="case-postings"),
    path(f"{CASE}/payments", PaymentsView.as_view({"post": "create"}), name="case-payments"),
    path(f"{CASE}/credit-notes", CreditNotesView.as_view({"post": "create"}), name="case-credit-notes"),
    path(f"{CASE}/docs", CaseDocumentView.as_view(MANY), name="case-documents"),
    path(
        f"{CASE}/docs/<id:document_id>",
        CaseDocumentView.as_view({"get": "retrieve", "delete": "destroy"}),
        name="case-document",
    ),
    path(
        f"{CASE}/docs/<id:document_id>/download",
        CaseDocumentView.as_view({"get": "download"}),
        name="case-document-download",
    ),
    path("scenarios", ScenariosView.as_view({"get": "list"}), name="scenarios"),
    path("scenarios/<slug:code>/rehearse", RehearseView.as_view({"post": "create"}), name="scenario-rehearse"),
    path("rehearsals/<id:rehearsal_id>", RehearseView.as_view({"get": "retrieve"}), name="rehearsal"),
    path(f"{CASE}/scenario", CaseScenarioView.as_view({"get": "retrieve", "post": "create"}), name="case-scenario"),
    path(f"{CASE}/scenario/pause", CaseScenarioView.as_view({"post": "pause"}), name="case-scenario-pause"),
    path(f"{CASE}/scenario/resume", CaseScenarioView.as_view({"post": "resume"}), name="case-scenario-resume"),
    path(f"{CASE}/messages", MessagesView.as_view({"get": "list"}), name="case-messages"),
    path(f"{CASE}/messages/<id:message_id>", MessagesView.as_view({"get": "retrieve"}), name="case-message"),
    path(f"{CASE}/messages/<id:message_id>/file", MessagesView.as_view({"get": "file"}), name="case-message-file"),
    path(
        f"{CASE}/messages/<id:message_id>/proofs/<id:number>",
        MessagesView.as_view({"get": "proof"}),
        name="case-message-proof",
    ),
    path("docs/file-types", FileTypeView.as_view({"get": "list"}), name="file-types"),
    path("companies/type/<str:side>", CompaniesByTypeView.as_view({"get": "list"}), name="companies-by-type"),
]
