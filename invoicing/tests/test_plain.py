"""What is read without a serializer is what the serializer reads."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from invoicing import serializers
from invoicing.plain import read_plain
from invoicing.serializers import InvoiceSerializer
from legalcity.api.fields import TextField
from legalcity.api.validation import read, reader_of

pytestmark = pytest.mark.django_db
PLAIN = {
    "invoice_number": "F-2025/10.1 b",
    "invoice_date": "2025-10-20",
    "invoice_due_date": "2025-11-20",
    "invoice_amount": "1500.50",
}
NEARLY = st.text(alphabet="Aé9-_./ \t\n\u200b+e٣", max_size=8)
DAYS = st.dates().map(str) | st.from_regex(r"(1990|20[0-9]{2}|2100)-[0-9]{2}-[0-9]{2}", fullmatch=True)
AMOUNTS = st.from_regex(r"[0-9]{1,13}\.?[0-9]{0,3}", fullmatch=True)
ODD = st.none() | st.booleans() | st.integers() | st.floats() | st.lists(st.none(), max_size=1)
SENT = st.fixed_dictionaries(
    {"invoice_number": NEARLY | ODD, "invoice_date": DAYS | NEARLY | ODD, "invoice_amount": AMOUNTS | NEARLY | ODD},
    optional={"invoice_due_date": DAYS | ODD, "invoice_part_paid": ODD, "anything": ODD},
)


@pytest.mark.parametrize("left_out", [(), ("invoice_due_date",)])
def test_an_invoice_in_the_usual_forms_needs_no_serializer(left_out: tuple[str, ...]) -> None:
    sent = {name: value for name, value in PLAIN.items() if name not in left_out}
    assert read_plain(sent, longest=50) == _by_the_serializer(sent)


@hypothesis_settings(deadline=None)
@given(SENT)
@example({**PLAIN, "invoice_date": "2025-11-20"})
@example({**PLAIN, "invoice_date": "1989-12-31"})
@example({**PLAIN, "invoice_due_date": "2101-01-01"})
@example({**PLAIN, "invoice_date": "2025-02-29"})
@example({**PLAIN, "invoice_number": "A" * 51})
@example({**PLAIN, "invoice_amount": "0000000000000.00"})
@example({**PLAIN, "invoice_amount": "000000000007.10"})
def test_whatever_is_read_plainly_the_serializer_reads_with_the_same_values(sent: dict[str, Any]) -> None:
    plain = read_plain(sent, longest=50)
    if plain is not None:
        told = _by_the_serializer(sent)
        assert list(plain.items()) == list(told.items())
        assert list(map(repr, plain.values())) == list(map(repr, told.values()))


def _by_the_serializer(sent: dict[str, Any]) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serializers, "read_plain", lambda *_, **__: None)
        patch.setattr(serializers, "number_length", lambda: 50)
        patch.setattr(TextField, "most", lambda _field: 50)
        return read(reader_of(InvoiceSerializer), sent)
