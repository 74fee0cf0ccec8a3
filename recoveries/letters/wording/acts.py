"""What managers do with templates: begin a version, publish it, throw it away, take a template out of use."""

from typing import Any, cast

from django import forms
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction, Reason
from backoffice.origin import staff_of
from legalcity.lib.errors import Sentence
from recoveries.letters.wording.models import Template, TemplateVersion
from recoveries.letters.wording.services import draft_begin, draft_discard, template_retire, version_publish

State = TemplateVersion.State


class LikeForm(forms.Form):
    """Which version the new one begins with."""

    like = forms.TypedChoiceField(
        label=gettext_lazy("With the words of version"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, versions: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.TypedChoiceField, self.fields["like"]).choices = versions


def _versions(request: HttpRequest, template: Template | None) -> dict[str, Any]:
    rows = template.versions.exclude(text="").order_by("-number") if template else ()
    offered = [(str(row.number), f"{row.number} ({row.get_state_display()})") for row in rows]
    return {"versions": [("", _("the one in force")), *offered]}


def _begin(request: HttpRequest, template: Template, data: dict[str, Any]) -> Sentence:
    draft = draft_begin(template_id=template.pk, by=staff_of(request), like=data["like"])
    page = reverse("admin:recoveries_templateversion_change", args=[draft.pk])
    said = _("Version {number} is being written.").format(number=draft.number)
    return format_html('{} <a href="{}">{}</a>', said, page, _("Write on it"))


def _publish(request: HttpRequest, version: TemplateVersion, data: dict[str, Any]) -> Sentence:
    return _("Version {number} is in force.").format(
        number=version_publish(version_id=version.pk, by=staff_of(request)).number
    )


def _discard(request: HttpRequest, version: TemplateVersion, data: dict[str, Any]) -> Sentence:
    draft_discard(version_id=version.pk, by=staff_of(request))
    return _("The draft was thrown away.")


def _retire(request: HttpRequest, template: Template, data: dict[str, Any]) -> Sentence:
    template_retire(template_id=template.pk, reason=data["reason"], by=staff_of(request))
    return _("The template is not used any more.")


def _is_draft(request: HttpRequest, version: Model) -> bool:
    return isinstance(version, TemplateVersion) and version.state == State.DRAFT


BEGIN_DRAFT = ObjectAction(
    name="begin-draft",
    label=gettext_lazy("Begin a new version"),
    permission="recoveries.change_template",
    perform=_begin,
    form=LikeForm,
    form_options=_versions,
    is_offered=lambda request, template: not template.versions.filter(state=State.DRAFT).exists(),
    explain=gettext_lazy("What is in force stays in force until the new version is published."),
)
RETIRE_TEMPLATE = ObjectAction(
    name="retire-template",
    label=gettext_lazy("Take it out of use"),
    permission="recoveries.change_template",
    perform=_retire,
    form=Reason,
    is_offered=lambda request, template: template.versions.filter(state=State.PUBLISHED).exists(),
    explain=gettext_lazy("Its versions are kept with the letters that were written with them."),
    danger=True,
)
PUBLISH_VERSION = ObjectAction(
    name="publish-version",
    label=gettext_lazy("Publish"),
    permission="recoveries.change_templateversion",
    perform=_publish,
    is_offered=_is_draft,
    explain=gettext_lazy(
        "Letters are written with it from now on. Its words are never changed again; other words are another version."
    ),
)
DISCARD_DRAFT = ObjectAction(
    name="discard-draft",
    label=gettext_lazy("Throw the draft away"),
    permission="recoveries.change_templateversion",
    perform=_discard,
    is_offered=_is_draft,
    explain=gettext_lazy("Nothing of it is kept."),
    danger=True,
)
