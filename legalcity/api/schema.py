"""The OpenAPI document of the API."""

from typing import Any

from drf_spectacular.openapi import AutoSchema


class ContractSchema(AutoSchema):
    """Describes a view of the contract."""


def add_published_reference(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """The document with what the published reference says of each call."""
    return result
