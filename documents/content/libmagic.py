"""What libmagic takes a file for."""

from typing import IO

from django.utils.translation import gettext as _

HEAD = 64 * 1024


class LibmagicMissing(RuntimeError):
    """The system library that recognises types is not installed; the text says how to install it."""


def libmagic_problem() -> str | None:
    """What keeps libmagic from working, as a sentence with the command that mends it; None when it works."""
    try:
        import magic

        magic.version()
    except (ImportError, OSError, AttributeError, NotImplementedError):
        return _("libmagic, which recognises the type of uploaded files, is missing: apt-get install libmagic1")
    return None


def mime_of(file: IO[bytes], start: int = 0) -> str:
    """The type that `file` shows from `start` on; empty for what libmagic stumbles over. Raises LibmagicMissing."""
    if problem := libmagic_problem():
        raise LibmagicMissing(problem)
    import magic

    file.seek(start)
    try:
        return str(magic.from_buffer(file.read(HEAD), mime=True))
    except magic.MagicException:
        return ""
