"""Staff's pages of invoices: drafts are edited, issued ones are read, downloaded, paid and credited."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.db.models.fields.related import ForeignKey
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.admins import ReadOnlyStaffAdmin, StaffAdmin
from backoffice.amounts import amount_shown
from backoffice.fields import READERS, ReadByUs
from backoffice.lookups import StaffStackedInline, StandingInline
from backoffice.origin import staff_of
from invoicing.billing.backoffice.acts import BILL, CREDIT, ISSUE, PAY
from invoicing.billing.backoffice.drafts import ItemForm, invoice_defaults, item_defaults, taxes_told
from invoicing.billing.entities import billable_named
from invoicing.billing.facturx import facturx_of
from invoicing.billing.libraries import PdfUnavailable
from invoicing.billing.paper import paper_of
from invoicing.billing.selectors import to_pay, whole
from invoicing.billing.views import pdf_response
from invoicing.models import Charge, FirmInvoice, FirmInvoiceItem, FirmPayment, InvoiceType, Tax
from legalcity.lib.clock import today
from legalcity.lib.form_fields import SumField


class PaymentFilter(admin.SimpleListFilter):
    """What is left to pay."""

    title = _("payment")
    parameter_name = "payment"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The choices."""
        return [("open", _("to pay")), ("overdue", _("overdue")), ("settled", _("settled"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[FirmInvoice]) -> QuerySet[FirmInvoice]:
        """Invoices, without credit notes, by what is left to pay."""
        if self.value() not in ("open", "overdue", "settled"):
            return queryset
        owed = to_pay(queryset)
        if self.value() == "settled":
            return owed.filter(left__lte=0)
        return owed.filter(left__gt=0, **({"due_on__lt": today()} if self.value() == "overdue" else {}))


def _two(amount: Decimal) -> str:
    return number_format(amount, 2, use_l10n=True, force_grouping=True)


def _is_draft(invoice: Any) -> bool:
    return invoice is None or not invoice.is_issued


class ItemInline(ReadByUs, StaffStackedInline):
    """The lines, edited as long as the invoice is a draft."""

    model = FirmInvoiceItem
    form = ItemForm
    formfield_overrides = {**READERS, models.DecimalField: {"form_class": SumField}}
    fields = (
        ("name", "code", "product_type"),
        ("currency_units", "quantity", "position"),
        ("taxes", "details"),
        ("invoice_entity_type", "invoice_entity_id"),
    )
    readonly_fields = ("billed_for",)

    @admin.display(description=_("billed for"))
    def billed_for(self, item: FirmInvoiceItem) -> str:
        """The kind and the name of the thing, where the item is read and not edited."""
        return billable_named(item.invoice_entity_type, item.invoice_entity_id)

    def get_fields(self, request: HttpRequest, obj: FirmInvoice | None = None) -> Any:
        """What an item that stands is billed for is one sentence."""
        if _is_draft(obj) and self.has_change_permission(request, obj):
            return self.fields
        return (*self.fields[:-1], "billed_for")

    def get_extra(self, request: HttpRequest, obj: FirmInvoice | None = None, **kwargs: Any) -> int:
        """A new invoice begins with one."""
        return 1 if obj is None else 0

    def get_formset(self, request: HttpRequest, obj: FirmInvoice | None = None, **kwargs: Any) -> Any:
        """What is added begins with the usual product and VAT."""
        made = super().get_formset(request, obj, **kwargs)
        fields = made.form.base_fields
        for name, value in (item_defaults() if _is_draft(obj) else {}).items():
            if name in fields:
                fields[name].initial = value
        return made

    def has_add_permission(self, request: HttpRequest, obj: FirmInvoice | None = None) -> bool:
        """To a draft only."""
        return _is_draft(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: FirmInvoice | None = None) -> bool:
        """In a draft only."""
        return _is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: FirmInvoice | None = None) -> bool:
        """From a draft only."""
        return _is_draft(obj) and super().has_delete_permission(request, obj)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Taxes that are still offered."""
        if db_field.name == "taxes":
            kwargs["queryset"] = Tax.objects.filter(enable=True)
            kwargs["widget"] = forms.SelectMultiple(attrs={"data-taxes": taxes_told()})
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class PaymentInline(StandingInline):
    """What came in; written by the act."""

    model = FirmPayment
    fields = readonly_fields = ("amount", "paid_on", "method", "reference", "recorded_by", "created_at")


@admin.register(FirmInvoice)
class FirmInvoiceAdmin(StaffAdmin):
    """The firm's own invoices."""

    class Media:
        """The totals while one types."""

        js = ("backoffice/invoice_totals.js",)

    holds_personal_data = True
    show_full_result_count = False
    list_display = ("__str__", "status", "client", "invoice_type", "date_time", "due_on", "amount", "left_to_pay")
    list_filter = ("status", PaymentFilter, "invoice_type", "currency")
    search_fields = ("reference__iexact", "client__search_text", "items__invoice_entity_id__exact")
    date_hierarchy = "date_time"
    autocomplete_fields = ("client",)
    object_actions = (ISSUE, PAY, CREDIT)
    inlines = (ItemInline, PaymentInline)
    readonly_fields = ("reference", "status", "date_time", "corrects", "user", "amount", "left_to_pay", "paper", "sums")
    fieldsets = (
        (None, {"fields": ("reference", "status", "paper", "invoice_type", "client", "corrects", "user")}),
        (_("Dates"), {"fields": ("date_time", "performed_on", "due_on")}),
        (_("Amounts"), {"fields": ("currency", "euro_rate", "sums", "amount", "left_to_pay")}),
        (_("Text"), {"fields": ("observations",)}),
    )

    def has_change_permission(self, request: HttpRequest, obj: FirmInvoice | None = None) -> bool:
        """An issued invoice stands."""
        return _is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: FirmInvoice | None = None) -> bool:
        """And is kept."""
        return _is_draft(obj) and super().has_delete_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[FirmInvoice]:
        """With what the columns show."""
        return whole(super().get_queryset(request)).select_related("client")

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        """Credit notes come from the act."""
        if db_field.name == "invoice_type":
            kwargs["queryset"] = InvoiceType.objects.filter(series=InvoiceType.Series.INVOICE, closed_at=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What a new invoice begins with, unless the address says else."""
        return {**invoice_defaults(), **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: FirmInvoice, form: Any, change: bool) -> None:
        """Who began the draft is its creator."""
        if not change:
            obj.user = staff_of(request)
        super().save_model(request, obj, form, change)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[FirmInvoice]) -> None:
        """Of the chosen rows drafts go; the model refuses the rest."""
        for invoice in queryset.filter(status=FirmInvoice.Status.DRAFT):
            invoice.delete()

    @admin.display(description=_("total"), ordering="total")
    def amount(self, invoice: FirmInvoice) -> str:
        """With its currency; a draft by its items."""
        total = invoice.total if invoice.is_issued else paper_of(invoice).totals.total
        return amount_shown(total, invoice.currency.name_short) if invoice.pk else "-"

    @admin.display(description=_("of what stands here"))
    def sums(self, invoice: FirmInvoice) -> SafeString | str:
        """The totals of the items as they are typed; without a script those of what was saved."""
        if not _is_draft(invoice):
            return "-"
        words = gettext("{net} without VAT + {vat} of VAT = {total}")
        saved = None if invoice._state.adding else paper_of(invoice).totals
        net, total = (saved.net, saved.total) if saved else (Decimal(0), Decimal(0))
        sums = (("net", net), ("vat", total - net), ("total", total))
        told = words.format(**{name: _two(sum_) for name, sum_ in sums})
        return format_html('<output data-invoice-totals="{}">{}</output>', words, told)

    @admin.display(description=_("left to pay"))
    def left_to_pay(self, invoice: FirmInvoice) -> str:
        """Of an issued invoice."""
        if not invoice.is_issued or invoice.is_credit_note:
            return "-"
        return amount_shown(invoice.total - invoice.paid - invoice.credited, invoice.currency.name_short)

    @admin.display(description=_("paper"))
    def paper(self, invoice: FirmInvoice) -> SafeString | str:
        """The way to the PDF."""
        if invoice._state.adding:
            return "-"
        text = _("Download (PDF, Factur-X)") if invoice.is_issued else _("Preview (PDF)")
        return format_html('<a href="{}">{}</a>', reverse("admin:invoicing_firminvoice_paper", args=[invoice.pk]), text)

    def get_urls(self) -> list[URLPattern]:
        """The paper, before Django's own addresses."""
        page = self.admin_site.admin_view(self.paper_view)
        return [path("<uuid:invoice_id>/paper/", page, name="invoicing_firminvoice_paper"), *super().get_urls()]

    def paper_view(self, request: HttpRequest, invoice_id: UUID) -> HttpResponse:
        """The PDF: Factur-X of an issued invoice, a preview of a draft."""
        invoice = whole(FirmInvoice.objects.all()).filter(pk=invoice_id).first()
        if invoice is None:
            raise Http404
        if not self.has_view_permission(request, invoice):
            raise PermissionDenied
        try:
            return pdf_response(facturx_of(paper_of(invoice)), invoice.reference or "brouillon")
        except PdfUnavailable as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(reverse("admin:invoicing_firminvoice_change", args=[invoice.pk]))


@admin.register(Charge)
class ChargeAdmin(ReadOnlyStaffAdmin):
    """What was, or waits to be, billed by itself."""

    list_display = ("__str__", "user", "invoice", "created_at")
    list_filter = (("invoice", admin.EmptyFieldListFilter),)
    list_select_related = ("user", "invoice")
    search_fields = ("invoice_entity_id__iexact", "user__search_text")
    object_actions = (BILL,)
