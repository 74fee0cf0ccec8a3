"""Creditors and debtors."""

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from backoffice.reach import Person, reach_condition, sees_all_cases
from law.parties import Quality
from law.vocabulary import CompanyType, FreelanceType
from legalcity.lib.reading.phones import phone_dialled
from legalcity.lib.search_columns import SearchText

# What the list of a client looks in.
SEARCHED = (
    "company_name",
    "company_legalrep_firstname",
    "company_legalrep_lastname",
    "company_email",
    "company_phone",
    "company_siren",
)


class CompanyQuerySet(models.QuerySet["Company"]):
    """Words of the field."""

    def owned_by(self, user: Any) -> "CompanyQuerySet":
        """Companies of one account."""
        return self.filter(owner_id=user.pk)

    def in_reach_of(self, user: Person) -> "CompanyQuerySet":
        """What a member of staff sees: the companies of the cases that they see, and those that stand in no case.

        Cases live floors above, hence by name.
        """
        if sees_all_cases(user):
            return self.all()
        cases = apps.get_model("recoveries", "Recovery")._default_manager.all()
        return self.filter(_stands_in(cases.filter(reach_condition(user))) | ~_stands_in(cases))


def _stands_in(cases: models.QuerySet[Any]) -> Q:
    """Whether the company is on either side of one of `cases`."""
    return Q(Exists(cases.filter(debtor=OuterRef("pk")))) | Q(Exists(cases.filter(customer=OuterRef("pk"))))


class Company(models.Model):
    """A party to a case, as creditor (customer) or debtor. Fields are named as in the API."""

    class Type(models.TextChoices):
        """What kind of party it is."""

        PARTICULAR = CompanyType.PARTICULAR, _("private person")
        COMMERCIAL = CompanyType.COMMERCIAL, _("commercial company")
        FREELANCE = CompanyType.FREELANCE, _("sole trader or artisan")
        LIBERAL = CompanyType.LIBERAL, _("liberal profession")
        CIVIL = CompanyType.CIVIL, _("civil company")
        ASSOCIATION = CompanyType.ASSOCIATION, _("association")

    class Gender(models.TextChoices):
        """How the representative is addressed."""

        M = "M", "M."
        MME = "Mme", "Mme"

    class Quality(models.IntegerChoices):
        """In what quality the representative acts."""

        PRESIDENT = 1, "Président"
        DIRECTOR = 2, "Directeur général"
        MANAGER = 3, "Gérant"
        CO_MANAGER = 4, "Co-gérant"
        OTHER = 5, "Autre"

    class FreelanceType(models.TextChoices):
        """What kind of sole trader."""

        TRADER = FreelanceType.TRADER, _("trader")
        ARTISAN = FreelanceType.ARTISAN, _("artisan")

    class ActsAs(models.TextChoices):
        """In which quality it deals."""

        PROFESSIONAL = Quality.PROFESSIONAL, _("professional")
        CONSUMER = Quality.CONSUMER, _("consumer")
        UNKNOWN = Quality.UNKNOWN, _("not confirmed")

    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("owner"))
    company_type = models.CharField(_("type"), max_length=20, choices=Type.choices, null=True, blank=True)
    company_legal_form = models.CharField(_("legal form"), max_length=50, null=True, blank=True)
    company_siren = models.CharField("SIREN", max_length=9, null=True, blank=True)
    company_name = models.CharField(_("name"), max_length=255, null=True, blank=True)
    company_legalrep_gender = models.CharField(
        _("representative's title"), max_length=3, choices=Gender.choices, null=True, blank=True
    )
    company_legalrep_firstname = models.CharField(_("representative's first name"), max_length=255)
    company_legalrep_lastname = models.CharField(_("representative's last name"), max_length=255)
    company_legalrep_quality = models.PositiveSmallIntegerField(
        _("representative's quality"), choices=Quality.choices, null=True, blank=True
    )
    company_legalrep_quality_other = models.CharField(_("other quality"), max_length=255, null=True, blank=True)
    company_legalrep_birthday = models.DateField(_("birthday"), null=True, blank=True)
    company_legalrep_birthday_city = models.CharField(_("city of birth"), max_length=255, null=True, blank=True)
    company_legalrep_nationality = models.CharField(_("nationality"), max_length=255, null=True, blank=True)
    company_legalrep_profession = models.CharField(_("profession"), max_length=255, null=True, blank=True)
    company_freelance_type = models.CharField(
        _("kind of sole trader"), max_length=10, choices=FreelanceType.choices, null=True, blank=True
    )
    company_address = models.CharField(_("address"), max_length=255, null=True, blank=True)
    company_city = models.CharField(_("city"), max_length=255, null=True, blank=True)
    company_postal = models.CharField(_("postal code"), max_length=20, null=True, blank=True)
    company_country = models.CharField(_("country"), max_length=255, null=True, blank=True)
    company_state = models.CharField(_("state or region"), max_length=255, null=True, blank=True)
    company_email = models.EmailField(_("e-mail"), max_length=254, null=True, blank=True)
    company_phone = models.CharField(_("phone"), max_length=32, null=True, blank=True)
    company_activity = models.CharField(_("activity"), max_length=255, null=True, blank=True)
    # What was confirmed, where the type leaves it open (law/parties.py): unknown until then.
    acts_as = models.CharField(
        _("acts as"),
        max_length=12,
        choices=ActsAs.choices,
        default=ActsAs.UNKNOWN,
        db_default=ActsAs.UNKNOWN.value,
        editable=False,
    )
    acts_as_confirmed_by = models.ForeignKey(
        "accounts.User",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("quality confirmed by"),
    )
    acts_as_confirmed_at = models.DateTimeField(_("quality confirmed at"), null=True, editable=False)
    # A number that rows share which staff have linked as one person (linking.py); never shown to clients.
    linked_as = models.BigIntegerField(_("linked as"), null=True, editable=False)
    # The name of a party in a procedure: CUST-… or DEBT-… and six of A–Z0–9.
    reference = models.CharField(_("reference"), max_length=20, null=True, blank=True, unique=True, editable=False)
    search_text = SearchText(*SEARCHED, phones=("company_phone",))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        ordering = ("-id",)
        # Whether two accounts know the same party is asked by them: identity.py.
        indexes = [
            models.Index(fields=("company_siren",), name="company_siren"),
            models.Index(Upper("company_email"), condition=Q(company_email__isnull=False), name="company_by_email"),
            models.Index(fields=("company_phone",), condition=Q(company_phone__isnull=False), name="company_by_phone"),
            models.Index(
                fields=("company_legalrep_birthday",),
                condition=Q(company_legalrep_birthday__isnull=False),
                name="company_by_birthday",
            ),
            models.Index(fields=("linked_as",), condition=Q(linked_as__isnull=False), name="company_by_link"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(acts_as="unknown", acts_as_confirmed_at=None)
                | ~Q(acts_as="unknown") & Q(acts_as_confirmed_at__isnull=False),
                name="company_quality_is_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(acts_as="unknown") | ~Q(company_type__in=("particular", "commercial")),
                name="company_quality_open_by_type",
            ),
        ]

    def __str__(self) -> str:
        return self.company_name or self.person

    @property
    def person(self) -> str:
        """The representative, or the private person: first and last name."""
        return f"{self.company_legalrep_firstname} {self.company_legalrep_lastname}".strip()

    @property
    def phone_dialled(self) -> str:
        """The phone as a telephone takes it; empty where it is no number."""
        return phone_dialled(self.company_phone or "")


class PartyLink(models.Model):
    """That a row of a party was linked with others as one person, by whom; and undone, if it was."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="links", verbose_name=_("company"))
    linked_as = models.BigIntegerField(_("linked as"), editable=False)
    by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("linked by")
    )
    at = models.DateTimeField(_("linked at"), auto_now_add=True)
    undone_by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("unlinked by")
    )
    undone_at = models.DateTimeField(_("unlinked at"), null=True, editable=False)

    class Meta:
        verbose_name = _("link of a party")
        verbose_name_plural = _("links of parties")
        ordering = ("-at", "-id")
        indexes = [models.Index(fields=("linked_as",), name="party_link_of")]

    def __str__(self) -> str:
        return str(self.company)


class PartyContact(models.Model):
    """A further phone or e-mail of a party, which staff have found; clients never see it.

    A row is not changed: what is corrected ends it, and the new one `replaces` it. `key` is by what it is found.
    """

    class Kind(models.TextChoices):
        """How it reaches the party."""

        PHONE = "phone", _("phone")
        EMAIL = "email", _("e-mail")

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="contacts", verbose_name=_("company"))
    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices)
    value = models.CharField(_("number or address"), max_length=254)
    key = models.CharField(max_length=254, editable=False)
    note = models.CharField(_("note"), max_length=200, blank=True)
    replaces = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("replaces")
    )
    by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("added by")
    )
    at = models.DateTimeField(_("added at"), auto_now_add=True)
    ended_by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("taken away by")
    )
    ended_at = models.DateTimeField(_("taken away at"), null=True, editable=False)

    class Meta:
        verbose_name = _("further contact")
        verbose_name_plural = _("further contacts")
        ordering = ("id",)
        indexes = [models.Index(fields=("key",), name="party_contact_by_key")]
        constraints = [
            models.UniqueConstraint(
                fields=("company", "key"), condition=Q(ended_at=None), name="party_contact_known_once"
            )
        ]

    def __str__(self) -> str:
        return self.value

    @property
    def dialled(self) -> str:
        """As a telephone takes it; empty for an e-mail."""
        return phone_dialled(self.value) if self.kind == self.Kind.PHONE else ""
