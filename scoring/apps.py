"""The room's registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScoringConfig(AppConfig):
    """Scoring."""

    name = "scoring"
    verbose_name = _("Scoring")

    def ready(self) -> None:
        """Have new users of the API given tokens."""
        from accounts.new_users import option_register
        from scoring.services.tokens import tokens_grant

        option_register(
            "--tokens",
            lambda user, amount: tokens_grant(user=user, amount=amount, reason="create_api_user"),
            type=int,
            default=0,
            help="scoring tokens to grant",
        )
