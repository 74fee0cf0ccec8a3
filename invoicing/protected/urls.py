"""Routes of protected invoices, under /api/."""

from django.urls import path

from invoicing.protected.views import ProtectedInvoiceView

urlpatterns = [
    path(
        "protected-invoices",
        ProtectedInvoiceView.as_view({"get": "list", "post": "create"}),
        name="protected-invoices",
    ),
    path(
        "protected-invoices/<id:protected_id>",
        ProtectedInvoiceView.as_view({"get": "retrieve", "put": "update"}),
        name="protected-invoice",
    ),
    path(
        "protected-invoices/api/<text:identifier>",
        ProtectedInvoiceView.as_view({"get": "find"}),
        name="protected-invoice-by-identifier",
    ),
]
