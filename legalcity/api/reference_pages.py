"""The pages of the reference. All three come from the code; their addresses are those of the host that serves them."""

import json
import re
from base64 import b64encode
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.template import Engine
from django.utils.decorators import method_decorator
from django.views import View
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.views import SpectacularSwaggerSplitView

from legalcity.api.openapi import moved
from legalcity.api.postman import collection

KEPT_HOSTS = 16  # The documents of so many hosts stay in memory; a process serves one or two.
STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@cache
def _generated() -> dict[str, Any]:
    """The document at the server of the settings. The routes of a process never change."""
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return document


def document_at(host: str) -> dict[str, Any]:
    """The OpenAPI document of the service at `host` (scheme and host, no slash)."""
    document = _generated()
    return moved(document, document["servers"][0]["url"], host)


@lru_cache(maxsize=KEPT_HOSTS)
def _openapi(host: str) -> bytes:
    rendered: bytes = OpenApiYamlRenderer().render(document_at(host))
    return rendered


@lru_cache(maxsize=KEPT_HOSTS)
def _collection(host: str) -> bytes:
    return json.dumps(collection(document_at(host)), ensure_ascii=False, indent=2).encode()


def _host(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    """Shown by a browser that can, saved under `name`. Other origins may read it: tools fetch it by its address."""
    return HttpResponse(
        content,
        content_type=media_type,
        headers={"Content-Disposition": f'inline; filename="{name}"', "Access-Control-Allow-Origin": "*"},
    )


class SchemaView(View):
    """The OpenAPI document, as YAML."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The document of the host that was asked."""
        return _file(_openapi(_host(request)), "application/yaml; charset=utf-8", "openapi.yaml")


class CollectionView(View):
    """The Postman collection."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The collection of the host that was asked."""
        return _file(_collection(_host(request)), "application/json", "legalcity.postman_collection.json")


def _own_style() -> str:
    """The one inline style of the page, as the policy names it: by its hash."""
    styles = STYLE.findall(Engine.get_default().get_template(SpectacularSwaggerSplitView.template_name).source)
    return " ".join(f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" for style in styles)


# The page of the library carries five lines of style in its head. Their hash admits these lines and no others;
# scripts and everything else stay under the policy of all pages, which is why the script comes in a request of its own.
@method_decorator(csp_update({"style-src": ["'self'", _own_style()]}), name="dispatch")
class ReferenceView(SpectacularSwaggerSplitView):
    """The reference, for reading and trying out (Swagger UI, served from here)."""

    url_name = "openapi"
    authentication_classes = []
