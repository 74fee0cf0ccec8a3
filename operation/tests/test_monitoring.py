"""The alert rules and the board in `deploy/` ask for what is really told, and every alert says what to do."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from legalcity.lib.metrics import series
from legalcity.lib.metrics.measures import measures

MONITORING = Path(__file__).resolve().parents[2] / "deploy" / "monitoring"
ALERTS: list[dict[str, Any]] = [
    rule for group in yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"] for rule in group["rules"]
]
BOARD = json.loads((MONITORING / "grafana.json").read_text())
EXPRESSIONS = [rule["expr"] for rule in ALERTS] + [
    target["expr"] for panel in BOARD["panels"] for target in panel.get("targets", [])
]
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}


def exported() -> dict[str, set[str]]:
    """The name of every sample that is told, and its labels."""
    counted = [one for one in vars(series).values() if isinstance(one, MetricWrapperBase)]
    found = {
        f"{one._name}{suffix}": set(one._labelnames) | ({"le"} if suffix == "_bucket" else set())
        for one in counted
        for suffix in SUFFIXES[one._type]
    }
    found |= {one.name: {one.label} - {""} for one in measures._measures}
    found["legalcity_measures_missing"] = set()
    return found


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_is_asked_for_is_told_under_that_name_with_those_labels(expression: str) -> None:
    told = exported()
    names = re.findall(r"legalcity_\w+", expression)
    assert names
    for name in names:
        assert name in told
    for name, selector in re.findall(r"(legalcity_\w+)\{([^}]*)\}", expression):
        assert set(re.findall(r"(\w+)\s*=~?", selector)) <= told[name]
    for labels in re.findall(r"by \(([^)]*)\)", expression):
        assert {label.strip() for label in labels.split(",")} <= set().union(*(told[name] for name in names))


@pytest.mark.skipif(shutil.which("promtool") is None, reason="apt-get install prometheus to check the rules")
def test_prometheus_understands_the_rules() -> None:
    told = subprocess.run(["promtool", "check", "rules", MONITORING / "alerts.yml"], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: str(alert["alert"]))
def test_every_alert_says_what_to_do(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in ("page", "ticket")
    assert len(alert["annotations"]["action"].split()) >= 8
    assert alert["annotations"]["summary"].endswith(".")


def test_the_board_shows_every_figure() -> None:
    asked = " ".join(EXPRESSIONS)
    families = {name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") for name in exported()}
    assert {family for family in families if family not in asked} == set()
