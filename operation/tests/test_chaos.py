"""Processes killed and services restarted under load, in small: nothing acknowledged is lost or there twice."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services import MISSING

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(MISSING, reason="apt-get install postgresql redis-server to see processes killed"),
]

ROOT = Path(__file__).resolve().parents[2]


def test_three_times_something_dies_and_everything_acknowledged_is_there_once() -> None:
    ours = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    command = [sys.executable, "scripts/chaos.py", "--times", "3", "--pause", "4"]
    done = subprocess.run(command, cwd=ROOT, env=ours, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    outcome = json.loads(done.stdout.splitlines()[-1])
    assert sum(outcome["done"].values()) == 3
    assert outcome["acknowledged"]["cases"] > 0
    assert (outcome["stuck"], set(outcome["lost or doubled"].values())) == ({}, {0})
