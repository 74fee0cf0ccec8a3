"""What is read without a serializer is what the serializer reads."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from companies import serializers
from companies.models import Company
from companies.plain import read_plain
from companies.serializers import CompanySerializer
from legalcity.api.validation import read, reader_of
from tests.factories import CompanyBody

pytestmark = pytest.mark.django_db
NEARLY = st.text(alphabet="aZ9Éœ’–€-_.+@/ \t\n\u200b\u0301\u00a0\u00ad\x00٣", max_size=8)
ODD = st.none() | st.booleans() | st.integers(-1, 6) | st.floats() | st.lists(st.none(), max_size=1)
WORDS = st.sampled_from([*Company.Type, *Company.Gender, *Company.FreelanceType, *Company.ActsAs, " M ", "SARL", "SA"])
EMAILS = st.emails() | st.from_regex(r"[a-z]{1,3}[._+@-][A-Za-z0-9.-]{1,9}\.[a-z]{1,3}", fullmatch=True)
DIGITS = st.from_regex(r"[0-9 ]{8,11}", fullmatch=True)
LONG = st.sampled_from(["x" * 20, "x" * 21, "x" * 32, "x" * 33, "x" * 50, "x" * 51, "x" * 255, "x" * 256])
VALUES = NEARLY | ODD | WORDS.map(str) | EMAILS | DIGITS | LONG
NAMES = [field.name for field in Company._meta.concrete_fields if field.name.startswith("company_")]
CHANGED = st.dictionaries(st.sampled_from([*NAMES, "acts_as", "anything"]), VALUES, max_size=4)
COMPANY = CompanyBody()
PERSON = {
    **{"company_type": "particular", "company_legalrep_firstname": "Zoé", "company_legalrep_lastname": "Lefèvre"},
    **{"company_address": "12 rue de l’Œuvre", "company_email": "zoe.lefevre+dette@exemple-banque.fr"},
}


@pytest.mark.parametrize("sent", [COMPANY, PERSON, {**PERSON, "company_legalrep_quality": 3, "company_state": None}])
def test_a_company_in_the_usual_forms_needs_no_serializer(sent: dict[str, Any]) -> None:
    assert read_plain(sent) == _by_the_serializer(sent) == sent


@hypothesis_settings(deadline=None, max_examples=400)
@given(CHANGED, st.sampled_from([COMPANY, PERSON]), st.sets(st.sampled_from(NAMES), max_size=2))
@example({"company_email": "a@" + "x" * 64 + ".fr"}, PERSON, set())
@example({"company_email": "a.b@c.frx"}, PERSON, set())
@example({"company_legal_form": "Sarl"}, COMPANY, set())
@example({"acts_as": None}, COMPANY, set())
@example({"company_legalrep_quality": True}, COMPANY, set())
def test_whatever_is_read_plainly_the_serializer_reads_with_the_same_values(
    changed: dict[str, Any], whole: dict[str, Any], left_out: set[str]
) -> None:
    sent = {name: value for name, value in {**whole, **changed}.items() if name not in left_out}
    plain = read_plain(sent)
    if plain is not None:
        told = _by_the_serializer(sent)
        assert {name: repr(value) for name, value in plain.items()} == {name: repr(told[name]) for name in told}


def _by_the_serializer(sent: dict[str, Any]) -> dict[str, Any]:
    """What the fields give, whatever the rules over several of them say."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serializers, "read_plain", lambda _data: None)
        patch.setattr(serializers, "company_errors", lambda _values: {})
        return read(reader_of(CompanySerializer), sent)
