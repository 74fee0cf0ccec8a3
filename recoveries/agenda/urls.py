"""Pages of the back-office about what is to be done."""

from django.contrib import admin
from django.urls import path

from recoveries.agenda.task_pages import tasks_view

urlpatterns = [
    path("tasks/", admin.site.admin_view(tasks_view), name="tasks"),
]
