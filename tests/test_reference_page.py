"""The page of the reference: complete, readable without a script, under the site's policy, with code that is code."""

import ast
import re
from html.parser import HTMLParser

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from legalcity.api.idempotency import GUIDE
from legalcity.api.reference.chapters import SOURCES, chapters
from legalcity.api.reference_pages import document_at

HOST = "http://testserver"
DOCUMENT = document_at(HOST)
OPERATIONS = [operation for methods in DOCUMENT["paths"].values() for operation in methods.values()]
SHOWN_ELSEWHERE = re.compile(r"(Request|Form)$|Answer\d+$")


class Page(HTMLParser):
    """What a reader without a script has: anchors, links, the code of each language, all text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.anchors: list[str] = []
        self.links: list[str] = []
        self.lang = ""
        self.code: dict[str, list[str]] = {}
        self.text = ""
        self._language, self._is_code = "", False
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attributes}
        if "id" in known:
            self.anchors.append(known["id"])
        if tag == "a" and "href" in known:
            self.links.append(known["href"])
        if tag == "html":
            self.lang = known["lang"]
        if tag == "figure":
            self._language = known["class"].removeprefix("code in-")
            self.code.setdefault(self._language, [])
        if tag == "pre" and self._language:
            self._is_code = True
            self.code[self._language].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "pre":
            self._language, self._is_code = "", False

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._is_code:
            self.code[self._language][-1] += data


@pytest.fixture
def html(client: Client) -> str:
    answer = client.get("/docs", headers={"accept-language": "fr"})
    assert (answer.status_code, answer["Content-Language"]) == (200, "en")
    return answer.content.decode()


def test_page_keeps_to_the_policy(client: Client, html: str) -> None:
    policy = client.get("/docs")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    assert not re.search("script-src|style-src", policy)
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\son\w+=\"|\sstyle=", html)


def test_page_asks_no_other_host(html: str) -> None:
    files = re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="([^"]+)"', html)
    assert len(files) == 3
    for file in files:
        assert file.startswith("/static/")
        found = finders.find(re.sub(r"\.[0-9a-f]{12}\.", ".", file.removeprefix("/static/")))
        assert found, file


def test_page_has_every_call_with_its_fields_answers_and_code(html: str) -> None:
    page = Page(html)
    assert page.lang == "en"
    for operation in OPERATIONS:
        assert f"call-{operation['operationId']}" in page.anchors
    for name, schema in DOCUMENT["components"]["schemas"].items():
        assert SHOWN_ELSEWHERE.search(name) or f"object-{name}" in page.anchors
        assert all(field in page.text for field in schema.get("properties", {}))
    assert {language: len(code) for language, code in page.code.items()} == dict.fromkeys(
        ("bash", "javascript", "php", "python"), len(OPERATIONS)
    )


def test_code_is_code(html: str) -> None:
    page = Page(html)
    for code in page.code["python"]:
        ast.parse(code)
    assert all(code.startswith("curl ") for code in page.code["bash"])
    assert all("await fetch(" in code for code in page.code["javascript"])
    assert all(code.startswith("<?php") for code in page.code["php"])
    sent = [code for code in page.code["python"] if "json=" in code]
    assert (
        len(sent)
        == sum("application/json" in each.get("requestBody", {}).get("content", {}) for each in OPERATIONS) - 1
    )


def test_links_of_the_page_lead_somewhere(html: str) -> None:
    page = Page(html)
    assert len(set(page.anchors)) == len(page.anchors)
    inside = {link[1:] for link in page.links if link.startswith("#")}
    assert (inside | {GUIDE.removeprefix("/docs#")}) - set(page.anchors) == set()
    outside = {link for link in page.links if not link.startswith("#")}
    assert outside == {"/docs/openapi.yaml", "/docs/collection.json", "https://www.standardwebhooks.com"}


def test_page_has_the_documents_for_clients(html: str) -> None:
    shown = {chapter.title for chapter in chapters()}
    assert {"Guide", "What each reader takes", "Changes", "Invoices of the firm: /v1/firms/"} <= shown
    assert shown <= {source.title for source in SOURCES}
    for phrase in ("GET /v1/firms/invoice/{id}/pdf", "Filing a case", "keys are added behind the documented ones"):
        assert phrase in html


def test_pages_are_open_to_everybody(client: Client) -> None:
    for address in ("/docs", "/docs/openapi.yaml", "/docs/collection.json"):
        assert client.get(address, headers={"authorization": "Bearer nonsense"}).status_code == 200
    assert client.get("/docs/")["Location"] == "/docs"
