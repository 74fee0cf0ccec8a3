"""Staff's door to cases."""

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from legalcity.lib.backoffice import ReadOnlyAdmin
from legalcity.lib.dates import today
from recoveries.models import DeadlineAlert, Injunction, InjunctionFee, Recovery, Status, StatusGroup
from recoveries.selectors.injunction import deadlines_of
from recoveries.services.transfer import eligibility_of


@admin.register(StatusGroup)
class StatusGroupAdmin(admin.ModelAdmin):
    """Groups that the list filter of the API takes."""

    list_display = ("id", "name", "position")


@admin.register(Status)
class StatusAdmin(admin.ModelAdmin):
    """The catalogue: names and descriptions as clients read them."""

    list_display = ("id", "name", "group", "position", "is_closing")
    list_select_related = ("group",)

    def get_readonly_fields(self, request: object, obj: Status | None = None) -> tuple[str, ...]:
        """An id is given once: clients keep it."""
        return ("id",) if obj else ()


@admin.register(Recovery)
class RecoveryAdmin(ReadOnlyAdmin):
    """Cases as they stand."""

    list_display = (
        "recovery_reference",
        "owner",
        "customer_company",
        "debtor_company",
        "debtor_name",
        "status",
        "amount_torecover",
        "user",
        "created_at",
    )
    list_filter = ("status", "type")
    list_select_related = ("owner", "status", "user")
    search_fields = ("recovery_reference", "debtor_name", "debtor_company", "customer_company")
    date_hierarchy = "created_at"
    readonly_fields = ("way_to_court",)

    @admin.display(description=_("injonction de payer"))
    def way_to_court(self, case: Recovery) -> str:
        """Whether the case may go to court: the same answer as the API's."""
        answer = eligibility_of(case, today())
        head = _("May be transferred.") if answer.eligible else _("May not be transferred:")
        lines = [str(reason) for reason in (*answer.reasons, *answer.warnings)]
        return format_html_join("", "{}<br>", ((line,) for line in (str(head), *lines)))


@admin.register(InjunctionFee)
class InjunctionFeeAdmin(admin.ModelAdmin):
    """What procedures cost, with the source of each figure."""

    list_display = ("procedure", "court_type", "court_fee", "handling_fee", "source")
    list_filter = ("procedure",)


@admin.register(Injunction)
class InjunctionAdmin(admin.ModelAdmin):
    """The procedure record: court, file number, key dates, payment of the fee."""

    list_display = ("recovery", "procedure", "court_type", "court_name", "file_number", "order_made_on", "fee_paid_on")
    list_filter = ("procedure", "court_type", ("fee_paid_on", admin.EmptyFieldListFilter))
    list_select_related = ("recovery",)
    search_fields = ("recovery__recovery_reference", "file_number", "court_name")
    readonly_fields = ("recovery", "procedure", "court_fee", "handling_fee", "next_dates")
    fieldsets = (
        (None, {"fields": ("recovery", "procedure", "next_dates")}),
        (_("Court"), {"fields": ("court_type", "court_name", "court_territory", "file_number")}),
        (_("Request and order"), {"fields": ("filed_on", "court_fee_paid_on", "order_made_on", "granted_amount")}),
        (_("Service"), {"fields": ("served_on", "served_how", "reached_on")}),
        (
            _("Opposition"),
            {
                "fields": (
                    "opposed_on",
                    "costs_invited_on",
                    "costs_paid_on",
                    "opposition_notified_on",
                    "lawyer_appointed_on",
                )
            },
        ),
        (_("End"), {"fields": ("enforceable_on", "ended_on")}),
        (_("Fee"), {"fields": ("court_fee", "handling_fee", "fee_paid_on", "fee_payment_reference")}),
    )

    def has_add_permission(self, request: object, obj: object = None) -> bool:
        """A procedure begins with a transfer."""
        return False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        """And is kept."""
        return False

    @admin.display(description=_("next legal deadlines"))
    def next_dates(self, injunction: Injunction) -> str:
        """What must happen by when, what follows if it does not, and why."""
        try:
            deadlines = deadlines_of(injunction)
        except ValueError as error:  # A court where the Code de procédure civile does not apply.
            return str(error)
        lines = ((deadline.date, deadline.what, deadline.consequence, deadline.article) for deadline in deadlines)
        return format_html_join("", "{}: {}. {} ({})<br>", lines) or "-"


@admin.register(DeadlineAlert)
class DeadlineAlertAdmin(ReadOnlyAdmin):
    """Deadlines that staff were told of."""

    list_display = ("date", "kind", "injunction", "article", "created_at")
    list_filter = ("kind",)
    list_select_related = ("injunction__recovery",)
    date_hierarchy = "date"
