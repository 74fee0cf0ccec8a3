"""Forms whose texts are not UTF-8, read in pieces of any size."""

import io

import pytest

from legalcity.lib.web.form_texts import LONGEST_TEXT, Utf8Form

FILE = "é".encode("latin-1") * 10 + b"\r\n--a-boundar\r\n\r\nend"


def body(encoding: str, text: str = "à bientôt") -> bytes:
    """A form of a field, a file and another field."""
    parts = (
        'Content-Disposition: form-data; name="clé"\r\n\r\n' + text,
        'Content-Disposition: form-data; name="file"; filename="été.pdf"\r\n\r\n' + "\0",
        'Content-Disposition: form-data; name="last"\r\n\r\n',
    )
    form = b"".join(b"--a-boundary\r\n" + part.encode(encoding) + b"\r\n" for part in parts) + b"--a-boundary--\r\n"
    return form.replace(b"\0", FILE)


def read(form: bytes, size: int) -> bytes:
    """All of it, asked for in pieces."""
    reader = Utf8Form(io.BytesIO(form), b"a-boundary")
    return b"".join(iter(lambda: reader.read(size), b""))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 16, 61, 1000])
def test_heads_and_fields_become_utf_8_and_files_stay(size: int) -> None:
    assert read(body("latin-1"), size) == body("utf-8")
    assert read(body("utf-8"), size) == body("utf-8")


def test_what_is_no_form_passes_as_it_is() -> None:
    for other in (b"", b"hello \xe9", b"--a-boundary", b"--a-boundary\r\nx", b"\r\n\r\n--a-boundary\r\n\r\n" * 50):
        assert read(other, 5) == other


def test_a_very_long_field_is_not_held_back() -> None:
    text = "à" * LONGEST_TEXT * 2
    assert read(body("utf-8", text), 1000) == body("utf-8", text)
    assert len(read(body("latin-1", text), 1000)) == len(body("utf-8", text)) - len(text)
