"""Where rows are kept, as the environment says: one server, behind a pooler, with a replica."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from legalcity.lib.settings.databases import databases_of
from legalcity.lib.settings.environment import Environment

SERVER = {"DATABASE_URL": "postgres://a:b@db.example:5432/legalcity"}
NOWHERE = Path("/nowhere")


def databases(**named: str) -> dict[str, Any]:
    """Django's DATABASES for these settings."""
    return databases_of(Environment({"EMBEDDED": "1", **SERVER, **named}), data_dir=NOWHERE, ours=NOWHERE)


def test_one_server_prepares_statements() -> None:
    made = databases()
    assert list(made) == ["default"]
    assert (made["default"]["OPTIONS"]["prepare_threshold"], made["default"]["IS_POOLED"]) == (3, False)


def test_behind_a_pooler_nothing_is_prepared() -> None:
    made = databases(DATABASE_DIRECT_URL="postgres://a:b@db.example:5433/legalcity")["default"]
    assert (made["PORT"], made["IS_POOLED"]) == (5432, True)
    assert made["OPTIONS"]["prepare_threshold"] is None


def test_a_replica_is_given_up_sooner_and_made_by_no_test() -> None:
    made = databases(DATABASE_REPLICA_URL="postgres://a:b@other.example/legalcity")
    assert made["replica"]["HOST"] == "other.example"
    assert made["replica"]["OPTIONS"]["connect_timeout"] < made["default"]["OPTIONS"]["connect_timeout"]
    assert made["replica"]["TEST"] == {"MIRROR": "default"}


@pytest.mark.parametrize("name", ["DATABASE_DIRECT_URL", "DATABASE_REPLICA_URL"])
@pytest.mark.parametrize("value", ["mysql://a:hidden@host/name", "sqlite:///file", "postgres://"])
def test_nonsense_is_refused_by_name_and_without_its_password(name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=name) as refused:
        databases(**{name: value})
    assert "hidden" not in str(refused.value)


def test_a_replica_must_name_its_database() -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_REPLICA_URL names no database"):
        databases(DATABASE_REPLICA_URL="postgres://host:5432")
