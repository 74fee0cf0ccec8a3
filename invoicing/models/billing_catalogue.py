"""What the firm's invoices are made of: kinds of invoices, products, taxes, currencies, packs of tokens."""

import uuid

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.history import history_of
from legalcity.lib.pairs import pair


class CatalogueRow(models.Model):
    """A row that staff keep and that is known by its name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        abstract = True
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class InvoiceType(CatalogueRow):
    """A series of invoices with numbers of its own: 1, 2, 3 … without a hole.

    CGI, annexe II, article 242 nonies A, I, 7°: a unique number of a chronological and continuous sequence; several
    sequences are allowed where they are told apart.
    """

    class Series(models.TextChoices):
        """What the numbers of the series are given to."""

        INVOICE = "invoice", _("invoices")
        CREDIT_NOTE = "credit_note", _("credit notes")

    code = models.PositiveIntegerField(_("code"), unique=True)
    description = models.CharField(_("description"), max_length=255, blank=True)
    prefix = models.CharField(_("prefix"), max_length=20, blank=True)
    leading_zeros = models.CharField(
        _("leading zeros"),
        max_length=12,
        blank=True,
        validators=[RegexValidator(r"^0*$")],
        help_text=_("As many zeros as a number has digits: 00000 writes 42 as 00042."),
    )
    series = models.CharField(_("kind"), max_length=11, choices=Series.choices, default=Series.INVOICE)
    last_number = models.PositiveIntegerField(_("last number given"), default=0, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)

    class Meta(CatalogueRow.Meta):
        verbose_name = _("type of invoice")
        verbose_name_plural = _("types of invoices")
        ordering = ("code", "id")
        constraints = [models.UniqueConstraint(fields=("prefix",), name="invoice_type_prefix_unique")]

    def written(self, number: int) -> str:
        """A number as it stands on the paper: prefix, leading zeros, number."""
        return f"{self.prefix}{number:0{len(self.leading_zeros) or 1}}"


class ProductType(CatalogueRow):
    """What is sold. `code` is how services name it."""

    code = models.SlugField(_("code"), unique=True)
    enable = models.BooleanField(_("offered"), default=True)

    class Meta(CatalogueRow.Meta):
        verbose_name = _("type of product")
        verbose_name_plural = _("types of products")


class Currency(CatalogueRow):
    """A currency with two decimals."""

    name_short = models.CharField(_("ISO code"), max_length=3, unique=True)
    symbol = models.CharField(_("symbol"), max_length=5)

    class Meta(CatalogueRow.Meta):
        verbose_name = _("currency")
        verbose_name_plural = _("currencies")


class Tax(CatalogueRow):
    """A tax as items bear it. Never changed (the database refuses it): a new rate is a new row.

    A VAT row says how an item stands to VAT, exemptions included: each item has exactly one. A levy is any other tax;
    it belongs to the base of VAT (CGI, article 267, I, 1°).
    """

    class Kind(models.TextChoices):
        """How the tax enters the totals."""

        VAT = "vat", _("VAT")
        LEVY = "levy", _("other tax")

    class Category(models.TextChoices):
        """UNTDID 5305, as EN 16931 uses it."""

        STANDARD = "S", _("standard rate")
        ZERO = "Z", _("zero rate")
        EXEMPT = "E", _("exempt")
        REVERSE_CHARGE = "AE", _("reverse charge")
        NOT_SUBJECT = "O", _("not subject to VAT")

    code = models.SlugField(_("code"), unique=True)
    description = models.CharField(
        _("description"), max_length=255, blank=True, help_text=_("For an exemption: the mention and its article.")
    )
    kind = models.CharField(_("kind"), max_length=4, choices=Kind.choices, default=Kind.VAT)
    category = models.CharField(_("VAT category"), max_length=2, choices=Category.choices, default=Category.STANDARD)
    exemption_code = models.CharField(_("VATEX code"), max_length=30, blank=True)
    percent = models.DecimalField(_("percent"), max_digits=5, decimal_places=2, default=0)
    units = models.DecimalField(_("fixed amount of an item"), max_digits=14, decimal_places=2, default=0)
    enable = models.BooleanField(_("offered"), default=True)

    class Meta(CatalogueRow.Meta):
        verbose_name = _("tax")
        verbose_name_plural = _("taxes")
        constraints = [
            models.CheckConstraint(condition=Q(percent__gte=0, units__gte=0), name="tax_not_negative"),
            models.CheckConstraint(condition=~Q(kind="vat") | Q(units=0), name="tax_vat_is_percent"),
            models.CheckConstraint(
                condition=~Q(kind="vat")
                | Q(category="S", percent__gt=0)
                | Q(percent=0, category__in=("Z", "E", "AE", "O")),
                name="tax_category_fits_percent",
            ),
            models.CheckConstraint(
                condition=~Q(category__in=("E", "AE", "O")) | ~Q(description=""), name="tax_exemption_has_mention"
            ),
        ]


class VatRule(models.Model):
    """Which VAT the firm's services bear, by where the client is and what it is: rows that staff correct.

    `place` is an ISO 3166-1 code, the whole Union or the whole world; the closest row decides
    (invoicing/billing/taxes.py).
    """

    UNION, WORLD = "EU", "*"

    class Client(models.TextChoices):
        """What the client is to VAT."""

        IDENTIFIED = "identified", _("a business with a VAT number of another member state")
        BUSINESS = "business", _("a business")
        PERSON = "person", _("a private person")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    place = models.CharField(
        _("place"),
        max_length=2,
        validators=[RegexValidator(r"^([A-Z]{2}|\*)$")],
        help_text=_("ISO code of a country or territory; EU: the other member states; *: anywhere else."),
    )
    client = models.CharField(_("client"), max_length=10, choices=Client.choices)
    tax = models.ForeignKey(
        Tax, on_delete=models.PROTECT, related_name="+", limit_choices_to={"kind": Tax.Kind.VAT}, verbose_name=_("VAT")
    )
    source = models.CharField(_("source"), max_length=255)
    is_confirmed = models.BooleanField(
        _("confirmed"), default=False, help_text=_("Compared with the official text that the source names.")
    )
    history = history_of()

    class Meta:
        verbose_name = _("VAT by place")
        verbose_name_plural = _("VAT by place")
        ordering = ("place", "client")
        constraints = [models.UniqueConstraint(fields=("place", "client"), name="vat_rule_one_row")]

    def __str__(self) -> str:
        return pair(f"{self.place}, {self.get_client_display()}", self.tax)


class TokenPack(CatalogueRow):
    """A pack of scoring tokens that clients may buy."""

    code = models.SlugField(_("code"), unique=True)
    tokens = models.PositiveIntegerField(_("tokens"))
    price = models.DecimalField(_("price without VAT, EUR"), max_digits=10, decimal_places=2)
    enable = models.BooleanField(_("offered"), default=True)

    class Meta(CatalogueRow.Meta):
        verbose_name = _("pack of tokens")
        verbose_name_plural = _("packs of tokens")
        ordering = ("tokens", "id")
        constraints = [
            models.CheckConstraint(condition=Q(tokens__gt=0, price__gte=0), name="token_pack_gives_something")
        ]
