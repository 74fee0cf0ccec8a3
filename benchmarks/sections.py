"""Results as a document of sections: what is measured anew takes the place of what was, and the rest stays."""

from collections.abc import Collection

MARK = "## "


def others(document: str, own: Collection[str]) -> list[str]:
    """The sections of a document whose headings are not among `own`: other sizes, and what was written by hand."""
    parts = [MARK + part.rstrip("\n") for part in f"\n{document}".split(f"\n{MARK}")[1:]]
    return [part for part in parts if part.partition("\n")[0].removeprefix(MARK) not in own]


def title(document: str) -> str:
    """What stands before the first section."""
    return f"\n{document}".split(f"\n{MARK}")[0].strip("\n")


def joined(parts: Collection[str]) -> str:
    """One document of title and sections."""
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"
