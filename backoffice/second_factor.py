"""The second factor of staff: an authenticator application (TOTP), and codes on paper for the day it is lost.

A code is accepted once. Wrong ones make the next attempt wait: 1, 2, 4, 8 … seconds (django-otp).
"""

import hashlib
import re
import secrets

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from backoffice.audit import audit_record
from legalcity.lib.clock import now
from legalcity.lib.errors import BadRequest, DomainError

BACKUP_CODES = 10
# Five bits a letter, none that looks like another one.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_LENGTH = 12
_TOTP = re.compile(r"[0-9]{6}")


def has_second_factor(user: User) -> bool:
    """Whether `user` has an application that was proved to work."""
    return bool(TOTPDevice.objects.filter(user_id=user.pk, confirmed=True).exists())


def backup_codes_left(user: User) -> int:
    """How many codes on paper are still good."""
    return int(StaticToken.objects.filter(device__user_id=user.pk).count())


@transaction.atomic
def enrolment_begin(*, user: User) -> TOTPDevice:
    """The secret to put into an application: the same until it is confirmed."""
    User.objects.select_for_update().get(pk=user.pk)
    device = TOTPDevice.objects.filter(user_id=user.pk, confirmed=False).order_by("pk").first()
    return device or TOTPDevice.objects.create(user_id=user.pk, name="TOTP", confirmed=False)


def enrolment_confirm(*, user: User, code: str) -> tuple[Device, list[str]]:
    """Take the application into use, in the place of a former one; returns it, with fresh backup codes.

    Raises BadRequest for a wrong code, for none begun, or while wrong codes make one wait.
    """
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().filter(user_id=user.pk, confirmed=False).order_by("pk").first()
        if device is None:
            raise BadRequest(_("Nothing was begun: scan the code again."))
        refusal = _refusal(device, code if _TOTP.fullmatch(_plain(code)) else "")
        if refusal is None:
            TOTPDevice.objects.filter(user_id=user.pk, confirmed=True).delete()
            device.confirmed = True
            device.save(update_fields=["confirmed"])
            audit_record(action="second_factor_set_up", target=user)
            return device, backup_codes_renew(user=user)
    raise refusal


def code_check(*, user: User, code: str) -> Device:
    """The device that accepts `code`: six digits of the application, or a backup code, which is used up.

    Raises BadRequest for a wrong code, one that was used before, or while wrong codes make one wait.
    """
    plain = _plain(code)
    with transaction.atomic():
        device: Device | None
        if _TOTP.fullmatch(plain):
            device = TOTPDevice.objects.select_for_update().filter(user_id=user.pk, confirmed=True).first()
        else:
            device = StaticDevice.objects.select_for_update().filter(user_id=user.pk, confirmed=True).first()
            plain = _digest(user, plain)
        if device is None:
            raise BadRequest(_wrong())
        refusal = _refusal(device, plain)
        if refusal is None:
            if isinstance(device, StaticDevice):
                audit_record(action="backup_code_used", target=user)
            return device
    # Outside, because the count of wrong codes must be kept.
    raise refusal


@transaction.atomic
def backup_codes_renew(*, user: User) -> list[str]:
    """Ten new codes; the former ones are void. Returned once, stored hashed."""
    StaticDevice.objects.filter(user_id=user.pk).delete()
    device = StaticDevice.objects.create(user_id=user.pk, name="backup")
    codes = ["".join(secrets.choice(ALPHABET) for _place in range(CODE_LENGTH)) for _number in range(BACKUP_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=_digest(user, code)) for code in codes)
    audit_record(action="backup_codes_renewed", target=user)
    return ["-".join((code[:4], code[4:8], code[8:])) for code in codes]


@transaction.atomic
def second_factor_reset(*, user: User) -> None:
    """Forget the application and the codes of `user`. Whoever asks for it writes it down."""
    TOTPDevice.objects.filter(user_id=user.pk).delete()
    StaticDevice.objects.filter(user_id=user.pk).delete()


def _plain(code: str) -> str:
    return "".join(char for char in code.lower() if char.isalnum())[:64]


def _digest(user: User, code: str) -> str:
    """What is stored of a backup code: 64 bits, more than the code has."""
    return hashlib.sha256(f"{user.pk}:{code}".encode()).hexdigest()[:16]


def _refusal(device: Device, plain: str) -> DomainError | None:
    """Try a code: None when it is right."""
    allowed, why = device.verify_is_allowed()
    if not allowed:
        seconds = max(1, int((why["locked_until"] - now()).total_seconds()) + 1)
        return BadRequest(_("Too many wrong codes. Please wait {seconds} seconds.").format(seconds=seconds))
    return None if device.verify_token(plain) else BadRequest(_wrong())


def _wrong() -> str:
    return str(_("This code is wrong, or was used already. Wait for the next one and try again."))
