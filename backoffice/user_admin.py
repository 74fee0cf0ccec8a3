"""Clients and staff, on one list."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import models
from django.forms import CheckboxSelectMultiple, ModelMultipleChoiceField
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.html import format_html_join
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.models import User
from backoffice.admins import StaffAdmin
from backoffice.origin import staff_of
from backoffice.permissions import permission_label
from backoffice.roles import role_label
from backoffice.second_factor import has_second_factor
from backoffice.standing import groups_within, is_above
from backoffice.steps import fresh
from backoffice.user_actions import ISSUE_KEY, RENEW_SECRET, RESET_SECOND_FACTOR, REVOKE_ACCESS, SHOWN_ONCE
from backoffice.user_facts import facts_of
from backoffice.user_inlines import AccessTokenInline, ApiKeyInline

OWN_RIGHTS = ("is_active", "is_staff", "groups")


class KindFilter(admin.SimpleListFilter):
    """Clients or staff."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Two kinds."""
        return [("client", _("API users")), ("staff", _("Staff"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[User]) -> models.QuerySet[User]:
        """The chosen one."""
        return queryset.filter(is_staff=self.value() == "staff") if self.value() else queryset


class RoleFilter(admin.SimpleListFilter):
    """By role, or by a group of one's own."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every group."""
        return [(name, role_label(name)) for name in Group.objects.order_by("id").values_list("name", flat=True)]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[User]) -> models.QuerySet[User]:
        """Who is in it."""
        return queryset.filter(groups__name=self.value()) if self.value() else queryset


class UserAdmin(StaffAdmin, DjangoUserAdmin):
    """A person's profile, rights, keys and tokens. Nobody changes who may do more than themselves."""

    holds_personal_data = True
    object_actions = (ISSUE_KEY, RENEW_SECRET, RESET_SECOND_FACTOR, REVOKE_ACCESS)
    ordering = ("last_name", "first_name", "id")
    list_display = ("email", "first_name", "last_name", "entreprise", "roles", "has_api_access", "is_active")
    list_filter = (KindFilter, "is_active", "has_api_access", "can_register", RoleFilter)
    search_fields = ("search_text",)
    filter_horizontal = ("user_permissions",)
    readonly_fields = ("registered_by", "last_login", "created_at", "updated_at", "facts", "second_factor")
    inlines = (ApiKeyInline, AccessTokenInline)
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Profile"), {"fields": ("first_name", "last_name", "entreprise", "siren", "phone")}),
        (_("Address"), {"classes": ("collapse",), "fields": ("address", "postal", "city")}),
        (_("API"), {"fields": ("has_api_access", "can_register", "facts", "registered_by", "metadata")}),
        (_("Back-office"), {"fields": ("is_staff", "groups", "language", "morning_mail", "second_factor")}),
        (_("Rights"), {"fields": ("is_active", "is_superuser", "user_permissions")}),
        (_("Dates"), {"fields": ("last_login", "created_at", "updated_at")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "first_name", "last_name", "entreprise")}),
        (_("Password"), {"fields": ("usable_password", "password1", "password2")}),
        (_("Back-office"), {"fields": ("is_staff", "groups")}),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[User]:
        """With the roles of a page of users in one statement."""
        return super().get_queryset(request).prefetch_related("groups")

    def get_inlines(self, request: HttpRequest, obj: User | None = None) -> Any:
        """A user that is being made has neither keys nor tokens."""
        return super().get_inlines(request, obj) if obj else ()

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Nobody gives themselves rights; the rights of a superuser are given by one."""
        closed: tuple[str, ...] = tuple(super().get_readonly_fields(request, obj))
        if not staff_of(request).is_superuser:
            closed += ("is_superuser", "user_permissions")
            if obj is not None and obj.pk == request.user.pk:
                closed += OWN_RIGHTS
        return closed

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """As the roles say, but for who stands above."""
        return super().has_change_permission(request, obj) and not is_above(obj, staff_of(request))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Likewise."""
        return super().has_delete_permission(request, obj) and not is_above(obj, staff_of(request))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Roles and rights by their names; of the roles those that hold nothing beyond one's own rights."""
        if db_field.name == "groups":
            kwargs["widget"] = CheckboxSelectMultiple
            kwargs["queryset"] = groups_within(staff_of(request))
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "groups" and isinstance(field, ModelMultipleChoiceField):
            field.label = _("Roles")
            field.label_from_instance = lambda group: role_label(group.name)  # type: ignore[method-assign, assignment]
        if db_field.name == "user_permissions" and isinstance(field, ModelMultipleChoiceField):
            field.label_from_instance = permission_label  # type: ignore[method-assign, assignment]
        return field

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """A new user gets a webhook secret like any other."""
        obj.email = obj.email.strip().lower()
        if not obj.sealed_auth_secret:
            services.secret_give(user=obj)
        super().save_model(request, obj, form, change)

    @method_decorator(fresh())
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """A password for somebody else asks for one's own second factor."""
        return super().user_change_password(request, id, form_url)

    def action_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponseBase:
        """A key or secret that was just made is shown on this one page, and kept nowhere in the open."""
        response = super().action_view(request, object_id, name)
        made = getattr(request, SHOWN_ONCE, None)
        if made is None:
            return response
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "thing": self.get_object(request, object_id),
            "title": made.title,
            "made": made,
            "back": self._address("change", object_id),
        }
        page = TemplateResponse(request, "admin/accounts/shown_once.html", context)
        page["Cache-Control"] = "no-store, private"
        return page

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        """The groups by their names."""
        if user.is_superuser:
            return _t("Administrator")
        names = [role_label(group.name) for group in user.groups.all()]
        return ", ".join(names) or (_t("Staff without a role") if user.is_staff else _t("API user"))

    @admin.display(description=_("account"))
    def facts(self, user: User) -> str:
        """What other rooms say of the user."""
        return format_html_join("", "<div>{} <strong>{}</strong></div>", facts_of(user)) or "–"

    @admin.display(description=_("second factor"), boolean=True)
    def second_factor(self, user: User) -> bool:
        """Whether it is set up."""
        return has_second_factor(user)
