"""Addresses of notices: the calls below `api/`, and the page that links of e-mails open."""

from django.urls import path

from events.notices.link_page import link_page
from events.notices.views import PreferencesView

urlpatterns = [
    path(
        "api/notification-preferences",
        PreferencesView.as_view({"get": "retrieve", "put": "update"}),
        name="notification-preferences",
    ),
    path("notices/<str:token>", link_page, name="notice-link"),
]
