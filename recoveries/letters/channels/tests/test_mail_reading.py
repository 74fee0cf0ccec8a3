"""What came into the mailbox is read as what it is: bounces in the forms that five mail servers write, and the rest."""

import base64
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest

from legalcity.lib.emails.addresses import address_with, tokens_in
from legalcity.lib.text import is_storable
from recoveries.letters.channels.mail_reading import TEXT_LENGTH, Sort, mail_read

MAILS = Path(__file__).parent / "mails"
TOKEN = UUID("0f8fad5bd9cb469fa16570867728950e")
MESSAGE_ID = "<0f8fad5bd9cb469fa16570867728950e@letters.firm.example>"


def read(name: str):
    return mail_read((MAILS / name).read_bytes())


@pytest.mark.parametrize("server", ["postfix", "exim", "exchange", "gmail", "qmail"])
def test_a_mailbox_that_does_not_exist(server):
    arrival = read(f"{server}.eml")
    assert arrival.sort is Sort.BOUNCE
    assert arrival.bounce.recipient == "inconnu@societe.example"
    assert arrival.bounce.is_unknown
    assert arrival.bounce.status.startswith("5.1.1")
    assert "550" in arrival.bounce.diagnostic
    assert arrival.tokens == [TOKEN]
    assert MESSAGE_ID in arrival.referred


def test_a_full_mailbox_is_no_wrong_address():
    arrival = read("exim_report.eml")
    assert arrival.sort is Sort.BOUNCE
    assert (arrival.bounce.recipient, arrival.bounce.status) == ("pleine@societe.example", "5.2.2")
    assert not arrival.bounce.is_unknown


def test_a_server_that_still_tries():
    arrival = read("postfix_delayed.eml")
    assert arrival.sort is Sort.DELAY
    assert (arrival.bounce.status, arrival.bounce.is_unknown) == ("4.4.1", False)


def test_bounces_are_told_from_the_message_id_alone():
    raw = (MAILS / "gmail.eml").read_bytes().replace(b"+" + TOKEN.hex.encode(), b"")
    arrival = mail_read(raw)
    assert arrival.tokens == []
    assert MESSAGE_ID in arrival.referred


def test_a_reply_is_what_its_writer_wrote():
    arrival = read("reply.eml")
    assert arrival.sort is Sort.REPLY
    assert arrival.sender == "jean.martin@societe.example"
    assert arrival.subject == "Re: Rappel de paiement – dossier REC-AB12CD"
    assert arrival.text == "Bonjour,\n\nla facture a été réglée le 2 mars. Voir le <b>relevé</b> joint.\n\nJean Martin"
    assert arrival.tokens == [TOKEN]


def test_a_machine_that_answers_is_no_reply():
    assert read("absence.eml").sort is Sort.AUTOMATIC


def test_a_page_is_read_as_its_words():
    arrival = read("stranger.eml")
    assert (arrival.sort, arrival.text, arrival.tokens) == (Sort.REPLY, "Je n'ai rien commandé.", [])


def test_the_same_mail_has_the_same_name():
    without = b"\r\n".join(
        line for line in (MAILS / "reply.eml").read_bytes().split(b"\r\n") if not line.startswith(b"Message-ID")
    )
    assert mail_read(without).id == mail_read(without).id == mail_read(without).sha256
    assert read("reply.eml").id == "<CAF1a2b3c@mail.societe.example>"


HEAD = b"From: a@b.example\r\nTo: x@y.example\r\nMessage-ID: <h@b.example>\r\nMIME-Version: 1.0\r\n"
NESTED = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 5000,
        b"\xff\xfe" * 5000,
        HEAD + NESTED,
        HEAD + b"Content-Type: text/plain; charset=no-such-set\r\n\r\n\xe9",
        HEAD + b"Content-Type: text/plain; charset=\x00\r\n\r\nx",
        HEAD + b"Content-Type: text/plain; charset=utf-16\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%",
        HEAD + b"Subject: =?x-unknown?B?////?= =?utf-8?B?A?=\r\n\r\nx",
        HEAD + b"Content-Type: message/delivery-status\r\n\r\nAction: failed\r\n",
        HEAD + b"Content-Type: multipart/report\r\n\r\nx",
        HEAD + b"Content-Type: text/html\r\n\r\n" + b"<style" * 40_000,
        HEAD + b"Content-Type: text/plain\r\n\r\n" + b"Le " * 80_000,
        b"X: " + b"\r\n ".join([b"y" * 900] * 250),
    ],
)
def test_nothing_that_comes_is_an_error(raw):
    arrival = mail_read(raw)
    assert len(arrival.text) <= TEXT_LENGTH
    assert "\x00" not in arrival.text + arrival.subject + arrival.sender + arrival.id


def test_a_mail_beyond_what_is_looked_at_is_cut():
    large = HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(b"Bonjour. " * 300_000)
    arrival = mail_read(large)
    assert arrival.text.startswith("Bonjour. Bonjour.")
    assert len(arrival.text) <= TEXT_LENGTH


def test_addresses_name_their_message():
    address = address_with(TOKEN, "retours@firm.example")
    assert address == f"retours+{TOKEN.hex}@firm.example"
    assert tokens_in([f"<{address.upper()}>", "retours@firm.example", f"x+{TOKEN.hex[:-1]}@y"]) == [TOKEN]


LONG = 250_000  # characters; all that is looked at of a mail
QMAIL = b"From: a@b.example\n\nHi. This is the qmail-send program\n<"


@pytest.mark.parametrize(
    "raw",
    [
        b"X-Failed-Recipients: " + b"a" * LONG + b"\n\n",
        QMAIL + b"a@" * (LONG // 2) + b"\n",
        QMAIL + b"a" * LONG + b"\n",
        b"Subject: " + b"=?a?q?" * (LONG // 6) + b"\n\n",
        b"From: " + b"a," * (LONG // 2) + b"\n\n",
        b"From: " + b"(" * LONG + b"\n\n",
        b"Content-Type: text/html\n\n" + b"<style></style" * (LONG // 14),
        b"Content-Type: " + b",;" * (LONG // 2) + b"\n\n",
        b"Content-Type: text/plain" + b";\n a*0*=utf-8''%" * (LONG // 17) + b"\n\n",
        b"".join(b'Content-Type: multipart/mixed; Boundary="%d"\n\n--%d\n' % (n, n) for n in range(LONG // 58)),
    ],
    ids=range(10),
)
def test_a_mail_made_to_be_slow_is_read_as_any_other(raw: bytes) -> None:
    """By the square of its length each of these would take minutes, of a worker that others wait for."""
    assert mail_read(raw).sha256 == sha256(raw).hexdigest()


def test_a_header_is_read_as_far_as_it_is_looked_at() -> None:
    def text_of(parameters: int) -> str:
        header = b"Content-Type: text/plain" + b";\n a=b" * parameters + b"; charset=latin-1"
        return mail_read(header + b"\n\n\xe9t\xe9\n").text

    assert text_of(10) == "été"
    assert text_of(10_000) != "été"


def test_no_more_parts_are_opened_than_are_read() -> None:
    def text_of(parts: int) -> str:
        told = b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(parts))
        return mail_read(told + b"Content-Type: text/plain\n\nhello\n").text

    assert (text_of(5), text_of(5_000)) == ("hello", "")


@pytest.mark.parametrize(
    "raw",
    [
        b"Message-ID: <a\x00b@c.example>\nIn-Reply-To: <d\x00e@f.example>\nFrom: a\x00@b.example\n\nhi\x00",
        b"Content-Type: text/plain; charset=unicode_escape\nX-Failed-Recipients: a@b.example\n\na@b.example\\ud800 550",
    ],
    ids=["nul", "surrogate"],
)
def test_what_no_database_takes_is_left_out(raw: bytes) -> None:
    arrival = mail_read(raw)
    bounce = (arrival.bounce.diagnostic, arrival.bounce.recipient) if arrival.bounce else ()
    told = (arrival.id, arrival.sender, arrival.subject, arrival.text, *arrival.referred, *bounce)
    assert all(map(is_storable, told))
    assert arrival.text
