"""What the account calls take and give."""

from typing import Any

from accounts.models import User
from legalcity.api.fields import DigitsField, EmailField, ExactTextField, ObjectField, PhoneField, TextField
from legalcity.api.validation import ContractSerializer
from legalcity.lib.reading.identifiers import SIREN


class LoginSerializer(ContractSerializer):
    """E-mail and API key."""

    email = EmailField()
    key = ExactTextField(limit=100)


class RegisterSerializer(ContractSerializer):
    """The profile of a new API user."""

    told_first = ("email",)

    first_name = TextField()
    last_name = TextField()
    email = EmailField()
    entreprise = TextField()
    siren = DigitsField(length=SIREN)
    address = TextField()
    city = TextField()
    postal = TextField(limit=20)
    phone = PhoneField()
    metadata = ObjectField(required=False)


def user_payload(user: User) -> dict[str, Any]:
    """A user as login and me show it."""
    return {
        "id": user.pk,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "entreprise": user.entreprise,
        "can_register": user.can_register,
    }
