"""What is read without a serializer is what the serializer reads."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from legalcity.api.validation import read, reader_of
from recoveries import serializers
from recoveries.models import Recovery
from recoveries.plain import read_plain
from recoveries.rules import FIELDS
from recoveries.serializers import NewRecoverySerializer
from tests.factories import Api, ApiUserFactory, RecoveryBody, complete_body

pytestmark = pytest.mark.django_db
NEARLY = st.text(alphabet="aZ9Éœ’-. \t\n\u200b\u0301\x00٣", max_size=8)
ODD = st.none() | st.booleans() | st.integers(-1, 12) | st.floats() | st.lists(st.none(), max_size=1)
WORDS = st.sampled_from([*Recovery.InterestRate.values, *Recovery.Matter.values, "1", "0", " 1 ", "montant", "percent"])
DAYS = st.dates().map(str) | st.from_regex(r"(1990|20[0-9]{2}|2100)-[0-9]{2}-[0-9]{2}", fullmatch=True)
LONG = st.sampled_from(["x" * 64, "x" * 65, "x" * 255, "x" * 256, "9.50"])
CHANGED = st.dictionaries(
    st.sampled_from([*FIELDS, "assign_to_me", "anything"]), NEARLY | ODD | WORDS | DAYS | LONG, max_size=4
)
PLAIN: dict[str, Any] = {
    **{"type": 2, "recovery_service_object": "Chaises d’église", "recovery_due_date": "2025-12-31"},
    **{"recovery_late_interest": False, "recovery_raison_notpaid": 1, "recovery_observations": "Deux relances."},
}


@pytest.mark.parametrize("sent", [RecoveryBody(), PLAIN, {**PLAIN, "external_id": "ERP-7", "matter": "ordinary"}])
def test_a_case_in_the_usual_forms_needs_no_serializer(sent: dict[str, Any]) -> None:
    plain = read_plain(sent)
    assert plain is not None
    assert plain == _by_the_serializer(sent)


@hypothesis_settings(deadline=None, max_examples=400)
@given(CHANGED, st.sets(st.sampled_from(sorted(PLAIN)), max_size=2))
@example({"recovery_due_date": "2025-02-29"}, set())
@example({"recovery_due_date": "2101-01-01"}, set())
@example({"type": None}, set())
@example({"type": True}, set())
@example({"recovery_penalty": None}, set())
@example({"recovery_penalty_type": "montant"}, set())
def test_whatever_is_read_plainly_the_serializer_reads_with_the_same_values(
    changed: dict[str, Any], left_out: set[str]
) -> None:
    sent = {name: value for name, value in {**PLAIN, **changed}.items() if name not in left_out}
    plain = read_plain(sent)
    if plain is not None:
        told = _by_the_serializer(sent)
        assert {name: repr(value) for name, value in plain.items()} == {name: repr(told[name]) for name in told}


def test_rules_are_asked_of_what_is_plain() -> None:
    body = complete_body(recovery={"recovery_late_interest": True}, debtor={"company_siren": None})
    refused = Api.of(ApiUserFactory()).post("/api/recoveries/complete", body)
    assert list(refused.json()["errors"]) == ["recovery.recovery_interest_rate", "debtor.company_siren"]


def _by_the_serializer(sent: dict[str, Any]) -> dict[str, Any]:
    """What the fields give, whatever the rules over several of them say."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serializers, "read_plain", lambda _data: None)
        patch.setattr(serializers, "recovery_errors", lambda _values: {})
        return read(reader_of(NewRecoverySerializer), sent)
