"""What ops may write on a command line about a person, checked once for all commands."""

from django.core.management.base import CommandError

from accounts.models import User
from legalcity.lib.reading import Unreadable
from legalcity.lib.reading.emails import LIMIT, read_email
from legalcity.lib.reading.texts import read_text

LONGEST = 255  # characters of a name


def email_checked(email: str) -> str:
    """The address as it is kept. Raises CommandError when it is none."""
    try:
        return read_email(email.lower())
    except Unreadable as error:
        if error.code == "too_long":
            raise CommandError(f"--email has more than {LIMIT} characters") from error
        raise CommandError(f"{email!r} is not an e-mail address") from error


def email_is_taken(email: str) -> bool:
    """Whether somebody has it."""
    return User.objects.filter(email=email).exists()


def text_checked(option: str, text: str, *, required: bool = True) -> str:
    """What `option` names, cleaned. Raises CommandError when it is missing, too long or cannot be stored."""
    try:
        value = read_text(text, limit=LONGEST)
    except Unreadable as error:
        if error.code == "too_long":
            raise CommandError(f"{option} has more than {LONGEST} characters") from error
        raise CommandError(f"{option} holds characters that cannot be stored") from error
    if required and not value:
        raise CommandError(f"{option} is empty")
    return value
