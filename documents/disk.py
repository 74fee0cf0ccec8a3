"""The private storage on a disk, whose files outlive a loss of power."""

import os
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage


class SyncedStorage(FileSystemStorage):
    """A folder. What was saved lies on the disk itself when `save` returns, and so does its name."""

    def _save(self, name: str, content: Any) -> str:
        saved: str = super()._save(name, content)  # type: ignore[misc] # Django's stubs leave it out
        path = Path(self.path(saved))
        _sync(path)
        for folder in path.relative_to(self.location).parents:
            _sync(Path(self.location) / folder)
        return saved


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
