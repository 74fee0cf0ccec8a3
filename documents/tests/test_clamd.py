"""The scanner: its client against a real clamd and against misbehaving ones, and what is scanned of a document."""

import io
import socket
import struct
import threading
from contextlib import contextmanager

import pytest

from documents import scanning
from documents.clients.clamd import ClamdClient, ScannerUnavailable, Verdict
from documents.content import ContentRefused
from documents.scanning import scan
from documents.tests.clamd_server import SIGNATURE, STREAM_LIMIT, real_clamd  # noqa: F401
from documents.tests.samples import archive, doc, docx, eicar, image, pdf, pdf_with_annotated_file

FOUND = Verdict(SIGNATURE)


@pytest.fixture(params=["unix", "tcp"])
def client(request, real_clamd):  # noqa: F811
    return ClamdClient(getattr(real_clamd, request.param), timeout=30)


@pytest.fixture
def scanner(real_clamd):  # noqa: F811
    return ClamdClient(real_clamd.unix, timeout=30)


# --- a real clamd ----------------------------------------------------------------------------------------------
def test_the_scanner_answers(client):
    client.ping()
    assert client.version().startswith("ClamAV ")


def test_clean_and_found(client):
    assert client.scan(io.BytesIO(b"hello")) == Verdict()
    assert client.scan(io.BytesIO(b"hello")).is_clean
    verdict = client.scan(io.BytesIO(eicar()))
    assert verdict == FOUND
    assert not verdict.is_clean


def test_a_file_of_the_largest_size(client):
    content = bytes(10 * 1024 * 1024 - len(eicar())) + eicar()
    assert client.scan(io.BytesIO(content)) == FOUND
    assert client.scan(io.BytesIO(bytes(10 * 1024 * 1024))).is_clean


def test_an_empty_file_is_no_reason_to_hang(client):
    assert client.scan(io.BytesIO(b"")).is_clean


def test_a_file_over_the_scanner_s_limit_is_not_clean(client):
    with pytest.raises(ScannerUnavailable, match=r"size limit exceeded|hung up"):
        client.scan(io.BytesIO(bytes(4 * STREAM_LIMIT)))


@pytest.mark.parametrize(
    "content",
    [
        eicar(),
        archive([("eicar.com", eicar())]),
        archive([("inner.zip", archive([("eicar.com", eicar())]))]),
        docx(("word/embeddings/eicar.bin", eicar())),
        doc(Data=eicar()),
        pdf(("eicar.com", eicar())),
        pdf(("eicar.com", eicar()), compressed=False),
        pdf(("clean.txt", b"clean"), ("eicar.com", eicar())),
        pdf(("eicar.zip", archive([("eicar.com", eicar())]))),
        pdf(("eicar.com", eicar()), owner_password="secret"),
        pdf(("inner.pdf", pdf(("eicar.com", eicar())))),
        pdf_with_annotated_file("eicar.com", eicar()),
        bytes(5_000) + pdf(("eicar.com", eicar())),
    ],
)
def test_malware_is_found_wherever_it_is(scanner, content):
    file = io.BytesIO(content)
    assert scan(file, scanner) == FOUND
    assert file.tell() == 0


@pytest.mark.parametrize(
    "content", [pdf(), pdf(("a.txt", b"a"), ("b.pdf", pdf())), docx(), doc(), image("JPEG"), b"%PDF"]
)
def test_clean_documents_are_clean(scanner, content):
    file = io.BytesIO(content)
    file.seek(2)
    assert scan(file, scanner) == Verdict()
    assert file.tell() == 0


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (pdf(("a", b"x"), password="secret"), "encrypted"),
        (b"%PDF-1.7 but no more", "unreadable"),
        (pdf(("a.pdf", pdf(("b.pdf", pdf(("c.txt", b"c")))))), "too_complex"),
        (pdf(("zeros", bytes(30_000_000))), "too_complex"),
    ],
)
def test_a_pdf_that_cannot_be_looked_through_is_not_clean(scanner, content, reason):
    with pytest.raises(ContentRefused, match=reason):
        scan(io.BytesIO(content), scanner)


def test_embedded_files_are_counted_over_all_levels(scanner, monkeypatch):
    content = pdf(("a.pdf", pdf(("1", b"x"), ("2", b"y"))), ("b.pdf", pdf(("3", b"z"))))
    assert scan(io.BytesIO(content), scanner).is_clean
    monkeypatch.setattr(scanning, "MAX_FILES", 4)
    with pytest.raises(ContentRefused, match="too_complex"):
        scan(io.BytesIO(content), scanner)
    monkeypatch.setattr(scanning, "MAX_FILES", 5)
    monkeypatch.setattr(scanning, "MAX_BYTES", 100)
    with pytest.raises(ContentRefused, match="too_complex"):
        scan(io.BytesIO(content), scanner)


# --- one that misbehaves ---------------------------------------------------------------------------------------
@contextmanager
def misbehaving(reply, *, reads=True):
    """A server that takes one connection and answers it with `reply`: (its client, what it received)."""
    received = bytearray()
    done = threading.Event()

    def serve():
        connection = server.accept()[0]
        with connection:
            while reads and not received.endswith((b"\0\0\0\0", b"PING\0", b"VERSION\0")):
                received.extend(connection.recv(65536))
            if reply is None:
                done.wait(20)
            else:
                connection.sendall(reply)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        timeout = 0.2 if reply is None else 20
        yield ClamdClient(f"tcp://127.0.0.1:{server.getsockname()[1]}", timeout=timeout), received
        done.set()
        thread.join(20)


def test_the_file_is_sent_in_pieces_behind_their_lengths():
    content = bytes(range(1, 256)) * 1000
    with misbehaving(b"stream: OK\0") as (client, received):
        assert client.scan(io.BytesIO(content)).is_clean
    assert received.startswith(b"zINSTREAM\0")
    position, sent = 10, b""
    while length := struct.unpack_from(">L", received, position)[0]:
        assert length <= 64 * 1024
        sent += received[position + 4 : position + 4 + length]
        position += 4 + length
    assert sent == content
    assert position + 4 == len(received)


@pytest.mark.parametrize(
    "reply",
    [
        None,  # silence
        b"",
        b"\0",
        b"stream: OK",  # cut off
        b"stream: OK\n",
        b"stream: ",
        b"stream: OKAY\0",
        b"OK\0",
        b"other: OK\0",
        b"stream: FOUND\0",
        b"stream:  FOUND\0",
        b"stream: Eicar FOUND\nstream: OK\0",
        b"stream: Can't allocate memory ERROR\0",
        b"INSTREAM size limit exceeded. ERROR\0",
        b"UNKNOWN COMMAND\0",
        b"COMMAND READ TIMED OUT\0",
        b"\xff\xfe\xfd\0",
        b"x" * 100_000,
    ],
)
def test_only_a_plain_verdict_counts(reply):
    with misbehaving(reply) as (client, _), pytest.raises(ScannerUnavailable):
        client.scan(io.BytesIO(b"hello"))


def test_a_signature_as_it_was_sent():
    with misbehaving(b"stream: Win.Test.EICAR_HDB-1 FOUND\0") as (client, _):
        assert client.scan(io.BytesIO(b"x")) == Verdict("Win.Test.EICAR_HDB-1")


@pytest.mark.parametrize("reply", [b"", b"stream: OK\0", b"INSTREAM size limit exceeded. ERROR\0"])
def test_hanging_up_in_the_middle_is_no_verdict(reply):
    with misbehaving(reply, reads=False) as (client, _), pytest.raises(ScannerUnavailable):
        client.scan(io.BytesIO(bytes(50_000_000)))


@pytest.mark.parametrize("reply", [None, b"", b"PONG", b"PING\0"])
def test_a_ping_without_its_pong(reply):
    with misbehaving(reply) as (client, _), pytest.raises(ScannerUnavailable):
        client.ping()


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:1", "unix:///nowhere/clamd.ctl"])
def test_no_scanner_is_not_a_clean_file(url):
    client = ClamdClient(url, timeout=5)
    for ask in (client.ping, client.version, lambda: client.scan(io.BytesIO(b"x"))):
        with pytest.raises(ScannerUnavailable):
            ask()
    with pytest.raises(ScannerUnavailable):
        scan(io.BytesIO(pdf()), client)


@pytest.mark.parametrize("url", ["", "127.0.0.1:3310", "http://127.0.0.1", "tcp://", "unix://", "tcp://host:port"])
def test_a_url_that_is_none(url):
    with pytest.raises(ValueError):
        ClamdClient(url)
