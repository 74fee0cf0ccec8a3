"""What higher rooms have to say about a user, for the page that staff look at. Rooms register; nobody is imported."""

from collections.abc import Callable
from typing import TypeVar

from accounts.models import User
from legalcity.lib.errors import Sentence

Fact = Callable[[User], tuple[Sentence, Sentence]]
F = TypeVar("F", bound=Fact)

_facts: list[Fact] = []


def user_fact(fact: F) -> F:
    """Decorator: show the label and the value that `fact` returns on each user's page."""
    _facts.append(fact)
    return fact


def facts_of(user: User) -> list[tuple[Sentence, Sentence]]:
    """All that is known of `user` elsewhere, in the order of registration."""
    return [fact(user) for fact in _facts]
