"""Where carriers call."""

from django.urls import path

from recoveries.letters.channels.hook_page import hook

urlpatterns = [path("hooks/<slug:adapter>/<str:token>", hook, name="hook")]
