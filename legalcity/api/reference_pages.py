"""The pages of the reference. All three come from the code; their addresses are those of the host that serves them."""

import json
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import View
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from legalcity.api.openapi import moved
from legalcity.api.postman import collection
from legalcity.api.reference.content import page_of

KEPT_HOSTS = 16  # The documents of so many hosts stay in memory; a process serves one or two.


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
    made = collection(document_at(host), receiver=_receiver())
    return json.dumps(made, ensure_ascii=False, indent=2).encode()


def _receiver() -> str:
    """Where the collection has webhooks sent: on one's own machine, where nothing else is reached, to that."""
    if settings.WEBHOOK_LOOPBACK:
        return f"http://127.0.0.1:{min(settings.WEBHOOK_PORTS)}/legalcity"
    return "https://erp.example.com/legalcity"


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


@lru_cache(maxsize=KEPT_HOSTS)
def _page(host: str) -> bytes:
    return render_to_string("reference/page.html", {"page": page_of(document_at(host))}).encode()


class ReferenceView(View):
    """The reference, for reading."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page of the host that was asked; in English, whoever asks."""
        return HttpResponse(_page(_host(request)), headers={"Content-Language": "en"})
