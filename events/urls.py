"""Addresses of the room, below `api/`."""

from django.urls import path

from events.views import EventsView

urlpatterns = [
    path("events", EventsView.as_view({"get": "list"}), name="events"),
    path("events/types", EventsView.as_view({"get": "types"}), name="event-types"),
    path("events/<str:event_id>", EventsView.as_view({"get": "retrieve"}), name="event"),
]
