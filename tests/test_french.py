"""The French of the product: the catalogue is whole, and every answer of the API has its French."""

import gettext
import io
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings as django_settings
from django.http import HttpResponse
from django.test import Client
from django.utils import translation
from pytest_django import Settings
from rest_framework.serializers import Serializer

from documents.models import Document, SignatureRequest
from documents.tests.forms import upload
from legalcity.api.labels import LABELS
from recoveries.rules import DEPENDENCIES
from tests.contract import provocations, registry
from tests.contract.reference import documented
from tests.contract.registry import Entry, Scene
from tests.doors import Door, Query, doors, queries, routes
from tests.factories import Api, bare_case_id, case_id, complete_body

FOLDER = Path(django_settings.BASE_DIR) / "locale" / "fr" / "LC_MESSAGES"
DOCUMENTED = documented()
CASES = "/api/recoveries"
pytestmark = pytest.mark.same_everywhere  # Words of answers; the answers themselves are asked for on each database.
FRENCH = "fr-FR,fr;q=0.9,en;q=0.5"


# --- the catalogue ---------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    """What translators wrote."""
    with (FOLDER / "django.po").open("rb") as file:
        return read_po(file, abort_invalid=True)


def _texts(message: Message) -> list[tuple[str, str]]:
    """Each form of a message with its French; the plural serves every form but the first."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return [(message.id[min(index, 1)], text) for index, text in enumerate(message.string)]


def _placeholders(text: str) -> list[str]:
    return sorted(name for _literal, name, _spec, _conversion in Formatter().parse(text) if name is not None)


def test_every_message_is_translated(catalogue: Catalog) -> None:
    assert len(catalogue) > 500
    assert [message.id for message in catalogue if message.id and not all(text for _, text in _texts(message))] == []


def test_no_translation_is_a_guess_or_a_left_over(catalogue: Catalog) -> None:
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []
    assert list(catalogue.obsolete) == []


def test_placeholders_and_edges_are_kept(catalogue: Catalog) -> None:
    """A blank or a full stop at the end of a message is part of what it is put together with."""
    for message in filter(lambda message: message.id, catalogue):
        for english, french in _texts(message):
            assert _placeholders(french) == _placeholders(english), french
            assert english.startswith(" ") == french.startswith(" "), french
            for edge in (" ", "."):
                assert english.endswith(edge) == french.endswith(edge), french


# The court's own, by what it says in English; a call of a program is none.
REQUESTS = {
    "Request and order",
    "The request lapses.",
    "request filed on",
    "Provisional: a rate is carried on past its half-year. No letter, request or declaration may be made of it.",
}
NAMES = "client|account|name|sender|party|creditor|debtor|company|handler|person|user"
TYPOGRAPHY = {
    "a line may break before the mark": re.compile(r"\s(?<=[ \n])[:;?!»](?!\S)|«[ \n]"),
    "nothing stands before the mark": re.compile(r"[^\W\d_][;?!](?=\s|$)|«[^\s\u00a0\u202f]|[^\s\u00a0\u202f]»"),
    "an apostrophe is that of a typewriter": re.compile("'"),
    "a word is elided before some names": re.compile(rf"\b(?:de|que|le|la) (?:\{{|%\()(?:{NAMES})\b"),
}


@pytest.mark.parametrize("wrong", TYPOGRAPHY)
def test_sentences_are_set_as_french_is(wrong: str, catalogue: Catalog) -> None:
    texts = [french for message in catalogue if message.id for _english, french in _texts(message)]
    assert [text for text in texts if TYPOGRAPHY[wrong].search(text)] == []


def test_a_requete_is_what_a_court_gets(catalogue: Catalog) -> None:
    others = [m.id for m in catalogue if m.id and "requête" in str(m.string).lower() and m.id not in REQUESTS]
    assert others == []


def test_what_is_served_is_what_was_written(catalogue: Catalog) -> None:
    """The compiled catalogue, beside its source in the repository, holds the same messages."""
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    with (FOLDER / "django.mo").open("rb") as file:
        served = gettext.GNUTranslations(file)
    wanted = gettext.GNUTranslations(compiled)
    for message in filter(lambda message: message.id, catalogue):
        if message.context:
            key = (message.context, message.id)
            assert served.pgettext(*key) == wanted.pgettext(*key) == message.string
        elif isinstance(message.id, str):
            assert served.gettext(message.id) == wanted.gettext(message.id) == message.string
        else:
            for count in range(4):
                assert served.ngettext(*message.id, count) == wanted.ngettext(*message.id, count)
    assert set(served._catalog) == set(wanted._catalog)


# --- the names of fields ---------------------------------------------------------------------------------------
def _labels_in(serializer: Serializer) -> Iterator[str]:
    for name, field in serializer.fields.items():
        yield name.replace("_", " ")
        for inner in (field, getattr(field, "child", None)):
            if isinstance(inner, Serializer):
                yield from _labels_in(inner)


def _labels_of_the_api() -> set[str]:
    readers = [
        reader
        for route in routes().values()
        for kind in ("serializers", "queries")
        for reader in getattr(route.view, kind, {}).values()
    ]
    return {label for reader in readers for label in _labels_in(reader())}


def test_the_name_of_every_field_is_gathered_for_translation() -> None:
    # An item of a list has no name of its own.
    assert set(LABELS) == _labels_of_the_api() | {"item"}
    assert {key.replace("_", " ") for key in DEPENDENCIES} <= set(LABELS)


def test_each_name_stands_once_in_order() -> None:
    assert list(LABELS) == sorted(set(LABELS))


def test_the_name_of_every_field_has_its_french(catalogue: Catalog) -> None:
    assert [label for label in LABELS if label not in catalogue] == []


# --- documented answers ----------------------------------------------------------------------------------------
# Bare objects for programs: there is no sentence in them.
WITHOUT_SENTENCE = (provocations.HEALTH, provocations.INFO)


@pytest.fixture
def scene(owner: Api, stranger: Api, anonymous: Api, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Scene:
    """The people of a provocation; all of them ask for French."""
    for person in (owner, stranger, anonymous):
        person.client.credentials(HTTP_ACCEPT_LANGUAGE=FRENCH)
    return Scene(owner=owner, stranger=stranger, anonymous=anonymous, monkeypatch=monkeypatch, settings=settings)


def _assert_french(french: str, english: str) -> None:
    """Another sentence, its placeholders filled with the same numbers."""
    assert french != english
    assert not re.search(r"[{}]|%\(", french), french
    assert sorted(re.findall(r"\d+", french)) == sorted(re.findall(r"\d+", english)), french


@pytest.mark.parametrize("entry", [each for each in registry.ENTRIES if each.path not in WITHOUT_SENTENCE], ids=str)
def test_every_documented_answer_has_its_french(entry: Entry, scene: Scene) -> None:
    [response] = [each for each in DOCUMENTED if entry.fits(each)]
    provoked = entry.provoke(scene)
    for answer in provoked.answers:
        assert answer.status_code == response.status, answer.content
        assert answer.headers["Content-Language"] == "fr"
    body = provoked.answers[-1].json()
    _assert_french(body["message"], provoked.message or response.message or "")
    known = {sentence for said in response.body.get("errors", {}).values() for sentence in said}
    for answer in provoked.answers:
        assert known.isdisjoint(sentence for said in answer.json().get("errors", {}).values() for sentence in said)


# --- sentences of our own, and those of rooms that the registry does not walk ---------------------------------
def _document(case: int, **fields: Any) -> str:
    """The address of a document of a case, its bytes left out."""
    document = Document.objects.create(recovery_id=case, name="Facture", state=Document.State.READY, **fields)
    return f"{CASES}/{case}/docs/{document.pk}"


def _awaiting_signature(case: int) -> str:
    address = _document(case)
    SignatureRequest.objects.create(document_id=int(address.rpartition("/")[2]), signer_name="A", signer_email="a@b.fr")
    return address


# What is asked → (who asks, method, address, status, its French).
ASKED: dict[str, tuple[str, str, Any, int, str]] = {
    "an unknown document": (
        "owner", "GET", lambda case: f"{CASES}/{case}/docs/987654", 404, "Document introuvable",
    ),
    "documents": ("owner", "GET", lambda case: f"{CASES}/{case}/docs", 200, "Liste des documents obtenue"),
    "a document": ("owner", "GET", _document, 200, "Document trouvé"),
    "another's document": ("stranger", "GET", _document, 403, "Accès non autorisé à ce document"),
    "another's documents": ("stranger", "GET", lambda case: f"{CASES}/{case}/docs", 404, "Dossier introuvable"),
    "a document without a file": (
        "owner", "GET", lambda case: f"{_document(case)}/download", 404, "Fichier introuvable",
    ),
    "the end of a document": ("owner", "DELETE", _document, 200, "Document supprimé"),
    "the end of a document that waits for a signature": (
        "owner", "DELETE", _awaiting_signature, 400,
        "Un document dont une signature est en attente ne peut pas être supprimé",
    ),
    "types of files": (
        "owner", "GET", lambda case: "/api/docs/file-types", 200, "Liste des types de fichiers actifs obtenue",
    ),
    "a transfer that nobody asked for": (
        "owner", "GET", lambda case: f"{CASES}/{case}/injonction-transfer", 404,
        "Aucun transfert n’a été demandé pour ce dossier",
    ),
    "whether it may be transferred": (
        "owner", "GET", lambda case: f"{CASES}/{case}/injonction-eligibility", 200,
        "Éligibilité à l’injonction de payer examinée",
    ),
    "another's case": ("stranger", "GET", lambda case: f"{CASES}/{case}", 403, "Accès non autorisé à ce dossier"),
    "a method that is not there": ("owner", "TRACE", lambda case: CASES, 405, "Méthode non autorisée"),
    "without a token": ("anonymous", "GET", lambda case: CASES, 401, "Non authentifié"),
    "an address that is not there": (
        "anonymous", "GET", lambda case: "/api/rien", 404, "Point d’accès de l’API introuvable",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ASKED)
def test_answers_have_their_french(name: str, owner: Api, stranger: Api, anonymous: Api) -> None:
    who, method, address, status, sentence = ASKED[name]
    person = {"owner": owner, "stranger": stranger, "anonymous": anonymous}[who]
    answer = person.send(method, address(case_id(owner)), Accept_Language=FRENCH)
    assert (answer.status_code, answer.json()["message"]) == (status, sentence)


@pytest.mark.parametrize(
    ("body", "content_type", "status", "sentence"),
    [
        (b"{", "application/json", 400, "JSON mal formé"),
        (b"x", "text/plain", 415, "Type de contenu non pris en charge"),
        (b"[" + b" " * 5_300_000 + b"]", "application/json", 413, "Corps de l’appel trop volumineux"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bodies_that_are_none(body: bytes, content_type: str, status: int, sentence: str, owner: Api) -> None:
    answer = owner.raw("POST", CASES, body, content_type, Accept_Language=FRENCH)
    assert (answer.status_code, answer.json()["message"]) == (status, sentence)


def test_why_a_file_is_not_taken(owner: Api) -> None:
    owner.client.credentials(HTTP_ACCEPT_LANGUAGE=FRENCH)
    answer = upload(owner, case_id(owner), b"", "facture.pdf")
    assert (answer.status_code, answer.json()["errors"]) == (422, {"file": ["Le fichier est vide."]})


def test_why_a_case_may_not_go_to_court(owner: Api) -> None:
    address = f"{CASES}/{bare_case_id(owner)}/injonction-transfer"
    english, french = owner.post(address), owner.post(address, Accept_Language=FRENCH)
    assert (english.status_code, french.status_code) == (403, 403)
    assert "The case has no creditor (art. 54, 1407 CPC)." in english.json()["reasons"]
    assert "Le dossier n’a pas de créancier (art. 54, 1407 CPC)." in french.json()["reasons"]
    assert len(french.json()["reasons"]) == len(english.json()["reasons"])
    assert set(french.json()["reasons"]).isdisjoint(english.json()["reasons"])


# --- validation ------------------------------------------------------------------------------------------------
BAD_VALUES = ([], "x" * 30_000, "-1.555", {}, None)
# The documents' call takes JSON as well as a form.
DOORS = [*doors(), Door(routes()["case-documents"], "POST")]


def _bad_body(serializer: Serializer, value: Any) -> dict[str, Any]:
    """`value` in every field, in those of nested objects and of the first item of lists too."""
    body: dict[str, Any] = {}
    for name, field in serializer.fields.items():
        child = getattr(field, "child", None)
        if isinstance(field, Serializer):
            body[name] = _bad_body(field, value)
        else:
            body[name] = [_bad_body(child, value)] if isinstance(child, Serializer) else value
    return body


def _assert_same_errors(english: HttpResponse, french: HttpResponse) -> None:
    """The same keys, in order, as many sentences for each, every one of them in the other language."""
    assert (english.status_code, french.status_code) == (422, 422), english.content
    said, dit = english.json()["errors"], french.json()["errors"]
    assert list(dit) == list(said)
    for key, sentences in said.items():
        assert len(dit[key]) == len(sentences)
        for one, other in zip(sentences, dit[key], strict=True):
            _assert_french(other, one)


def _is_refused(door: Door, value: Any) -> bool:
    """Null is absent, and where nothing need be sent nothing is refused."""
    return value is not None or any(field.required for field in door.serializer.fields.values())


@pytest.mark.parametrize(
    ("door", "value"), [(door, value) for door in DOORS for value in BAD_VALUES if _is_refused(door, value)], ids=str
)
def test_a_refused_body_has_the_same_keys_in_both_languages(door: Door, value: Any, owner: Api) -> None:
    address, body = door.address(owner), _bad_body(door.serializer, value)
    english, french = (owner.send(door.method, address, body, Accept_Language=code) for code in ("en", FRENCH))
    _assert_same_errors(english, french)


@pytest.mark.parametrize("query", queries(), ids=str)
def test_a_refused_query_has_the_same_keys_in_both_languages(query: Query, owner: Api) -> None:
    address = query.address(owner) + "?" + "&".join(f"{name}={'x' * 300}" for name in query.fields)
    _assert_same_errors(owner.get(address), owner.get(address, Accept_Language=FRENCH))


def test_rules_between_fields_speak_french(owner: Api, system_setting: Any) -> None:
    system_setting(INAPPLICABLE_FIELDS="reject", STRICT_SIREN=True)
    firm = {"company_type": "commercial", "company_legal_form": None, "company_siren": "123456789"}
    person = {"company_type": "particular", "company_siren": None, "company_legal_form": None}
    body = complete_body(
        recovery={
            "recovery_late_interest": True,
            "recovery_penalty": False,
            "recovery_penalty_type": "amount",
            "recovery_interest_rate_percent": "101",
        },
        customer=firm,
        debtor={**person, "company_name": "SARL", "company_legalrep_quality": 5},
        invoices=[
            {"invoice_number": "F-1", "invoice_date": "2025-10-20", "invoice_due_date": "2025-10-20"},
            {"invoice_number": "F-2", "invoice_part_paid": True},
            {"invoice_number": "F-3", "invoice_part_paid": True, "invoice_part_paid_amount": "100.01"},
            {"invoice_number": "F-4", "invoice_part_paid_amount": "1.00"},
        ],
    )
    english, french = (owner.post(f"{CASES}/complete", body, Accept_Language=code) for code in ("en", FRENCH))
    _assert_same_errors(english, french)
    assert french.json()["errors"] == {
        "recovery.recovery_interest_rate": [
            "Le champ taux des intérêts de retard est obligatoire quand le champ intérêts de retard vaut true."
        ],
        "recovery.recovery_interest_rate_percent": [
            "Le champ pourcentage des intérêts de retard doit valoir null"
            " quand le champ taux des intérêts de retard vaut null."
        ],
        "recovery.recovery_penalty_type": [
            "Le champ type de pénalité doit valoir null quand le champ pénalité vaut false."
        ],
        "customer.company_legal_form": [
            "Le champ forme juridique est obligatoire quand le type d’entreprise vaut commercial."
        ],
        "customer.company_siren": ["Le SIREN de l’entreprise n’est pas valide."],
        "debtor.company_legalrep_quality_other": [
            "Le champ autre qualité du représentant légal est obligatoire"
            " quand la qualité du représentant légal vaut 5."
        ],
        "debtor.company_name": [
            "Le champ nom de l’entreprise doit valoir null quand le champ type d’entreprise vaut particular."
        ],
        "invoices.0.invoice_due_date": ["La date d’échéance doit être postérieure à la date de la facture."],
        "invoices.1.invoice_part_paid_amount": [
            "Le champ montant du paiement partiel est obligatoire quand la facture est payée en partie."
        ],
        "invoices.2.invoice_part_paid_amount": [
            "Le montant du paiement partiel ne peut pas dépasser celui de la facture."
        ],
        "invoices.3.invoice_part_paid_amount": [
            "Le champ montant du paiement partiel doit valoir null quand la facture n’est pas payée en partie."
        ],
    }


# --- which language --------------------------------------------------------------------------------------------
def test_french_and_english_take_turns(owner: Api) -> None:
    """What one request was answered in stays with that request."""
    for _twice in range(2):
        for headers, sentence in (
            ({"Accept_Language": FRENCH}, "Le champ objet de la prestation est obligatoire."),
            ({}, "The recovery service object field is required."),
        ):
            errors = owner.errors("POST", CASES, {"recovery_due_date": "2025-12-31"}, **headers)
            assert errors == {"recovery_service_object": [sentence]}


@pytest.mark.parametrize("headers", [{"Accept_Language": "de"}, {"Accept_Language": "*"}, {}], ids=str)
def test_the_api_speaks_english_unless_french_is_asked_for(headers: dict[str, str], anonymous: Api) -> None:
    with translation.override("fr"):
        answer = anonymous.get(CASES, **headers)
    assert answer.json()["message"] == "Unauthenticated"
    assert answer.headers["Content-Language"] == "en"


@pytest.mark.parametrize(
    ("headers", "language", "title"),
    [
        ({}, "fr", "Connexion"),
        ({"Accept-Language": "de"}, "fr", "Connexion"),
        ({"Accept-Language": "*"}, "fr", "Connexion"),
        ({"Accept-Language": "en"}, "en", "Log in"),
    ],
    ids=str,
)
@pytest.mark.django_db
def test_pages_speak_french_unless_english_is_asked_for(headers: dict[str, str], language: str, title: str) -> None:
    answer = Client().get("/admin/login/", headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == language
    assert f'<html lang="{language}"' in page
    assert re.search(rf"<title>\s*{title} ·\s+", page)


def test_the_back_office_names_things_in_french(client: Client, django_user_model: Any) -> None:
    chief = django_user_model.objects.create_superuser("chef@example.com", "un mot de passe")
    client.force_login(chief)
    page = client.get("/admin/", headers={"Accept-Language": "en"}).content.decode()
    django_user_model.objects.filter(pk=chief.pk).update(language="en")
    english = client.get("/admin/", headers={"Accept-Language": "fr"}).content.decode()
    for word in ("Dossiers de recouvrement", "Demandes de signature", "Alertes d’échéances légales"):
        assert word in page
        assert word not in english
