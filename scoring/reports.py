"""The report of an order: evidence and score as they are kept, in keys and figures (sentences: `wording`)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from legalcity.lib.dates import day_text, moment_text
from legalcity.lib.money import money_text
from scoring.evidence import Evidence
from scoring.facts import Claim, Facts, Outcome, open_claims, total, unpaid
from scoring.scorecard import MODEL_VERSION, Score, credit_limit

Json = dict[str, Any]


def report(evidence: Evidence, outcome: Score, *, credit_base: Decimal, moment: datetime) -> Json:
    """What is kept of a report. The contract's two keys come first."""
    facts = evidence.facts
    return {
        "solvency_score": outcome.value,
        "risk_level": outcome.level and outcome.level.value,
        "confidence": outcome.confidence.value,
        "recommended_credit_limit": money_text(credit_limit(outcome, facts, base=credit_base)),
        "factors": [
            {"factor": part.factor, "weight": part.weight, "contribution": part.contribution} for part in outcome.parts
        ],
        "sources": [{"source": name, "status": answered.value} for name, answered in evidence.sources.items()],
        "computed_at": moment_text(moment),
        "model_version": MODEL_VERSION,
        "own_record": own_record(facts.own),
        "public_record": public_record(facts),
        "grounds": {
            "others": facts.others and facts.others.value,
            "identity": facts.identity.value,
            "legal_form": facts.legal_form,
            "country": facts.country,
            "company_days": facts.company_days,
        },
    }


def own_record(claims: Sequence[Claim]) -> Json:
    """The client's own claims in figures."""
    unpaid_ages = [claim.age_days for claim in claims if claim.unpaid]
    return {
        "claims": len(claims),
        "amount": money_text(total(claims)),
        "paid": money_text(total(claims) - unpaid(claims)),
        "unpaid": money_text(unpaid(claims)),
        "open_claims": open_claims(claims),
        "oldest_unpaid_days": max(unpaid_ages, default=None),
        "unpaid_in_court": sum(1 for claim in claims if claim.unpaid and claim.outcome == Outcome.COURT),
        "given_up_unpaid": sum(1 for claim in claims if claim.unpaid and claim.outcome == Outcome.LOST),
    }


def public_record(facts: Facts) -> Json:
    """What is published of the company; null where nobody was asked or nobody answered."""
    entry = facts.registration
    return {
        "active": entry and entry.active,
        "legal_form": entry and entry.legal_form,
        "created_on": entry and day_text(entry.created_on),
        "closed_on": entry and day_text(entry.closed_on),
        "address": entry and entry.address,
        "insolvency": facts.insolvency and facts.insolvency.value,
        "notices": None
        if facts.insolvency is None
        else [
            {
                "id": notice.id,
                "published_on": day_text(notice.published_on),
                "title": notice.title,
                "court": notice.court,
            }
            for notice in facts.notices
        ],
    }
