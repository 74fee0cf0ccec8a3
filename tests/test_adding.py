"""The page that says where a change goes: what it names is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NAMED = sorted(set(re.findall(r"`([A-Za-z_./]+)`", (ROOT / "docs/adding.md").read_text())))


@pytest.fixture(scope="module")
def code() -> str:
    """All modules of the rooms, as one text."""
    rooms = [entry.parent for entry in ROOT.glob("*/__init__.py")]
    return "\n".join(path.read_text() for room in rooms for path in room.rglob("*.py") if path != Path(__file__))


@pytest.mark.parametrize("named", [name for name in NAMED if "/" in name])
def test_files_and_folders_exist(named: str) -> None:
    assert (ROOT / named).exists()


@pytest.mark.parametrize("named", [name for name in NAMED if name.isidentifier()])
def test_names_stand_in_the_code(named: str, code: str) -> None:
    assert re.search(rf"\b{named}\b", code)
