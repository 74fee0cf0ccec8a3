"""Fetching URLs that outsiders give: what is refused, what a hostile server can do (legalcity/lib/web/fetching.py)."""

import contextlib
import datetime
import gzip
import io
import ipaddress
import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from legalcity.lib.web import addresses, fetching
from legalcity.lib.web.fetching import Fetcher, FetchFailed, FetchLimits, FetchRefused, Policy

LIMITS = FetchLimits(max_bytes=1000, connect_seconds=2, read_seconds=2, total_seconds=5)
HURRIED = FetchLimits(max_bytes=10**9, connect_seconds=60, read_seconds=60, total_seconds=0.4)
LOOPBACK = ipaddress.ip_network("127.0.0.1/32")


class Handler(BaseHTTPRequestHandler):
    """Answers by the path: `/name/...` calls the function `name` of PAGES with the handler."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append((self.path, dict(self.headers)))
        with contextlib.suppress(OSError):  # The client goes away, as it should.
            PAGES[self.path.split("?")[0].split("/")[1]](self)
        self.close_connection = True

    def log_message(self, *_):
        pass

    def answer(self, body=b"", status=200, **headers):
        self.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            if value is not None:
                self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


def drip(handler, head, piece):
    """Send `head`, then a piece every 20 ms until the client goes away (or for 20 s)."""
    handler.wfile.write(head)
    for _ in range(1000):
        time.sleep(0.02)
        handler.wfile.write(piece)


def sent_on(handler):
    """Redirect to what stands in LOCATIONS, byte for byte."""
    location = LOCATIONS[handler.path.split("/")[2]]
    handler.wfile.write(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + b"\r\n\r\n")


def chunked(handler, *chunks):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"".join(chunks))


LOCATIONS = {
    "spaces": b"/plain/Facture 12.pdf?client=M. X",
    "utf8": "/plain/été Å.pdf?n=n°1".encode(),
    "latin1": "/plain/été.pdf".encode("latin-1"),
    "encoded": b"/plain/%C3%A9t%C3%A9%20.pdf",
    "around": b"   /plain/a.pdf   ",
    "tab": b"/plain/a\tb.pdf",
    "control": b"/plain/a\x01b.pdf",
    "delete": b"/plain/a\x7fb.pdf",
    "backslash": b"/plain\\a.pdf",
    "host": b"http://127.0.0.1 .example.com/plain",
}
OK_HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
PAGES = {
    "plain": lambda h: h.answer(b"hello", Content_Type="application/pdf; charset=x"),
    "size": lambda h: h.answer(b"x" * int(h.path.split("/")[2])),
    "unsized": lambda h: h.answer(b"x" * int(h.path.split("/")[2]), Content_Length=None),
    "status": lambda h: h.answer(b"no", status=int(h.path[8:11])),
    "loop": lambda h: h.answer(status=302, Location=f"/loop/{len(h.server.seen)}"),
    "hop": lambda h: h.answer(status=307, Location="/plain/end?token=2", Set_Cookie="a=b"),
    "nowhere": lambda h: h.answer(status=302),
    "senton": sent_on,
    "private": lambda h: h.answer(status=302, Location=f"http://127.0.0.2:{h.server.server_port}/plain"),
    "metadata": lambda h: h.answer(status=301, Location="http://169.254.169.254/latest/meta-data"),
    "mapped": lambda h: h.answer(status=308, Location="//[::ffff:10.0.0.1]/"),
    "file": lambda h: h.answer(status=302, Location="file:///etc/passwd"),
    "otherport": lambda h: h.answer(status=302, Location="http://127.0.0.1:22/"),
    "gzip": lambda h: h.answer(gzip.compress(bytes(10**7)), Content_Encoding="gzip"),
    "transfergzip": lambda h: h.answer(gzip.compress(bytes(10**7)), Content_Length=None, Transfer_Encoding="gzip"),
    "short": lambda h: h.answer(b"only this", Content_Length="500"),
    "long": lambda h: h.answer(b"x" * 10**6, Content_Length="5"),
    "lies": lambda h: h.answer(b"x", Content_Length=str(10**12)),
    "negative": lambda h: h.answer(b"x" * 5000, Content_Length="-1"),
    "chunks": lambda h: chunked(h, b"3\r\nabc\r\n", b"2\r\nde\r\n", b"0\r\n\r\n"),
    "manychunks": lambda h: chunked(h, *[b"1\r\nx\r\n"] * 2000, b"0\r\n\r\n"),
    "negativechunk": lambda h: chunked(h, b"-1\r\n", b"x" * 10**6),
    "hugechunk": lambda h: chunked(h, b"ffffffffffffffff\r\n", b"x" * 10**6),
    "cutchunk": lambda h: chunked(h, b"20\r\nabc"),
    "garbage": lambda h: h.wfile.write(b"\x00\x01 what?\r\n\r\n"),
    "silence": lambda h: time.sleep(20),
    "slowhead": lambda h: drip(h, b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
    "slowstatus": lambda h: drip(h, b"", b"H"),
    "slowbody": lambda h: drip(h, OK_HEAD, b"x"),
    "hints": lambda h: h.wfile.write(
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
    ),
    "continue": lambda h: drip(h, b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "slowchunks": lambda h: drip(h, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "manyheaders": lambda h: h.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 10**5),
    "longheader": lambda h: h.wfile.write(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 10**6 + b"\r\n\r\n"),
    "named": lambda h: h.answer(b"x", Content_Disposition='attachment; filename="../../mise en demeure.pdf"'),
    "accented": lambda h: h.answer(b"x", Content_Disposition="attachment; filename*=UTF-8''relev%C3%A9.pdf"),
    "rawutf8": lambda h: h.answer(b"x", Content_Disposition='inline; filename="relevé.pdf"'.encode().decode("latin-1")),
    "badname": lambda h: h.answer(b"x", Content_Disposition="attachment; filename*=nope'%%%; " + "a;=" * 20_000),
}


@contextlib.contextmanager
def serving(tls=None):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.seen = []
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def running():
    with serving() as server:
        yield server


@pytest.fixture
def server(running):
    running.seen.clear()
    return running


@pytest.fixture
def fetcher(server):
    return Fetcher(Policy(ports=frozenset({server.server_port}), exempt=(LOOPBACK,)))


@pytest.fixture
def get(server, fetcher):
    """Fetch a page of the local server: (what the fetcher says, what arrived)."""

    def get(path, limits=LIMITS):
        into = io.BytesIO()
        fetched = fetcher.fetch(f"http://127.0.0.1:{server.server_port}{path}", into, limits=limits)
        return fetched, into.getvalue()

    return get


@pytest.fixture
def no_sockets(monkeypatch):
    """Opening a connection is a failure of the test."""

    def refuse(*args, **_):
        pytest.fail(f"a connection to {args} was opened")

    monkeypatch.setattr(socket, "create_connection", refuse)


def refusal(url, fetcher=None):
    with pytest.raises(FetchRefused) as caught:
        (fetcher or Fetcher(Policy())).fetch(url, io.BytesIO(), limits=LIMITS)
    return caught.value.reason


# --- addresses -------------------------------------------------------------------------------------------------
PRIVATE_IPV4 = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.255",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.9",
    "192.0.0.192",
    "192.0.2.1",
    "192.31.196.1",
    "192.52.193.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "192.175.48.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "233.252.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
]
PRIVATE_IPV6 = [
    "::",
    "::1",
    "::2",
    "::ffff:8.8.8.8",
    "::8.8.8.8",
    "64:ff9b:1::1",
    "64:ff9b:1:808:808::",
    "100::1",
    "100:0:0:1::1",
    "1::1",
    "200::1",
    "400::1",
    "800::1",
    "2001::1",
    "2001:1::1",
    "2001:2::1",
    "2001:3::1",
    "2001:4:112::1",
    "2001:10::1",
    "2001:20::1",
    "2001:30::1",
    "2001:1ff:ffff::1",
    "2001:db8::1",
    "2002::1",
    "2002:808:808::1",
    "2620:4f:8000::1",
    "3fff::1",
    "3fff:fff::1",
    "4000::1",
    "5f00::1",
    "8000::1",
    "e000::1",
    "fc00::1",
    "fd00:ec2::254",
    "fdff::1",
    "fe00::1",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1%eth0",
    "febf::1",
    "fec0::1",
    "feff::1",
    "ff02::1",
    "ff0e::1",
    "2001:4860::5efe:10.0.0.1",
    "2001:4860::200:5efe:127.0.0.1",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "126.255.255.255",
    "128.0.0.1",
    "172.15.255.255",
    "172.32.0.1",
    "192.0.1.1",
    "192.167.255.255",
    "198.17.255.255",
    "198.20.0.1",
    "223.255.255.255",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2606:4700::1111",
    "2a00:1450::1",
    "2003::1",
    "3ffe::1",
    "64:ff9b::8.8.8.8",
    "2001:4860::5efe:8.8.8.8",
]
FORMS = ["::ffff:{ip}", "::{ip}", "64:ff9b::{ip}", "64:ff9b:1::{ip}", "2001:4860::5efe:{ip}", "2a00::200:5efe:{ip}"]


@pytest.mark.parametrize("text", PRIVATE_IPV4 + PRIVATE_IPV6)
def test_special_addresses_are_not_public(text):
    assert not addresses.is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_are_public(text):
    assert addresses.is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", PRIVATE_IPV4)
def test_ipv4_inside_ipv6_counts(form, text):
    assert not addresses.is_public(ipaddress.ip_address(form.format(ip=text)))


@pytest.mark.parametrize("text", PRIVATE_IPV4)
def test_tunnels_to_private_ipv4_are_not_public(text):
    ipv4 = int(ipaddress.IPv4Address(text))
    to_6to4 = ipaddress.IPv6Address((0x2002 << 112) | (ipv4 << 80) | 1)
    teredo_client = ipaddress.IPv6Address((0x2001_0000 << 96) | (0x0808_0808 << 64) | (ipv4 ^ 0xFFFF_FFFF))
    for tunnel in (to_6to4, teredo_client):
        assert ipaddress.IPv4Address(text) in addresses.embedded_ipv4(tunnel)
        assert not addresses.is_public(tunnel)


@given(st.ip_addresses(v=6))
def test_only_global_unicast_and_nat64_are_public(ip):
    if addresses.is_public(ip):
        assert ip.is_global
        assert int(ip) >> 125 == 0b001 or ip in addresses.NAT64


@given(st.ip_addresses(v=4))
def test_public_ipv4_is_global(ip):
    if addresses.is_public(ip):
        assert ip.is_global
        assert not any((ip.is_private, ip.is_multicast, ip.is_reserved, ip.is_loopback, ip.is_link_local))


@pytest.mark.parametrize("text", PRIVATE_IPV4 + PRIVATE_IPV6)
def test_literal_private_addresses_are_refused(text, no_sockets):
    host = f"[{text}]" if ":" in text else text
    assert refusal(f"http://{host}/x") in ("address", "url")
    assert refusal(f"https://{host}/x") in ("address", "url")


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("2130706433", "host"),  # decimal
        ("0x7f000001", "host"),
        ("0x7F.0.0.1", "host"),
        ("0x7f.1", "host"),
        ("0177.0.0.1", "host"),
        ("00000177.0.0.1", "host"),
        ("127.1", "host"),
        ("127.0.1", "host"),
        ("0", "host"),
        ("0x", "host"),
        ("127.0.0.1.", "address"),
        ("127.0.0.256", "host"),
        ("1.2.3.4.5", "host"),
        ("①②⑦.⓪.⓪.①", "address"),  # compatibility digits are digits
        ("127。0。0。1", "address"),  # as are ideographic full stops
        ("[::1]", "address"),
        ("[0:0:0:0:0:ffff:7f00:0001]", "address"),
        ("[::ffff:7f00:1]", "address"),
        ("[fe80::1%25eth0]", "address"),
        ("[127.0.0.1]", "url"),
        ("[::1", "url"),
        ("", "host"),
        (".", "host"),
        ("a..b", "host"),
        ("-a.fr", "host"),
        ("a.fr-", "host"),
        ("a" * 64 + ".fr", "host"),
        ("a." * 127 + "fr", "host"),
        ("exa%6dple.fr", "host"),
        ("exa$mple.fr", "host"),
        ("\udc80.fr", "host"),
    ],
)
def test_odd_spellings_of_hosts(host, reason, no_sockets):
    assert refusal(f"http://{host}/") == reason


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://user:pass@1.1.1.1/", "userinfo"),
        ("http://1.1.1.1@127.0.0.1/", "userinfo"),
        ("http://@1.1.1.1/", "userinfo"),
        ("http://1.1.1.1#@127.0.0.1/", "port"),  # the host is the one before the fragment: reached on no port here
        ("http://1.1.1.1\\@127.0.0.1/", "url"),
        ("http://1.1.1.1 @127.0.0.1/", "url"),
        ("http://1.1.1.1\r\nHost: x/", "url"),
        ("http://1.1.1.1\t/", "url"),
        ("http://1.1.1.1/\x00", "url"),
        ("http://1.1.1.1/" + "a" * 5000, "url"),
        ("http://1.1.1.1/\ud800", "url"),
        ("http://1.1.1.1:x/", "url"),
        ("http://1.1.1.1:99999/", "url"),
        ("ftp://1.1.1.1/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://1.1.1.1/", "scheme"),
        ("data:,x", "scheme"),
        ("//1.1.1.1/", "scheme"),
        ("/etc/passwd", "scheme"),
        ("1.1.1.1", "scheme"),
        ("", "scheme"),
        ("http:1.1.1.1", "host"),
        ("http:/1.1.1.1/", "host"),
        ("http://", "host"),
    ],
)
def test_urls_that_no_fetcher_follows(url, reason, no_sockets):
    assert refusal(url, Fetcher(Policy(ports=frozenset()))) == reason


@pytest.mark.parametrize("port", [0, 21, 22, 25, 81, 3306, 5432, 6379, 8000, 8080, 65535])
def test_other_ports_are_refused(port, no_sockets):
    assert refusal(f"http://1.1.1.1:{port}/") == "port"


def test_ports_come_from_the_settings(settings, no_sockets):
    settings.FETCH_PORTS = {8443}
    with pytest.raises(FetchRefused, match=r"^port: http://1.1.1.1$"):
        fetching.fetch("http://1.1.1.1/", io.BytesIO(), limits=LIMITS)
    with pytest.raises(FetchRefused, match=r"^address: "):
        fetching.fetch("http://127.0.0.1:8443/", io.BytesIO(), limits=LIMITS)


def test_international_names_are_looked_up_in_ascii(no_sockets):
    asked = []

    def resolve(host, port, seconds):
        asked.append((host, port))
        return [ipaddress.ip_address("10.0.0.1")]

    assert refusal("https://Société.Example/", Fetcher(Policy(), resolve=resolve)) == "address"
    assert refusal("http://EXAMPLE.fr./", Fetcher(Policy(), resolve=resolve)) == "address"
    assert asked == [("xn--socit-esab.example", 443), ("example.fr", 80)]


# --- names -----------------------------------------------------------------------------------------------------
def answering(*answers):
    """A resolver that gives one list of addresses after the other."""
    left = list(answers)

    def resolve(host, port, seconds):
        return [ipaddress.ip_address(text) for text in left.pop(0)]

    resolve.left = left
    return resolve


def test_a_name_is_resolved_once_and_the_answer_is_what_is_connected_to(server):
    resolve = answering(["127.0.0.1"], ["127.0.0.2"])
    policy = Policy(ports=frozenset({server.server_port}), exempt=(LOOPBACK,))
    into = io.BytesIO()
    url = f"http://rebinding.example:{server.server_port}/plain"
    Fetcher(policy, resolve=resolve).fetch(url, into, limits=LIMITS)
    assert into.getvalue() == b"hello"
    assert len(resolve.left) == 1
    assert server.seen[0][1]["Host"] == f"rebinding.example:{server.server_port}"


def test_a_name_that_turns_private_is_refused_at_the_redirect(server):
    policy = Policy(ports=frozenset({server.server_port}), exempt=(LOOPBACK,))
    fetcher = Fetcher(policy, resolve=answering(["127.0.0.1"], ["127.0.0.2"]))
    assert refusal(f"http://rebinding.example:{server.server_port}/hop", fetcher) == "address"
    assert len(server.seen) == 1


@pytest.mark.parametrize("answers", [["1.1.1.1", "10.0.0.1"], ["::1", "1.1.1.1"], ["1.1.1.1", "::ffff:10.0.0.1"]])
def test_one_private_answer_among_public_ones_refuses_the_name(answers, no_sockets):
    assert refusal("http://mixed.example/", Fetcher(Policy(), resolve=answering(answers))) == "address"


def test_the_next_checked_address_is_tried(server):
    policy = Policy(ports=frozenset({server.server_port}), exempt=(LOOPBACK, ipaddress.ip_network("127.0.0.9/32")))
    fetcher = Fetcher(policy, resolve=answering(["127.0.0.9", "127.0.0.1"]))
    into = io.BytesIO()
    fetcher.fetch(f"http://two.example:{server.server_port}/plain", into, limits=LIMITS)
    assert into.getvalue() == b"hello"


@pytest.mark.parametrize(
    ("error", "expected", "reason"),
    [
        (socket.gaierror(socket.EAI_NONAME, "no"), FetchRefused, "unknown_host"),
        (socket.gaierror(socket.EAI_NODATA, "no"), FetchRefused, "unknown_host"),
        (socket.gaierror(socket.EAI_AGAIN, "later"), FetchFailed, "resolver"),
        (OSError("odd"), FetchFailed, "resolver"),
    ],
)
def test_names_without_an_answer(monkeypatch, error, expected, reason):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(expected) as caught:
        Fetcher(Policy()).fetch("http://nowhere.example/", io.BytesIO(), limits=LIMITS)
    assert caught.value.reason == reason


def test_a_resolver_that_hangs_does_not_hold_the_fetch(monkeypatch):
    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: released.wait(20) and [])
    began = time.monotonic()
    with pytest.raises(FetchFailed, match=r"^timeout: http://slow.example$"):
        Fetcher(Policy()).fetch("http://slow.example/", io.BytesIO(), limits=HURRIED)
    assert time.monotonic() - began < 10
    released.set()


def test_localhost_is_judged_by_its_address(no_sockets):
    assert refusal("http://localhost/") == "address"


# --- a server's answers ----------------------------------------------------------------------------------------
def test_what_arrives(get, server):
    fetched, body = get("/plain/Relev%C3%A9%20n%C2%B01.pdf?token=secret#part")
    assert body == b"hello"
    assert fetched.content_type == "application/pdf"
    assert fetched.size == 5
    assert fetched.file_name == "Relevé n°1.pdf"
    assert fetched.url == f"http://127.0.0.1:{server.server_port}/plain/Relev%C3%A9%20n%C2%B01.pdf?token=secret"


def test_the_request_says_nothing_about_us(get, server, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    get("/hop")
    first, second = server.seen
    assert second[0] == "/plain/end?token=2"
    for _, headers in (first, second):
        assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
        assert headers["Accept-Encoding"] == "identity"


def test_non_ascii_paths_are_encoded(get, server):
    get("/plain/été?q=é%20à")
    assert server.seen[0][0] == "/plain/%C3%A9t%C3%A9?q=%C3%A9%20%C3%A0"


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("/named", "../../mise en demeure.pdf"),
        ("/accented", "relevé.pdf"),
        ("/rawutf8", "relevé.pdf"),
        ("/plain", "plain"),
        ("/plain/", ""),
        ("/plain/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "passwd"),
    ],
)
def test_file_names(get, page, name):
    assert get(page)[0].file_name == name


def test_a_hostile_file_name_costs_no_time(get):
    began = time.thread_time()
    get("/badname")
    assert time.thread_time() - began < 1


@pytest.mark.parametrize("page", ["size", "unsized"])
def test_exactly_the_limit_passes_and_one_byte_more_does_not(get, page):
    assert len(get(f"/{page}/1000")[1]) == 1000
    with pytest.raises(FetchRefused, match=r"^too_large"):
        get(f"/{page}/1001")


@pytest.mark.parametrize("status", [204, 206, 300, 304, 400, 401, 403, 404, 410, 451])
def test_statuses_that_stay(get, status):
    with pytest.raises(FetchRefused) as caught:
        get(f"/status/{status}")
    assert caught.value.reason == f"http_{status}"


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_statuses_that_pass(get, status):
    with pytest.raises(FetchFailed) as caught:
        get(f"/status/{status}")
    assert caught.value.reason == f"http_{status}"


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("private", "address"),
        ("metadata", "port"),
        ("mapped", "port"),
        ("otherport", "port"),
        ("file", "scheme"),
        ("nowhere", "redirect"),
    ],
)
def test_redirects_to_where_nobody_may_go(get, server, page, reason):
    with pytest.raises(FetchRefused) as caught:
        get(f"/{page}")
    assert caught.value.reason == reason
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("location", "asked"),
    [
        ("spaces", "/plain/Facture%2012.pdf?client=M.%20X"),
        ("utf8", "/plain/%C3%A9t%C3%A9%20%C3%85.pdf?n=n%C2%B01"),
        ("latin1", "/plain/%C3%A9t%C3%A9.pdf"),
        ("encoded", "/plain/%C3%A9t%C3%A9%20.pdf"),
        ("around", "/plain/a.pdf"),
    ],
)
def test_redirects_are_followed_as_browsers_do(get, server, location, asked):
    assert get(f"/senton/{location}")[1] == b"hello"
    assert [path for path, _headers in server.seen] == [f"/senton/{location}", asked]


@pytest.mark.parametrize(
    ("location", "reason"),
    [("tab", "redirect"), ("control", "redirect"), ("delete", "redirect"), ("backslash", "url"), ("host", "host")],
)
def test_redirects_to_what_is_no_address(get, server, location, reason):
    with pytest.raises(FetchRefused) as caught:
        get(f"/senton/{location}")
    assert caught.value.reason == reason
    assert len(server.seen) == 1


@pytest.mark.parametrize(("page", "has_begun"), [("short", True), ("status/503", False), ("garbage", False)])
def test_a_failure_tells_whether_bytes_had_come(get, page, has_begun):
    with pytest.raises(FetchFailed) as caught:
        get(f"/{page}")
    assert caught.value.has_begun is has_begun


@pytest.mark.parametrize("page", ["metadata", "mapped"])
def test_redirects_to_private_addresses_on_an_allowed_port(server, page):
    fetcher = Fetcher(Policy(ports=frozenset({80, server.server_port}), exempt=(LOOPBACK,)))
    assert refusal(f"http://127.0.0.1:{server.server_port}/{page}", fetcher) == "address"


def test_endless_redirects(get, server):
    with pytest.raises(FetchRefused, match=r"^redirects$"):
        get("/loop")
    assert len(server.seen) == LIMITS.max_redirects + 1


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("gzip", "encoding"),
        ("transfergzip", "encoding"),
        ("lies", "too_large"),
        ("negative", "too_large"),
        ("manychunks", "too_large"),
        ("negativechunk", "too_large"),
        ("hugechunk", "too_large"),
    ],
)
def test_answers_that_are_too_much(get, page, reason):
    with pytest.raises(FetchRefused) as caught:
        get(f"/{page}")
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("short", "incomplete"),
        ("cutchunk", "incomplete"),
        ("garbage", "connection"),
        ("manyheaders", "connection"),
        ("longheader", "connection"),
    ],
)
def test_answers_that_are_broken(get, page, reason):
    with pytest.raises(FetchFailed) as caught:
        get(f"/{page}")
    assert caught.value.reason == reason


def test_more_than_the_declared_length_is_left_unread(get):
    assert get("/long")[1] == b"xxxxx"


def test_chunks_are_joined(get):
    assert get("/chunks")[1] == b"abcde"
    assert get("/hints")[1] == b"abc"


@pytest.mark.parametrize("page", ["silence", "slowhead", "slowstatus", "slowbody", "slowchunks", "continue"])
def test_slow_servers_are_left_at_the_deadline(get, page):
    began = time.monotonic()
    with pytest.raises(FetchFailed, match=r"^timeout"):
        get(f"/{page}", HURRIED)
    assert time.monotonic() - began < 10


def test_a_silent_server_is_left_after_one_wait(get):
    patient = FetchLimits(max_bytes=10, read_seconds=0.2, total_seconds=60)
    with pytest.raises(FetchFailed, match=r"^timeout"):
        get("/silence", patient)


def test_a_closed_port(server):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        fetcher = Fetcher(Policy(ports=frozenset({port}), exempt=(LOOPBACK,)))
        with pytest.raises(FetchFailed, match=r"^connection"):
            fetcher.fetch(f"http://127.0.0.1:{port}/", io.BytesIO(), limits=LIMITS)


def test_proxies_of_the_environment_are_not_used(get, server, monkeypatch):
    with serving() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.server_port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        assert get("/plain")[1] == b"hello"
        assert refusal("http://10.0.0.1/") == "address"
        assert proxy.seen == []


def test_the_body_is_written_in_small_pieces(get, server, fetcher):
    class Pieces(io.RawIOBase):
        largest = total = 0

        def write(self, data):
            self.largest = max(self.largest, len(data))
            self.total += len(data)
            return len(data)

    pieces = Pieces()
    url = f"http://127.0.0.1:{server.server_port}/size/5000000"
    fetcher.fetch(url, pieces, limits=FetchLimits(max_bytes=5_000_000))
    assert pieces.total == 5_000_000
    assert pieces.largest <= 64 * 1024


def test_errors_keep_paths_and_queries_to_themselves(get, server):
    with pytest.raises(FetchRefused) as caught:
        get("/status/404?token=secret")
    assert str(caught.value) == f"http_404: http://127.0.0.1:{server.server_port}"


# --- TLS -------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A self-signed certificate of documents.example: the file with key and certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "documents.example")])
    day = datetime.timedelta(days=1)
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - day, now + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("documents.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "documents.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def secure(certificate):
    """A TLS server that notes the names it was asked for, and a fetcher that trusts its certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(context) as server:
        context.sni_callback = lambda _socket, name, _context: server.seen.append(name)
        policy = Policy(ports=frozenset({server.server_port}), exempt=(LOOPBACK,))
        trusting = ssl.create_default_context(cafile=str(certificate))
        yield server, policy, trusting


def local(host, port, seconds):
    return [ipaddress.ip_address("127.0.0.1")]


def test_the_certificate_is_judged_by_name_at_the_checked_address(secure):
    server, policy, trusting = secure
    into = io.BytesIO()
    url = f"https://documents.example:{server.server_port}/plain"
    Fetcher(policy, resolve=local, tls=trusting).fetch(url, into, limits=LIMITS)
    assert into.getvalue() == b"hello"
    assert server.seen[0] == "documents.example"
    assert server.seen[1][1]["Host"] == f"documents.example:{server.server_port}"


def test_another_name_or_an_unknown_authority_is_refused(secure):
    server, policy, trusting = secure
    assert (
        refusal(f"https://other.example:{server.server_port}/", Fetcher(policy, resolve=local, tls=trusting))
        == "certificate"
    )
    assert refusal(f"https://documents.example:{server.server_port}/", Fetcher(policy, resolve=local)) == "certificate"


def test_a_slow_handshake_is_left_at_the_deadline(server):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        fetcher = Fetcher(Policy(ports=frozenset({port}), exempt=(LOOPBACK,)))
        with pytest.raises(FetchFailed, match=r"^timeout"):
            fetcher.fetch(f"https://127.0.0.1:{port}/", io.BytesIO(), limits=HURRIED)
