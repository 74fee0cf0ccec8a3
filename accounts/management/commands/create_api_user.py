"""`manage.py create_api_user`: a user with a key for the API."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from accounts.profiles import email_checked, email_is_taken, text_checked
from accounts.services import key_issue
from backoffice.people import role_give
from backoffice.roles import ROLES
from scoring.services.tokens import tokens_grant


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
        email = email_checked(options["email"])
        if email_is_taken(email):
            raise CommandError(f"a user with the e-mail {email} exists already")
        user = User.objects.create_user(
            email,
            first_name=text_checked("--first-name", options["first_name"]),
            last_name=text_checked("--last-name", options["last_name"]),
            entreprise=text_checked("--entreprise", options["entreprise"], required=False),
            can_register=options["can_register"],
            is_staff=options["staff"],
        )
        if options["role"]:
            role_give(user=user, role=options["role"])
        if options["tokens"]:
            try:
                tokens_grant(user=user, amount=options["tokens"], reason="create_api_user")
            except ValueError as error:
                raise CommandError(f"--tokens: {error}") from error
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
