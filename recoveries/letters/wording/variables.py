"""What a template can say: every variable with its meaning and a sample, written once.

The editor lists them, previews fill in the samples of what has no room yet, and docs/letters.md shows them. A name ends
in `[]` where it is a list, whose entries the names after it are about. Values are texts, counts, yes or no, or nothing:
a sum of nothing is nothing, so that `{% if decompte.interest %}` reads as it is meant.
"""

from copy import deepcopy
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from law.contact.words import L111_8
from legalcity.lib.errors import Sentence

Told = dict[str, Any]


class Variable(NamedTuple):
    """A name, what it means, and what it may look like."""

    name: str
    about: Sentence
    sample: Any = None


VARIABLES = (
    Variable("day", _("the day of the letter and of its figures"), "29/11/2026"),
    Variable("case.reference", _("reference of the case"), "REC-2026-00042"),
    Variable("case.object", _("the ground of the claim"), "Travaux de peinture"),
    Variable("creditor.name", _("the client for whom the firm writes"), "SARL Durand"),
    Variable("creditor.address", _("its street"), "4 rue des Lilas"),
    Variable("creditor.postal_code", _("its postal code"), "69003"),
    Variable("creditor.city", _("its city"), "Lyon"),
    Variable("debtor.name", _("to whom the letter goes"), "Jean Martin"),
    Variable("debtor.address", _("its street"), "18 avenue Foch"),
    Variable("debtor.postal_code", _("its postal code"), "33000"),
    Variable("debtor.city", _("its city"), "Bordeaux"),
    Variable("debtor.country", _("its country, where that is not France"), None),
    Variable("firm.name", _("the firm"), "Cabinet Modèle"),
    Variable("firm.address", _("its street"), "12 rue de la Paix"),
    Variable("firm.postal_code", _("its postal code"), "75002"),
    Variable("firm.city", _("its city"), "Paris"),
    Variable("firm.email", _("its e-mail address"), "contact@cabinet.example"),
    Variable("firm.phone", _("its phone number"), "01 23 45 67 89"),
    Variable("firm.signatory", _("who signs for the firm, or nothing"), None),
    Variable("firm.iban", _("IBAN of the account for creditors' money"), "FR76 3000 6000 0112 3456 7890 189"),
    Variable("firm.bic", _("its BIC"), "AGRIFRPP"),
    Variable("firm.legal_lines[]", _("what the law wants on its paper, line by line"), ("SIREN 732829320",)),
    Variable("law.l111_8[]", _("article L111-8 CPCE, paragraphs 2 and 3"), L111_8),
    Variable("law.privacy", _("the notice on personal data (PRIVACY_NOTICE)"), None),
    Variable("decompte.day", _("the day of the account"), "29/11/2026"),
    Variable("decompte.total", _("what is asked for, in a receipt what is left"), "1 284,57"),
    Variable("decompte.principal", _("of it principal"), "1 200,00"),
    Variable("decompte.interest", _("of it interest, or nothing"), "44,57"),
    Variable("decompte.article", _("the article by which interest runs"), "art. L441-10 C. com."),
    Variable("decompte.indemnity", _("of it flat indemnities, or nothing"), "40,00"),
    Variable("decompte.penalty", _("of it the agreed penalty, or nothing"), None),
    Variable("decompte.cost", _("of it costs of the title, or nothing"), None),
    Variable("decompte.claims[]", _("the claims that are asked for, fifty at most"), ()),
    Variable("decompte.claims[].number", _("number of the claim"), "F-2026-017"),
    Variable("decompte.claims[].issued_on", _("its date"), "02/03/2026"),
    Variable("decompte.claims[].due_on", _("when it was due"), "01/04/2026"),
    Variable("decompte.claims[].left", _("what is left of its principal"), "1 200,00"),
    Variable("decompte.others", _("how many further claims there are"), 0),
    Variable("decompte.not_due", _("what is not due yet, or nothing"), None),
    Variable("decompte.is_paid", _("whether nothing is owed any more"), False),
    Variable("earlier.first_on", _("the day of the first letter that was sent, or nothing"), "02/10/2026"),
    Variable("earlier.reminders", _("how many reminders were sent"), 1),
    Variable("payment.amount", _("what was paid"), "300,00"),
    Variable("payment.date", _("when"), "15/11/2026"),
    Variable("payment.method", _("by which means, or nothing"), "virement"),
    Variable("payment.reference", _("its reference, or nothing"), None),
    Variable("payment.is_direct", _("whether the creditor received it himself"), False),
    Variable("payment.met[]", _("the claims that it met, fifty at most"), ()),
    Variable("payment.met[].number", _("number of the claim, nothing for the agreed penalty"), "F-2026-017"),
    Variable("payment.met[].told", _("what it met of it"), "principal 300,00 €"),
    Variable("payment.others", _("how many further claims it met"), 0),
    Variable("payment.over", _("what it met nothing with, or nothing"), None),
    Variable("payment.reversed_because", _("why it was taken back, or nothing"), "chèque impayé"),
    Variable("payment.receipt_on", _("when its receipt was given, or nothing"), "16/11/2026"),
    Variable("plan.total", _("what is paid in instalments"), "1 284,57"),
    Variable("plan.count", _("number of instalments"), 2),
    Variable("plan.answer_by", _("until when a proposal holds"), "13/12/2026"),
    Variable("plan.terms[]", _("the instalments"), ()),
    Variable("plan.terms[].number", _("which instalment"), 1),
    Variable("plan.terms[].on", _("when it is due"), "05/01/2027"),
    Variable("plan.terms[].amount", _("how much"), "642,29"),
    Variable("term.number", _("the instalment that the letter is about"), 1),
    Variable("term.on", _("when it is due, or when payment was promised"), "05/01/2027"),
    Variable("term.amount", _("how much"), "642,29"),
    Variable("link", _("where the debtor answers or pays"), "https://cabinet.example/d/7Q4M-K2"),
    Variable("code", _("the access code of the debtor"), "482 913"),
    Variable("extra", _("the further words of who sends it, or nothing"), None),
)


def sample_told() -> Told:
    """All variables with their samples; a list has one entry of the samples of its names."""
    told: Told = {}
    for variable in VARIABLES:
        *places, last = variable.name.split(".")
        inner = told
        for place in places:
            inner = inner.setdefault(place.removesuffix("[]"), [{}] if place.endswith("[]") else {})
            inner = inner[0] if isinstance(inner, list) else inner
        value = list(variable.sample) or [{}] if last.endswith("[]") else variable.sample
        inner[last.removesuffix("[]")] = value
    return deepcopy(told)


def nothing_told() -> Told:
    """All groups, with nothing in them: what a letter knows nothing about."""
    return {variable.name.split(".")[0]: None for variable in VARIABLES}
