"""`manage.py grant_tokens EMAIL N`: scoring tokens for a client."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from scoring.services.tokens import tokens_grant


class Command(BaseCommand):
    """Ops' door to the token ledger."""

    help = "Grant scoring tokens to the user of an e-mail address; prints the new balance."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who, how many, why."""
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("tokens", metavar="N", type=int)
        parser.add_argument("--reason", default="", help="a word for the ledger, such as the number of an invoice")

    def handle(self, *args: Any, **options: Any) -> None:
        """Grant, or refuse with a sentence."""
        user = User.objects.filter(email__iexact=options["email"].strip()).first()
        if user is None:
            raise CommandError(f"no user has the e-mail address {options['email']!r}")
        try:
            balance = tokens_grant(user=user, amount=options["tokens"], reason=options["reason"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{user.email}: {balance} tokens")
