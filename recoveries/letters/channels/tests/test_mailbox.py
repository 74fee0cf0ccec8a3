"""A mailbox is read over the wire: what is new, once, and again where somebody hung up."""

import socket

import pytest
from django.core.exceptions import ImproperlyConfigured

from legalcity.lib.settings.environment import Environment
from recoveries.letters.channels.mail_reading import LIMIT
from recoveries.letters.channels.mailbox import AT_ONCE, MailboxAway, NotTaken, mailbox_read
from recoveries.letters.channels.tests.imap_server import imap_server


def none_aside(uid: str) -> None:
    raise AssertionError(uid)


def test_each_mail_is_given_once():
    taken: list[bytes] = []
    with imap_server() as (box, mails):
        mails.put(b"Subject: one\r\n\r\n", b"Subject: two\r\n\r\n)\r\nA1 BAD\r\n")
        assert mailbox_read(box, taken.append, none_aside) == 2
        assert mailbox_read(box, taken.append, none_aside) == 0
        mails.put(b"Subject: three\r\n\r\n")
        assert mailbox_read(box, taken.append, none_aside) == 1
    assert taken == [b"Subject: one\r\n\r\n", b"Subject: two\r\n\r\n)\r\nA1 BAD\r\n", b"Subject: three\r\n\r\n"]


def test_no_more_is_asked_for_than_is_looked_at():
    taken: list[bytes] = []
    with imap_server() as (box, mails):
        mails.put(b"x" * (LIMIT * 4))
        mailbox_read(box, taken.append, none_aside)
    assert len(taken[0]) == LIMIT + 1


def test_a_round_has_an_end():
    with imap_server() as (box, mails):
        mails.put(*[b"x"] * (AT_ONCE + 1))
        assert mailbox_read(box, len, none_aside) == AT_ONCE
        assert mailbox_read(box, len, none_aside) == 1


def test_what_was_cut_short_is_given_again():
    taken: list[bytes] = []
    with imap_server() as (box, mails):
        mails.put(b"one", b"two")
        mails.hangs_up_at = "STORE 1"
        with pytest.raises(MailboxAway):
            mailbox_read(box, taken.append, none_aside)
        assert mailbox_read(box, taken.append, none_aside) == 2
    assert taken == [b"one", b"one", b"two"]


def test_what_could_not_be_taken_stays_new():
    def refuse(raw: bytes) -> None:
        raise ConnectionError

    with imap_server() as (box, mails):
        mails.put(b"one")
        with pytest.raises(MailboxAway):
            mailbox_read(box, refuse, none_aside)
        assert mails.seen == set()


def test_those_that_cannot_be_taken_keep_no_other_from_being_read():
    taken: list[bytes] = []
    aside: list[str] = []

    def take(raw: bytes) -> None:
        if raw == b"bad":
            raise NotTaken
        taken.append(raw)

    with imap_server() as (box, mails):
        mails.put(*[b"bad"] * AT_ONCE, b"good")
        assert mailbox_read(box, take, aside.append) == 0
        assert mailbox_read(box, take, aside.append) == 1
        assert mailbox_read(box, take, aside.append) == 0
        assert (taken, mails.seen) == ([b"good"], {AT_ONCE + 1})
        assert aside == [str(uid) for uid in range(1, AT_ONCE + 1)]
        mails.mails[1] = b"mended"
        mails.flagged.remove(1)
        assert mailbox_read(box, take, aside.append) == 1
    assert taken == [b"good", b"mended"]


def test_what_somebody_has_moved_meanwhile_is_no_mail():
    taken: list[bytes] = []
    with imap_server() as (box, mails):
        mails.put(b"moved", b"there")
        mails.moved.add(1)
        assert mailbox_read(box, taken.append, none_aside) == 1
        assert (taken, mails.seen) == ([b"there"], {2})


@pytest.mark.parametrize("wrong", [{"password": "falsch"}, {"folder": 'No "such"'}])
def test_a_server_that_lets_nobody_in(wrong):
    with imap_server() as (box, _mails), pytest.raises(MailboxAway, match="error"):
        mailbox_read(box._replace(**wrong), len, none_aside)


def test_a_server_that_is_away():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with imap_server() as (box, _mails), pytest.raises(MailboxAway, match="ConnectionRefusedError"):
        mailbox_read(box._replace(port=port), len, none_aside)


def named(url: str):
    return Environment({"BOUNCE_MAILBOX": url}).mailbox("BOUNCE_MAILBOX")


def test_a_mailbox_as_the_environment_names_it():
    box = named("imaps://retours%40firm.example:p%40ss@imap.firm.example/Dossiers/Retours")
    assert box == ("retours@firm.example", "imap.firm.example", 993, "p@ss", "Dossiers/Retours", True)
    assert "p@ss" not in repr(box)
    assert named("") is None
    assert named("imap://a%40b.example:x@127.0.0.1:1143").port == 1143


@pytest.mark.parametrize(
    "url",
    [
        "https://a:hidden@h",
        "imaps://retours:hidden@imap.firm.example",
        "imaps://a%40b.example:hidden@h:x",
        "imaps://a%40b.example:hidden@",
        "imap://a%40b.example:hidden@imap.firm.example",
        "imaps://a%40b.example%0d%0aA1:hidden@imap.firm.example",
    ],
)
def test_a_mailbox_that_will_not_do(url):
    with pytest.raises(ImproperlyConfigured) as refused:
        named(url)
    assert "hidden" not in str(refused.value)
