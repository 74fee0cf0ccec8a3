"""Text messages are counted as networks count them."""

import pytest

from legalcity.lib.reading import Unreadable
from legalcity.lib.reading.phones import read_mobile
from recoveries.letters.channels.text_messages import is_stop, plain_signs, segments_of


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 460, 4),
        ("€" * 80, 1),
        ("€" * 81, 2),
        # The sign that would be torn apart begins the second segment: 152, then 154 are too many for it.
        ("a" * 152 + "€" + "a" * 152, 3),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_segments(text, segments):
    assert segments_of(text) == segments


def test_typographic_signs_cost_no_further_segment():
    text = plain_signs("« L’œuvre » – être réglé à l’échéance : 1\u202f200,00 €, ça presse…")
    assert text == "\" L'oeuvre \" - etre réglé à l'échéance : 1 200,00 €, ca presse..."
    assert segments_of(text) == 1


@pytest.mark.parametrize("text", ["STOP", " stop. ", "Stop sms", "ARRÊT", "stop!"])
def test_stop(text):
    assert is_stop(text)


@pytest.mark.parametrize("text", ["", "Je ne peux pas stopper", "non stop", "J'ai payé"])
def test_no_stop(text):
    assert not is_stop(text)


@pytest.mark.parametrize(
    "text", ["06 12 34 56 78", "+33 6 12 34 56 78", "0033612345678", "06.12.34.56.78", "(0)612345678"]
)
def test_mobile_numbers_as_people_write_them(text):
    assert read_mobile(text, region="FR") == "+33612345678"


def test_a_number_of_another_country():
    assert read_mobile("0692 12 34 56", region="RE") == "+262692123456"
    assert read_mobile("0470 12 34 56", region="BE") == "+32470123456"


@pytest.mark.parametrize("text", ["", "n/a", "01 42 68 53 00", "12", "+33 6", "6" * 400, "\x00", "06 12 34 56 7"])
def test_no_mobile_number(text):
    with pytest.raises(Unreadable):
        read_mobile(text, region="FR")
