"""What is asked of the passwords of staff beside length: that their letters do not follow from each other."""

from itertools import pairwise

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User

LETTERS = 6  # different ones
STEPS = 4  # different ones from letter to letter: `abcdefghijkl` has one, `qwertyqwerty` more


class VariedPasswordValidator:
    """Refuses `aaaaaaaaaaaa`, `abcabcabcabc`, `abcdefghijkl`: long, and guessed first."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError for a password of few letters, of one step, or that is a shorter one repeated."""
        folded = password.casefold()
        steps = {ord(after) - ord(before) for before, after in pairwise(folded)}
        is_repeated = folded in (folded * 2)[1:-1]
        if len(set(folded)) < LETTERS or len(steps) < STEPS or is_repeated:
            raise ValidationError(self.get_help_text(), code="password_too_even")

    def get_help_text(self) -> str:
        """What the form says before."""
        return _("Your password must not be a few characters or a short word repeated, nor a row such as abcdef.")
