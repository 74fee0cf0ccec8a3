"""Writes about the people who work here: who is staff, in which role."""

import secrets

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from backoffice.roles import ROLES
from legalcity.lib.errors import NotFound

PASSWORD_BYTES = 12  # of chance in a password that we make


def staff_add(*, user: User) -> None:
    """Let `user` enter the back-office. Without a role nothing is to be seen there."""
    user.is_staff = True
    user.save(update_fields=["is_staff", "updated_at"])


def role_give(*, user: User, role: str) -> None:
    """Put `user` among the staff, in the group of `role` (backoffice/roles.py). Raises NotFound for an unknown one."""
    group = Group.objects.filter(name=role).first() if role in ROLES else None
    if group is None:
        raise NotFound(_("There is no role {role}.").format(role=role))
    with transaction.atomic():
        staff_add(user=user)
        user.groups.add(group)


def staff_create(*, email: str, first_name: str, last_name: str, role: str) -> tuple[User, str]:
    """A member of staff with `role`, without access to the API; returns them and a password, shown once."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    with transaction.atomic():
        user = User.objects.create_user(
            email, password, first_name=first_name, last_name=last_name, has_api_access=False, is_staff=True
        )
        role_give(user=user, role=role)
    return user, password
