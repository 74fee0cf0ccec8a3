"""Users, API keys, access tokens, the audit."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

import simple_history
from constance.models import Constance
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Lower
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from legalcity.lib import sealing
from legalcity.lib.clock import now
from legalcity.lib.pairs import pair
from legalcity.lib.search_columns import SearchText


class UserManager(BaseUserManager["User"]):
    """Users are known by their e-mail, kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user. Without a password only API keys open the door."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        if not user.sealed_auth_secret:
            user.sealed_auth_secret = sealing.sealed(str(uuid.uuid4()))
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A member of staff who may do everything."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user of an e-mail, however it is capitalised."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A client's API user, or a member of staff."""

    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    first_name = models.CharField(_("first name"), max_length=255)
    last_name = models.CharField(_("last name"), max_length=255)
    entreprise = models.CharField(_("company"), max_length=255, blank=True)
    siren = models.CharField("SIREN", max_length=9, blank=True)
    address = models.CharField(_("address"), max_length=255, blank=True)
    city = models.CharField(_("city"), max_length=255, blank=True)
    postal = models.CharField(_("postal code"), max_length=20, blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    metadata = models.JSONField(_("metadata"), default=dict, blank=True)
    sealed_auth_secret = models.TextField(_("webhook secret (encrypted)"), editable=False)
    sealed_previous_auth_secret = models.TextField(
        _("previous webhook secret (encrypted)"), null=True, blank=True, editable=False
    )
    previous_auth_secret_until = models.DateTimeField(
        _("previous webhook secret valid until"), null=True, blank=True, editable=False
    )
    has_api_access = models.BooleanField(_("may use the API"), default=True)
    can_register = models.BooleanField(_("may register users"), default=False)
    registered_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("registered by")
    )
    is_staff = models.BooleanField(_("staff"), default=False)
    language = models.CharField(
        _("language of the back-office"), max_length=2, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    morning_mail = models.BooleanField(
        _("e-mail in the morning about cases to act on today"), default=True, db_default=True
    )
    is_active = models.BooleanField(_("active"), default=True)
    search_text = SearchText("email", "first_name", "last_name", "entreprise", "siren", phones=("phone",))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["first_name", "last_name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ("last_name", "first_name", "id")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique_any_case")]
        permissions = [("manage_access", _("Can issue and revoke keys, tokens and second factors"))]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email

    @property
    def auth_secret(self) -> str:
        """The secret that signs webhooks sent to this user."""
        return sealing.opened(self.sealed_auth_secret)

    def auth_secrets(self, moment: datetime) -> list[str]:
        """The secrets that sign at `moment`: the one in force, and for a day the one that it has replaced."""
        previous, until = self.sealed_previous_auth_secret, self.previous_auth_secret_until
        is_over = until is None or moment >= until
        return [self.auth_secret] if previous is None or is_over else [self.auth_secret, sealing.opened(previous)]


class ApiKey(models.Model):
    """A key that opens the API for its user. The key is shown once; its SHA-256 stays.

    What narrows it (an end, reads only, addresses) holds for the tokens that it opens as well.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys", verbose_name=_("user"))
    digest = models.CharField(_("SHA-256 of the key"), max_length=64, unique=True, editable=False)
    hint = models.CharField(_("begins with"), max_length=8, editable=False)
    name = models.CharField(_("name"), max_length=100, default="", db_default="", blank=True)
    expires_at = models.DateTimeField(_("in force until"), null=True, blank=True)
    is_read_only = models.BooleanField(_("reads only"), default=False, db_default=False)
    # Networks in CIDR notation, a space between; empty: from anywhere.
    addresses = models.TextField(_("from these addresses only"), default="", db_default="", blank=True)
    issued_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("issued by")
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)" if self.name else f"{self.hint}…"


class AccessToken(models.Model):
    """A token in use. One that is not here, or is revoked, opens nothing, however well it is signed."""

    jti = models.UUIDField(_("token id"), primary_key=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens", verbose_name=_("user"))
    # The key and the moment of the login: a refreshed token keeps both.
    api_key = models.ForeignKey(
        ApiKey, on_delete=models.CASCADE, editable=False, related_name="tokens", verbose_name=_("API key")
    )
    began_at = models.DateTimeField(_("logged in at"))
    issued_at = models.DateTimeField(_("issued at"))
    expires_at = models.DateTimeField(_("expires at"), db_index=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")
        ordering = ("-issued_at", "jti")

    def __str__(self) -> str:
        return str(self.jti)


class IdempotentRequest(models.Model):
    """A request that was sent with an idempotency key, and how it was answered (`accounts/idempotency.py`).

    `locked_until` ends the claim of who carries it out, and says whose it is. Where a job tells the answer, `job_type`
    and `job_id` name its row, and there is no body.
    """

    class State(models.TextChoices):
        """How far it is."""

        RUNNING = "running"
        DONE = "done"

    # No constraint: no write waits for the row of its user.
    user = models.ForeignKey(User, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(null=True)
    is_sealed = models.BooleanField(default=False)
    headers = models.JSONField(default=dict)
    job_type = models.CharField(max_length=100, blank=True)
    job_id = models.CharField(max_length=64, blank=True)
    locked_until = models.DateTimeField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return f"{self.state} {self.created_at}"


class AuditEvent(models.Model):
    """Who did what to what, when, from where and why. Rows are added; triggers refuse to change or delete them.

    The person and the thing are kept as plain values, not as foreign keys: deleting them must neither be stopped by
    their trace nor change it.
    """

    class Door(models.TextChoices):
        """How the person came in."""

        BACKOFFICE = "backoffice", _("back-office")
        API = "api", _("API")
        WORKER = "worker", _("worker")
        COMMAND = "command", _("command line")

    at = models.DateTimeField(_("when"), default=now, db_index=True)
    action = models.CharField(_("action"), max_length=100)
    succeeded = models.BooleanField(_("carried out"), default=True)
    door = models.CharField(_("door"), max_length=12, choices=Door)
    actor_id = models.BigIntegerField(_("person (id)"), null=True)
    actor_email = models.CharField(_("person"), max_length=254, blank=True)
    address = models.CharField(_("address"), max_length=64, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    object_type = models.CharField(_("kind of thing"), max_length=100, blank=True)
    object_id = models.CharField(_("thing (id)"), max_length=64, blank=True)
    object_label = models.CharField(_("thing"), max_length=255, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    before = models.JSONField(_("before"), null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), null=True, encoder=DjangoJSONEncoder)
    details = models.JSONField(_("details"), default=dict, encoder=DjangoJSONEncoder)
    # Of two events with one key the second is refused: a form sent twice, a page looked at again within the hour.
    once_key = models.CharField(max_length=200, null=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ("-at", "-id")
        indexes = [
            models.Index(fields=["object_type", "object_id", "-at"], name="audit_object"),
            models.Index(fields=["actor_id", "-at"], name="audit_actor"),
        ]

    def __str__(self) -> str:
        # Pages head it by the act in words, which other rooms know.
        return self.object_label or self.object_type


# System settings keep their history: each value that staff save, when, and by whom.
simple_history.register(
    Constance,
    app="accounts",
    table_name="accounts_settinghistory",
    verbose_name=_("change of a setting"),
    verbose_name_plural=_("changes of settings"),
)


def _setting_change(change: Any) -> str:
    return pair(change.key, date_format(localtime(change.history_date), "SHORT_DATETIME_FORMAT"))


# The library's own name of a version is English.
Constance.history.model.__str__ = _setting_change
