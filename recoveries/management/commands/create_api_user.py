"""`manage.py create_api_user`: a user with a key for the API."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from accounts.models import User
from accounts.roles import ROLES
from accounts.services import key_issue, role_give
from scoring.services.tokens import tokens_grant

LONGEST = 255  # characters of a name


class Command(BaseCommand):
    """Prints the credentials once; nobody can read the key again."""

    help = "Create an API user and print its e-mail, API key, webhook secret and id."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The profile, and in which form to print."""
        parser.add_argument("--email", required=True)
        parser.add_argument("--first-name", required=True)
        parser.add_argument("--last-name", required=True)
        parser.add_argument("--entreprise", default="")
        parser.add_argument("--can-register", action="store_true", help="may register further users through the API")
        parser.add_argument("--tokens", type=int, default=0, help="scoring tokens to grant")
        parser.add_argument("--staff", action="store_true", help="may enter the back-office")
        parser.add_argument("--role", choices=ROLES, help="a role in the back-office; makes the user staff")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Create the user, or refuse with a sentence."""
        email = options["email"].strip().lower()
        self._require_good(email, options)
        user = User.objects.create_user(
            email,
            first_name=options["first_name"],
            last_name=options["last_name"],
            entreprise=options["entreprise"],
            can_register=options["can_register"],
            is_staff=options["staff"],
        )
        if options["role"]:
            role_give(user=user, role=options["role"])
        if options["tokens"] > 0:
            tokens_grant(user=user, amount=options["tokens"], reason="create_api_user")
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

    @staticmethod
    def _require_good(email: str, options: dict[str, Any]) -> None:
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email!r} is not an e-mail address") from error
        for name in ("first_name", "last_name", "entreprise"):
            if len(options[name]) > LONGEST:
                raise CommandError(f"--{name.replace('_', '-')} has more than {LONGEST} characters")
        if options["tokens"] < 0:
            raise CommandError("--tokens is 0 or more")
        if User.objects.filter(email=email).exists():
            raise CommandError(f"a user with the e-mail {email} exists already")
