"""A server on this machine that answers as the two public services do."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from scoring.tests.people import SIREN

REGISTER, NOTICES = "/search", "/api/explore/v2.1/catalog/datasets/annonces-commerciales/records"


def entry(**fields: Any) -> dict[str, Any]:
    """A company in the register."""
    seat = {
        "siret": f"{SIREN}00048",
        "adresse": fields.pop("address", "9 RUE DU COLONEL PIERRE AVIA 75015 PARIS 15"),
        "code_postal": "75015",
        "libelle_commune": "PARIS 15",
        "etat_administratif": "A",
        "date_fermeture": fields.pop("closed_on", None),
    }
    return {
        "siren": SIREN,
        "nom_complet": "la poste",
        "nom_raison_sociale": "LA POSTE",
        "siege": seat,
        "activite_principale": "53.10Z",
        "categorie_entreprise": "GE",
        "date_creation": "1991-01-01",
        "dirigeants": [],
        "etat_administratif": "A",
        "nature_juridique": "5510",
        "statut_diffusion": "O",
        "finances": {"2024": {"ca": 0, "resultat_net": 0}},
        "complements": {"est_association": False, "est_entrepreneur_individuel": False},
        **fields,
    }


def notice(number: int = 1, *, day: str = "2024-01-10", judgment: Any = None, **fields: Any) -> dict[str, Any]:
    """An insolvency notice."""
    told = {"type": "initial", "famille": "Jugement d'ouverture", "nature": "Jugement d'ouverture de redressement"}
    return {
        "id": f"A2024000{number}",
        "publicationavis": "A",
        "parution": "20240001",
        "dateparution": day,
        "numeroannonce": number,
        "typeavis": "annonce",
        "familleavis": "collective",
        "familleavis_lib": "Procédures collectives",
        "tribunal": "Greffe du Tribunal de Commerce de Paris",
        "commercant": "LA POSTE",
        "ville": "Paris",
        "cp": "75015",
        "registre": [SIREN, "356 000 000"],
        "listepersonnes": "{}",
        "jugement": json.dumps(told) if judgment is None else judgment,
        "parutionavisprecedent": None,
        "url_complete": "https://www.bodacc.fr/",
        **fields,
    }


def judged(nature: str) -> str:
    """A judgment as notices have it: JSON in a string."""
    return json.dumps({"famille": "Jugement", "nature": nature, "date": "2024-01-02"})


class Partner:
    """What the server answers, and what it was asked. `statuses` are used up first, one for each request."""

    def __init__(self) -> None:
        self.companies: list[dict[str, Any]] = [entry()]
        self.notices: list[dict[str, Any]] = []
        self.raw: dict[str, bytes] = {}
        self.statuses: dict[str, list[tuple[int, dict[str, str]]]] = {REGISTER: [], NOTICES: []}
        self.delay = 0.0
        self.asked: Counter[str] = Counter()
        self.queries: list[tuple[str, dict[str, list[str]]]] = []
        self.agents: set[str] = set()

    def fail(self, path: str, *statuses: int, **headers: str) -> None:
        """Answer the next requests for `path` with these statuses."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.statuses[path] += [(status, named) for status in statuses]

    def answer(self, target: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers, body."""
        parts = urlsplit(target)
        self.asked[parts.path] += 1
        self.queries.append((parts.path, parse_qs(parts.query)))
        time.sleep(self.delay)
        if self.statuses[parts.path]:
            status, headers = self.statuses[parts.path].pop(0)
            return status, headers, b'{"erreur": "not now"}'
        if parts.path in self.raw:
            return 200, {}, self.raw[parts.path]
        rows = self.companies if parts.path == REGISTER else self.notices
        return 200, {}, json.dumps({"results": rows, "total_count": len(rows), "total_results": len(rows)}).encode()


@contextmanager
def serving(partner: Partner) -> Iterator[str]:
    """The address of a server that answers for `partner`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            partner.agents.add(str(self.headers["User-Agent"]))
            status, headers, body = partner.answer(self.path)
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(body)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *args: None  # type: ignore[method-assign] - who has waited too long hangs up
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
