"""Every address of the product. The rooms are wired here by name."""

from django.contrib import admin
from django.urls import include, path, re_path, register_converter
from django.views.generic import RedirectView

from legalcity.api import reference_pages, system
from legalcity.api.converters import IdConverter, TextConverter

register_converter(IdConverter, "id")
register_converter(TextConverter, "text")

urlpatterns = [
    # First what is asked most: an address is looked for in this order, and no two of them are the same.
    path("api/", include("events.urls")),
    path("api/", include("recoveries.urls")),
    path("api/health", system.HealthView.as_view({"get": "health"}), name="health"),
    path("api/info", system.InfoView.as_view({"get": "info"}), name="info"),
    path("api/auth/", include("accounts.urls")),
    path("api/scoring/", include("scoring.urls")),
    path("api/", include("events.webhooks.urls")),
    path("", include("events.notices.urls")),
    path("api/", include("invoicing.protected.urls")),
    # Not `.`, which stops at a line break. What nobody sees behind the name is no other name (`is_below`).
    re_path(
        r"^api(?:[/\x00-\x20\x7f](?P<fallbackPlaceholder>[\s\S]*))?$",
        system.FallbackView.as_view(system.ONLY_GET),
        name="fallback",
    ),
    path("v1/firms/", include("invoicing.billing.urls")),
    re_path(
        r"^v1(?:[/\x00-\x20\x7f][\s\S]*)?$",
        system.FallbackView.as_view(system.ONLY_GET, schema=None, tells_codes=False),
        name="v1-fallback",
    ),
    path("docs", reference_pages.ReferenceView.as_view(), name="docs"),
    path("docs/", RedirectView.as_view(pattern_name="docs", permanent=True), name="docs-slash"),
    path("docs/openapi.yaml", reference_pages.SchemaView.as_view(), name="openapi"),
    path("docs/collection.json", reference_pages.CollectionView.as_view(), name="collection"),
    path("", include("recoveries.court.urls")),
    path("", include("recoveries.desk.public_urls")),
    path("", include("recoveries.letters.channels.urls")),
    path("healthz", system.alive, name="healthz"),
    path("readyz", system.ready, name="readyz"),
    path(".well-known/security.txt", system.security_contact, name="security-contact"),
    path("admin/", include("recoveries.agenda.urls")),
    path("admin/", include("recoveries.desk.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "legalcity.api.system.bad_request"
handler403 = "legalcity.api.system.forbidden"
handler404 = "legalcity.api.system.not_found"
handler500 = "legalcity.api.system.server_error"
