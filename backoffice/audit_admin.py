"""The audit as staff read it: searched by what, who and when; never written by hand."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent
from backoffice.admins import ReadOnlyStaffAdmin
from backoffice.audit import ADDED, CHANGED, DELETED, DOOR_OPENED, VIEWED
from backoffice.registry import action_labels, fields_asked
from backoffice.values import asked_in_words, field_named, name_in_words, render_pairs, render_values, value_in_words


class ActionFilter(admin.SimpleListFilter):
    """By action. The names come from the registry: asking the table for its distinct ones would read it whole."""

    title = _("action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Django's own acts and every declared one."""
        return [(name, str(label)) for name, label in action_labels().items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """The chosen one."""
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyStaffAdmin):
    """Every act: who, what, on what, when, from where, through which door."""

    linked_by = ("action", "object_type", "object_id", "actor_id")
    list_display = ("at", "what", "outcome", "thing", "actor_email", "reason", "door", "address")
    list_filter = (("at", admin.DateFieldListFilter), ActionFilter, "succeeded", "door")
    search_fields = ("object_label", "actor_email", "=action", "=object_id", "reason", "=request_id")
    search_help_text = _("Reference or name of the thing, e-mail of the person, action, reason, request.")
    audit_words = {
        ADDED: _("Added"),
        CHANGED: _("Changed"),
        DELETED: _("Deleted"),
        VIEWED: _("Viewed"),
        DOOR_OPENED: _("Rows that are written once opened"),
        "signed_in": _("Signed in"),
        "locked_out": _("Locked out"),
        "second_factor_set_up": _("Second factor set up"),
        "second_factor_removed": _("Second factor removed"),
        "backup_codes_renewed": _("Backup codes renewed"),
        "backup_code_used": _("Backup code used"),
    }
    date_hierarchy = "at"
    list_per_page = 50
    fieldsets = (
        (None, {"fields": ("at", "what", "outcome", "thing", "kind", "reason")}),
        (_("Who and from where"), {"fields": ("actor_email", "actor_id", "door", "address", "request_id")}),
        (_("Values"), {"fields": ("values", "more")}),
    )
    readonly_fields = ("what", "outcome", "thing", "kind", "values", "more")

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **options: Any) -> HttpResponse:
        """Headed by the act in words, not by its code."""
        event = context["original"]
        context["subtitle"] = f"{self.what(event)} {event.object_label}".strip()
        return super().render_change_form(request, context, *args, **options)

    @admin.display(description=_("action"), ordering="action")
    def what(self, event: AuditEvent) -> str:
        """The act in words."""
        return str(action_labels().get(event.action, event.action))

    @admin.display(description=_("result"), ordering="succeeded")
    def outcome(self, event: AuditEvent) -> str:
        """Whether it was carried out."""
        tone, word = ("good", _("Done")) if event.succeeded else ("bad", _("Refused"))
        return format_html('<span class="lc-badge lc-badge-{}">{}</span>', tone, word)

    @admin.display(description=_("thing"), ordering="object_label")
    def thing(self, event: AuditEvent) -> str:
        """What it was done to, with the way there while it has a page."""
        label = event.object_label or event.object_id or "-"
        try:
            page = f"admin:{event.object_type.replace('.', '_')}_change"
            return format_html('<a href="{}">{}</a>', reverse(page, args=[event.object_id]), label)
        except NoReverseMatch:
            return label

    @admin.display(description=_("kind of thing"), ordering="object_type")
    def kind(self, event: AuditEvent) -> str:
        """The kind in words."""
        try:
            return capfirst(str(apps.get_model(event.object_type)._meta.verbose_name))
        except (LookupError, ValueError):
            return event.object_type

    @admin.display(description=_("before and after"))
    def values(self, event: AuditEvent) -> str:
        """Field by field."""
        before, after = event.before or {}, event.after or {}
        names = [*before, *(name for name in after if name not in before)]
        rows = []
        for name in names:
            field = field_named(event.object_type, name)
            was, is_now = (value_in_words(field, side.get(name)) for side in (before, after))
            rows.append((name_in_words(field, name), was, is_now))
        return render_values(rows)

    @admin.display(description=_("details"))
    def more(self, event: AuditEvent) -> str:
        """What was asked besides, and why it was refused."""
        asked = fields_asked(event.action)
        facts = {}
        for name, value in event.details.items():
            field = field_named(event.object_type, name)
            if name in asked and (label := asked[name].label):
                facts[str(label)] = asked_in_words(asked[name], value)
            else:
                facts[name_in_words(field, name)] = value_in_words(field, value)
        return render_pairs(facts)
