"""A letter of a version and its facts: the author's words, within what the house and the law put around them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from babel.dates import format_date
from css_inline import CSSInliner
from django.template.loader import render_to_string
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from law.contact import Channel
from recoveries.letters.channels.text_messages import plain_signs
from recoveries.letters.wording.facts import envelope_lines
from recoveries.letters.wording.liquid import CannotRender, liquid_render
from recoveries.letters.wording.markup import paragraphs, refused_in, whole_in, words_in
from recoveries.letters.wording.models import TemplateVersion

Part = TemplateVersion.Part
LOCALES = {"fr": "fr_FR", "en": "en_GB"}
BY_POST = frozenset({Channel.LETTER.value, Channel.REGISTERED.value, Channel.ELECTRONIC.value})
# What the house says around the words.
FRAMES: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "colon": " : ",
        "activity": "exerçant une activité de recouvrement amiable",
        "acting": "Agissant pour le compte de",
        "case": "Dossier",
        "attention": "À l’attention de",
        "greeting": "Madame, Monsieur,",
        "closing": "Veuillez agréer, Madame, Monsieur, l’expression de nos salutations distinguées.",
        "law": "Article L111-8, alinéas 2 et 3, du Code des procédures civiles d’exécution :",
        "opens": "« ",
        "closes": " »",
        "subject": "Objet",
        "place": "{city}, le {day}",
        "registered": "Lettre recommandée avec avis de réception",
        "electronic": "Lettre recommandée électronique",
        "enclosed": "Pièce jointe : décompte au {day}",
        "also": "Vous devez également, pour le même créancier :",
        "ground": "Objet de la créance",
        "first": "Première lettre du",
        "of": "du",
        "due": "échéance du",
        "left": "reste dû",
        "more": "autres créances",
        "principal": "principal",
        "interest": "intérêts de retard",
        "indemnity": "indemnités forfaitaires pour frais de recouvrement (art. D441-5 C. com.)",
        "penalty": "pénalité convenue (art. 1231-5 C. civ.)",
        "cost": "frais du titre exécutoire (art. L111-8 CPCE)",
        "sum": "Total dû",
        "all": "Total de vos {count} dossiers au {day}",
        "refer": "Pour chaque paiement, indiquez la référence de son dossier.",
    },
    "en": {
        "colon": ": ",
        "activity": "whose business is amicable debt recovery",
        "acting": "Acting for",
        "case": "Case",
        "attention": "For the attention of",
        "greeting": "Dear Sir or Madam,",
        "closing": "Yours faithfully,",
        "law": "French law asks us to quote article L111-8, paragraphs 2 and 3, of the Code of civil enforcement "
        "procedures:",
        "opens": "« ",
        "closes": " »",
        "subject": "Subject",
        "place": "{city}, {day}",
        "registered": "Registered letter with acknowledgement of receipt",
        "electronic": "Electronic registered letter",
        "enclosed": "Enclosed: account as of {day} (in French)",
        "also": "You also owe the same creditor:",
        "ground": "Ground of the claim",
        "first": "First letter of",
        "of": "of",
        "due": "due on",
        "left": "left to pay",
        "more": "further claims",
        "principal": "principal",
        "interest": "late interest",
        "indemnity": "flat indemnities for the cost of recovery (art. D441-5 C. com.)",
        "penalty": "agreed penalty (art. 1231-5 C. civ.)",
        "cost": "costs of the enforceable title (art. L111-8 CPCE)",
        "sum": "Total due",
        "all": "Total of your {count} cases as of {day}",
        "refer": "With each payment, give the reference of its case.",
    },
}


@dataclass(frozen=True, slots=True)
class Letter:
    """A subject of one line, and the same words as text and as HTML."""

    subject: str
    text: str
    html: str


def render(version: TemplateVersion, facts: Mapping[str, Any], also: Mapping[str, Any] | None = None) -> Letter:
    """The letter of `version` (read with its template) with `facts` (`facts.py`). Raises CannotRender.

    `also`: the further cases that it is about, which the house tells behind the author's words.
    """
    template = version.template
    subject = " ".join(liquid_render(version.subject, facts, escapes=False).split())
    text = liquid_render(version.text, facts, escapes=False)
    body = whole_in(_own_html(version, facts) if version.html.strip() else paragraphs(text), facts["firm"]["iban"])
    said = FRAMES[template.language]
    frame = {
        **{name: value for name, value in facts.items() if name != "extra"},
        "said": said,
        "language": template.language,
        "channel": template.channel,
        "subject": subject,
        "has_law": Part.LAW in version.required,
        "has_privacy": Part.PRIVACY in version.required,
        "has_account": encloses(version),
        "also": {**also, "all": said["all"].format(count=also["count"], day=facts["day"])} if also else {},
    }
    return Letter(subject, _text(template.channel, frame, text), _html(template.channel, {**frame, "body": body}))


def own_words(version: TemplateVersion, facts: Mapping[str, Any]) -> str:
    """What the author says, without what the house and the law put around it. Raises CannotRender."""
    texts = [liquid_render(source, facts, escapes=False) for source in (version.subject, version.text)]
    html = _own_html(version, facts) if version.html.strip() else ""
    return "\n".join((*texts, words_in(html)))


def _own_html(version: TemplateVersion, facts: Mapping[str, Any]) -> str:
    """The author's HTML as it came out: what it is not allowed to hold hangs on the facts too."""
    body = liquid_render(version.html, facts, escapes=True)
    if refused := refused_in(body):
        raise CannotRender(format_lazy(_("This may not be in a letter: {names}."), names=", ".join(refused[:10])))
    return body


def encloses(version: TemplateVersion) -> bool:
    """Whether a letter of it has the account behind it."""
    return Part.ACCOUNT in version.required


def _text(channel: str, frame: Mapping[str, Any], words: str) -> str:
    if channel == Channel.SMS:
        return plain_signs(" ".join(words.split()))
    return render_to_string("letters/message.txt", {**frame, "body": words.strip("\n")}).strip() + "\n"


def _html(channel: str, frame: Mapping[str, Any]) -> str:
    if channel == Channel.SMS:
        return ""
    if channel in BY_POST:
        return render_to_string("letters/page.html", {**frame, **_of_page(channel, frame)})
    return _inliner().inline(render_to_string("letters/email.html", frame))


def day_in_full(day: str, language: str) -> str:
    """A day (`01/12/2026`) as a letter is dated: `1er décembre 2026`, `1 December 2026`."""
    told = format_date(datetime.strptime(day, "%d/%m/%Y").date(), "long", locale=LOCALES[language])
    return re.sub(r"^1 ", "1er ", told) if language == "fr" else told


def _of_page(channel: str, frame: Mapping[str, Any]) -> dict[str, Any]:
    """What a letter on paper has besides: the envelope's lines, place and day, how it goes."""
    said, firm = frame["said"], frame["firm"]
    day = frame["day"]
    way = {Channel.REGISTERED.value: said["registered"], Channel.ELECTRONIC.value: said["electronic"]}
    written_on = day_in_full(day, frame["language"])
    return {
        "envelope": envelope_lines(frame["debtor"]),
        "place": said["place"].format(city=firm["city"], day=written_on) if firm["city"] else written_on,
        "enclosed": said["enclosed"].format(day=day),
        "way": way.get(channel, ""),
    }


@lru_cache(maxsize=1)
def _inliner() -> CSSInliner:
    """Programs that read e-mail leave style sheets out: rules go into the tags. Nothing is loaded."""
    return CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)
