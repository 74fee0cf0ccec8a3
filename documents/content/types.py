"""The types of files that are taken."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A type: what it is served as, and the extensions that fit it (the first is the usual one)."""

    mime: str
    extensions: tuple[str, ...]


PDF = Kind("application/pdf", ("pdf",))
DOC = Kind("application/msword", ("doc",))
DOCX = Kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",))
XLS = Kind("application/vnd.ms-excel", ("xls",))
XLSX = Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",))
JPG = Kind("image/jpeg", ("jpg", "jpeg", "jpe", "jfif"))
PNG = Kind("image/png", ("png",))
GIF = Kind("image/gif", ("gif",))

BY_EXTENSION = {extension: kind for kind in (PDF, DOC, DOCX, XLS, XLSX, JPG, PNG, GIF) for extension in kind.extensions}


# What stands behind a point is often no extension: "Facture 12.2026", "M. Dupont", "copie.pdf (1)".
EXTENSION = re.compile(r"(?=.*[a-z])[a-z0-9]{1,10}")


def extension_of(file_name: str) -> str:
    """The part after the last point, in lower case; empty when there is none, or none that could be an extension."""
    stem, _point, extension = file_name.strip().lower().rpartition(".")
    return extension if stem and EXTENSION.fullmatch(extension) else ""
