"""Tasks in the back-office: one by one with everything that is kept of them; the page of tasks is where one works."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from backoffice.admins import ReadOnlyStaffAdmin
from recoveries.agenda.acts import TASK_ACTIONS, TASK_ASSIGN, TASK_DONE, TASK_POSTPONE
from recoveries.agenda.models import StaffTask


@admin.register(StaffTask)
class StaffTaskAdmin(ReadOnlyStaffAdmin):
    """Written by services and by what staff do with them."""

    holds_personal_data = True
    list_display = ("__str__", "recovery", "due_on", "assignee", "state", "created_by", "created_at", "done_at")
    list_filter = ("state", "created_by", "due_on")
    list_select_related = ("recovery", "assignee")
    search_fields = ("recovery__search_text",)
    object_actions = TASK_ACTIONS
    bulk_actions = (TASK_DONE, TASK_POSTPONE, TASK_ASSIGN)
    fields = (
        *("recovery", "sentence", "due_on", "assignee", "state", "note"),
        *("kind", "subject", "auto_close", "created_by", "by", "created_at", "done_at", "done_by"),
    )
    readonly_fields = ("sentence",)

    @admin.display(description=gettext_lazy("task"))
    def sentence(self, task: StaffTask) -> str:
        """What is to be done."""
        return task.sentence
