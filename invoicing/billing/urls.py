"""The calls of LawPanel clients."""

from django.urls import path

from invoicing.billing.views import InvoiceView, LoginView, LogoffView

urlpatterns = [
    path("account/login", LoginView.as_view({"post": "login"}), name="firms-login"),
    path("account/logoff", LogoffView.as_view({"post": "logoff"}), name="firms-logoff"),
    path("invoice", InvoiceView.as_view({"get": "invoices"}), name="firms-invoices"),
    path("invoice/<str:invoice_id>", InvoiceView.as_view({"get": "invoice"}), name="firms-invoice"),
    path("invoice/<str:invoice_id>/pdf", InvoiceView.as_view({"get": "pdf"}), name="firms-invoice-pdf"),
]
