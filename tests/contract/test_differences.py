"""The comparison with a sample must see what is wrong, or the contract's tests prove nothing."""

from typing import Any

import pytest

from tests.contract.reference import differences

CASE = "GET /api/recoveries/{id} data"
COMMENT = "GET /api/recoveries/{recoveryId}/comments/{commentId} data"
TOKEN = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9..."


@pytest.mark.parametrize(
    ("sample", "answer"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1, "b": 2}, {"a": 1}),
        ({"a": 1}, {"a": "1"}),
        ({"a": 1}, {"a": True}),
        ({"a": 1}, {"a": 1.0}),
        ({"a": "1500.00"}, {"a": "1500.0"}),
        ({"a": "1500.00"}, {"a": 1500.0}),
        ({"a": "2025-10-20"}, {"a": "20/10/2025"}),
        ({"a": "2025-10-20T10:30:00.000000Z"}, {"a": "2025-10-20T10:30:00Z"}),
        ({"a": "REC-ABC123"}, {"a": "REC-abc123"}),
        ({"token": TOKEN}, {"token": "secret"}),
        ({"a": "text"}, {"a": None}),
        ({"a": None}, {"a": "text"}),
        ({"a": [{"b": 1}]}, {"a": []}),
        ({"a": []}, {"a": [1]}),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1}, {"b": "2"}]}),
        ({"a": {"...": "..."}}, {"a": None}),
        ({"a": ["..."]}, {"a": {}}),
    ],
)
def test_sees(sample: Any, answer: Any) -> None:
    assert list(differences(sample, answer, "GET /api/x data"))


@pytest.mark.parametrize(
    ("sample", "answer", "where"),
    [
        ({"a": 1, "b": "x"}, {"a": 2, "b": "y"}, "GET /api/x data"),
        ({"search": None}, {"search": "text"}, "GET /api/x data"),
        ({"search": "text"}, {"search": None}, "GET /api/x data"),
        ({"user": {"...": "..."}}, {"user": {"id": 1}}, "GET /api/x data"),
        ({"id": 1}, {"id": 1, "more": 2}, CASE),
        ({"id": 1}, {"id": 1, "comment_html": "x"}, COMMENT),
    ],
)
def test_lets_through(sample: Any, answer: Any, where: str) -> None:
    assert list(differences(sample, answer, where)) == []


def test_comment_may_only_be_followed_by_its_html() -> None:
    assert list(differences({"id": 1}, {"id": 1, "html": "x"}, COMMENT))
