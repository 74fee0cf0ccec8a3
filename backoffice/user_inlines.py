"""The keys and tokens of a user, on the user's page."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import AccessToken, ApiKey
from backoffice.actions import ObjectAction
from backoffice.lookups import StandingInline
from backoffice.user_actions import REVOKE_KEY, REVOKE_TOKEN
from legalcity.lib.clock import now


class AccessInline(StandingInline):
    """Read, and revoked one by one."""

    revoke: ObjectAction

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The way to revoke, for who may."""
        fields = super().get_fields(request, obj)
        may_revoke = self.revoke.is_allowed(request, self.model, self.model(user=obj) if obj else None)
        return fields if may_revoke else [name for name in fields if name != "revoke_link"]

    @admin.display(description=_("Act"))
    def revoke_link(self, thing: Any) -> str:
        """The page that revokes, while there is something to revoke."""
        if thing.revoked_at is not None:
            return ""
        page = f"admin:{thing._meta.app_label}_{thing._meta.model_name}_action"
        return format_html('<a href="{}">{}</a>', reverse(page, args=[thing.pk, self.revoke.name]), self.revoke.label)


class ApiKeyInline(AccessInline):
    """Keys by their first characters, the revoked ones too."""

    model = ApiKey
    fk_name = "user"
    revoke = REVOKE_KEY
    fields = readonly_fields = (
        "hint",
        "name",
        "created_at",
        "issued_by",
        "last_used_at",
        "expires_at",
        "is_read_only",
        "addresses",
        "revoked_at",
        "revoke_link",
    )
    verbose_name_plural = _("API keys")


class AccessTokenInline(AccessInline):
    """Tokens that open the API now."""

    model = AccessToken
    revoke = REVOKE_TOKEN
    fields = readonly_fields = ("jti", "issued_at", "expires_at", "revoke_link")
    verbose_name_plural = _("tokens in use")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Neither revoked nor at their end."""
        return super().get_queryset(request).filter(revoked_at=None, expires_at__gt=now())
