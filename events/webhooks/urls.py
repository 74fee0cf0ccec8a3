"""Addresses of webhooks, below `api/`."""

from django.urls import path

from events.webhooks.views import DeliveriesView, EndpointView, ReplayView, SecretView, TrialView

ALL = "webhook-endpoints"
ONE = f"{ALL}/<str:endpoint_id>"

urlpatterns = [
    path(ALL, EndpointView.as_view({"get": "list", "post": "create"}), name="webhook-endpoints"),
    path(
        ONE,
        EndpointView.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="webhook-endpoint",
    ),
    path(f"{ONE}/secret", SecretView.as_view({"get": "retrieve"}), name="webhook-secret"),
    path(f"{ONE}/rotate", SecretView.as_view({"post": "rotate"}), name="webhook-rotate"),
    path(f"{ONE}/test", TrialView.as_view({"post": "create"}), name="webhook-test"),
    path(f"{ONE}/deliveries", DeliveriesView.as_view({"get": "list"}), name="webhook-deliveries"),
    path(f"{ONE}/deliveries/<str:delivery_id>", DeliveriesView.as_view({"get": "retrieve"}), name="webhook-delivery"),
    path(
        f"{ONE}/deliveries/<str:delivery_id>/replay",
        ReplayView.as_view({"post": "one"}),
        name="webhook-delivery-replay",
    ),
    path(f"{ONE}/replay", ReplayView.as_view({"post": "many"}), name="webhook-replay"),
]
