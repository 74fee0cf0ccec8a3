"""Staff's door to scoring: orders with their reports, surveillance with its alerts, tokens."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from backoffice.actions import ObjectAction
from backoffice.admins import ReadOnlyStaffAdmin
from backoffice.origin import staff_of
from backoffice.user_facts import user_fact
from legalcity.lib.form_fields import CountField, TextField
from legalcity.lib.pairs import pair
from scoring import billed_packs, packs_admin  # noqa: F401 - they register themselves
from scoring.models import Alert, ScoringOrder, Surveillance, TokenAccount, TokenEntry
from scoring.selectors import tokens_of
from scoring.services.pipeline import order_retry
from scoring.services.tokens import MOST_AT_ONCE, tokens_grant
from scoring.wording import (
    alert_sentence,
    cap_or_factor,
    confidence_sentence,
    factor_name,
    level_name,
    source_name,
    source_sentence,
)


def _retry(request: HttpRequest, order: ScoringOrder, _data: dict[str, Any]) -> str:
    order_retry(order=order, by=staff_of(request))
    return _("The order is queued; its tokens are spent again.")


def _grant(request: HttpRequest, account: User, data: dict[str, Any]) -> str:
    user = User.objects.get(pk=account.pk)
    balance = tokens_grant(user=user, amount=data["tokens"], by=staff_of(request), reason=data["reason"])
    return _("Granted. The balance is {tokens} now.").format(tokens=balance)


@user_fact
def _balance(user: User) -> tuple[str, str]:
    return _("Scoring tokens left"), str(tokens_of(user))


class GrantForm(forms.Form):
    """How many, and why."""

    tokens = CountField(label=gettext_lazy("Tokens"), min_value=1, max_value=MOST_AT_ONCE)
    reason = TextField(label=gettext_lazy("Reason"), max_length=255)


RETRY = ObjectAction(
    name="retry-order",
    label=gettext_lazy("Try again"),
    permission="scoring.change_scoringorder",
    perform=_retry,
    is_offered=lambda request, order: order.status == ScoringOrder.Status.FAILED,
    explain=gettext_lazy("The workers make the report again. The tokens, which were given back, are spent again."),
)
GRANT = ObjectAction(
    name="grant-tokens",
    label=gettext_lazy("Grant tokens"),
    permission="scoring.add_tokenentry",
    perform=_grant,
    form=GrantForm,
    explain=gettext_lazy("The tokens can be spent at once. A movement of the ledger cannot be taken back."),
)


@admin.register(ScoringOrder)
class ScoringOrderAdmin(ReadOnlyStaffAdmin):
    """Orders, with the report as the client reads it."""

    list_display = ("order_id", "user", "company_name", "ordered", "status", "score", "level", "estimated_delivery")
    list_filter = ("status", "priority", "solvency_report", "surveillance")
    list_select_related = ("user",)
    search_fields = ("search_text", "user__search_text")
    date_hierarchy = "created_at"
    holds_personal_data = True
    object_actions = bulk_actions = (RETRY,)
    readonly_fields = ("ordered", "score", "level", "confidence", "factors", "sources", "alerts")
    fieldsets = (
        (None, {"fields": ("order_id", "user", "status", "failure", "ordered", "report_type", "priority")}),
        (
            gettext_lazy("Company"),
            {
                "fields": (
                    "company_name",
                    "company_siret",
                    "company_siren",
                    "company_legal_form",
                    "company_country",
                )
            },
        ),
        (gettext_lazy("Report"), {"fields": ("score", "level", "confidence", "factors", "sources")}),
        (gettext_lazy("Surveillance"), {"fields": ("surveillance_months", "alerts")}),
        (
            gettext_lazy("Dates"),
            {"fields": ("created_at", "estimated_delivery", "completed_at", "attempts", "claimed_until")},
        ),
    )

    @admin.display(description=gettext_lazy("ordered"))
    def ordered(self, order: ScoringOrder) -> str:
        """The services."""
        names = {"solvency_report": _("solvency report"), "surveillance": _("surveillance")}
        return ", ".join(names[service] for service in order.services)

    @admin.display(description=gettext_lazy("score"))
    def score(self, order: ScoringOrder) -> str:
        """The number."""
        number = (order.results or {}).get("solvency_score")
        return "-" if number is None else f"{number} / 100"

    @admin.display(description=gettext_lazy("risk level"))
    def level(self, order: ScoringOrder) -> str:
        """In words."""
        return level_name(order.results["risk_level"]) if order.results else "-"

    @admin.display(description=gettext_lazy("confidence"))
    def confidence(self, order: ScoringOrder) -> str:
        """In a sentence."""
        return confidence_sentence(order.results) if order.results else "-"

    @admin.display(description=gettext_lazy("factors"))
    def factors(self, order: ScoringOrder) -> str:
        """Each line with its weight, its contribution and why."""
        results = order.results or {"factors": []}
        if not results["factors"]:
            return "-"
        rows = format_html_join(
            "",
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            (
                (
                    factor_name(part["factor"]),
                    part["weight"],
                    part["contribution"],
                    cap_or_factor(part["factor"], results),
                )
                for part in results["factors"]
            ),
        )
        heads = (_("factor"), _("weight"), _("contribution"), _("why"))
        head = format_html_join("", "<th>{}</th>", ((each,) for each in heads))
        return format_html("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", head, rows)

    @admin.display(description=gettext_lazy("sources"))
    def sources(self, order: ScoringOrder) -> str:
        """What each source answered."""
        told = (order.results or {}).get("sources", [])
        return (
            format_html_join(
                "", "{}<br>", ([pair(source_name(each["source"]), source_sentence(each["status"]))] for each in told)
            )
            or "-"
        )

    @admin.display(description=gettext_lazy("alerts"))
    def alerts(self, order: ScoringOrder) -> str:
        """What the surveillance has recorded."""
        alerts = Alert.objects.filter(surveillance__order=order)
        return (
            format_html_join(
                "",
                "{}<br>",
                ([pair(date_format(localtime(each.created_at)), alert_sentence(each))] for each in alerts),
            )
            or "-"
        )


@admin.register(Surveillance)
class SurveillanceAdmin(ReadOnlyStaffAdmin):
    """Which companies are watched, until when, and when they were last looked at."""

    list_display = ("order", "company", "starts_on", "ends_on", "checked_on", "unavailable")
    list_filter = ("ends_on", "checked_on")
    list_select_related = ("order",)
    search_fields = ("order__search_text",)
    fields = ("order", "company", "starts_on", "ends_on", "checked_on", "unavailable")
    readonly_fields = ("company", "unavailable")
    holds_personal_data = True

    @admin.display(description=gettext_lazy("company"))
    def company(self, watch: Surveillance) -> str:
        """Its name."""
        return watch.order.company_name

    @admin.display(description=gettext_lazy("sources that did not answer"))
    def unavailable(self, watch: Surveillance) -> str:
        """At the last look."""
        return ", ".join(map(source_name, watch.silent)) or "-"


@admin.register(Alert)
class AlertAdmin(ReadOnlyStaffAdmin):
    """Changes of companies under surveillance."""

    list_display = ("created_at", "surveillance", "kind", "told")
    list_filter = ("kind",)
    list_select_related = ("surveillance__order",)
    search_fields = ("surveillance__order__search_text",)
    date_hierarchy = "created_at"
    fields = ("surveillance", "kind", "told", "created_at")
    readonly_fields = ("told",)

    @admin.display(description=gettext_lazy("change"))
    def told(self, alert: Alert) -> str:
        """In a sentence."""
        return alert_sentence(alert)


@admin.register(TokenAccount)
class TokenAccountAdmin(ReadOnlyStaffAdmin):
    """Clients and the tokens that they have left."""

    list_display = ("email", "entreprise", "tokens")
    search_fields = ("search_text",)
    fields = ("email", "entreprise", "tokens", "movements")
    readonly_fields = ("tokens", "movements")
    object_actions = (GRANT,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[TokenAccount]:
        """Users of the API."""
        return super().get_queryset(request).filter(is_staff=False)

    @admin.display(description=gettext_lazy("tokens"))
    def tokens(self, account: TokenAccount) -> int:
        """The balance."""
        return tokens_of(account)

    @admin.display(description=gettext_lazy("last movements"))
    def movements(self, account: TokenAccount) -> str:
        """The newest lines of the ledger."""
        lines = TokenEntry.objects.filter(user_id=account.pk)[:20]
        told = (
            (date_format(localtime(line.created_at)), line.amount, line.get_kind_display(), line.reason)
            for line in lines
        )
        return format_html_join("", "{} {} {} {}<br>", told) or "-"


@admin.register(TokenEntry)
class TokenEntryAdmin(ReadOnlyStaffAdmin):
    """The ledger: read, never written by hand."""

    list_display = ("created_at", "user", "kind", "amount", "order", "by", "reason")
    list_filter = ("kind",)
    list_select_related = ("user", "order", "by")
    search_fields = ("user__search_text", "order__order_id__iexact")
    date_hierarchy = "created_at"
