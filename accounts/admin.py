"""Staff's door to accounts."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import services, tokens
from accounts.models import AccessToken, ApiKey, User
from legalcity.lib.backoffice import ReadOnlyAdmin


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """Clients and staff."""

    ordering = ("last_name", "first_name", "id")
    list_display = ("email", "first_name", "last_name", "entreprise", "has_api_access", "is_staff", "is_active")
    list_filter = ("is_staff", "is_active", "has_api_access", "can_register")
    search_fields = ("email", "first_name", "last_name", "entreprise", "siren")
    readonly_fields = ("registered_by", "last_login", "created_at", "updated_at")
    autocomplete_fields = ()
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Profile"), {"fields": ("first_name", "last_name", "entreprise", "siren", "phone")}),
        (_("Address"), {"fields": ("address", "postal", "city")}),
        (_("API"), {"fields": ("has_api_access", "can_register", "registered_by", "metadata")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        (_("Dates"), {"fields": ("last_login", "created_at", "updated_at")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "first_name", "last_name", "usable_password", "password1", "password2"),
            },
        ),
    )
    actions = ("issue_key",)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """A new user gets a webhook secret like any other."""
        obj.email = obj.email.strip().lower()
        if not obj.sealed_auth_secret:
            services.secret_renew(user=obj)
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Issue an API key (shown once)"), permissions=["change"])
    def issue_key(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """A further key for each chosen user; the older ones go on working."""
        staff = User.objects.get(email=request.user.get_username())
        for user in queryset:
            key = services.key_issue(user=user, issued_by=staff)
            messages.success(request, _("New key for {user}: {key}").format(user=user.email, key=key))


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Keys by their first characters; the keys themselves are not stored."""

    list_display = ("hint", "user", "created_at", "last_used_at", "revoked_at", "issued_by")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user", "issued_by")
    search_fields = ("hint", "user__email", "user__entreprise")
    actions = ("revoke",)

    @admin.action(description=_("Revoke the chosen keys"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """For good."""
        count = sum(services.key_revoke(api_key=key) for key in queryset)
        messages.success(request, ngettext("{n} key revoked", "{n} keys revoked", count).format(n=count))


@admin.register(AccessToken)
class AccessTokenAdmin(ReadOnlyAdmin):
    """Tokens in use."""

    list_display = ("jti", "user", "issued_at", "expires_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user",)
    search_fields = ("user__email", "user__entreprise")
    actions = ("revoke",)

    @admin.action(description=_("Revoke the chosen tokens"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[AccessToken]) -> None:
        """At once and for good."""
        count = sum(tokens.token_revoke(jti=token.jti) for token in queryset)
        messages.success(request, ngettext("{n} token revoked", "{n} tokens revoked", count).format(n=count))


HistoricalSetting = AccessToken._meta.apps.get_model("accounts", "HistoricalConstance")


@admin.register(HistoricalSetting)
class SettingHistoryAdmin(ReadOnlyAdmin):
    """Each value that a system setting had, since when, and who gave it."""

    list_display = ("key", "value", "history_date", "history_user", "history_type")
    list_filter = ("key",)
    list_select_related = ("history_user",)
    search_fields = ("key",)
    date_hierarchy = "history_date"
