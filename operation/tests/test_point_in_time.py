"""A database goes back to the moment before an accident, by the commands of docs/ops.md."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services import POSTGRES

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.long
@pytest.mark.skipif(not (POSTGRES / "initdb").exists(), reason="apt-get install postgresql to go back with it")
def test_what_was_there_at_the_moment_is_back_and_nothing_is_given_twice() -> None:
    ours = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    command = [sys.executable, "scripts/point_in_time.py"]
    done = subprocess.run(command, cwd=ROOT, env={**ours, "EMBEDDED": "1"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    assert json.loads(done.stdout.splitlines()[-1])["wrong"] == {}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="apt-get install systemd to check units")
def test_systemd_understands_the_weekly_copy(tmp_path: Path) -> None:
    there = ROOT / "deploy" / "postgresql"
    units = [tmp_path / f"legalcity-base.{kind}" for kind in ("service", "timer")]
    for unit in units:
        unit.write_text((there / unit.name).read_text().replace("/usr/local/bin", str(there)))
    told = subprocess.run(["systemd-analyze", "verify", *map(str, units)], capture_output=True, text=True)
    assert [line for line in told.stderr.splitlines() if "legalcity" in line] == []
