"""What is asked of the passwords of staff beside length: that their letters do not follow from each other."""

from collections.abc import Iterator
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User

LETTERS = 6  # different ones
WALKS = 5  # where a finger is set down anew: `azertyuiopqs` has two, `1qaz2wsx3edc` three
STEPS = 4  # different ones from letter to letter: `abcdefghijkl` has one, `qwertyqwerty` more


# The keys of each row, from left to right: French and English, with and without shift.
KEYBOARDS = (
    ("1234567890)=", "azertyuiop", "qsdfghjklmù", "wxcvbn,;:!"),
    ("&é\"'(-è_çà", "azertyuiop", "qsdfghjklm%", "wxcvbn?./§"),
    ("1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./"),
    ("!@#$%^&*()_+", "qwertyuiop{}", 'asdfghjkl:"', "zxcvbnm<>?"),
)


def _neighbours() -> Iterator[str]:
    """Two keys beside each other on a row, or one below the other: each key lies between two of the row above."""
    for rows in KEYBOARDS:
        for row in rows:
            yield from map("".join, pairwise(row))
        for above, below in pairwise(rows):
            yield from map("".join, (*zip(above, below, strict=False), *zip(above[1:], below, strict=False)))


NEIGHBOURS = frozenset(pair[::turn] for pair in _neighbours() for turn in (1, -1))


class VariedPasswordValidator:
    """Refuses `aaaaaaaaaaaa`, `abcabcabcabc`, `abcdefghijkl`, `azertyuiopqs`: long, and guessed first."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError for a password of few letters, of one step or few walks over the keys, or repeated."""
        folded = password.casefold()
        pairs = list(pairwise(folded))
        steps = {ord(after) - ord(before) for before, after in pairs}
        walks = 1 + sum(before != after and before + after not in NEIGHBOURS for before, after in pairs)
        is_repeated = folded in (folded * 2)[1:-1]
        if len(set(folded)) < LETTERS or len(steps) < STEPS or walks < WALKS or is_repeated:
            raise ValidationError(self.get_help_text(), code="password_too_even")

    def get_help_text(self) -> str:
        """What the form says before."""
        return _(
            "Your password must not be a few characters or a short word repeated, nor a row such as abcdef or azerty."
        )
