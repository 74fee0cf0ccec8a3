"""Files that are for the process's own user alone."""

from pathlib import Path


def keep_private(file: Path, *, made_by_us: Path) -> None:
    """Make the folder of `file`; shut both to other users where they are older than our umask.

    The folder is shut only if it is `made_by_us`: another one may be everybody's.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path, mode in ((made_by_us, 0o700), (file, 0o600)):
        if path.exists() and path in (file, file.parent) and path.stat().st_mode & 0o077:
            path.chmod(mode)
