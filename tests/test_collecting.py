"""Work that reads many rows has Python look for circles rarely, and leaves it as it was."""

import gc
from contextlib import ExitStack

import pytest

from legalcity.lib.collecting import MANY, rarely_collecting


def test_the_last_one_that_leaves_puts_back_what_the_first_has_found() -> None:
    usual = gc.get_threshold()
    first, second = ExitStack(), ExitStack()
    first.enter_context(rarely_collecting())
    second.enter_context(rarely_collecting())
    first.close()
    assert gc.get_threshold()[0] >= MANY
    second.close()
    assert gc.get_threshold() == usual


def test_a_failure_leaves_it_as_it_was() -> None:
    usual = gc.get_threshold()
    with pytest.raises(ValueError, match="within"), rarely_collecting():
        raise ValueError("within")
    assert gc.get_threshold() == usual
