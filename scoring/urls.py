"""Addresses of the room, below `api/scoring/`."""

from django.urls import path

from scoring.views import OrderView, TokenView

urlpatterns = [
    path("order", OrderView.as_view({"post": "create"}), name="scoring-order"),
    path("tokens", TokenView.as_view({"get": "retrieve"}), name="scoring-tokens"),
    path("orders", OrderView.as_view({"get": "list"}), name="scoring-orders"),
    path("orders/<str:order_id>", OrderView.as_view({"get": "retrieve"}), name="scoring-order-show"),
]
