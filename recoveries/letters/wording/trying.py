"""A version tried on a case: the letter that it would be today, and all that the guard has against it."""

from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from law import contact
from law.contact import Channel, Purpose, judge
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import Conflict
from recoveries.letters.contacts import policy_for
from recoveries.letters.gathering import demand_of, facts_of
from recoveries.letters.wording.facts import case_told, day_told, demand_told
from recoveries.letters.wording.markup import said_in
from recoveries.letters.wording.models import TemplateVersion
from recoveries.letters.wording.proving import Proof, sums_in, without_costs
from recoveries.letters.wording.rendering import own_words, render
from recoveries.letters.wording.variables import sample_told
from recoveries.models.cases import Recovery

TRIED = "case"
# What no case says by itself: the samples stand for it.
WITHOUT_A_ROOM = ("payment", "plan", "term", "link", "code")


def proof_of_case(version: TemplateVersion, case: Recovery, *, moment: datetime) -> Proof:
    """The letter of `version` about `case` (read by `with_terms`). What it lacks is sampled."""
    label, day = case.recovery_reference, moment.astimezone(PARIS).date()
    try:
        demand = demand_of(case, day)
        facts = facts_of(case, demand, moment=moment)
        with translation.override(version.template.language):
            samples = sample_told()
            told: dict[str, Any] = {
                **case_told(case, day=day),
                **{name: samples[name] for name in WITHOUT_A_ROOM},
                "decompte": demand_told(demand.account),
                "earlier": {"first_on": facts.first_on and day_told(facts.first_on), "reminders": facts.reminders},
            }
        if told["debtor"] is None or told["creditor"] is None:
            return Proof(TRIED, label, None, (_("The case lacks a party."),))
        letter, own = render(version, told), own_words(version, without_costs(told))
    except Conflict as error:
        return Proof(TRIED, label, None, (error.message,))
    purpose = Purpose(version.template.purpose)
    is_demand = purpose in contact.DEMANDS
    message = contact.Message(
        purpose=purpose,
        channel=Channel(version.template.channel),
        recipient=(case.debtor and case.debtor.company_email) or "",
        **said_in(letter.subject, letter.text, letter.html),
        added=own,
        sums=sums_in(told),
        day=day if is_demand else None,
        total=demand.account.total if is_demand else None,
        amounts=demand.account.amounts,
        heads=frozenset(row.claim.head for row in demand.account.rows),
    )
    verdict = judge(message, facts, policy_for(case.owner_id), moment)
    return Proof(TRIED, label, letter, tuple(str(reason) for reason in verdict.standing))
