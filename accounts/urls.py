"""Routes of the account calls, under /api/auth/."""

from django.urls import path

from accounts.views import LoginView, MeView, RegisterView, SessionView

urlpatterns = [
    path("login", LoginView.as_view({"post": "login"}), name="login"),
    path("register", RegisterView.as_view({"post": "register"}), name="register"),
    path("logout", SessionView.as_view({"post": "logout"}), name="logout"),
    path("refresh", SessionView.as_view({"post": "refresh"}), name="refresh"),
    path("me", MeView.as_view({"get": "me"}), name="me"),
]
