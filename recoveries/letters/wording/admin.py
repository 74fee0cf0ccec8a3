"""Templates for staff: the list, the versions of each, and the editor with its previews. Managers write."""

from difflib import HtmlDiff
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from backoffice.admins import StaffAdmin
from backoffice.origin import staff_of
from legalcity.lib.form_fields import TextField
from recoveries.letters.wording.acts import BEGIN_DRAFT, DISCARD_DRAFT, PUBLISH_VERSION, RETIRE_TEMPLATE
from recoveries.letters.wording.liquid import SOURCE
from recoveries.letters.wording.models import Template, TemplateVersion
from recoveries.letters.wording.preview_pages import PreviewPages
from recoveries.letters.wording.services import draft_save
from recoveries.letters.wording.variables import VARIABLES

State = TemplateVersion.State
WIDE = {"rows": 22, "cols": 100, "spellcheck": "true", "class": "lc-source"}


@admin.register(Template)
class TemplateAdmin(StaffAdmin):
    """One row for each letter, channel and language. What it is is fixed; what it says is in its versions."""

    change_form_template = "admin/recoveries/template/change_form.html"
    list_display = ("name", "code", "channel", "language", "owner", "purpose", "in_force")
    list_filter = ("channel", "language", "purpose")
    list_select_related = ("owner",)
    search_fields = ("code", "name")
    autocomplete_fields = ("owner",)
    fields = ("code", "name", "purpose", "channel", "language", "owner")
    object_actions = (BEGIN_DRAFT, RETIRE_TEMPLATE)
    audit_words = {
        "template_published": gettext_lazy("Version of a letter published"),
        "template_retired": gettext_lazy("Letter taken out of use"),
        "draft_discarded": gettext_lazy("Draft of a letter thrown away"),
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the versions, of which the list shows one."""
        return super().get_queryset(request).prefetch_related("versions")

    def get_readonly_fields(self, request: HttpRequest, obj: Template | None = None) -> tuple[str, ...]:
        """Messages name their template by what it is."""
        return tuple(name for name in self.fields if name != "name") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It is taken out of use instead."""
        return False

    @admin.display(description=gettext_lazy("in force"))
    def in_force(self, template: Template) -> str:
        """Which version."""
        return next((f"v{one.number}" for one in template.versions.all() if one.state == State.PUBLISHED), "–")


class VersionForm(forms.ModelForm):
    """The words of a draft."""

    subject = TextField(label=gettext_lazy("Subject"), max_length=500, widget=forms.TextInput(attrs={"size": 100}))
    text = TextField(label=gettext_lazy("Words"), max_length=SOURCE, widget=forms.Textarea(attrs=WIDE))
    html = TextField(
        label=gettext_lazy("Words as HTML"),
        max_length=SOURCE,
        required=False,
        widget=forms.Textarea(attrs=WIDE),
        help_text=gettext_lazy("Left empty, it is made of the paragraphs of the words."),
    )
    required = forms.MultipleChoiceField(
        label=gettext_lazy("Parts added"),
        choices=TemplateVersion.Part.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Name, address, parties and reference stand in every letter."),
    )

    class Meta:
        model = TemplateVersion
        fields = ("subject", "text", "html", "required")


@admin.register(TemplateVersion)
class TemplateVersionAdmin(PreviewPages, StaffAdmin):
    """The editor: words at the left, variables beside, previews below; what was published is only read."""

    change_form_template = "admin/recoveries/template/version.html"
    form = VersionForm
    list_display = ("template", "number", "state", "author", "updated_at", "published_at", "retired_at")
    list_filter = ("state", "template__channel", "template__language")
    list_select_related = ("template", "author")
    search_fields = ("template__code", "template__name")
    fields = ("subject", "text", "html", "required")
    object_actions = (PUBLISH_VERSION, DISCARD_DRAFT)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Begun on the page of a template."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: TemplateVersion | None = None) -> bool:
        """Drafts alone."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or obj.state == State.DRAFT)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A draft is thrown away by its button."""
        return False

    def save_model(self, request: HttpRequest, obj: TemplateVersion, form: Any, change: bool) -> None:
        """By the service, which looks again whether it is a draft."""
        draft_save(version_id=obj.pk, by=staff_of(request), **{name: getattr(obj, name) for name in self.fields})

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """With the variables, the previews and what differs from the version before."""
        if obj is not None:
            context |= self.previews(request, obj)
            context |= {"variables": VARIABLES, "differences": _differences(obj)}
        return super().render_change_form(request, context, add, change, form_url, obj)


def _differences(version: TemplateVersion) -> str:
    """The words beside those of the version before, as a table of difflib; empty where there is none."""
    earlier = version.template.versions.filter(number__lt=version.number).exclude(text="").order_by("-number").first()
    if earlier is None:
        return ""
    before, after = (f"{one.subject}\n\n{one.text}".splitlines() for one in (earlier, version))
    table = HtmlDiff(wrapcolumn=64).make_table(
        before, after, f"v{earlier.number}", f"v{version.number}", context=True, numlines=2
    )
    return table.replace(' nowrap="nowrap"', "")
