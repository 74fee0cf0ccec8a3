"""Fresh credentials of the demonstration: made when asked for, shown once, kept nowhere."""

import secrets
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from accounts.models import ApiKey, User
from accounts.services import key_issue, key_revoke
from demo.accounts import admin_email, client_email, role_emails
from scoring.selectors import tokens_of
from scoring.services.tokens import tokens_grant

TOKENS = 20  # for reports


@dataclass(frozen=True, slots=True)
class Credentials:
    """A client for the API, a member of staff for the back-office; `staff_roles` has one for each role.

    All of the staff have the same password.
    """

    email: str
    api_key: str
    staff_email: str
    staff_password: str
    staff_roles: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        """For printing as JSON."""
        return asdict(self)


@transaction.atomic
def credentials_renew() -> Credentials:
    """New ones for the first client account and for the staff; the former ones stop working.

    The client may try every call: register others, order reports.
    """
    client = User.objects.get(email=client_email(0))
    for api_key in ApiKey.objects.filter(user=client, revoked_at=None):
        key_revoke(api_key=api_key)
    client.can_register = True
    client.save(update_fields=["can_register", "updated_at"])
    if tokens_of(client) < TOKENS:
        tokens_grant(user=client, amount=TOKENS, reason="demonstration")
    password, roles = secrets.token_urlsafe(12), role_emails()
    for staff in User.objects.filter(email__in=[admin_email(), *roles.values()]):
        staff.set_password(password)
        staff.save(update_fields=["password", "updated_at"])
    return Credentials(client.email, key_issue(user=client), admin_email(), password, roles)
