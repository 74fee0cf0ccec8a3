"""`manage.py sell_token_pack EMAIL PACK [--packs N]`: tokens for a client, and the invoice for them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from invoicing.models import TokenPack
from legalcity.lib.errors import Invalid
from scoring.services.packs import token_pack_sell


class Command(BaseCommand):
    """Sell a pack."""

    help = "Give a client the tokens of a pack and issue the invoice for it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, what, how many."""
        parser.add_argument("email")
        parser.add_argument("pack", help="code of the pack, such as PACK10")
        parser.add_argument("--packs", type=int, default=1, help="how many (default: 1)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sell."""
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError("There is no user with this e-mail.")
        pack = TokenPack.objects.filter(code=options["pack"]).first()
        if pack is None:
            codes = ", ".join(TokenPack.objects.filter(enable=True).values_list("code", flat=True))
            raise CommandError(f"There is no such pack: {codes}.")
        try:
            invoice = token_pack_sell(user=user, pack=pack, by=None, packs=options["packs"])
        except Invalid as error:
            sentences = (str(sentence) for each in error.errors.values() for sentence in each)
            raise CommandError(" ".join(sentences)) from error
        self.stdout.write(f"{pack.tokens * options['packs']} tokens, invoice {invoice.reference}: {invoice.total} EUR")
