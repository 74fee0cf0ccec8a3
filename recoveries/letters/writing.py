"""What letters to debtors say: the facts of a case in the words of the template that is in force."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from invoicing.billing.firm import legal_lines, seller_now
from law.account.demand import Demanded
from recoveries.letters.wording.choosing import language_of, version_in_force
from recoveries.letters.wording.facts import case_beside_told, case_told, demand_told, euros_told, firm_told
from recoveries.letters.wording.models import TemplateVersion
from recoveries.letters.wording.rendering import Letter, render
from recoveries.models.cases import Recovery


@dataclass(frozen=True, slots=True)
class OtherCase:
    """A further case that a letter is about: what is asked for of it, and the day of the first letter about it."""

    case: Recovery
    account: Demanded
    first_on: date | None


@dataclass(frozen=True, slots=True)
class Written:
    """A letter and the words that it was made of."""

    letter: Letter
    version: TemplateVersion

    @property
    def language(self) -> str:
        """In which it is written."""
        return self.version.template.language


def letter_write(
    *,
    kind: str,
    channel: str,
    case: Recovery,
    account: Demanded,
    first_on: date | None,
    reminders: int,
    extra: str = "",
    others: Sequence[OtherCase] = (),
) -> Written:
    """The letter `kind` about `case`, with the figures of `account`.

    `first_on` is the day of the first letter that was sent, which later ones have to name (art. R124-4 CPCE), or None.
    `reminders` is how many reminders were sent; `others`: further cases of the debtor for the creditor. Raises Conflict
    where no template is in force, or cannot be rendered.
    """

    def told() -> Mapping[str, Any]:
        return {
            "decompte": demand_told(account),
            "earlier": {"first_on": first_on and f"{first_on:%d/%m/%Y}", "reminders": reminders},
            "extra": extra.strip() or None,
        }

    return written(kind=kind, channel=channel, case=case, day=account.day, told=told, also=_also(account, others))


def _also(account: Demanded, others: Sequence[OtherCase]) -> Callable[[], Mapping[str, Any]]:
    """What the house says of further cases, and what all come to; nothing of a letter about one."""

    def told() -> Mapping[str, Any]:
        cases = [case_beside_told(one.case, one.account, one.first_on) for one in others]
        total = sum((one.account.total for one in others), account.total)
        return {"others": cases, "count": len(cases) + 1, "total": euros_told(total)} if cases else {}

    return told


def written(
    *,
    kind: str,
    channel: str,
    case: Recovery,
    day: date,
    told: Callable[[], Mapping[str, Any]],
    also: Callable[[], Mapping[str, Any]] = dict,
) -> Written:
    """The letter of the template `kind` about `case`; `told` is asked in the language that it is written in."""
    version = version_in_force(code=kind, channel=channel, language=language_of(case.debtor), owner_id=case.owner_id)
    with translation.override(version.template.language):
        facts, beside = {**case_told(case, day=day), **told()}, also()
    return Written(render(version, facts, also=beside), version)


def notice_rendered(name: str, subject: str, case: Any, language: str, **told: Any) -> Letter:
    """The notice `name` to the creditor of `case`, from `templates/emails/`: other languages have folders there."""
    template = f"emails/{name}" if language == "fr" else f"emails/{language}/{name}"
    context = {
        "case": case,
        "creditor": case.customer,
        "firm": firm_told(),
        "legal_lines": legal_lines(seller_now()),
        **told,
    }
    with translation.override(language):
        text = render_to_string(f"{template}.txt", context)
        html = render_to_string(f"{template}.html", context)
    return Letter(" ".join(subject.format(reference=case.recovery_reference).split()), text.strip() + "\n", html)
