"""Which secrets sign what is sent to an endpoint now."""

from datetime import datetime

from accounts.models import User
from events.webhooks.models import Endpoint
from events.webhooks.signing import secret_over


def secrets_of(endpoint: Endpoint, moment: datetime) -> tuple[str, ...]:
    """The endpoint's own, the one before while it lasts, and the account's unless the endpoint does without."""
    secrets = [endpoint.secret]
    if (previous := previous_of(endpoint, moment)) is not None:
        secrets.append(previous)
    if endpoint.sign_with_auth_secret:
        secrets += account_secrets(endpoint.owner, moment)
    return tuple(secrets)


def previous_of(endpoint: Endpoint, moment: datetime) -> str | None:
    """The secret before, while it lasts."""
    lasts = endpoint.previous_until is not None and moment < endpoint.previous_until
    return endpoint.previous_secret if lasts else None


def account_secrets(owner: User, moment: datetime) -> list[str]:
    """`auth_secret` of an account as receivers keep it: its 36 ASCII bytes are the key. Renewed, the old one too."""
    return [secret_over(secret.encode("ascii")) for secret in owner.auth_secrets(moment)]
