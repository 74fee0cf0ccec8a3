"""Files of a case: the document that people see, the bytes behind it, the signatures asked for."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.history import history_of
from backoffice.reach import SeenWithCase
from legalcity.lib.audience import Audience, Visibility
from legalcity.lib.claims import JobRow
from legalcity.lib.owned import OfOwner
from legalcity.lib.search_columns import SearchText


class FileType(models.Model):
    """What a document is, for people. Ids 1, 2 and 3 are part of the contract; staff add others."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    type = models.CharField(_("type"), max_length=100)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    active = models.BooleanField(_("active"), default=True)
    description = models.CharField(_("description"), max_length=255, blank=True)
    history = history_of()

    class Meta:
        verbose_name = _("file type")
        verbose_name_plural = _("file types")
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.type


class StoredFile(models.Model):
    """Bytes in the private storage, under a name that nobody can guess. Several documents may share them."""

    key = models.CharField(_("name in the storage"), max_length=100, unique=True, editable=False)
    filename = models.CharField(_("file name"), max_length=255)
    mime = models.CharField(_("content type"), max_length=127)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    search_text = SearchText("filename")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")

    def __str__(self) -> str:
        return self.filename


def new_key() -> str:
    """A name in the storage: unguessable, spread over folders."""
    name = uuid.uuid4().hex
    return f"{name[:2]}/{name[2:4]}/{name}"


class DocumentQuerySet(SeenWithCase["Document"]):
    """Words of the field."""

    case_path = "recovery"

    def seen_by(self, audience: Audience) -> "DocumentQuerySet":
        """Documents that `audience` sees."""
        return self.filter(Document.visibility.condition(audience))


class Document(OfOwner, JobRow):
    """A document of a case, from the moment it is announced.

    The court sees what is marked for the order procedure (OIP) and nothing else.
    """

    visibility = Visibility(
        {
            Audience.CLIENT: "visible_to_user",
            Audience.DEBTOR: "visible_to_debtor",
            Audience.BAILIFF: "visible_to_bailiff",
            Audience.COURT: "visible_to_oip",
        }
    )

    class State(models.TextChoices):
        """Where it stands on its way to being served."""

        PENDING = "pending", _("waiting")
        FETCHING = "fetching", _("being fetched")
        SCANNING = "scanning", _("being scanned")
        READY = "ready", _("ready")
        REJECTED = "rejected", _("rejected")
        FAILED = "failed", _("failed")

    class Scan(models.TextChoices):
        """What the virus scanner said."""

        WAITING = "waiting", _("waiting for the scanner")
        CLEAN = "clean", _("nothing found")
        FOUND = "found", _("malware found")
        NOT_SCANNED = "not_scanned", _("not scanned (no scanner is set up)")

    recovery = models.ForeignKey(
        "recoveries.Recovery",
        on_delete=models.CASCADE,
        related_name="documents",
        db_index=False,
        verbose_name=_("case"),
    )
    invoice = models.ForeignKey(
        "invoicing.Invoice",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("invoice"),
    )
    author = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("uploaded by")
    )
    file_type = models.ForeignKey(
        FileType, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("type")
    )
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, related_name="documents", verbose_name=_("file")
    )
    name = models.CharField(_("name"), max_length=255)
    search_text = SearchText("name")
    visible_to_user = models.BooleanField(_("visible to the client"), default=True)
    visible_to_debtor = models.BooleanField(_("visible to the debtor"), default=False)
    visible_to_bailiff = models.BooleanField(_("visible to the bailiff"), default=False)
    visible_to_oip = models.BooleanField(_("visible in the order procedure (OIP)"), default=False)
    is_signed = models.BooleanField(_("signed"), default=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    # The way through fetching and scanning; written by services/pipeline.py only.
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PENDING)
    state_since = models.DateTimeField(_("in this state since"), auto_now_add=True)
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    scan = models.CharField(_("scan"), max_length=11, choices=Scan.choices, default=Scan.WAITING)
    scanned_at = models.DateTimeField(_("scanned at"), null=True)
    source_url = models.TextField(_("fetched from"), blank=True)
    # The document of another case whose file this one shares, while that is being fetched.
    waits_for = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="waiting",
        verbose_name=_("fetched with"),
    )
    fetch_seconds = models.FloatField(_("seconds spent fetching"), default=0, db_default=0, editable=False)
    key = models.CharField(max_length=100, default=new_key, editable=False, unique=True)
    # Not before its request has ended: what is refused by then tells nothing (services/receiving.py).
    is_told = models.BooleanField(_("receipt told"), default=True, db_default=True, editable=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ("-created_at", "-id")
        indexes = [
            models.Index(fields=("recovery", "created_at", "id"), name="document_of_case"),
            models.Index(
                fields=("due_at",),
                name="document_due",
                condition=Q(state__in=("pending", "fetching", "scanning")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SignatureRequestQuerySet(SeenWithCase["SignatureRequest"]):
    """Words of the field."""

    case_path = "document__recovery"


class SignatureRequest(models.Model):
    """Somebody was asked to sign a document."""

    class State(models.TextChoices):
        """What came of it."""

        PENDING = "pending", _("waiting")
        SIGNED = "signed", _("signed")
        DECLINED = "declined", _("declined")

    document = models.ForeignKey(
        Document, on_delete=models.CASCADE, related_name="signature_requests", verbose_name=_("document")
    )
    signer_name = models.CharField(_("signer"), max_length=255)
    signer_email = models.EmailField(_("signer's e-mail"), max_length=254)
    search_text = SearchText("signer_name", "signer_email")
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PENDING)
    requested_by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("requested by")
    )
    requested_at = models.DateTimeField(_("requested at"), auto_now_add=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    provider_reference = models.CharField(_("provider's reference"), max_length=255, blank=True)

    objects = SignatureRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature request")
        verbose_name_plural = _("signature requests")
        ordering = ("requested_at", "id")

    def __str__(self) -> str:
        return f"{self.signer_name} ({self.get_state_display()})"
