"""Templates: what is seeded can leave, drafts are written on, what was published stands."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation

from accounts.models import AuditEvent
from legalcity.lib.errors import Conflict, Forbidden
from recoveries.letters.wording.choosing import version_in_force
from recoveries.letters.wording.liquid import CannotRender
from recoveries.letters.wording.markup import refused_in
from recoveries.letters.wording.models import Template, TemplateVersion
from recoveries.letters.wording.proving import hard_cases, proofs_of
from recoveries.letters.wording.rendering import render
from recoveries.letters.wording.services import (
    draft_begin,
    draft_discard,
    draft_save,
    template_retire,
    version_publish,
)
from recoveries.letters.wording.variables import VARIABLES, sample_told
from tests.factories import Api

pytestmark = pytest.mark.django_db
WORDS: dict[str, Any] = {"subject": "Clôture {{ case.reference }}", "text": "Clos.", "html": "", "required": []}


def template_of(code: str = "cloture", channel: str = "email", language: str = "fr") -> Template:
    return Template.objects.get(code=code, channel=channel, language=language, owner=None)


def published() -> Iterator[TemplateVersion]:
    yield from TemplateVersion.objects.filter(state="published").select_related("template")


def test_every_seeded_letter_is_proved_in_every_hard_case() -> None:
    seen = 0
    for version in published():
        for proof in proofs_of(version):
            assert proof.is_good, (version.template.code, version.template.channel, proof.name, proof.reasons)
            seen += 1
    text_messages = Template.objects.filter(channel="sms").count()  # of which none is a first letter
    assert seen == Template.objects.count() * len(hard_cases()) - text_messages > 400


def test_each_letter_is_there_for_post_and_mail_in_both_languages() -> None:
    rows = set(Template.objects.values_list("code", "channel", "language"))
    codes = {code for code, _channel, _language in rows}
    assert len(codes) == 19
    ways = [(channel, language) for channel in ("email", "letter") for language in ("fr", "en")]
    assert rows >= {(code, *way) for code in codes for way in ways}
    assert rows >= {("mise_en_demeure", "registered", "fr"), ("relance_1", "sms", "fr")}


def test_no_author_leaves_out_what_the_law_wants() -> None:
    demands = TemplateVersion.objects.filter(
        state="published", template__purpose__in=("reminder", "formal_notice", "proposal")
    ).exclude(template__channel="sms")
    assert all({"law", "privacy"} <= set(version.required) for version in demands)
    assert demands.count() > 20


@pytest.mark.parametrize("change", [{"text": "Autre"}, {"sha256": ""}, {"published_at": None}, {"number": 9}])
def test_what_was_published_is_not_changed(change: dict[str, Any]) -> None:
    version = next(published())
    with pytest.raises(IntegrityError), transaction.atomic():
        TemplateVersion.objects.filter(pk=version.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        TemplateVersion.objects.filter(pk=version.pk).update(state="draft")
    with pytest.raises(IntegrityError), transaction.atomic():
        TemplateVersion.objects.filter(pk=version.pk).delete()


def test_a_draft_is_written_on_and_published_in_the_place_of_what_was() -> None:
    template = template_of()
    before = template.versions.get(state="published")
    draft = draft_begin(template_id=template.pk, by=None)
    assert (draft.number, draft.text, draft.state) == (2, before.text, "draft")
    assert draft_begin(template_id=template.pk, by=None).pk == draft.pk
    draft_save(version_id=draft.pk, **WORDS, by=None)
    now_in_force = version_publish(version_id=draft.pk, by=None)
    assert version_in_force(code="cloture", channel="email", language="fr", owner_id=None).pk == now_in_force.pk
    before.refresh_from_db()
    assert (before.state, before.retired_at is not None, len(now_in_force.sha256)) == ("retired", True, 64)
    assert AuditEvent.objects.filter(action="template_published").count() == 1
    with pytest.raises(Forbidden):
        draft_save(version_id=now_in_force.pk, **WORDS, by=None)
    with pytest.raises(Forbidden):
        draft_discard(version_id=now_in_force.pk, by=None)


def test_an_earlier_version_is_begun_again() -> None:
    template = template_of()
    draft = draft_begin(template_id=template.pk, by=None)
    draft_save(version_id=draft.pk, **WORDS, by=None)
    version_publish(version_id=draft.pk, by=None)
    again = draft_begin(template_id=template.pk, by=None, like=1)
    assert (again.number, again.text) == (3, template.versions.get(number=1).text)
    draft_discard(version_id=again.pk, by=None)
    with pytest.raises(Conflict):
        draft_begin(template_id=template.pk, by=None, like=77)


@pytest.mark.parametrize(
    ("code", "change", "told"),
    [
        ("cloture", {"text": "{{ nobody }}"}, "There is no such variable"),
        ("cloture", {"subject": " "}, "no subject"),
        ("cloture", {"html": "<script>1</script>"}, "<script>"),
        ("cloture", {"html": '<p onclick="x()">a</p>'}, "onclick"),
        ("cloture", {"html": '<img src="https://example.com/pixel.gif">'}, "<img>"),
        ("cloture", {"html": '<a href="javascript:x()">a</a>'}, "href"),
        ("cloture", {"html": '<p style="background:url(https://example.com/x)">a</p>'}, "background: url("),
        ("cloture", {"html": "<p style=\"background:{{ 'u' }}rl(https://example.com/x)\">a</p>"}, "background: url("),
        ("cloture", {"html": "<{% if true %}img src='https://example.com/pixel.gif'{% endif %}>"}, "<img>"),
        ("cloture", {"html": "<{{ 'scr' }}ipt>1</{{ 'scr' }}ipt>"}, "<script>"),
        ("cloture", {"html": "<p>a</p><!-- b -->"}, "letter: <."),
        ("cloture", {"html": "<p>a</p><img src='https://example.com/pixel.gif' alt="}, "letter: <."),
        ("cloture", {"html": "<p>a</p></body>"}, "</body>"),
        ("cloture", {"html": '<p style="display:none">a</p>'}, "display: none"),
        ("cloture", {"html": '<p style="visibility:hidden;opacity:0">a</p>'}, "opacity: 0"),
        ("cloture", {"html": '<p style="position:absolute;left:-99px">a</p>'}, "position: absolute"),
        ("cloture", {"html": '<p style="text-indent:-9999px">a</p>'}, "text-indent"),
        ("cloture", {"html": '<p style="margin-left:-9999px">a</p>'}, "margin-left"),
        ("cloture", {"html": '<p style="padding-left:9999px">a</p>'}, "padding-left"),
        ("cloture", {"html": '<p style="padding-left:1e3px">a</p>'}, "padding-left"),
        ("cloture", {"html": '<p style="padding-left:99%">a</p>'}, "padding-left"),
        ("cloture", {"html": '<p style="font-size:1px">a</p>'}, "font-size: 1px"),
        ("cloture", {"html": '<p style="FONT-SIZE:0.1em">a</p>'}, "font-size: 0.1em"),
        ("cloture", {"html": '<p style="color:#fff">a</p>'}, "color: #fff"),
        ("cloture", {"html": '<p style="color:transparent">a</p>'}, "color: transparent"),
        ("cloture", {"html": '<p style="c\\6flor:white">a</p>'}, "color: white"),
        ("cloture", {"html": '<p style="background:#1c2333">a</p>'}, "background: #1c2333"),
        ("cloture", {"html": '<p class="long">a</p>'}, "class long"),
        ("cloture", {"html": '<p class="fold">a</p>'}, "class fold"),
        ("cloture", {"text": "Commandement de payer"}, "act of a court"),
        ("cloture", {"html": "<p>Commandement de payer</p>"}, "act of a court"),
        ("cloture", {"text": "Restent 150 EUR de frais de dossier."}, "costs that stay with the creditor"),
        ("cloture", {"html": "<p>Frais&nbsp;: 150&nbsp;€</p>"}, "costs that stay with the creditor"),
        ("cloture", {"text": "Total 999 EUR"}, "names a sum as owed"),
        ("cloture", {"subject": "Solde : 999 €"}, "names a sum as owed"),
        ("cloture", {"html": "<table><tr><td>Reste dû</td><td>999&nbsp;€</td></tr></table>"}, "names a sum as owed"),
        ("quittance", {"text": "Quittance. Reste dû : 999,00 €"}, "names a sum as owed"),
        # Nor where no sample shows it.
        ("cloture", {"text": "A{% if debtor.name == 'Ann' %} frais de dossier{% endif %}"}, "costs that stay"),
        ("cloture", {"text": "A{% if code == 'x' %}Total : {{ '999 EUR' }}{% endif %}"}, "names a sum as owed"),
        ("cloture", {"text": "A{% if code == 'x' %}Total : {{ '999' }} EUR{% endif %}"}, "names a sum as owed"),
        ("cloture", {"text": "{% assign a = 'frais de' %}{{ a }} dossier"}, "costs that stay"),
        ("cloture", {"text": "A{% if debtor.name == 'Ann' %}Une saisie suivra{% endif %}"}, "act of a court"),
        ("relance_1", {"text": "Payez."}, "amounts by head"),
        ("relance_1", {"required": []}, "article L111-8"),
        ("relance_1", {"html": "<p>Payez {{ decompte.total }}</p>"}, "amounts by head"),
        ("relance_1", {"text": "{{ case.object }} Malgré nos rappels"}, "reminders that were not sent"),
    ],
)
def test_words_that_cannot_leave_are_not_published(code: str, change: dict[str, Any], told: str) -> None:
    draft = draft_begin(template_id=template_of(code).pk, by=None)
    words = {name: getattr(draft, name) for name in WORDS}
    draft_save(version_id=draft.pk, **{**words, **change}, by=None)
    with pytest.raises(Forbidden) as refused:
        version_publish(version_id=draft.pk, by=None)
    assert any(told in reason for reason in refused.value.extra["reasons"]), refused.value.extra
    draft.refresh_from_db()
    assert draft.state == "draft"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("S'y ajoutent 150 EUR de frais de dossier.", "costs that stay with the creditor"),
        ("Le total est de 999 EUR.", "names a sum as owed"),
        ("L'indemnité forfaitaire pour frais de recouvrement de 40 € est due.", "costs that stay with the creditor"),
    ],
)
def test_what_an_author_types_beside_the_account_is_judged(typed: str, told: str) -> None:
    draft = draft_begin(template_id=template_of("mise_en_demeure").pk, by=None)
    words = {name: getattr(draft, name) for name in WORDS}
    for name, added in (("text", typed), ("html", f"<p>{typed}</p>")):
        draft_save(version_id=draft.pk, **{**words, name: f"{words[name]}\n{added}"}, by=None)
        with pytest.raises(Forbidden) as refused:
            version_publish(version_id=draft.pk, by=None)
        assert any(told in reason for reason in refused.value.extra["reasons"]), refused.value.extra


def test_what_is_read_of_the_account_may_be_said(owner: Api) -> None:
    draft = draft_begin(template_id=template_of("mise_en_demeure").pk, by=None)
    words = {name: getattr(draft, name) for name in WORDS}
    added = "Solde à payer au {{ decompte.day }} : {{ decompte.total }} €, sans frais. Sauf erreur de saisie."
    draft_save(version_id=draft.pk, **{**words, "text": f"{words['text']}\n{added}"}, by=None)
    assert version_publish(version_id=draft.pk, by=None).number == 2


def test_what_a_letter_may_not_hold_is_not_sent_whatever_was_published() -> None:
    version = template_of().versions.get()
    version.html = '<p {% if debtor.name == "Ann" %}style="display:none"{% endif %}>Clos.</p>'
    assert render(version, sample_told()).html
    told = sample_told()
    with pytest.raises(CannotRender, match="display: none"):
        render(version, {**told, "debtor": {**told["debtor"], "name": "Ann"}})


def test_plain_styles_may_be_used() -> None:
    style = "color:#16365c; font-size: 14px; margin: 0 0 8px; border-left: 3px solid #16365c; background: #f2f5f9"
    assert (
        refused_in(f'<p style="{style}; text-align: right; width: 100%">a &lt; b <a href="https://a.fr">c</a></p>')
        == []
    )


def test_what_the_house_sends_is_not_retired() -> None:
    with pytest.raises(Forbidden):
        template_retire(template_id=template_of("quittance").pk, reason="x", by=None)
    template_retire(template_id=template_of().pk, reason="Plus employé", by=None)
    with pytest.raises(Conflict):
        version_in_force(code="cloture", channel="email", language="fr", owner_id=None)
    with pytest.raises(Forbidden):
        template_retire(template_id=template_of().pk, reason="x", by=None)


def test_a_client_has_words_of_its_own(owner: Api) -> None:
    own = Template.objects.create(
        code="cloture", name="Clôture", purpose="closing", channel="email", language="fr", owner=owner.user
    )
    draft = draft_begin(template_id=own.pk, by=None)
    draft_save(version_id=draft.pk, **WORDS, by=None)
    asked = {"code": "cloture", "channel": "email", "language": "fr"}
    assert version_in_force(**asked, owner_id=owner.user.pk).template.owner is None
    version_publish(version_id=draft.pk, by=None)
    assert version_in_force(**asked, owner_id=owner.user.pk).template == own
    assert version_in_force(**asked, owner_id=None).template.owner is None
    assert version_in_force(code="cloture", channel="email", language="de", owner_id=None).template.language == "fr"


def test_samples_name_every_variable_once() -> None:
    names = [variable.name for variable in VARIABLES]
    assert len(names) == len(set(names))
    assert set(sample_told()) == {name.split(".")[0] for name in names}


def test_a_letter_without_html_has_its_paragraphs() -> None:
    version = TemplateVersion(
        template=template_of(), subject="S", text="Un\ndeux\n\n- trois & {{ case.reference }}", html=""
    )
    page = render(version, sample_told()).html
    assert "Un<br>deux" in page
    assert ">trois &amp; REC-2026-00042</li>" in page


def test_an_account_number_stays_on_one_line_and_alone_in_an_address() -> None:
    iban, template = sample_told()["firm"]["iban"], template_of()
    for html in ("", '<p>{{ firm.iban }}, <a href="https://example.com/?{{ firm.iban }}">here</a></p>'):
        version = TemplateVersion(template=template, subject="S", text="IBAN {{ firm.iban }}", html=html)
        page = render(version, sample_told()).html
        assert page.count(f'<span style="display: inline-block">{iban}</span>') == 1
        assert f"?{iban}" in page or not html


def test_the_documentation_lists_every_variable() -> None:
    page = (Path(settings.BASE_DIR) / "docs" / "letters.md").read_text(encoding="utf-8")
    with translation.override("en"):
        assert [one.name for one in VARIABLES if f"| `{one.name}` | {one.about} |" not in page] == []
