"""What ops may write on a command line about a person, checked once for all commands."""

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.core.validators import validate_email

from accounts.models import User
from legalcity.lib.text import is_storable

LONGEST = 255  # characters of a name
LONGEST_EMAIL = 254  # RFC 5321


def email_checked(email: str) -> str:
    """The address as it is kept. Raises CommandError when it is none."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise CommandError(f"{email!r} is not an e-mail address") from error
    if len(address) > LONGEST_EMAIL:
        raise CommandError(f"--email has more than {LONGEST_EMAIL} characters")
    return address


def email_is_taken(email: str) -> bool:
    """Whether somebody has it."""
    return User.objects.filter(email=email).exists()


def text_checked(option: str, text: str, *, required: bool = True) -> str:
    """What `option` names, stripped. Raises CommandError when it is missing, too long or cannot be stored."""
    value = text.strip()
    if required and not value:
        raise CommandError(f"{option} is empty")
    if len(value) > LONGEST:
        raise CommandError(f"{option} has more than {LONGEST} characters")
    if not is_storable(value):
        raise CommandError(f"{option} holds characters that cannot be stored")
    return value
