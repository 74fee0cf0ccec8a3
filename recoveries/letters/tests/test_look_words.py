"""The list of words of court acts grows with the product, and is the firm's once somebody has changed it."""

from importlib import import_module

import pytest
from constance import config
from constance.models import Constance
from django.apps import apps

from law.contact.words import court_words_in
from legalcity.lib.settings.system import CONFIG

pytestmark = pytest.mark.django_db
update = import_module("recoveries.migrations.0072_words_of_acts")


@pytest.mark.parametrize(
    ("stored", "after"),
    [
        (update.FORMER, CONFIG["LOOK_WORDS"][0]),
        (f"{update.FORMER},saisine", f"{update.FORMER},saisine"),
        ("writ", "writ"),
        ("", ""),
        (None, CONFIG["LOOK_WORDS"][0]),
    ],
)
def test_who_has_changed_nothing_has_the_new_list(stored: str | None, after: str) -> None:
    if stored is not None:
        config.LOOK_WORDS = stored
    update.follow_again(apps, None)
    assert after == config.LOOK_WORDS
    assert Constance.objects.filter(key="LOOK_WORDS").exists() == (after == stored)


def test_no_word_of_the_former_list_is_lost() -> None:
    new = CONFIG["LOOK_WORDS"][0].split(",")
    assert [words for words in update.FORMER.split(",") if not court_words_in(words, new)] == []
