"""Staff's pages of scenarios: the list, the editor, rehearsals, the clients for whom none runs."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from backoffice.admins import ReadOnlyStaffAdmin, StaffAdmin
from backoffice.correcting import CorrectingModelForm
from backoffice.lookups import StaffTabularInline
from backoffice.tables import CSV, table_answer
from law.scenario import OPEN, Way
from legalcity.lib.errors import Sentence
from legalcity.lib.json_text import JsonOfPeople
from recoveries.letters.scenarios.acts import NEW_DRAFT, PUBLISH, REHEARSE, SWITCH
from recoveries.letters.scenarios.carrying import templates_known
from recoveries.letters.scenarios.drawing import condition_errors, step_errors, steps_step_aside
from recoveries.letters.scenarios.outlook import day_of
from recoveries.letters.scenarios.rehearsals import lines_of, progress_of
from recoveries.letters.scenarios.report import days_of, sides_of
from recoveries.letters.scenarios.timeline import drawn_line
from recoveries.models import Enrolment, Message, Rehearsal, Scenario, ScenarioStop, ScenarioVersion, Step

State = ScenarioVersion.State


class ScenarioForm(forms.ModelForm):
    """A scenario, with the conditions under which new cases enter it."""

    def clean_applies_when(self) -> Any:
        """Conditions that there are."""
        stored = self.cleaned_data["applies_when"] or []
        if errors := [str(one) for one in condition_errors(stored)]:
            raise ValidationError(errors)
        return stored


@admin.register(Scenario)
class ScenarioAdmin(StaffAdmin):
    """Scenarios, each with its versions."""

    form = ScenarioForm
    list_display = ("name", "code", "owner", "priority", "published", "open_cases")
    list_select_related = ("owner",)
    autocomplete_fields = ("owner",)
    fields = ("name", "code", "owner", "priority", "applies_when", "versions")
    readonly_fields = ("versions",)
    object_actions = (NEW_DRAFT,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Scenario]:
        """With how many cases are in each."""
        is_open = Q(versions__enrolments__state__in=[state.value for state in OPEN])
        scenarios: QuerySet[Scenario] = super().get_queryset(request)
        return scenarios.annotate(n=Count("versions__enrolments", filter=is_open))

    @admin.display(description=_("published version"))
    def published(self, scenario: Scenario) -> Sentence:
        """Its number, with its page."""
        version = scenario.versions.filter(state=State.PUBLISHED).first()
        return _linked(version, str(version.number)) if version else "–"

    @admin.display(description=_("cases in it"))
    def open_cases(self, scenario: Any) -> int:
        """Whichever version they are in."""
        return int(scenario.n)

    @admin.display(description=_("versions"))
    def versions(self, scenario: Scenario) -> Sentence:
        """All, the newest first."""
        rows = scenario.versions.order_by("-number")
        return format_html_join("", "{}<br>", ((_linked(one, f"{one} · {one.get_state_display()}"),) for one in rows))


def _linked(version: ScenarioVersion, text: str) -> Sentence:
    return format_html(
        '<a href="{}">{}</a>', reverse("admin:recoveries_scenarioversion_change", args=[version.pk]), text
    )


class StepForm(CorrectingModelForm):
    """A step: what is wrong with it stands in its row, and what somebody else has made of it meanwhile."""

    channels = forms.MultipleChoiceField(
        label=_("channels"), choices=[(way.value, way.value) for way in Way], widget=forms.CheckboxSelectMultiple
    )
    template = forms.ChoiceField(label=_("letter or task"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["template"].choices = [("", "—"), *templates_known()]  # type: ignore[attr-defined]
        self.fields["channels"].choices = _ways()  # type: ignore[attr-defined]
        self.fields["conditions"].decoder = JsonOfPeople  # type: ignore[attr-defined]

    def clean_conditions(self) -> Any:
        """None is an empty list."""
        return self.cleaned_data["conditions"] or []

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            for sentence in step_errors(self.instance):
                self.add_error(None, str(sentence))

    def validate_constraints(self) -> None:
        """Steps may change places: that no two have the same one is looked at over all rows (StepFormSet)."""
        try:
            excluded = self._get_validation_exclusions()  # type: ignore[attr-defined]
            self.instance.validate_constraints(exclude={*excluded, "version"})
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]


class StepFormSet(forms.models.BaseInlineFormSet):
    """The table of a draft, as its reader has seen it."""

    def clean(self) -> None:
        """No two steps of one place or code; none that somebody else has drawn or deleted since, none to go that they
        changed.
        """
        super().clean()
        seen = [form.instance.pk for form in self.initial_forms]
        if any(form.instance.pk is None and not self._should_delete_form(form) for form in self.initial_forms):  # type: ignore[attr-defined]
            raise ValidationError(_("Somebody else has deleted a step meanwhile: open the draft again."))
        if self.instance.pk and self.instance.steps.exclude(pk__in=seen).exists():
            raise ValidationError(_("Somebody else has drawn a step meanwhile: open the draft again."))
        for form in cast("list[StepForm]", self.initial_forms):
            if self._should_delete_form(form) and any(form.is_stale(name) for name in form.correcting):  # type: ignore[attr-defined]
                sentence = _("Somebody else has changed the step “{code}” that is to be deleted: open the draft again.")
                raise ValidationError(sentence.format(code=form.instance.code))


def _ways() -> list[tuple[str, Any]]:
    names = dict(Message.Channel.choices)
    return [(way.value, names.get(way.value, _("task"))) for way in Way]


class StepInline(StaffTabularInline):
    """The steps, in their order; of a draft they are changed."""

    model = Step
    form = StepForm
    formset = StepFormSet
    extra = 1
    ordering = ("position",)
    fields = (
        *("position", "code", "channels", "template", "delay", "unit", "counts_from", "at_hour"),
        *("conditions", "needs_approval", "then_status", "if_impossible", "max_wait_days"),
    )

    def _is_draft(self, obj: ScenarioVersion | None) -> bool:
        return obj is not None and obj.state == State.DRAFT

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of a draft alone."""
        return self._is_draft(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of a draft alone."""
        return self._is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of a draft alone."""
        return self._is_draft(obj) and super().has_delete_permission(request, obj)


@admin.register(ScenarioVersion)
class ScenarioVersionAdmin(StaffAdmin):
    """The editor: the line of the steps, and the table in which a draft is changed."""

    form = CorrectingModelForm
    list_display = ("scenario", "number", "state", "author", "published_at")
    list_filter = ("state",)
    list_select_related = ("scenario", "author")
    fields = ("scenario", "number", "state", "line", "restart_on_payment", "after_plan", "author", "published_at")
    readonly_fields = ("scenario", "number", "state", "line", "author", "published_at")
    inlines = (StepInline,)
    object_actions = (REHEARSE, PUBLISH, SWITCH)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A draft is opened on the page of its scenario."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Versions stay."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A draft alone is changed."""
        return (obj is None or obj.state == State.DRAFT) and super().has_change_permission(request, obj)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One after the other: who comes second reads what the first has written, and is told of it."""
        with transaction.atomic():
            if request.method == "POST" and (version := self.get_object(request, object_id or "")):
                ScenarioVersion.objects.select_for_update().get(pk=version.pk)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """The table of a draft; of what is published the line tells all."""
        return self.inlines if obj is not None and obj.state == State.DRAFT else ()

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Steps may change places, which no two of them have at a time: first they leave theirs."""
        moved = [one.instance for one in formset.initial_forms if {"position", "code"} & {*one.changed_data}]
        steps_step_aside(form.instance, [step.pk for step in moved])
        super().save_formset(request, form, formset, change)

    @admin.display(description=_("the line"))
    def line(self, version: ScenarioVersion) -> Sentence:
        """The steps as a line of days, each with its channels and its conditions in words."""
        return render_to_string("admin/recoveries/scenario_line.html", {"steps": drawn_line(version)})


@admin.register(Enrolment)
class EnrolmentAdmin(ReadOnlyStaffAdmin):
    """The cases that are, or were, in a scenario."""

    audit_words = {
        "scenario_paused": _("Scenario paused"),
        "scenario_resumed": _("Scenario resumed"),
        "scenario_stopped": _("Scenario stopped"),
        "scenario_switched": _("Cases switched to a scenario"),
    }
    list_display = ("recovery", "version", "state", "position", "entered_at", "next_due_at", "paused_until", "reason")
    list_filter = ("state", "version__scenario")
    list_select_related = ("recovery", "version__scenario")
    search_fields = ("recovery__search_text",)
    fields = (
        *("recovery", "version", "state", "position", "entered_at", "next_due_at", "paused_until"),
        *("restarted_at", "reason", "by", "done"),
    )
    readonly_fields = ("done",)

    @admin.display(description=_("done"))
    def done(self, enrolment: Enrolment) -> Sentence:
        """What was done, step by step."""
        runs = enrolment.runs.select_related("step")
        rows = ((f"{day_of(run.at):%d/%m/%Y}", run.step.code, run.get_state_display()) for run in runs)
        return format_html_join("", "{} · {} · {}<br>", rows)


@admin.register(Rehearsal)
class RehearsalAdmin(ReadOnlyStaffAdmin):
    """What versions would do."""

    list_display = ("version", "until", "state", "by", "owner", "created_at", "done_at")
    list_filter = ("state",)
    list_select_related = ("version__scenario", "by", "owner")
    fields = ("version", "until", "state", "owner", "by", "created_at", "done_at", "told", "table")
    readonly_fields = ("told", "table")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rehearsal]:
        """Without the lines."""
        return super().get_queryset(request).defer("rows")

    def get_urls(self) -> list[URLPattern]:
        """And the lines as CSV."""
        own = path("<int:pk>/csv/", self.admin_site.admin_view(self.csv_view), name="recoveries_rehearsal_csv")
        return [own, *super().get_urls()]

    def csv_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The lines of a rehearsal."""
        rehearsal = Rehearsal.objects.filter(pk=pk).first()
        if rehearsal is None or not self.has_view_permission(request, rehearsal):
            raise Http404
        return table_answer(lines_of(rehearsal), name=f"rehearsal-{pk}", form=CSV)

    @admin.display(description=_("what comes of it"))
    def told(self, rehearsal: Rehearsal) -> Sentence:
        """The sums, beside those of today."""
        if rehearsal.result is None:
            done, cases = progress_of(rehearsal)
            has_failed = rehearsal.state == Rehearsal.State.FAILED
            waits = {"has_failed": has_failed, "done": done, "cases": cases}
            return render_to_string("admin/recoveries/rehearsal.html", waits)
        version, today = sides_of(rehearsal.result)
        told = {"version": version, "today": today, "days": days_of(rehearsal.result)}
        return render_to_string("admin/recoveries/rehearsal.html", told)

    @admin.display(description="CSV")
    def table(self, rehearsal: Rehearsal) -> Sentence:
        """Where the lines are."""
        if rehearsal.result is None:
            return "–"
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:recoveries_rehearsal_csv", args=[rehearsal.pk]), _("open the file")
        )


@admin.register(ScenarioStop)
class ScenarioStopAdmin(StaffAdmin):
    """The switch of one client."""

    list_display = ("owner", "reason", "since")
    list_select_related = ("owner",)
    autocomplete_fields = ("owner",)
    fields = ("owner", "reason")
