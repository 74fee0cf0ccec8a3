"""Staff's door to accounts."""

from typing import Any

from axes.models import AccessAttempt
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import AccessToken, ApiKey, User
from backoffice import audit_admin, audit_panel, setting_pages
from backoffice.admins import ReadOnlyStaffAdmin, StaffAdmin
from backoffice.origin import staff_of
from backoffice.permissions import permission_label
from backoffice.roles import role_label
from backoffice.user_actions import LIFT_LOCK, REVOKE_KEY, REVOKE_TOKEN
from backoffice.user_admin import UserAdmin

__all__ = ["audit_admin", "audit_panel", "setting_pages"]  # They register themselves.

admin.site.register(User, UserAdmin)
# Their own pages show secrets; a second factor is reset on the user's page.
admin.site.unregister([TOTPDevice, StaticDevice, Group])


@admin.register(Group)
class RoleAdmin(StaffAdmin, GroupAdmin):
    """Roles: what staff may do. Every change of them is in the audit.

    Superusers alone change them: whoever else could would give themselves any right.
    """

    list_display = ("name_shown",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Superusers make them."""
        return staff_of(request).is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """And change them."""
        return staff_of(request).is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """And take them away."""
        return staff_of(request).is_superuser

    @admin.display(description=_("role"), ordering="name")
    def name_shown(self, group: Group) -> str:
        """The four roles of the house by their names, another group by its own."""
        return role_label(group.name)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest | None = None, **kwargs: Any) -> Any:
        """Rights by their names."""
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if isinstance(field, ModelMultipleChoiceField):
            field.label_from_instance = permission_label  # type: ignore[method-assign, assignment]
        return field


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyStaffAdmin):
    """Keys by their first characters; the keys themselves are not stored."""

    list_display = (
        "hint",
        "name",
        "user",
        "created_at",
        "last_used_at",
        "expires_at",
        "is_read_only",
        "revoked_at",
        "issued_by",
    )
    list_filter = (("revoked_at", admin.EmptyFieldListFilter), "is_read_only")
    list_select_related = ("user", "issued_by")
    search_fields = ("hint__exact", "user__search_text")
    object_actions = (REVOKE_KEY,)
    bulk_actions = (REVOKE_KEY,)


@admin.register(AccessToken)
class AccessTokenAdmin(ReadOnlyStaffAdmin):
    """Tokens in use."""

    list_display = ("jti", "user", "api_key", "began_at", "issued_at", "expires_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user", "api_key")
    search_fields = ("user__search_text",)
    object_actions = (REVOKE_TOKEN,)
    bulk_actions = (REVOKE_TOKEN,)


@admin.register(AccessAttempt)
class AccessAttemptAdmin(ReadOnlyStaffAdmin):
    """Wrong passwords: who is locked out, from where."""

    list_display = ("username", "ip_address", "failures_since_start", "attempt_time")
    list_filter = ("attempt_time",)
    search_fields = ("username", "ip_address")
    ordering = ("-attempt_time", "-id")
    fieldsets = ((_("Attempts"), {"fields": ("username", "ip_address", "failures_since_start", "attempt_time")}),)
    readonly_fields = ("attempt_time",)
    object_actions = (LIFT_LOCK,)
    bulk_actions = (LIFT_LOCK,)


@admin.register(apps.get_model("accounts", "HistoricalConstance"))
class SettingHistoryAdmin(ReadOnlyStaffAdmin):
    """Each value that a system setting had, since when, and who gave it."""

    list_display = ("key", "value", "history_date", "history_user", "history_type")
    list_filter = ("key",)
    list_select_related = ("history_user",)
    search_fields = ("key",)
    date_hierarchy = "history_date"
