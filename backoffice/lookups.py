"""Foreign keys in forms, and columns in addresses: what a person sees there, and no more."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import AutocompleteSelect, ForeignKeyRawIdWidget
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from backoffice.origin import staff_of
from backoffice.reach import Reachable
from legalcity.lib.ids import is_id


class ReachableRawId(ForeignKeyRawIdWidget):
    """A foreign key as a number. Django's names whatever stands behind any number; this one what the person sees."""

    queryset: QuerySet[Any]

    def label_and_url_for_value(self, value: Any) -> tuple[str, str]:
        """Name and page of the thing; neither for one that the person does not see."""
        try:
            is_seen = self.queryset.filter(**{self.rel.get_related_field().name: value}).exists()
        except (ValueError, ValidationError, OverflowError):
            is_seen = False
        return super().label_and_url_for_value(value) if is_seen else ("", "")


class KeySelect(AutocompleteSelect):
    """A thing that is looked up while one types. What a hostile form or address holds in place of an id names none."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """Only ids are looked up."""
        ids = [each for each in value if is_id(each)]
        return super().optgroups(name, ids, attr)


class ScopedLookups(BaseModelAdmin):
    """Widgets of foreign keys resolve through what the person sees; lists are filtered by what they show.

    linked_by  further columns that addresses within the house filter the list by
    """

    linked_by: tuple[str, ...] = ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Of things that belong to cases, those in the person's reach."""
        things = kwargs.get("queryset")
        if things is None:
            things = db_field.remote_field.model._default_manager.get_queryset()
        kwargs["queryset"] = things.in_reach_of(staff_of(request)) if isinstance(things, Reachable) else things
        if db_field.name in self.raw_id_fields:
            widget = ReachableRawId(db_field.remote_field, self.admin_site, using=kwargs.get("using"))
            widget.queryset = kwargs["queryset"]
            kwargs["widget"] = widget
        elif db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KeySelect(db_field, self.admin_site, using=kwargs.get("using")))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Django's lets an address filter by any column of the table: secrets could be guessed letter by letter."""
        name = lookup.partition("__")[0]
        is_column = name in {field.name for field in self.opts.get_fields()}
        return (not is_column or name in self._shown()) and super().lookup_allowed(lookup, value, request)

    def _shown(self) -> set[str]:
        """Names of what the list shows or is filtered by."""
        named = (*getattr(self, "list_display", ()), *getattr(self, "list_filter", ()), self.opts.pk.name)
        names = (name[0] if isinstance(name, tuple) else name for name in named)
        shown = {name.partition("__")[0] for name in names if isinstance(name, str)}
        return shown | {str(getattr(self, "date_hierarchy", None)), *self.linked_by}


class StaffTabularInline(ScopedLookups, admin.TabularInline):
    """Rows below a thing, in a table."""


class StandingInline(StaffTabularInline):
    """Rows that services write and nobody changes: read, in a table."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Services make them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """And they stand."""
        return False


class StaffStackedInline(ScopedLookups, admin.StackedInline):
    """Rows below a thing, one below the other."""
