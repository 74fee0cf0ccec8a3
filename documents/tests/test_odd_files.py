"""Odd but honest files, as they come in forms: what is sound is taken, and of the others the true fault is told."""

import io
import time
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadhandler import MemoryFileUploadHandler, TemporaryFileUploadHandler

from documents.content import ContentRefused, inspect
from documents.tests.forms import MULTIPART, PDF, upload, uploaded
from documents.tests.odd_files import OddFile, classical_pdf, odd_files
from documents.tests.samples import docx, image
from documents.views import BoundedMultiPart
from tests.factories import Api, case_id

COUNT, SEED = 600, 20_261_128
SECONDS = 30  # of the processor, for all of them


def verdict_on(odd: OddFile) -> str:
    """The type that a file is taken as, or why it is refused."""
    meta = {"CONTENT_TYPE": MULTIPART, "CONTENT_LENGTH": str(len(odd.form))}
    handlers = [MemoryFileUploadHandler(), TemporaryFileUploadHandler()]
    context: Any = {"request": SimpleNamespace(META=meta, upload_handlers=handlers)}
    file = BoundedMultiPart().parse(io.BytesIO(odd.form), MULTIPART, context).files.get("file")
    if file is None:
        return "lost"
    with file:
        try:
            return inspect(file, file_name=file.name).mime
        except ContentRefused as refused:
            return refused.reason


@pytest.mark.long
@pytest.mark.same_everywhere
@pytest.mark.django_db
def test_odd_but_honest_files_get_the_verdict_that_is_true_of_them() -> None:
    began = time.process_time()
    wrong = {odd.how: (odd.verdict, got) for odd in odd_files(COUNT, SEED) if (got := verdict_on(odd)) != odd.verdict}
    assert wrong == {}
    assert time.process_time() - began < SECONDS


@pytest.fixture
def case(owner: Api, development: None) -> int:
    """A case of the owner, on an installation without scanner."""
    return case_id(owner)


AROUND = (b"\r\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\0" * 3_000, b" \n" * 100_000)


@pytest.mark.same_everywhere
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("around", AROUND, ids=["line end", "mark", "UTF-16 mark", "NULs", "white space"])
def test_a_pdf_is_taken_whatever_says_nothing_around_it(owner: Api, case: int, around: bytes) -> None:
    for content in (around + PDF, PDF + around, around + classical_pdf(shift=len(around)) + around):
        shown = uploaded(owner, case, content)
        assert shown["file"]["mime"] == "application/pdf"


@pytest.mark.same_everywhere
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize(
    ("content", "file_name", "sentence"),
    [
        (PDF[:-20], "a.pdf", "The file is damaged and cannot be opened."),
        (docx()[:-30], "a.docx", "The file is damaged and cannot be opened."),
        (image("PNG")[:-30], "a.png", "The file is damaged and cannot be opened."),
        (b"\n" + image("PNG"), "a.png", "The file is damaged and cannot be opened."),
        (PDF + b"<p>hello", "a.pdf", "The file goes on after the end of its content."),
        (docx() + b"<p>hello", "a.docx", "The file goes on after the end of its content."),
    ],
)
def test_a_refusal_says_what_is_wrong(owner: Api, case: int, content: bytes, file_name: str, sentence: str) -> None:
    answer = upload(owner, case, content, file_name)
    assert (answer.status_code, answer.json()["errors"]) == (422, {"file": [sentence]})


@pytest.mark.same_everywhere
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_picture_may_be_called_jfif(owner: Api, case: int) -> None:
    assert uploaded(owner, case, image("JPEG"), "photo.jfif")["file"]["mime"] == "image/jpeg"
