"""Scanning a document: the file itself, and every file embedded in a PDF, which the scanner does not unpack."""

import io
from typing import IO

from documents.clients.clamd import ClamdClient, Verdict
from documents.content import ContentRefused, embedded_files
from documents.content.inert import content_start
from documents.content.polyglots import PDF_HEADER, PDF_HEADER_WITHIN

MAX_DEPTH = 3  # a PDF in a PDF in a PDF
MAX_FILES = 1_000
MAX_BYTES = 200 * 1024 * 1024  # of all embedded files, unpacked


def scan(file: IO[bytes], client: ClamdClient) -> Verdict:
    """The first find in a seekable file, else a clean verdict; the file is left at its beginning.

    Raises ScannerUnavailable without a verdict, and ContentRefused for a PDF whose embedded files cannot all be
    reached, which must not pass for clean.
    """
    return _Scan(client).of(file, depth=1)


class _Scan:
    """One document's scan: counts what it unpacks."""

    def __init__(self, client: ClamdClient) -> None:
        self._client = client
        self._files, self._bytes = MAX_FILES, MAX_BYTES

    def of(self, file: IO[bytes], depth: int) -> Verdict:
        file.seek(content_start(file))
        is_pdf = PDF_HEADER in file.read(PDF_HEADER_WITHIN)
        file.seek(0)
        verdict = self._client.scan(file)
        if is_pdf and verdict.is_clean:
            verdict = self._of_embedded(file, depth + 1)
        file.seek(0)
        return verdict

    def _of_embedded(self, pdf: IO[bytes], depth: int) -> Verdict:
        for _name, content in embedded_files(pdf):
            self._files -= 1
            self._bytes -= len(content)
            if depth > MAX_DEPTH or self._files < 0 or self._bytes < 0:
                raise ContentRefused("too_complex")
            verdict = self.of(io.BytesIO(content), depth)
            if not verdict.is_clean:
                return verdict
        return Verdict()
