"""Documents as clients send them, and where their bytes are."""

import secrets
from pathlib import Path
from typing import Any

from django.http import HttpResponse

from documents.tests.samples import pdf
from tests.factories import Api

BOUNDARY = "a-boundary"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
PDF = pdf()


def form(file: bytes | None = None, file_name: str = "facture.pdf", **fields: Any) -> bytes:
    """A multipart body; the file's name goes into its header as it is."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode(
            errors="surrogateescape"
        )
        for name, value in fields.items()
    ]
    if file is not None:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{file_name}"\r\n'
        parts += [head.encode(), b"Content-Type: application/octet-stream\r\n\r\n", file, b"\r\n"]
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def docs_of(case: int) -> str:
    """The address of a case's documents."""
    return f"/api/recoveries/{case}/docs"


def upload(
    api: Api, case: int, file: bytes | None = PDF, file_name: str = "facture.pdf", *, name: str = "Facture", **more: Any
) -> HttpResponse:
    """Upload a document."""
    return api.raw("POST", docs_of(case), form(file, file_name, name=name, **more), MULTIPART)


def uploaded(api: Api, case: int, file: bytes = PDF, file_name: str = "facture.pdf", **more: Any) -> dict[str, Any]:
    """A document that was uploaded, as the API shows it."""
    answer = upload(api, case, file, file_name, **more)
    assert answer.status_code == 201, answer.content
    return dict(answer.json()["data"])


def downloaded(answer: HttpResponse) -> bytes:
    """The bytes of a download."""
    content = b"".join(answer)
    answer.close()
    return content


def blobs(folder: Path) -> list[Path]:
    """What is stored."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def sized_pdf(size: int) -> bytes:
    """A PDF of exactly so many bytes (some millions), filled with an attachment that does not compress."""
    guess = pdf(("noise.bin", bytes(size - 10_000)), compressed=False)
    noise = secrets.token_bytes(size - 10_000 + size - len(guess))
    made = pdf(("noise.bin", noise), compressed=False)
    assert len(made) == size
    return made
