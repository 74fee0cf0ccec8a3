"""Chance that repeats itself."""

from random import Random


def dice(*key: object) -> Random:
    """A source of chance of its own for each key: the same key throws the same numbers on every machine."""
    return Random("/".join(map(str, key)))  # noqa: S311 - nothing here is secret
