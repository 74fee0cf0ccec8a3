"""The table of the guard, row by row, both ways."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from legalcity.lib.settings.system import CONFIG

from law.account.decompte import Amounts
from law.account.facts import ClaimKind, DebtHead
from law.contact import (
    ROWS,
    Channel,
    ClaimFacts,
    Code,
    Contact,
    Facts,
    Known,
    Message,
    Named,
    Outcome,
    PartyFactKind,
    Place,
    Policy,
    Purpose,
    Rates,
    Verdict,
    judge,
)
from law.contact.claims import last_days_of
from law.contact.funds import accounts_in
from law.contact.words import L111_8, reminders_told
from law.limitation import LastDays, Starts
from law.parties import Party, Quality
from law.vocabulary import Matter

pytestmark = pytest.mark.filterwarnings("error")
NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)  # a Wednesday
ON = NOW.date()
FUNDS, OTHER = "FR7630006000011234567890189", "FR7630001007941234567890185"
STRANGE = "FR1420041010050500013M02606"
NOTICE = "Informations sur vos données (art. 14 du RGPD)."
OVER, OPEN, DOUBTFUL = (
    LastDays(date(2026, 1, 1), date(2026, 1, 1)),
    LastDays(date(2028, 1, 1), date(2028, 1, 1)),
    LastDays(date(2026, 1, 1), date(2027, 1, 1)),
)
FIRM = Named("Cabinet Morvan", ("12 rue de la Paix", "75002", "Paris"))
CREDITOR = Named("Martin SAS", ("1 quai du Port", "13002", "Marseille"))
TEXT = "\n".join(
    (
        "Cabinet Morvan, exerçant une activité de recouvrement amiable, 12 rue de la Paix, 75002 Paris",
        "Pour Martin SAS, 1 quai du Port, 13002 Marseille. Objet : travaux de toiture",
        "Principal : 1\u202f234,50 €. Total dû : 1\u202f234,50 €",
        f"Nous vous demandons de payer par virement : IBAN {FUNDS}, BIC AGRIFRPP",
        *L111_8,
        NOTICE,
    )
)
LATER = f"{TEXT}\nNotre lettre du 02/11/2026, dossier REC-AB12CD"
CLAIM = ClaimFacts(key=(ClaimKind.INVOICE, 1), number="F1", amount=Decimal("1234.50"), until=OPEN)
MESSAGE = Message(
    purpose=Purpose.REMINDER,
    recipient="ann@example.com",
    text=TEXT,
    day=ON,
    total=Decimal("1234.50"),
    amounts=Amounts(principal=Decimal("1234.50")),
    heads=frozenset({DebtHead.PRINCIPAL}),
)
FACTS = Facts(
    due=Decimal("1234.50"),
    then=Decimal("1234.50"),
    claims=(CLAIM,),
    debtor=Quality.PROFESSIONAL,
    firm=FIRM,
    creditor=CREDITOR,
    debtor_named=Named("Dupont & Fils", ("3 rue du Jugement", "69003", "Lyon")),
    ground="travaux de toiture",
    reference="REC-AB12CD",
    ours=frozenset({"martin@example.com", "06 11 22 33 44", "contact@firm.example"}),
    debtor_addresses=frozenset({"Ann@example.com", "+33612345678"}),
    place=Place("FR", "69003"),
)
POLICY = Policy(
    reminder_days=7,
    formal_notice_days=8,
    per_week=2,
    per_month=6,
    days=frozenset(range(1, 6)),
    from_hour=8,
    until_hour=20,
    funds_iban=FUNDS,
    privacy_notice=NOTICE,
    look_words=("commandement de payer", "jugement", "titre exécutoire"),
)
CONSUMER, UNSURE = {"debtor": Quality.CONSUMER}, {"debtor": Quality.UNKNOWN}
UNKNOWN = {**UNSURE, "is_kind_known": False}
NOBODY: dict[str, Any] = {"claims": (), "due": Decimal(0)}


def ago(*days: int, is_formal: bool = False) -> tuple[Contact, ...]:
    return tuple(Contact(NOW - timedelta(one), is_formal) for one in days)


def claims(**changes: Any) -> dict[str, Any]:
    """Of the one claim something is otherwise, so that nothing else is due."""
    return {"claims": (CLAIM._replace(**changes),)}


def people(kind: PartyFactKind, value: str = "") -> dict[str, Any]:
    return {"people": {kind: (Known(date(2026, 3, 1), value),)}}


def without(part: str) -> dict[str, Any]:
    assert part in TEXT
    return {"text": TEXT.replace(part, "")}


def said(words: str) -> dict[str, Any]:
    return {"text": f"{TEXT}\n{words}", "added": words}


def judged(
    message: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
    policy: Mapping[str, Any] | None = None,
    *,
    moment: datetime = NOW,
    **options: Any,
) -> Verdict:
    """The verdict on a message that nothing speaks against, but for what is changed."""
    changed = MESSAGE._replace(**(message or {})), FACTS._replace(**(facts or {})), replace(POLICY, **(policy or {}))
    return judge(*changed, moment, **options)


def test_what_both_wordings_lack_is_told_once() -> None:
    both = dict.fromkeys(("text", "shown"), TEXT.replace("travaux de toiture", ""))
    assert [reason.code for reason in judged(both).reasons] == [Code.MENTIONS]


def test_a_message_that_nothing_speaks_against_leaves() -> None:
    assert judged() == Verdict()
    assert judged().outcome == Outcome.SEND


SEND, HOLD, NEVER = Outcome.SEND, Outcome.HOLD, Outcome.NEVER
FORMAL: dict[str, Any] = {"purpose": Purpose.FORMAL_NOTICE}
INDEMNITY = {"text": f"{TEXT} 40,00", "amounts": Amounts(principal=Decimal("1234.50"), indemnity=Decimal(40))}
PENALTY = {"text": f"{TEXT} 90,00", "amounts": Amounts(principal=Decimal("1234.50"), penalty=Decimal(90))}
LRE = {"channel": Channel.ELECTRONIC}
SMS: dict[str, Any] = {
    "channel": Channel.SMS,
    "text": "Cabinet Morvan pour Martin SAS, REC-AB12CD, lettre du 02/11/2026. Répondez au 01 23 45 67 89",
}
BY_SMS = {**SMS, "recipient": "+33612345678"}
BY_POST = {"channel": Channel.LETTER, "recipient": "Ann Dupont, 3 rue Haute, 69001 LYON"}
OWED = {"sums": frozenset({Decimal("1234.50"), Decimal("34.50")}), "told": frozenset({Decimal(200)})}
FIRST = {"first_on": date(2026, 11, 2), "reminders": 1, "is_informed": True}
# What is changed of message, facts and policy; what the row of this code says then.
TABLE: list[tuple[Code, dict[str, Any], dict[str, Any], dict[str, Any], Outcome]] = [
    (Code.BARRED, {}, {**CONSUMER, **claims(until=OVER)}, {}, NEVER),
    (Code.BARRED, {}, {**UNKNOWN, **claims(until=OVER)}, {}, NEVER),
    (Code.BARRED, {}, claims(until=OVER), {}, HOLD),
    (Code.BARRED, {}, {**CONSUMER, **claims(until=DOUBTFUL)}, {}, HOLD),
    (Code.BARRED, {}, {**CONSUMER, **claims(until=DOUBTFUL), "is_hold_lifted": True}, {}, SEND),
    (Code.BARRED, {}, claims(until=DOUBTFUL), {}, SEND),
    (Code.BARRED, {}, {**CONSUMER, "claims": (CLAIM, CLAIM._replace(until=OVER))}, {}, SEND),
    (Code.INSOLVENT, {}, people(PartyFactKind.INSOLVENT), {}, NEVER),
    (Code.INSOLVENT, {}, people(PartyFactKind.CONSENTS_TO_LRE), {}, SEND),
    (Code.COSTS, {"heads": frozenset({DebtHead.KEPT_BY_CREDITOR})}, {}, {}, NEVER),
    (Code.COSTS, said("avec 15 € de frais de dossier"), CONSUMER, {}, NEVER),
    (Code.COSTS, said("avec 15 € de frais de dossier"), UNKNOWN, {}, NEVER),
    (Code.COSTS, said("avec 15 € de frais de dossier"), {}, {}, SEND),
    (Code.COSTS, said("S'y ajoutent des frais d'intervention"), CONSUMER, {}, NEVER),
    (Code.COSTS, said("frais administratifs en sus"), UNKNOWN, {}, NEVER),
    (Code.COSTS, said("plus les frais : 1 150,00 €"), CONSUMER, {}, NEVER),
    (Code.COSTS, said("et 45 euros de frais"), UNKNOWN, {}, NEVER),
    (Code.COSTS, said("Payez sans frais par virement de 100 €"), CONSUMER, {}, SEND),
    (Code.COSTS, {}, CONSUMER, {}, SEND),  # Article L111-8 itself speaks of costs.
    (Code.INDEMNITY, INDEMNITY, claims(number="Indemnité forfaitaire pour frais de recouvrement"), {}, HOLD),
    (Code.INDEMNITY, INDEMNITY, claims(number="Caution de matériel"), {}, SEND),
    (Code.INDEMNITY, INDEMNITY, CONSUMER, {}, NEVER),
    (Code.INDEMNITY, INDEMNITY, UNKNOWN, {}, NEVER),
    (Code.INDEMNITY, INDEMNITY, UNSURE, {}, HOLD),
    (Code.INDEMNITY, INDEMNITY, {}, {}, SEND),
    (Code.PENALTY, PENALTY, {}, {}, NEVER),
    (Code.PENALTY, PENALTY, {"is_notified": True}, {}, SEND),
    (Code.NOT_DUE, {}, claims(is_due=False), {}, NEVER),
    (Code.NOT_DUE, {}, {"claims": (CLAIM, CLAIM._replace(is_due=False))}, {}, SEND),
    (Code.NOTHING_DUE, {}, {"is_open": False}, {}, NEVER),
    (Code.NOTHING_DUE, {}, NOBODY, {}, NEVER),
    (Code.NOTHING_DUE, {}, {**claims(is_due=False), "due": Decimal(0)}, {}, SEND),  # not_due says it
    (Code.MENTIONS, {}, {"firm": Named("Cabinet Morvan", ("", "75002", "Paris"))}, {}, NEVER),
    (Code.MENTIONS, {}, {"creditor": Named("", CREDITOR.address)}, {}, NEVER),
    (Code.MENTIONS, without("12 rue de la Paix"), {}, {}, NEVER),
    (Code.MENTIONS, without("recouvrement amiable"), {}, {}, NEVER),
    (Code.MENTIONS, without("13002"), {}, {}, NEVER),
    (Code.MENTIONS, without("travaux de toiture"), {}, {}, NEVER),
    (Code.MENTIONS, without("de payer"), {}, {}, NEVER),
    (Code.MENTIONS, without("1\u202f234,50"), {}, {}, NEVER),
    (Code.MENTIONS, without(L111_8[1]), {}, {}, NEVER),
    (Code.MENTIONS, {}, FIRST, {}, NEVER),
    (Code.MENTIONS, {"text": LATER}, FIRST, {}, SEND),
    (Code.MENTIONS, {"text": ""}, {}, {}, SEND),  # A rehearsal has no words.
    (Code.MENTIONS, SMS, {}, {}, NEVER),
    (Code.MENTIONS, SMS, FIRST, {}, SEND),
    (Code.MENTIONS, {**SMS, "text": "Cabinet Morvan, REC-AB12CD, 02/11/2026 01 23 45 67 89"}, FIRST, {}, NEVER),
    (Code.MENTIONS, {**SMS, "text": SMS["text"].partition(". ")[0]}, FIRST, {}, NEVER),
    (Code.FUNDS, {}, {}, {"funds_iban": ""}, NEVER),
    (Code.FUNDS, without(FUNDS), {}, {}, NEVER),
    (Code.FUNDS, said(f"ou IBAN {OTHER}"), {}, {}, NEVER),
    (Code.FUNDS, said("ou FR14-2004-1010-0505-0001-3M02-606"), {}, {}, NEVER),
    (Code.FUNDS, said("ou 20041 01005 0500013M026 06"), {}, {}, NEVER),
    (Code.FUNDS, said("ou 30006 00001 12345678901 89"), {}, {}, SEND),
    (Code.FUNDS, {"shown": TEXT.replace(FUNDS, OTHER)}, {}, {}, NEVER),
    (Code.MENTIONS, {"shown": TEXT.replace(L111_8[1], "")}, {}, {}, NEVER),
    (Code.LOOK, {"shown": f"{TEXT} Commandement de payer"}, {}, {}, NEVER),
    (Code.PRIVACY, {"shown": TEXT.replace(NOTICE, "")}, {}, {}, HOLD),
    (Code.TRUTH, {"shown": f"{TEXT} Malgré nos rappels"}, {}, {}, HOLD),
    (Code.MENTIONS, {"shown": TEXT}, {}, {}, SEND),
    (Code.FUNDS, said("IBAN FR76 3000 6000 0112 3456 7890 189."), {}, {}, SEND),
    (Code.RATES, {}, {"rates": Rates(is_carried=True)}, {}, HOLD),
    (Code.RATES, {}, {"rates": Rates(is_unconfirmed=True)}, {}, HOLD),
    (Code.RATES, {}, {"rates": Rates()}, {}, SEND),
    (Code.DISPUTE, {}, {"is_disputed": True}, {}, HOLD),
    (Code.DISPUTE, {}, {**claims(is_disputed=True), "due": Decimal(0)}, {}, HOLD),
    (Code.DISPUTE, {}, {"claims": (CLAIM, CLAIM._replace(is_disputed=True))}, {}, SEND),
    (Code.DISPUTE, {}, {"claims": (CLAIM._replace(is_due=False), CLAIM._replace(is_disputed=True))}, {}, HOLD),
    (Code.PLAN, {}, {"has_plan": True}, {}, HOLD),
    (Code.PLAN, {}, {"has_plan": False}, {}, SEND),
    (Code.ADDRESSEE, {}, people(PartyFactKind.OPTED_OUT), {}, NEVER),
    (Code.ADDRESSEE, {}, people(PartyFactKind.OPTED_OUT, "ANN@example.com"), {}, NEVER),
    (Code.ADDRESSEE, {}, people(PartyFactKind.OPTED_OUT, "other@example.com"), {}, SEND),
    (Code.ADDRESSEE, {}, people(PartyFactKind.WRONG, "ann@example.com"), {}, NEVER),
    (Code.ADDRESSEE, {}, people(PartyFactKind.WRONG, "other@example.com"), {}, SEND),
    (Code.ADDRESSEE, {"recipient": "Martin@Example.com"}, {}, {}, NEVER),
    (Code.ADDRESSEE, {"recipient": "martin+relance@EXAMPLE.com."}, {}, {}, NEVER),
    (Code.ADDRESSEE, {"recipient": '"martin"@example.com'}, {}, {}, NEVER),
    (Code.ADDRESSEE, {**SMS, "recipient": "+33611223344"}, {**FIRST, "debtor_addresses": {"+33611223344"}}, {}, NEVER),
    (Code.ADDRESSEE, {**SMS, "recipient": "06.11.22.33.44"}, FIRST, {}, NEVER),
    (Code.ADDRESSEE, BY_SMS, {**FIRST, "debtor_addresses": {"+33612345678"}}, {}, SEND),
    (Code.ADDRESSEE, {"recipient": "Contact+x@firm.example"}, {}, {}, NEVER),
    (Code.ADDRESSEE, {"recipient": "m.artin@gmail.com"}, {"ours": {"martin@googlemail.com"}}, {}, NEVER),
    (Code.ADDRESSEE, {"recipient": "a@xn--tude-9oa.fr"}, {"ours": {"a@étude.fr"}}, {}, NEVER),
    (Code.ADDRESSEE, {}, people(PartyFactKind.OPTED_OUT, "Ann+factures@example.com"), {}, NEVER),
    (Code.ADDRESSEE, {"recipient": "ann+x@example.com"}, people(PartyFactKind.OPTED_OUT, "ann@example.com"), {}, NEVER),
    (Code.ADDRESSEE, BY_SMS, {**FIRST, **people(PartyFactKind.OPTED_OUT, "06 12 34 56 78")}, {}, NEVER),
    (Code.ADDRESSEE, BY_SMS, {**FIRST, **people(PartyFactKind.WRONG, "06.12.34.56.78")}, {}, NEVER),
    (Code.ADDRESSEE, BY_SMS, {**FIRST, **people(PartyFactKind.OPTED_OUT, "06 98 76 54 32")}, {}, SEND),
    (Code.ADDRESSEE, BY_POST, people(PartyFactKind.WRONG, "3, rue Haute 69001 Lyon"), {}, NEVER),
    (Code.ADDRESSEE, BY_POST, people(PartyFactKind.WRONG, "Ann Dupont, 3 rue Haute, 69001 LYON"), {}, NEVER),
    (Code.ADDRESSEE, BY_POST, people(PartyFactKind.OPTED_OUT, "3 rue Haute\n69001 Lyon, France"), {}, NEVER),
    (Code.ADDRESSEE, BY_POST, people(PartyFactKind.WRONG, "13 rue Haute, 69001 Lyon"), {}, SEND),
    (Code.ADDRESSEE, BY_POST, people(PartyFactKind.WRONG, "Lyon"), {}, SEND),
    (Code.ADDRESSEE, {"recipient": "ANN@example.com "}, {}, {}, SEND),
    (Code.ADDRESSEE, {"recipient": "somebody@example.com"}, {}, {}, HOLD),
    (Code.ADDRESSEE, {"recipient": "ann+x@example.com"}, {}, {}, HOLD),
    (Code.ADDRESSEE, {"recipient": "x@example.com"}, people(PartyFactKind.CONSENTS_TO_LRE, "x@example.com"), {}, SEND),
    (Code.ADDRESSEE, {**SMS, "recipient": "+33698765432"}, FIRST, {}, HOLD),
    (Code.ADDRESSEE, {**SMS, "recipient": "+33612345678"}, FIRST, {}, SEND),
    (Code.ADDRESSEE, {"channel": Channel.LETTER, "recipient": "3 rue Haute, 69001 LYON"}, {}, {}, SEND),
    (Code.ADDRESSEE, {"purpose": Purpose.RECEIPT, "recipient": "old@example.com"}, {}, {}, SEND),
    (Code.ADDRESSEE, {}, people(PartyFactKind.PROTECTED), {}, NEVER),
    (Code.ADDRESSEE, {}, people(PartyFactKind.DECEASED), {}, NEVER),
    (Code.ADDRESSEE, {}, people(PartyFactKind.LAWYER, "lawyer@example.com"), {}, NEVER),
    (Code.ADDRESSEE, {"recipient": "lawyer@example.com"}, people(PartyFactKind.LAWYER, "lawyer@example.com"), {}, SEND),
    (Code.LOOK, said("Un commandement de payer suivra"), {}, {}, NEVER),
    (Code.LOOK, said("Un commandement de payer suivra"), {"has_title": True}, {}, SEND),
    (Code.LOOK, said("Dupont & Fils, 3 rue du Jugement"), {}, {}, SEND),  # Names and addresses are no words of ours.
    (Code.LOOK, said("Un jugement suivra"), {"debtor_named": Named("E", ("1", "80190", "Y"))}, {}, NEVER),
    (Code.PRIVACY, without(NOTICE), {}, {}, HOLD),
    (Code.PRIVACY, without(NOTICE), {"is_informed": True}, {}, SEND),
    (Code.PRIVACY, {}, {}, {"privacy_notice": ""}, HOLD),
    (Code.TRUTH, said("Malgré nos précédents rappels"), {"reminders": 1}, {}, HOLD),
    (Code.TRUTH, said("Malgré nos précédents rappels"), {"reminders": 2}, {}, SEND),
    (Code.TRUTH, said("Despite our reminder"), {}, {}, HOLD),
    *((Code.TRUTH, said(words), {"reminders": 1}, {}, HOLD) for words in (
        "Suite à nos relances", "Après plusieurs rappels", "Nos précédentes relances sont restées sans réponse",
        "Our reminders went unanswered", "Following our several reminders",
    )),
    *((Code.TRUTH, said(words), {}, {}, SEND) for words in (
        "Suite à votre appel", "Nos services restent à votre écoute", "Une relance suivra",
        "sans réponse de votre part",
    )),
    (Code.FIGURES, {}, {"then": Decimal("1134.50")}, {}, NEVER),
    (Code.FIGURES, {}, {"then": Decimal("1234.50")}, {}, SEND),
    *((Code.FIGURES, {**said(words), **OWED}, {}, {}, NEVER) for words in (
        "Total 999 EUR", "Total à payer : 1 234,00 €", "Reste dû au 25/11/2026 : 1.200,00 €",
        "montant dû : 99,90 euros", "Le solde de 1 300 € est attendu", "Payez 999 € au total",
        "Outstanding balance: EUR 1,300.00", "Total :\n999 €",
        "Vous nous devez 999 €", "Votre dette s'élève à 999,00 €",
        "Vous devez payer la somme de 1 300 EUR", "You still owe us EUR 999", "une dette d'un montant de 999 euros",
    )),
    *((Code.FIGURES, {**said(words), **OWED}, {}, {}, SEND) for words in (
        "Total 1234,50 EUR", "reste dû au 25/11/2026 : 1 234,50 €", "le solde de 34,50 €", "en 3 mensualités de 50 €",
        "à payer en trois fois 50 €", "Votre virement de 200 € du 3 mai", "total des 5 factures",
        "Vous devez 1 234,50 €", "Vous devez payer 50 € par mois", "200 € réglés le 03/05/2026, merci",
        "par exemple en deux versements de 617,25 €", "la somme de 1 234,50 €", "La somme de 1234,50",
        "Notre courrier du 02/11/2026 (dossier REC-1234, facture n° 2026-500)", "sous 8 jours, avant le 15 décembre",
        "au taux de 12,15 %, soit 3 fois le taux légal", "Réglez en euros", "appelez le 01 23 45 67 89",
    )),
    *((Code.FIGURES, {**said(words), **OWED}, {}, {}, HOLD) for words in (
        "la somme de 500 €", "la somme de 500", "Merci de nous adresser 500 euros", "500,00 EUR sous 8 jours",
        "un montant de 1 300", "Votre virement de 100 € du 3 mai", "100 € réglés le 03/05/2026", "EUR 500, please",
        "Vous devez nous rendre le chèque de 100 €", "la somme de cinq cents euros", "five hundred euros",
        "Adressez-nous 500.00", "en 2 mensualités de 1 300 €", "Il manque 1 300,00",
        "cinq cents €", "2 k€ sous huitaine", "£500", "500 CHF",
    )),
    (Code.FIGURES, {**said("la somme de 500 €"), **OWED, "purpose": Purpose.CLOSING}, {}, {}, SEND),
    (Code.FIGURES, said("Total 999 EUR"), {}, {}, SEND),  # Who has no account is asked for no sums.
    (Code.CONSENT, LRE, CONSUMER, {}, NEVER),
    (Code.CONSENT, LRE, {**CONSUMER, **people(PartyFactKind.CONSENTS_TO_LRE)}, {}, SEND),
    (Code.CONSENT, LRE, {**CONSUMER, **people(PartyFactKind.CONSENTS_TO_LRE, "ANN@example.com")}, {}, SEND),
    (Code.CONSENT, LRE, {**CONSUMER, **people(PartyFactKind.CONSENTS_TO_LRE, "x@example.com")}, {}, NEVER),
    (Code.CONSENT, LRE, {}, {}, SEND),
    (Code.RHYTHM, {}, {"own": ago(6)}, {}, HOLD),
    (Code.RHYTHM, {}, {"own": ago(7)}, {}, SEND),
    (Code.RHYTHM, FORMAL, {"own": ago(7)}, {}, HOLD),
    (Code.RHYTHM, {}, {"own": ago(7, is_formal=True)}, {}, HOLD),
    (Code.RHYTHM, FORMAL, {"own": ago(8)}, {}, SEND),
    (Code.RHYTHM, {}, {"own": ago(0)}, {"reminder_days": 0}, SEND),
    (Code.RHYTHM, {}, {"contacts": ago(1, 6)}, {}, HOLD),
    (Code.RHYTHM, {}, {"contacts": ago(1, 7)}, {}, SEND),
    (Code.RHYTHM, {}, {"contacts": ago(5, 8, 12, 15, 20, 29)}, {}, HOLD),
    (Code.RHYTHM, {}, {"contacts": ago(5, 8, 12, 15, 20, 30)}, {}, SEND),
    (Code.RHYTHM, {}, {"contacts": ago(0, 0, 0)}, {"per_week": 0}, SEND),
    (Code.APPROVAL, {"needs_approval": True}, {}, {}, HOLD),
    (Code.APPROVAL, {}, {}, {}, SEND),
    (Code.SCENARIO, {"is_resting": True}, {}, {}, HOLD),
    (Code.SCENARIO, {}, {}, {}, SEND),
]  # fmt: skip


@pytest.mark.parametrize(("code", "message", "facts", "policy", "outcome"), TABLE)
def test_each_row_of_the_table(
    code: Code, message: dict[str, Any], facts: dict[str, Any], policy: dict[str, Any], outcome: Outcome
) -> None:
    verdict = judged(message, facts, policy)
    mine = [reason for reason in verdict.reasons if reason.code == code]
    assert {reason.outcome for reason in mine} == ({outcome} - {SEND})
    assert all(str(reason) for reason in mine)
    if outcome != SEND:
        assert verdict.outcome == outcome, verdict.reasons


def test_the_table_is_tried_both_ways() -> None:
    for is_let_go in (True, False):
        assert {code for code, *_rest, outcome in TABLE if (outcome == SEND) == is_let_go} == set(Code)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_each_purpose_has_its_rows(purpose: Purpose) -> None:
    wrong = {
        "purpose": purpose,
        "channel": Channel.ELECTRONIC,
        "text": "commandement de payer",
        "added": "frais de dossier",
    }
    everything = {
        **CONSUMER, **NOBODY, **people(PartyFactKind.DECEASED), "then": Decimal(1), "is_disputed": True,
        "firm": Named(), "own": ago(1),
    }  # fmt: skip
    told = {reason.code for reason in judged(wrong, everything, {"funds_iban": ""}).reasons}
    assert told <= set(ROWS[purpose])
    assert told >= {
        Purpose.COMMENT: {Code.LOOK, Code.COSTS},
        Purpose.RECEIPT: {Code.LOOK, Code.COSTS, Code.FIGURES, Code.ADDRESSEE, Code.CONSENT},
        Purpose.REMINDER: {Code.MENTIONS, Code.FUNDS, Code.NOTHING_DUE, Code.DISPUTE, Code.PRIVACY, Code.RHYTHM},
    }.get(purpose, set())


def test_claims_that_may_not_be_asked_for_leave_the_demand_and_are_listed() -> None:
    several = tuple(
        CLAIM._replace(number=number, **change)
        for number, change in {
            "due": {}, "barred": {"until": OVER}, "later": {"is_due": False}, "disputed": {"is_disputed": True},
            "unconfirmed": {"is_confirmed": False},
        }.items()
    )  # fmt: skip
    verdict = judged(facts={**CONSUMER, "claims": several})
    assert verdict.outcome == SEND
    assert [(one.number, one.code) for one in verdict.not_asked] == [
        ("barred", "barred"), ("later", "not_due"), ("disputed", "dispute"), ("unconfirmed", "unconfirmed"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "debtor", "change", "is_asked"),
    [
        ("Frais de dossier", CONSUMER, {}, False),
        ("FRAIS\u00a0DE RELANCE (2)", UNKNOWN, {}, False),
        ("Indemnité forfaitaire pour frais de recouvrement", CONSUMER, {}, False),
        ("Caution de matériel", CONSUMER, {}, True),
        ("Frais de procédure", CONSUMER, {"head": DebtHead.COST_OF_TITLE}, True),
        ("Frais de dossier", {}, {}, True),  # A business may owe them by L441-10 C. com.
    ],
)
def test_a_debt_that_is_named_as_costs_is_asked_of_no_consumer(
    name: str, debtor: dict[str, Any], change: dict[str, Any], is_asked: bool
) -> None:
    debt = CLAIM._replace(key=(ClaimKind.DEBT, 1), number=name, **change)
    verdict = judged(facts={**debtor, "claims": (CLAIM, debt)})
    assert [(one.number, one.code) for one in verdict.not_asked] == ([] if is_asked else [(name, "costs")])
    assert verdict.outcome == SEND


def test_a_hold_may_be_lifted_and_a_never_by_nobody() -> None:
    disputed = {"is_disputed": True}
    held = judged(facts=disputed)
    assert (held.outcome, held.until) == (HOLD, None)
    lifted = judged(facts=disputed, lifted={Code.DISPUTE})
    assert (lifted.outcome, lifted.standing, len(lifted.reasons)) == (SEND, (), 1)
    carried = judged(facts={"rates": Rates(is_carried=True)}, lifted={Code.RATES})
    assert carried.outcome == HOLD
    never = judged(facts={**disputed, "then": Decimal(1)}, lifted=set(Code))
    assert never.outcome == NEVER


@pytest.mark.parametrize(
    ("place", "moment", "until"),
    [
        (Place("FR", "69003"), "2026-11-27T19:30+01:00", None),  # Friday at half past seven
        (Place("FR", "69003"), "2026-11-27T20:00+01:00", "2026-11-30T08:00+01:00"),
        (Place("FR", "69003"), "2026-11-28T12:00+01:00", "2026-11-30T08:00+01:00"),
        (Place("FR", "69003"), "2026-12-25T12:00+01:00", "2026-12-28T08:00+01:00"),
        (Place("FR", "75001"), "2025-12-26T12:00+01:00", None),
        (Place("FR", "67000"), "2025-12-26T12:00+01:00", "2025-12-29T08:00+01:00"),  # Saint Stephen, in Alsace
        (Place("FR", "57000"), "2025-12-26T12:00+01:00", "2025-12-29T08:00+01:00"),
        (Place("FR", "97400"), "2024-12-20T10:00+04:00", "2024-12-23T08:00+04:00"),  # abolition of slavery, Réunion
        (Place("FR", "97400"), "2026-11-25T06:00+01:00", None),
        (Place("FR", "97400"), "2026-11-25T18:00+01:00", "2026-11-26T08:00+04:00"),
        (Place("FR", "98713"), "2026-11-25T19:30+01:00", None),
        (Place("US", "90210"), "2026-11-25T14:30+01:00", None),  # 8:30 in Washington
        (Place("US", "90210"), "2026-11-25T13:30+01:00", "2026-11-25T08:00-05:00"),
        (Place("DE", "10115"), "2025-10-03T12:00+02:00", "2025-10-06T08:00+02:00"),
        (Place("FR", "69003"), "2027-03-27T12:00+01:00", "2027-03-30T08:00+02:00"),  # Easter, and the clocks change
        (Place(), "2026-11-28T12:00+01:00", "2026-11-30T08:00+01:00"),
    ],
)
def test_hours_and_holidays_are_those_of_the_debtors_place(place: Place, moment: str, until: str | None) -> None:
    verdict = judged(facts={"place": place}, moment=datetime.fromisoformat(moment))
    assert verdict.outcome == (HOLD if until else SEND)
    assert verdict.until == (until and datetime.fromisoformat(until))


def test_the_day_of_a_hold_is_the_first_on_which_nothing_holds() -> None:
    """Two in a week: the earlier of them leaves the week on Saturday, so Monday it is."""
    verdict = judged(facts={"own": ago(3), "contacts": ago(2, 4)})
    assert verdict.until == datetime.fromisoformat("2026-11-30T08:00+01:00")
    assert [reason.code for reason in verdict.reasons] == [Code.RHYTHM, Code.RHYTHM]
    assert all("30/11/2026" in str(reason) for reason in verdict.reasons)


@pytest.mark.parametrize("text", ["Saisie", "une  SAISIE.", "saisies", "« saisie »", "l’avis:saisie", "two writs"])
def test_words_of_an_act_are_found_in_any_dress(text: str) -> None:
    for has_title in (False, True):
        comment = Message(purpose=Purpose.COMMENT, channel=Channel.PAGE, added=text)
        verdict = judge(comment, Facts(has_title=has_title), Policy(look_words=("saisie", "writ", "")), NOW)
        assert len(verdict.reasons) == (0 if has_title else 1)


OUR_WORDS = tuple(CONFIG["LOOK_WORDS"][0].split(","))


@pytest.mark.parametrize(
    "text",
    [
        *("Une saisie suivra", "saisie-attribution", "SAISIES sur salaire", "avant saisie de vos comptes"),
        *("Un huissier de justice passera", "Passage d'un huissier", "par ministère d'un commissaire de justice"),
        *("commandement de payer", "Sommation", "signification", "exécution forcée", "mesures d’exécution"),
        *(
            "visit by a bailiff",
            "a bailiff's notice",
            "assignation",
            "titre exécutoire",
            "avec la force publique",
            "Nous ferons saisir vos biens",
            "À défaut, vos biens seront saisis",
            "Votre compte sera saisi",
            "Un huissier se présentera chez vous",
            "Un commissaire de justice passera à votre domicile",
        ),
        *("the bailiffs will come", "seizure of goods", "a writ", "summons", "enforcement order", "garnishment"),
    ],
)
def test_words_of_acts_are_known_from_the_start(text: str) -> None:
    letter = MESSAGE._replace(text=f"{TEXT}\n{text}")
    policy = replace(POLICY, look_words=OUR_WORDS)
    assert [one.code for one in judge(letter, FACTS, policy, NOW).reasons] == [Code.LOOK]
    assert judge(letter, FACTS._replace(has_title=True), policy, NOW).outcome == SEND


@pytest.mark.parametrize(
    "text",
    [
        "Nous demanderons une injonction de payer au tribunal judiciaire.",
        "La signification de l'ordonnance d'injonction de payer suivra.",
        "Le dossier peut être confié à un commissaire de justice (art. L125-1 CPCE).",
        "The case may be given to a bailiff, once there is a title.",
        "Sauf erreur de saisie de notre part",
        "Facture de saisie comptable",
        "Nous nous réservons le droit de saisir le tribunal",
        "À défaut, nous saisirons le tribunal, et un juge sera saisi",
    ],
)
def test_what_is_true_and_no_act_may_be_said(text: str) -> None:
    letter = MESSAGE._replace(text=f"{TEXT}\n{text}")
    assert judge(letter, FACTS, replace(POLICY, look_words=OUR_WORDS), NOW).outcome == SEND


@pytest.mark.parametrize(
    ("text", "to_business", "to_others"),
    [
        ("injonction de payer", 0, 0),
        ("frais de recouvrement", 1, 1),
        ("indemnité forfaitaire pour frais de recouvrement (40 €)", 0, 1),
        ("L'indemnité forfaitaire légale de 40,00 € pour frais de recouvrement", 0, 1),
        ("indemnité forfaitaire pour frais de recouvrement et frais de recouvrement", 1, 1),
    ],
)
def test_a_comment_tells_a_business_of_the_indemnity_and_no_more(text: str, to_business: int, to_others: int) -> None:
    comment = Message(purpose=Purpose.COMMENT, channel=Channel.PAGE, added=text)
    for debtor, count in ((Quality.PROFESSIONAL, to_business), (Quality.CONSUMER, to_others)):
        assert len(judge(comment, Facts(debtor=debtor), POLICY, NOW).reasons) == count


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"IBAN {FUNDS} BIC AGRIFRPP", [FUNDS]),
        ("fr76 3000 6000 0112 3456 7890 189 puis", [FUNDS]),
        (f"{FUNDS}, {OTHER}", [FUNDS, OTHER]),
        ("FR14-2004-1010-0505-0001-3M02-606", [STRANGE]),
        ("FR14.2004.1010.0505.0001.3M02.606", [STRANGE]),
        ("IBAN:FR 14 2004 1010 0505 0001 3M02 606", [STRANGE]),
        ("FR14\u200b2004\u200d1010\ufeff0505\u20600001 3M02/606", [STRANGE]),
        ("ＦＲ１４ ２００４ 1010 0505 0001 3M02 606", [STRANGE]),
        ("FR14 ٢٠٠٤ 1010 0505 0001 3M02 606", [STRANGE]),
        ("RIB 20041 01005 0500013M026 06", [STRANGE]),
        ("Banque 20041, guichet 01005, compte n° 0500013M026, clé RIB 06", [STRANGE]),
        ("2004 1010 0505 0001 3M02 606", [STRANGE]),
        ("20041010050500013M02606", [STRANGE]),
        ("30006 00001 12345678901 89", [FUNDS]),
        ("30006 00001 12345678901 88", []),
        ("FR76 3000 6000 0112 3456 7890 180", []),
        (
            "F-2026001 du 02/11/2026, échéance du 02/12/2026 : 1 200,00 €, 75002 Paris, 01 23 45 67 89",
            [],
        ),
        ("", []),
    ],
)
def test_ibans_are_read_as_people_print_them(text: str, found: list[str]) -> None:
    assert accounts_in(text) == found


@pytest.mark.parametrize(
    ("text", "count"),
    [("Malgré nos rappels, les sommes", 2), ("malgré notre premier rappel", 1), ("nos rappels", 0), ("malgré tout", 0)],
)
def test_reminders_are_counted_as_they_are_told(text: str, count: int) -> None:
    assert reminders_told(text) == count


PERSON, COMPANY, NOBODY_KNOWN = Party("particular", "FR"), Party("commercial", "FR"), Party(None, "FR")


@pytest.mark.parametrize(
    ("creditor", "debtor", "counts_as_consumer", "last"),
    [
        (COMPANY, PERSON, True, date(2026, 11, 28)),
        (COMPANY, NOBODY_KNOWN, True, date(2026, 11, 28)),
        (COMPANY, None, True, date(2026, 11, 28)),
        (PERSON, PERSON, True, date(2029, 11, 28)),
        (COMPANY, COMPANY, False, date(2029, 11, 28)),
    ],
)
def test_a_claim_may_be_asked_for_until_its_last_day(
    creditor: Party, debtor: Party | None, counts_as_consumer: bool, last: date
) -> None:
    day = date(2024, 11, 28)
    about: dict[str, Any] = {"creditor": creditor, "debtor": debtor, "matter": Matter.ORDINARY}
    about["counts_as_consumer"] = counts_as_consumer
    assert last_days_of(Starts(day, day), **about) == LastDays(last, last, is_paid=False)
    paid = last_days_of(Starts(day, day), payments=(date(2026, 1, 5),), **about)
    assert paid
    assert not paid.is_barred(last + timedelta(1))
    assert paid.is_doubtful(last + timedelta(1))
    recognised = last_days_of(Starts(day, day), acknowledged=(date(2026, 1, 5),), **about)
    assert recognised
    assert not recognised.is_doubtful(last + timedelta(1))
    assert last_days_of(None, **about) is None
