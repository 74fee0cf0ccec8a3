"""The rows of law that the product ships with (`recoveries/data/`), as migrations and commands read them."""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"


def shipped_rates(name: str) -> Iterator[dict[str, Any]]:
    """The rows of a file of rates, by the fields of its catalogue."""
    for row in _rows(name):
        yield {
            **row,
            "valid_from": date.fromisoformat(row["valid_from"]),
            "rate_percent": Decimal(row["rate_percent"]),
            "is_confirmed": row["is_confirmed"] == "yes",
        }


def shipped_facts() -> Iterator[dict[str, Any]]:
    """The facts of the law, by the fields of `LegalFact`; `value` is None where a fact is a text."""
    for row in _rows("legal_facts.csv"):
        value = Decimal(row["value"]) if row["value"] else None
        yield {**row, "value": value, "is_confirmed": row["is_confirmed"] == "yes"}


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
