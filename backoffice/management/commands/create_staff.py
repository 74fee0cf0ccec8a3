"""`manage.py create_staff`: a member of staff with a role."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.profiles import email_checked, email_is_taken, text_checked
from backoffice.people import staff_create
from backoffice.roles import ROLES


class Command(BaseCommand):
    """Prints the password once; the person changes it under "My account"."""

    help = "Create a member of staff for the back-office and print e-mail, password and role."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who, and what they may do."""
        parser.add_argument("email")
        parser.add_argument("--role", required=True, choices=ROLES)
        parser.add_argument("--first-name", required=True)
        parser.add_argument("--last-name", required=True)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the person, or refuse with a sentence."""
        email = email_checked(options["email"])
        if email_is_taken(email):
            raise CommandError(f"a user with the e-mail {email} exists already; give them a role in the back-office")
        user, password = staff_create(
            email=email,
            first_name=text_checked("--first-name", options["first_name"]),
            last_name=text_checked("--last-name", options["last_name"]),
            role=options["role"],
        )
        credentials = {"email": user.email, "password": password, "role": options["role"]}
        if options["json"]:
            self.stdout.write(json.dumps(credentials))
            return
        for name, value in credentials.items():
            self.stdout.write(f"{name}: {value}")
