"""The fingerprint of a version: the same words, the same number."""

import hashlib
import json
from collections.abc import Sequence


def words_sha256(*, subject: str, text: str, html: str, required: Sequence[str]) -> str:
    """SHA-256 in hexadecimal over all that a version says."""
    said = json.dumps([subject, text, html, sorted(required)], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()
