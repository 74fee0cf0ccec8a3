"""The task that insolvency proceedings against a debtor ask for: the claim is declared, by a day."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from law.insolvency import declaration_due
from legalcity.lib.countries import country_code
from recoveries.agenda.kinds import TaskKind, kind_register
from recoveries.agenda.models import StaffTask
from recoveries.agenda.sentences import Fact
from recoveries.agenda.services import task_open
from recoveries.models import Recovery

DECLARE_CLAIM = "declare_claim"
MAINLAND = "FR"

kind_register(
    TaskKind(
        code=DECLARE_CLAIM,
        label=_("Declare the claim"),
        sentences=(
            _(
                "Insolvency proceedings are open, published on {published}: declare the claim by {by} "
                "(art. R622-24 C. com.)."
            ),
            _(
                "Insolvency proceedings are open since {since}: find the day of their publication in the BODACC; the "
                "claim is declared within two months of it (art. R622-24 C. com.)."
            ),
        ),
        facts={"published": Fact.DAY, "by": Fact.DAY, "since": Fact.DAY},
    )
)


def declaration_task_open(*, case: Recovery, since: date, published_on: date | None) -> StaffTask:
    """Have the claim of `case` declared: by the day that the publication sets, or soon enough while none is known."""
    country = country_code(case.customer.company_country) if case.customer else None
    is_afar = country not in (None, MAINLAND)
    due = declaration_due(published_on or since, is_creditor_afar=is_afar and published_on is not None)
    facts = {"published": published_on, "by": due} if published_on else {"since": since}
    return task_open(kind=DECLARE_CLAIM, recovery_id=case.pk, due_on=due, sentence_facts=facts)
