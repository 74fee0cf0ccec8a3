"""The words of notices to clients: in the language of the recipient, from `templates/emails/`."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from accounts.models import User
from accounts.naming import account_quoted
from events.models import Event
from events.notices.groups import Group, group_of
from events.notices.models import DIGEST
from events.notices.ports import News, Words
from events.notices.tokens import CONFIRM_WITHIN
from events.types import event_types
from invoicing.billing.firm import legal_lines, seller_now
from legalcity.lib.clock import today
from legalcity.lib.dates import PARIS
from recoveries.agenda.sentences import Fact, said
from recoveries.catalogue import catalogue
from recoveries.letters.notice_facts import CaseFacts, clients, facts_of, week_of
from recoveries.letters.wording.facts import firm_told

MOST_CASES, MOST_LINES = 50, 15  # told one by one; the rest by their number
CASE = "recovery"
Thing = tuple[str, str]  # kind and id
HOURS = int(CONFIRM_WITHIN.total_seconds() // 3600)
# What has happened, beneath the reference of its case. A kind that is not here is told by its own sentence.
SENTENCES = {
    "recovery.created": gettext_noop("The case is open."),
    "recovery.status_changed": gettext_noop("Status: {status}"),
    "recovery.closed": gettext_noop("The case is closed."),
    "recovery.reopened": gettext_noop("The case is open again."),
    "recovery.paid": gettext_noop("Nothing is owed any more: the case counts as paid."),
    "recovery.deleted": gettext_noop("The case was deleted."),
    "document.received": gettext_noop("A document was filed."),
    "document.rejected": gettext_noop("A document was refused."),
    "document.failed": gettext_noop("A document could not be fetched."),
    "comment.created": gettext_noop("A comment was written."),
    "signature.requested": gettext_noop("A signature is asked for."),
    "signature.signed": gettext_noop("A document was signed."),
    "signature.declined": gettext_noop("A signature was declined."),
    "promise.made": gettext_noop("The debtor promises to pay {amount} by {promised}."),
}

NAMED = {"status": Fact.TEXT, "amount": Fact.MONEY, "promised": Fact.DAY}  # by these sentences


class Line(NamedTuple):
    """What has happened, how often, last on that day."""

    sentence: str
    times: int
    on: date


class CaseNews(NamedTuple):
    """A case with what has happened to it; `facts` is None for one that is gone, and for what is about no case."""

    reference: str
    facts: CaseFacts | None
    lines: list[Line]
    others: int


class Section(NamedTuple):
    """A group of a digest: its cases, and how many more there are."""

    title: str
    cases: list[CaseNews]
    others: int


class ClientWriter:
    """Writes what `events/notices` sends to clients."""

    def news(self, told: News) -> Words:
        """What has happened: case by case, with its status and what is owed today."""
        with translation.override(told.language):
            sections = list(_sections(told.events))
            number = len({_thing(event) for event in told.events})
            return _written("client_news", _subject(told, sections, number), told, sections=sections)

    def week(self, told: News, *, first: date, last: date) -> Words | None:
        """How an account stands after a week."""
        figures = week_of(told.owner.pk, first, last)
        if figures.is_empty:
            return None
        with translation.override(told.language):
            subject = _("Your cases, week of {first} to {last}").format(first=_short(first), last=_short(last))
            return _written("client_week", subject, told, week=figures, first=first, last=last, today=today())

    def confirmation(self, *, owner: User, address: str, language: str) -> Words:
        """Asks a recipient to confirm."""
        told = News(owner=owner, group="", events=(), language=language, leave="")
        with translation.override(language):
            return _written("client_confirmation", _("Confirm your address"), told, address=address, hours=HOURS)

    def statement(self, told: News, *, reference: str, month: date) -> Words:
        """That the statement of a month is enclosed, which the firm calls `reference`."""
        with translation.override(told.language):
            subject = _("Statement of account, {month} – {reference}").format(
                month=date_format(month, "F Y"), reference=reference
            )
            return _written("client_statement", subject, told, reference=reference, month=month)

    def clients(self) -> Iterable[int]:
        """The accounts that have cases."""
        return clients()


def _subject(told: News, sections: list[Section], number: int) -> str:
    if told.group == DIGEST:
        text = ngettext(
            "Your cases on {day}: news on {number} case", "Your cases on {day}: news on {number} cases", number
        )
        return text.format(day=_short(today()), number=number)
    title = str(Group(told.group).label)
    if number == 1 and (reference := sections[0].cases[0].reference):
        return f"{title} – {reference}"
    return f"{title} – " + ngettext("{number} case", "{number} cases", number).format(number=number)


def _sections(events: Iterable[Event]) -> Iterator[Section]:
    """By group, in the order of the groups; within one by case, in the order of what happened."""
    by_group: dict[Group, dict[Thing, list[Event]]] = {}
    for event in events:
        group = group_of(event.type)
        if group is not None:
            by_group.setdefault(group, {}).setdefault(_thing(event), []).append(event)
    named = {number for cases in by_group.values() for kind, number in list(cases)[:MOST_CASES] if kind == CASE}
    facts = facts_of({int(number) for number in named})
    for group in Group:
        if cases := by_group.get(group):
            shown = [_case_news(_facts(facts, thing), of_it) for thing, of_it in list(cases.items())[:MOST_CASES]]
            yield Section(str(group.label), shown, max(0, len(cases) - MOST_CASES))


def _thing(event: Event) -> Thing:
    """What an event is about: its case, or what belongs to none (an invoice of the firm, a report)."""
    return (CASE, str(event.recovery_id)) if event.recovery_id else (event.object_type, event.object_id)


def _facts(facts: dict[int, CaseFacts], thing: Thing) -> CaseFacts | None:
    return facts.get(int(thing[1])) if thing[0] == CASE else None


def _case_news(facts: CaseFacts | None, events: list[Event]) -> CaseNews:
    lines: dict[str, Line] = {}
    for event in events:
        sentence, on = _sentence(event), event.effective_at.astimezone(PARIS).date()
        times = lines[sentence].times + 1 if sentence in lines else 1
        lines[sentence] = Line(sentence, times, on)
    told = list(lines.values())
    return CaseNews(_reference(facts, events), facts, told[:MOST_LINES], max(0, len(told) - MOST_LINES))


def _reference(facts: CaseFacts | None, events: list[Event]) -> str:
    """That of the case; of one that is gone, and of what belongs to none, as its event has it."""
    if facts:
        return facts.reference
    about = [event.data.get("object", {}) for event in events]
    kept = (each.get("recovery_reference") or each.get("reference") for each in about)
    return str(next(filter(None, kept), ""))


def _sentence(event: Event) -> str:
    if event.type not in SENTENCES:
        return str(event_types()[event.type].sentence)
    current = event.data.get("current", {})
    entry = catalogue.entries.get(current.get("recovery_last_status", 0))
    told = {name: current.get(name) for name in NAMED} | {"status": entry.name if entry else "–"}
    return said([_(SENTENCES[event.type])], NAMED, told)


def _written(template: str, subject: str, told: News, **more: Any) -> Words:
    context = {
        "subject": subject,
        "language": told.language,
        "leave": told.leave,
        "account": account_quoted(told.owner),
        "firm": firm_told(),
        "legal_lines": legal_lines(seller_now()),
        **more,
    }
    text = render_to_string(f"emails/{template}.txt", context)
    html = render_to_string(f"emails/{template}.html", context)
    return Words(" ".join(subject.splitlines())[:255], text.strip() + "\n", html)


def _short(day: date) -> str:
    return f"{day:%d/%m/%Y}"
