"""`manage.py create_api_user`: a user with a key for the API."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts import new_users
from accounts.models import User
from accounts.profiles import email_checked, email_is_taken, text_checked
from accounts.services import key_issue


class Command(BaseCommand):
    """Prints the credentials once; nobody can read the key again."""

    help = "Create an API user and print its e-mail, API key, webhook secret and id."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The profile, what other rooms give, and in which form to print."""
        parser.add_argument("--email", required=True)
        parser.add_argument("--first-name", required=True)
        parser.add_argument("--last-name", required=True)
        parser.add_argument("--entreprise", default="")
        parser.add_argument("--can-register", action="store_true", help="may register further users through the API")
        for option in new_users.options():
            parser.add_argument(option.flag, **option.reading)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Create the user, or refuse with a sentence."""
        email = email_checked(options["email"])
        if email_is_taken(email):
            raise CommandError(f"a user with the e-mail {email} exists already")
        user = User.objects.create_user(
            email,
            first_name=text_checked("--first-name", options["first_name"]),
            last_name=text_checked("--last-name", options["last_name"]),
            entreprise=text_checked("--entreprise", options["entreprise"], required=False),
            can_register=options["can_register"],
        )
        for option in new_users.options():
            if options[option.name]:
                _give(option, user, options[option.name])
        credentials = {
            "email": user.email,
            "api_key": key_issue(user=user),
            "auth_secret": user.auth_secret,
            "user_id": user.pk,
        }
        if options["json"]:
            self.stdout.write(json.dumps(credentials))
            return
        for name, value in credentials.items():
            self.stdout.write(f"{name}: {value}")


def _give(option: new_users.Option, user: User, value: Any) -> None:
    try:
        option.give(user, value)
    except ValueError as error:
        raise CommandError(f"{option.flag}: {error}") from error
