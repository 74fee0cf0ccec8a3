"""What people write in a field called "country"."""

import unicodedata

import pytest
from babel import Locale
from hypothesis import given, settings
from hypothesis import strategies as st

from law.territories import EUROPEAN_ORDER_STATES, NATIONAL_PROCEDURE, OVERSEAS
from legalcity.lib.countries import EU, countries, country_code

WRITTEN = [
    ("France", "FR"),
    ("  FRANCE ", "FR"),
    ("fr", "FR"),
    ("FRA", "FR"),
    ("République française", "FR"),
    ("France métropolitaine", "FR"),
    ("Royaume-Uni", "GB"),
    ("ROYAUME UNI", "GB"),
    ("United Kingdom", "GB"),
    ("UK", "GB"),
    ("U.K.", "GB"),
    ("GB", "GB"),
    ("England", "GB"),
    ("Irlande du Nord", "GB"),
    ("Allemagne", "DE"),
    ("Germany", "DE"),
    ("Deutschland", "DE"),
    ("DEU", "DE"),
    ("République fédérale d'Allemagne", "DE"),
    ("Czech Republic", "CZ"),
    ("Czechia", "CZ"),
    ("République tchèque", "CZ"),
    ("republique tcheque", "CZ"),
    ("Tchéquie", "CZ"),
    ("TCHEQUIE", "CZ"),
    ("Pays-Bas", "NL"),
    ("pays bas", "NL"),
    ("The Netherlands", "NL"),
    ("Kingdom of the Netherlands", "NL"),
    ("Holland", "NL"),
    ("Hollande", "NL"),
    ("Grèce", "GR"),
    ("GRECE", "GR"),
    ("Greece", "GR"),
    ("GR", "GR"),
    ("EL", "GR"),
    ("Ελλάδα", "GR"),
    ("Irlande", "IE"),
    ("Republic of Ireland", "IE"),
    ("Royaume d'Espagne", "ES"),
    ("España", "ES"),
    ("Österreich", "AT"),
    ("Danemark", "DK"),
    ("Suisse", "CH"),
    ("Côte d’Ivoire", "CI"),
    ("cote d'ivoire", "CI"),
    ("États-Unis", "US"),
    ("Etats Unis", "US"),
    ("U.S.A.", "US"),
    ("Turquie", "TR"),
    ("Turkey", "TR"),
    ("Guadeloupe", "GP"),
    ("Martinique", "MQ"),
    ("Guyane", "GF"),
    ("Guyane française", "GF"),
    ("Guyana", "GY"),
    ("La Réunion", "RE"),
    ("Reunion", "RE"),
    ("île de la Réunion", "RE"),
    ("Mayotte", "YT"),
    ("Saint-Martin", "MF"),
    ("St Martin", "MF"),
    ("Saint-Martin (partie néerlandaise)", "SX"),
    ("Saint-Barthélemy", "BL"),
    ("Saint Pierre et Miquelon", "PM"),
    ("Nouvelle-Calédonie", "NC"),
    ("Polynésie française", "PF"),
    ("Wallis-et-Futuna", "WF"),
    ("Guinée", "GN"),
    ("Guinée équatoriale", "GQ"),
    ("Dominique", "DM"),
    ("République dominicaine", "DO"),
]


@pytest.mark.parametrize(("text", "code"), WRITTEN)
def test_what_people_write_is_understood(text: str, code: str) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize("text", [None, "", "   ", "-", "the", "Narnia", "XX", "ZZZ", "75011 Paris", "Europe", "FR DE"])
def test_what_names_no_country_is_not_guessed(text: str | None) -> None:
    assert country_code(text) is None


@pytest.mark.parametrize("text", ["Congo", "Republic of China", "Corée"])
def test_a_name_that_two_countries_claim_is_not_understood(text: str) -> None:
    assert country_code(text) is None


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_country_is_known_by_its_french_and_english_name(language: str) -> None:
    names = Locale(language).territories
    wrong = {code: names[code] for code in countries() if country_code(str(names[code])) != code}
    assert wrong == {}


def test_iso_lists_249_countries() -> None:
    assert len(countries()) == 249
    assert {country_code(code) for code in countries()} == countries()


@settings(deadline=None)
@given(st.sampled_from(WRITTEN), st.sampled_from([str.upper, str.lower, str.title]), st.sampled_from(["", " ", "\t"]))
def test_case_and_spaces_do_not_matter(written: tuple[str, str], spelled: object, space: str) -> None:
    text, code = written
    assert country_code(space + spelled(text) + space) == code  # type: ignore[operator]


@settings(deadline=None)
@given(st.sampled_from([name for name, _code in WRITTEN]))
def test_accents_do_not_matter(text: str) -> None:
    bare = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    assert country_code(bare) == country_code(text)
    assert country_code(unicodedata.normalize("NFD", text)) == country_code(text)


@settings(deadline=None)
@given(st.text())
def test_any_text_gets_a_country_or_none(text: str) -> None:
    assert country_code(text) in countries() | {None}


def test_the_union_has_27_members_and_denmark_stays_out_of_the_european_order() -> None:
    assert len(EU) == 27
    assert countries() >= EU
    assert set(EU - EUROPEAN_ORDER_STATES) == {"DK"}
    assert not EU & {"GB", "EL", "CH", "NO", "MC"}


def test_the_national_procedure_reaches_overseas_but_not_the_pacific_codes() -> None:
    assert {"FR", "GP", "MQ", "GF", "RE", "YT", "BL", "MF", "PM", "WF"} == NATIONAL_PROCEDURE
    assert {"NC", "PF", "TF"} == OVERSEAS - NATIONAL_PROCEDURE
    assert "FR" not in OVERSEAS
