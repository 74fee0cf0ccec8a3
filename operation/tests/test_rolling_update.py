"""An update of two servers under load, in small: no caller is told of it, and nothing is lost or there twice."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.proxy import NGINX

pytestmark = [
    pytest.mark.long,
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="several servers want PostgreSQL"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not settings.REDIS_URL, reason="several servers want Redis")
def test_two_servers_are_replaced_one_after_the_other_and_every_call_is_answered(tmp_path: Path) -> None:
    there = connection.get_connection_params()
    user = ":".join(str(there[key]) for key in ("user", "password") if there.get(key))
    address = f"postgres://{user}@{there['host']}:{there.get('port', 5432)}/{connection.settings_dict['NAME']}"
    ours = {**os.environ, "EMBEDDED": "1", "DATABASE_URL": address, "DATA_DIR": str(tmp_path)}
    command = [sys.executable, "scripts/rolling_update.py", "--seconds", "3", "--log", str(tmp_path / "log")]
    command += ["--proxy"] if NGINX else []
    done = subprocess.run(command, cwd=ROOT, env=ours, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:] + (tmp_path / "log").read_text()[-2000:]
    outcome = json.loads(done.stdout.splitlines()[-1])
    assert outcome["filed"] > 0
    assert (outcome["errors"], outcome["lost"], outcome["not acknowledged"]) == ({}, 0, 0)
