"""Templates of letters, and their versions: drafts are written on, what was published stands."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from law import contact
from recoveries.letters.models import Message


class Template(models.Model):
    """The words of one letter, for one channel in one language; a client may have words of its own.

    `code` is what messages call their `kind`.
    """

    class Purpose(models.TextChoices):
        """What it is for, which decides what the guard asks of it."""

        REMINDER = contact.Purpose.REMINDER, _("reminder")
        FORMAL_NOTICE = contact.Purpose.FORMAL_NOTICE, _("formal notice")
        PROPOSAL = contact.Purpose.PROPOSAL, _("proposal")
        RECEIPT = contact.Purpose.RECEIPT, _("receipt")
        CLOSING = contact.Purpose.CLOSING, _("closing")
        DISPUTE_ANSWER = contact.Purpose.DISPUTE_ANSWER, _("answer to a dispute")
        PLAN = contact.Purpose.PLAN, _("payment plan")
        ACCESS_CODE = contact.Purpose.ACCESS_CODE, _("access code")

    class Language(models.TextChoices):
        """In which language it is written."""

        FRENCH = "fr", _("French")
        ENGLISH = "en", _("English")

    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=100)
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    channel = models.CharField(_("channel"), max_length=21, choices=Message.Channel.choices)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.FRENCH)
    owner = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("client"),
        help_text=_("Whose own words these are; of all clients without them where it is empty."),
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("template")
        verbose_name_plural = _("templates of letters")
        ordering = ("code", "channel", "language", "id")
        constraints = [
            models.UniqueConstraint(
                fields=("code", "channel", "language"), condition=Q(owner=None), name="template_of_the_firm_once"
            ),
            models.UniqueConstraint(
                fields=("code", "channel", "language", "owner"),
                condition=Q(owner__isnull=False),
                name="template_of_a_client_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_channel_display()}, {self.language.upper()})"


class TemplateVersion(models.Model):
    """What a template said from one publication to the next. Once published its words are never changed (trigger).

    `html` may be empty: then it is made of the paragraphs of `text`. `required` are the parts that the house adds
    around the words (`Part`), so that no author can leave them out.
    """

    class State(models.TextChoices):
        """Drafts are written on, one version is in force."""

        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("in force")
        RETIRED = "retired", _("retired")

    class Part(models.TextChoices):
        """What the law wants a letter to have, beside its words."""

        LAW = "law", _("article L111-8, paragraphs 2 and 3")
        PRIVACY = "privacy", _("notice on personal data")
        ACCOUNT = "account", _("account, on pages of its own")

    template = models.ForeignKey(
        Template, on_delete=models.PROTECT, related_name="versions", verbose_name=_("template")
    )
    number = models.PositiveIntegerField(_("number"))
    subject = models.CharField(_("subject"), max_length=500)
    text = models.TextField(_("words"))
    html = models.TextField(_("words as HTML"), blank=True)
    required = models.JSONField(_("parts added"), default=list)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.DRAFT)
    author = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("author")
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)
    published_at = models.DateTimeField(_("published at"), null=True)
    retired_at = models.DateTimeField(_("retired at"), null=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)

    class Meta:
        verbose_name = _("version of a template")
        verbose_name_plural = _("versions of templates")
        ordering = ("template", "-number")
        constraints = [
            models.UniqueConstraint(fields=("template", "number"), name="template_version_once"),
            models.UniqueConstraint(
                fields=("template",), condition=Q(state="published"), name="template_version_in_force_once"
            ),
            models.UniqueConstraint(fields=("template",), condition=Q(state="draft"), name="template_draft_once"),
            # So nothing that was published becomes a draft again: the trigger keeps its day.
            models.CheckConstraint(
                condition=Q(state="draft", published_at=None) | ~Q(state="draft") & Q(published_at__isnull=False),
                name="template_version_published_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} v{self.number}"
