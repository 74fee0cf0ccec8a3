"""Which words a letter is written with: the version in force, of the client if it has own ones, in a language."""

from django.db.models import F, Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from legalcity.lib.countries import country_code
from legalcity.lib.errors import Conflict
from recoveries.letters.wording.models import Template, TemplateVersion

FRENCH, ENGLISH = Template.Language.FRENCH.value, Template.Language.ENGLISH.value
# Where letters in French are read: France and its territories, and neighbours of which it is a language.
IN_FRENCH = frozenset("FR MC BE CH LU GP MQ GF RE YT PM BL MF WF PF NC TF".split())  # noqa: SIM905


def language_of(debtor: Company | None) -> str:
    """The language in which a debtor is written to: French, and English where French is not spoken."""
    code = country_code(debtor.company_country) if debtor else None
    return FRENCH if code is None or code in IN_FRENCH else ENGLISH


def version_in_force(*, code: str, channel: str, language: str, owner_id: int | None) -> TemplateVersion:
    """The published version, with its template: the client's before the firm's, French where there is no other.

    Raises Conflict where there is none.
    """
    versions = TemplateVersion.objects.select_related("template").filter(
        state=TemplateVersion.State.PUBLISHED, template__code=code, template__channel=channel
    )
    theirs = versions.filter(Q(template__owner_id=owner_id) | Q(template__owner=None))
    found = list(theirs.order_by(F("template__owner").asc(nulls_last=True)))
    for wanted in dict.fromkeys((language, FRENCH)):
        for version in found:
            if version.template.language == wanted:
                return version
    raise Conflict(
        format_lazy(_("No template “{code}” is published for this channel ({channel})."), code=code, channel=channel)
    )
