"""The outside sources: what they add, what their silence costs, and that it never costs an order."""

import json
import time
from typing import Any

import pytest
from pytest_django import Settings

from scoring.models import ScoringOrder
from scoring.tests.partner import NOTICES, REGISTER, Partner, entry, judged, notice
from scoring.tests.people import SIREN, debtor, invoice, place, results, shown, unknown_company, work
from tests.factories import Api

pytestmark = pytest.mark.django_db


def status_of(told: dict[str, Any], source: str) -> str:
    return next(each["status"] for each in told["sources"] if each["source"] == source)


def factor(told: dict[str, Any], key: str) -> dict[str, Any]:
    return next(part for part in told["factors"] if part["factor"] == key)


def keys(told: dict[str, Any]) -> list[str]:
    return [part["factor"] for part in told["factors"]]


@pytest.mark.same_everywhere
def test_off_by_default(owner: Api, partner: Partner, settings: Settings) -> None:
    settings.OPEN_DATA_ENABLED = False
    told = results(owner, debtor(owner))
    assert (status_of(told, "recherche_entreprises"), status_of(told, "bodacc")) == ("off", "off")
    assert not partner.asked


def test_off_by_default_in_the_settings(settings: Settings) -> None:
    assert settings.OPEN_DATA_ENABLED is False


@pytest.mark.same_everywhere
def test_what_is_published_counts(owner: Api, partner: Partner) -> None:
    told = results(owner, debtor(owner), report_type="detailed")
    assert status_of(told, "recherche_entreprises") == status_of(told, "bodacc") == "answered"
    assert {"activity", "company_age", "insolvency", "legal_form", "identity"} <= set(keys(told))
    assert factor(told, "insolvency")["explanation"] == "No insolvency notice stands."
    assert factor(told, "identity")["explanation"] == "The SIREN is in the national register."
    assert factor(told, "activity")["contribution"] == factor(told, "activity")["weight"]
    assert told["public_record"] == {
        "active": True,
        "legal_form": "5510",
        "created_on": "1991-01-01",
        "closed_on": None,
        "address": "9 RUE DU COLONEL PIERRE AVIA 75015 PARIS 15",
        "insolvency": "none",
        "notices": [],
    }
    asked = dict(partner.queries)
    assert asked[REGISTER] == {"q": [SIREN], "page": ["1"], "per_page": ["1"]}
    assert asked[NOTICES] == {
        "where": [f'registre LIKE "{SIREN}" AND familleavis="collective"'],
        "order_by": ["dateparution DESC"],
        "limit": ["100"],
    }
    assert all(agent.startswith("LegalCity (http") for agent in partner.agents)


@pytest.mark.same_everywhere
def test_a_closed_company_is_critical(owner: Api, partner: Partner) -> None:
    partner.companies = [entry(etat_administratif="C", closed_on="2025-03-01")]
    told = results(owner, debtor(owner, invoice(paid="1000.00")))
    assert (told["solvency_score"], told["risk_level"]) == (10, "critical")
    assert told["recommended_credit_limit"] == "0.00"
    assert sum(part["contribution"] for part in told["factors"]) == 10
    assert factor(told, "closed_company")["explanation"] == "The score of a closed company is 10 at most."


def test_a_closed_company_without_history_is_critical_without_a_number(owner: Api, partner: Partner) -> None:
    partner.companies = [entry(etat_administratif="C")]
    told = results(owner, unknown_company(owner))
    assert (told["solvency_score"], told["risk_level"], told["confidence"]) == (None, "critical", "none")


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("notices", "standing", "most"),
    [
        ([notice()], "open", 15),
        ([notice(judgment="Jugement du tribunal prononçant la liquidation judiciaire")], "open", 15),
        ([notice(judgment=judged("Jugement de clôture pour insuffisance d'actif"))], "open", 15),
        ([notice(1), notice(2, judgment=judged("Jugement arrêtant le plan de sauvegarde"))], "plan", 100),
        ([notice(judgment=judged("Jugement prononçant la résolution du plan de redressement"))], "open", 15),
        ([notice(1), notice(2, day="2025-06-01", judgment=judged("Clôture pour extinction du passif"))], "ended", 100),
        # Withdrawn by a notice that names it, in the one form and in the other, and by one that does not.
        (
            [
                notice(1),
                notice(
                    2,
                    day="2024-02-01",
                    typeavis="annulation",
                    parutionavisprecedent=json.dumps({"numeroParution": "20240001", "numeroAnnonce": "1"}),
                ),
            ],
            "none",
            100,
        ),
        ([notice(1), notice(2, day="2024-02-01", typeavis="annulation")], "none", 100),
        # Of two notices the one that is not withdrawn stands.
        (
            [
                notice(1),
                notice(3, day="2024-01-20"),
                notice(
                    2,
                    day="2024-02-01",
                    typeavis="annulation",
                    parutionavisprecedent={"numeroParution": "20240001", "numeroAnnonce": 1},
                ),
            ],
            "open",
            15,
        ),
        ([notice(1), notice(2, typeavis="rectificatif", day="2024-03-01", judgment=judged("Clôture"))], "ended", 100),
        ([notice(familleavis="radiation")], "none", 100),
    ],
)  # fmt: skip
def test_insolvency(owner: Api, partner: Partner, notices: list[dict[str, Any]], standing: str, most: int) -> None:
    partner.notices = notices
    told = results(owner, debtor(owner, invoice(paid="1000.00")), report_type="detailed")
    assert told["public_record"]["insolvency"] == standing
    assert told["solvency_score"] <= most
    assert (told["risk_level"] == "critical") is (most == 15)


def test_a_company_that_the_register_does_not_show(owner: Api, partner: Partner) -> None:
    partner.companies = []
    told = results(owner, debtor(owner))
    assert status_of(told, "recherche_entreprises") == "not_found"
    assert "activity" not in keys(told)
    assert factor(told, "identity")["explanation"] == "The SIREN is well formed, but the register does not show it."


@pytest.mark.same_everywhere
def test_another_company_is_not_taken_for_it(owner: Api, partner: Partner) -> None:
    partner.companies = [entry(siren="552081317", etat_administratif="C")]
    assert status_of(results(owner, debtor(owner)), "recherche_entreprises") == "not_found"


def test_a_company_without_siren_is_not_asked_about(owner: Api, partner: Partner) -> None:
    person = debtor(owner, company_type="particular", siren=None)
    number = place(owner, person)
    ScoringOrder.objects.update(company_siren="")
    work(number)
    told = shown(owner, number)["results"]
    assert status_of(told, "bodacc") == "not_asked"
    assert told["solvency_score"] is not None  # The client's own claims are found by the company.
    assert not partner.asked


@pytest.mark.same_everywhere
def test_what_is_no_siren_is_not_sent_anywhere(owner: Api, partner: Partner) -> None:
    number = place(owner, debtor(owner))
    ScoringOrder.objects.update(company_siren='1" OR 1=')
    work(number)
    assert not partner.asked


# --- failures --------------------------------------------------------------------------------------------------
@pytest.mark.same_everywhere
def test_passing_errors_are_tried_again(owner: Api, partner: Partner) -> None:
    partner.fail(REGISTER, 503, 502)
    partner.fail(NOTICES, 429, Retry_After="0")
    told = results(owner, debtor(owner))
    assert status_of(told, "recherche_entreprises") == status_of(told, "bodacc") == "answered"
    assert (partner.asked[REGISTER], partner.asked[NOTICES]) == (3, 2)


@pytest.mark.same_everywhere
def test_a_pause_that_is_asked_for_is_made(owner: Api, partner: Partner) -> None:
    partner.fail(NOTICES, 429, Retry_After="1")
    begun = time.monotonic()
    results(owner, debtor(owner))
    assert time.monotonic() - begun >= 1


@pytest.mark.same_everywhere
def test_a_pause_that_is_too_long_is_not(owner: Api, partner: Partner) -> None:
    partner.fail(NOTICES, 429, Retry_After="3600")
    assert status_of(results(owner, debtor(owner)), "bodacc") == "unavailable"
    assert partner.asked[NOTICES] == 1


@pytest.mark.same_everywhere
def test_lasting_errors_are_not_tried_again(owner: Api, partner: Partner) -> None:
    partner.fail(NOTICES, 400)
    assert status_of(results(owner, debtor(owner)), "bodacc") == "unavailable"
    assert partner.asked[NOTICES] == 1


@pytest.mark.same_everywhere
def test_silence_costs_confidence_and_is_shown(owner: Api, partner: Partner) -> None:
    invoices = [invoice(paid="1000.00") for _ in range(4)]
    company_id = debtor(owner, *invoices)
    partner.fail(NOTICES, 500, 500, 500)
    told = results(owner, company_id)
    assert (told["confidence"], status_of(told, "bodacc")) == ("low", "unavailable")
    assert "insolvency" not in keys(told)
    assert told["sources"][2] == {
        "source": "bodacc",
        "status": "unavailable",
        "explanation": "Could not be reached; the report was made without it.",
    }
    again = results(owner, company_id)  # A failure is not kept.
    assert (again["confidence"], status_of(again, "bodacc")) == ("medium", "answered")


@pytest.mark.same_everywhere
def test_nobody_answers(owner: Api, partner: Partner, settings: Settings) -> None:
    settings.RECHERCHE_ENTREPRISES_URL = settings.BODACC_URL = "http://127.0.0.1:1"
    number = place(owner, debtor(owner))
    work(number)
    told = shown(owner, number)
    assert told["status"] == "completed"
    assert {each["status"] for each in told["results"]["sources"][1:]} == {"unavailable"}


@pytest.mark.same_everywhere
def test_a_partner_that_is_slow_is_not_waited_for(owner: Api, partner: Partner, settings: Settings) -> None:
    settings.OPEN_DATA_TIMEOUT, partner.delay = 0.3, 1.5
    begun = time.monotonic()
    assert status_of(results(owner, debtor(owner)), "bodacc") == "unavailable"
    assert time.monotonic() - begun < 5


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    "body",
    [
        b"", b"not json", b"[]", b"{}", b"null", b'{"results": null}', b'{"results": [null]}', b'{"results": [{}]}',
        b'{"results": [{"siren": "356000000"}]}', b'{"results": [{"siren": "356000000", "etat_administratif": "X"}]}',
        b'{"results": [{"familleavis": "collective", "dateparution": "soon", "id": 1}]}', b"[" * 100_000,
        b'{"results": [{"familleavis": "collective"}]}', b'{"results": "' + b"x" * 5_000_000 + b'"}',
    ],
    ids=lambda body: body[:60].decode(),
)  # fmt: skip
def test_answers_of_another_shape_fail_no_order(owner: Api, partner: Partner, body: bytes) -> None:
    partner.raw = {REGISTER: body, NOTICES: body}
    number = place(owner, debtor(owner))
    work(number)
    told = shown(owner, number)
    assert told["status"] == "completed"
    assert "unavailable" in {each["status"] for each in told["results"]["sources"]}


def test_texts_that_no_database_takes_are_cleaned(owner: Api, partner: Partner) -> None:
    partner.companies = [entry(address="9 RUE\x00 DU \ud800 LAC")]
    partner.notices = [notice(judgment="Jugement \x00 de clôture", tribunal="\x00" * 5)]
    told = results(owner, debtor(owner), report_type="detailed")
    assert told["public_record"]["address"] == "9 RUE DU ? LAC"
    assert told["public_record"]["notices"][0]["title"] == "Jugement de clôture"


def test_answers_are_kept_for_a_while(owner: Api, partner: Partner) -> None:
    company_id = debtor(owner)
    for _ in range(3):
        results(owner, company_id)
    assert dict(partner.asked) == {REGISTER: 1, NOTICES: 1}


def test_nothing_of_the_company_is_logged(owner: Api, partner: Partner, caplog: pytest.LogCaptureFixture) -> None:
    partner.fail(NOTICES, 400)
    results(owner, debtor(owner, company_name="Secret SARL"))
    assert "Secret" not in caplog.text
    assert SIREN not in caplog.text
