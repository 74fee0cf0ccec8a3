"""The search over cases: literal, without regard to capitals and accents, in four fields."""

import unicodedata
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest

from recoveries.models import Recovery
from recoveries.selectors.matches import FEW
from recoveries.services.copies import copies_set
from tests.counts import case_counts_rebuild
from tests.factories import Api, bare_case_id, case_id, detail

CASES = "/api/recoveries"


def _found(owner: Api, term: str) -> list[int]:
    data = owner.data("GET", f"{CASES}?search={quote(term)}&sort_by=id&sort_order=asc")
    ids = [row["id"] for row in data["recoveries"]]
    assert data["pagination"]["total"] == len(ids)
    assert data["filters_applied"]["search"] == term.strip()
    return ids


def _case(owner: Api, **parts: Any) -> int:
    quiet = {"company_legalrep_firstname": "Xx", "company_legalrep_lastname": "Xx"}
    customer = {**quiet, "company_name": "Kk", **parts.pop("customer", {})}
    debtor = {**quiet, "company_name": "Qq", **parts.pop("debtor", {})}
    return case_id(owner, customer=customer, debtor=debtor, **parts)


def test_the_four_documented_fields_are_searched(owner: Api) -> None:
    by_name = _case(owner, debtor={"company_legalrep_firstname": "Hortense", "company_legalrep_lastname": "Vidal"})
    by_debtor = _case(owner, debtor={"company_name": "Boulangerie Martin"})
    by_customer = _case(owner, customer={"company_name": "Garage Petit"})
    assert _found(owner, "Hortense") == [by_name]
    assert _found(owner, "Hortense Vidal") == [by_name]
    assert _found(owner, "langerie") == [by_debtor]
    assert _found(owner, "garage petit") == [by_customer]
    reference = detail(owner, by_debtor)["recovery_reference"]
    assert _found(owner, reference) == [by_debtor]
    assert _found(owner, reference[4:].lower()) == [by_debtor]
    assert _found(owner, "REC-") == [by_name, by_debtor, by_customer]


def test_no_other_field_is_searched(owner: Api) -> None:
    secret = "Zanzibar"
    recovery_id = _case(
        owner,
        recovery={"recovery_service_object": secret, "recovery_observations": secret},
        customer={"company_legalrep_firstname": secret, "company_legalrep_lastname": secret, "company_city": secret},
        debtor={"company_address": secret, "company_city": secret, "company_email": "zanzibar@example.com"},
        invoices=[{"api_invoice_id": secret}],
    )
    owner.data("POST", f"{CASES}/{recovery_id}/comments", {"comment": secret})
    assert _found(owner, secret) == []


@pytest.mark.parametrize(
    ("name", "term"),
    [
        ("100% Bio", "100% b"),
        ("100% Bio", "%"),
        ("A_B Conseil", "a_b"),
        ("A_B Conseil", "_"),
        ("Back\\Slash", "back\\s"),
        ("Back\\Slash", "\\"),
        ("O'Brien & Fils", "o'brien &"),
        ('Dit "Le Grand"', '"le g'),
        ("Parens (SARL)", "(sarl)"),
        ("Star * Club", "* c"),
        ("Point. Final?", ". final?"),
        ("Tiret—long", "t—l"),
    ],
)
def test_a_term_is_literal(name: str, term: str, owner: Api) -> None:
    _case(owner, debtor={"company_name": "1000 Bio AxB BackXSlash"})
    wanted = _case(owner, debtor={"company_name": name})
    assert _found(owner, term) == [wanted]


def test_wildcards_alone_find_nothing_that_has_none(owner: Api) -> None:
    _case(owner)
    for term in ("%", "%%%", "_", "___", "\\", "%_%", "R%C"):
        assert _found(owner, term) == []


@pytest.mark.parametrize(
    ("name", "term"),
    [
        ("Société Générale", "societe generale"),
        ("Societe Generale", "SOCIÉTÉ GÉNÉRALE"),
        ("ÉCOLE ÉLÉMENTAIRE", "école élém"),
        ("Hôtel de l'Île", "hotel de l'ile"),
        ("Ça et Là", "ca et la"),
        ("Noël Müller", "noel muller"),
        ("STRASSE", "straße"),
        ("Straße", "STRASSE"),
        ("Łódź", "łodz"),
        (unicodedata.normalize("NFD", "Éclair"), unicodedata.normalize("NFC", "Éclair")),
        (unicodedata.normalize("NFC", "Éclair"), unicodedata.normalize("NFD", "éclair")),
        ("Ελλάδα", "ελλαδα"),
        ("日本商事", "本商"),
    ],
)
def test_capitals_and_accents_do_not_matter(name: str, term: str, owner: Api) -> None:
    _case(owner)
    wanted = _case(owner, debtor={"company_name": name})
    assert _found(owner, term) == [wanted]


@pytest.mark.parametrize(("name", "term"), [("Zébulon", "z"), ("Zébulon", "zé"), ("Zébulon", "ZE"), ("Zébulon", "éb")])
def test_terms_of_one_and_two_letters_find(name: str, term: str, owner: Api) -> None:
    # A reference may hold any capital letter, so the other case is one without that letter.
    other = _case(owner)
    wanted = _case(owner, debtor={"company_name": name})
    found = _found(owner, term)
    assert wanted in found
    reference = detail(owner, other)["recovery_reference"].lower()
    assert (other in found) is (term.lower().replace("é", "e") in reference)


def test_a_match_does_not_run_over_two_fields(owner: Api) -> None:
    _case(
        owner,
        debtor={"company_legalrep_firstname": "Anne", "company_legalrep_lastname": "Roy", "company_name": "Acme"},
        customer={"company_name": "Beta"},
    )
    for term in ("roy acme", "royacme", "acme beta", "roy\nacme"):
        assert _found(owner, term) == []


def test_space_around_a_term_does_not_count(owner: Api) -> None:
    wanted = _case(owner, debtor={"company_name": "Acme"})
    assert _found(owner, "  acme ") == [wanted]


def test_a_search_follows_changes_of_the_parties(owner: Api) -> None:
    recovery_id = bare_case_id(owner)
    companies = f"{CASES}/{recovery_id}/companies"
    body = {"company_legalrep_firstname": "Anne", "company_legalrep_lastname": "Roy", "relation_type": "debtor"}
    company = owner.data("POST", companies, body)
    assert _found(owner, "anne roy") == [recovery_id]
    owner.data("PUT", f"{companies}/{company['id']}", {"company_legalrep_lastname": "Blanc"})
    assert _found(owner, "anne roy") == []
    assert _found(owner, "anne blanc") == [recovery_id]
    owner.data("DELETE", f"{companies}/{company['id']}")
    assert _found(owner, "anne") == []


def test_search_and_group_narrow_each_other(owner: Api) -> None:
    wanted = _case(owner, debtor={"company_name": "Acme"})
    assert owner.data("GET", f"{CASES}?search=acme&status=1")["pagination"]["total"] == 1
    assert owner.data("GET", f"{CASES}?search=acme&status=2")["pagination"]["total"] == 0
    assert _found(owner, "acme") == [wanted]


def test_search_pages_hold_each_row_once(owner: Api) -> None:
    ids = [_case(owner, debtor={"company_name": "Acme"}) for _case_number in range(7)]
    pages = [
        owner.data("GET", f"{CASES}?search=acme&sort_by=debtor_company&sort_order=asc&per_page=2&page={page}")
        for page in range(1, 5)
    ]
    assert [row["id"] for page in pages for row in page["recoveries"]] == ids


def test_a_number_is_found_among_however_many_invoices(owner: Api) -> None:
    """Also where a text is longer than what an index holds."""
    short = _case(owner, invoices=[{"invoice_number": "INV-2026-0001"}])
    long = _case(owner, invoices=[{"invoice_number": f"INV-2026-{n:04}"} for n in range(1, 401)])
    assert len(Recovery.objects.get(pk=long).search_text) > 5000
    assert _found(owner, "inv-2026-0001") == [short, long]
    assert _found(owner, "inv-2026-0400") == _found(owner, "0400") == [long]
    assert _found(owner, "qq") == [short, long]
    first, last = (owner.data("GET", f"{CASES}?search=inv-&per_page=1&page={page}")["recoveries"] for page in (1, 2))
    assert [row["id"] for row in first + last] == [long, short]


@pytest.mark.parametrize("sort", ["id", "recovery_reference", "created_at"])
def test_few_matches_and_many_are_paged_alike(sort: str, owner: Api, stranger: Api) -> None:
    """Few are read by their ids, many along the order of the list."""
    many = FEW + 40
    for number, api in enumerate((owner, stranger)):
        _in_bulk(api, number, many)
    cases = list(Recovery.objects.filter(owner=owner.user).order_by(sort, "id"))
    for term in ("rec-0-", "rec-0-0", "7", "01", "00001", "REC-0-0033"):
        wanted = [case.pk for case in cases if term.lower() in case.search_text]
        for order, ids in (("asc", wanted), ("desc", wanted[::-1])):
            for page in (1, 2, len(wanted) // 7 + 1):
                query = f"search={term}&sort_by={sort}&sort_order={order}&per_page=7&page={page}"
                data = owner.data("GET", f"{CASES}?{query}")
                assert data["pagination"]["total"] == len(wanted)
                assert [row["id"] for row in data["recoveries"]] == ids[7 * (page - 1) : 7 * page], query
        of_status = owner.data("GET", f"{CASES}?search={term}&status=2")["pagination"]["total"]
        assert of_status == sum(case.status_id == 2 and term.lower() in case.search_text for case in cases)


def _in_bulk(api: Api, number: int, many: int) -> None:
    """So many bare cases, every third of another status, with what their services would have kept."""
    cases = [
        Recovery(
            owner=api.user,
            status_id=1 + (n % 3 == 0),
            recovery_reference=f"REC-{number}-{n * 7919 % 10007:05}",
            recovery_due_date=date(2026, 1, 31),
        )
        for n in range(many)
    ]
    for case in cases:
        copies_set(case, customer=None, debtor=None, numbers=())
    Recovery.objects.bulk_create(cases)
    case_counts_rebuild()
