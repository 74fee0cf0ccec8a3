"""Comments on a case: who sees them, until when they can be changed, and what may stand in them."""

from typing import Any

import pytest

from law.vocabulary import Step
from recoveries.models import Comment, Recovery
from tests.factories import Api, bare_case_id, case_id, detail

KEYS = [
    *("id", "recovery_id", "user_id", "comment", "visibleToUser", "visibleToDebtor", "visibleToBailiff", "isRead"),
    *("created_at", "updated_at", "comment_html"),
]
FROZEN = {
    "PUT": "Cannot update comment that is visible to debtor/bailiff or has been read",
    "DELETE": "Cannot delete comment that is visible to debtor/bailiff or has been read",
}


@pytest.fixture
def comments(owner: Api) -> str:
    """The address of the comments of an amicable case."""
    return f"/api/recoveries/{case_id(owner)}/comments"


@pytest.fixture
def injunction_comments(owner: Api) -> str:
    """The address of the comments of a case before the court, which has a bailiff."""
    recovery_id = bare_case_id(owner)
    Recovery.objects.filter(pk=recovery_id).update(type=2, status_id=Step.REQUEST_DRAFT)
    return f"/api/recoveries/{recovery_id}/comments"


def _write(owner: Api, comments: str, comment: str = "<p>Called</p>", **visible: Any) -> dict[str, Any]:
    return owner.data("POST", comments, {"comment": comment, **visible})


# --- what is kept ----------------------------------------------------------------------------------------------
def test_a_comment_is_kept_as_html_and_told_as_text(owner: Api, comments: str) -> None:
    shown = _write(
        owner, comments, "<p>Client <strong>called</strong></p><ul><li>one</li><li>two &amp; three</li></ul>"
    )
    assert list(shown) == KEYS
    assert shown["comment"] == "Client called\none\ntwo & three"
    assert shown["comment_html"] == "<p>Client <strong>called</strong></p><ul><li>one</li><li>two &amp; three</li></ul>"
    assert shown["user_id"] == owner.user.pk
    assert owner.data("GET", f"{comments}/{shown['id']}") == shown


def test_defaults_are_those_of_the_samples(owner: Api, comments: str) -> None:
    shown = _write(owner, comments)
    seen = (shown["visibleToUser"], shown["visibleToDebtor"], shown["visibleToBailiff"], shown["isRead"])
    assert seen == (True, False, True, False)


def test_who_sees_a_comment_may_be_said(owner: Api, comments: str) -> None:
    shown = _write(owner, comments, visibleToDebtor=True, visibleToBailiff=0, isRead=True)
    seen = (shown["visibleToUser"], shown["visibleToDebtor"], shown["visibleToBailiff"], shown["isRead"])
    assert seen == (True, True, False, False)


def test_a_comment_not_visible_to_the_user_is_not_found(owner: Api, comments: str) -> None:
    hidden = _write(owner, comments, visibleToUser=False)
    for method in ("GET", "PUT", "DELETE"):
        answer = owner.send(method, f"{comments}/{hidden['id']}", {"comment": "x"})
        assert (answer.status_code, answer.json()["message"]) == (404, "Comment not found")
    assert owner.data("GET", comments)["comments"] == []
    assert Comment.objects.get().text == "Called"


def test_a_change_may_name_the_text_or_who_sees_it_alone(owner: Api, comments: str) -> None:
    address = f"{comments}/{_write(owner, comments)['id']}"
    assert owner.data("PUT", address, {"comment": "<em>Again</em>"})["comment"] == "Again"
    shown = owner.data("PUT", address, {"visibleToBailiff": False})
    assert (shown["comment_html"], shown["visibleToBailiff"]) == ("<em>Again</em>", False)
    assert set(owner.errors("PUT", address, {"comment": None})) == {"comment"}


def test_the_case_counts_the_comments_that_its_client_sees(owner: Api, comments: str) -> None:
    recovery_id = int(comments.split("/")[3])
    first = _write(owner, comments)
    _write(owner, comments, visibleToUser=False)
    assert detail(owner, recovery_id)["comments_count"] == 1
    second = _write(owner, comments)
    assert detail(owner, recovery_id)["comments_count"] == 2
    owner.data("PUT", f"{comments}/{second['id']}", {"visibleToUser": False})
    assert detail(owner, recovery_id)["comments_count"] == 1
    owner.data("DELETE", f"{comments}/{first['id']}")
    assert detail(owner, recovery_id)["comments_count"] == 0


# --- frozen ----------------------------------------------------------------------------------------------------
def _assert_frozen(owner: Api, address: str) -> None:
    before = owner.data("GET", address)
    for method, sentence in FROZEN.items():
        answer = owner.send(method, address, {"comment": "Changed"})
        assert (answer.status_code, answer.json()) == (
            403,
            {"success": False, "message": sentence, "code": "comment_frozen"},
        )
    assert owner.data("GET", address) == before


def _assert_open(owner: Api, address: str) -> None:
    assert owner.put(address, {"comment": "Changed"}).status_code == 200
    assert owner.delete(address).status_code == 200
    assert owner.get(address).status_code == 404


def test_a_comment_that_was_read_is_frozen(owner: Api, comments: str) -> None:
    comment = _write(owner, comments, visibleToBailiff=False)
    Comment.objects.filter(pk=comment["id"]).update(is_read=True)
    _assert_frozen(owner, f"{comments}/{comment['id']}")


def test_a_comment_that_the_debtor_sees_is_frozen(owner: Api, comments: str) -> None:
    _assert_frozen(owner, f"{comments}/{_write(owner, comments, visibleToDebtor=True, visibleToBailiff=False)['id']}")


def test_a_comment_that_the_bailiff_of_an_injunction_sees_is_frozen(owner: Api, injunction_comments: str) -> None:
    _assert_frozen(owner, f"{injunction_comments}/{_write(owner, injunction_comments)['id']}")


def test_an_amicable_case_has_no_bailiff(owner: Api, comments: str) -> None:
    _assert_open(owner, f"{comments}/{_write(owner, comments, visibleToBailiff=True)['id']}")


def test_a_case_that_its_client_wants_in_court_has_no_bailiff_yet(owner: Api) -> None:
    wished = f"/api/recoveries/{bare_case_id(owner, type=2)}/comments"
    _assert_open(owner, f"{wished}/{_write(owner, wished, visibleToBailiff=True)['id']}")


def test_an_injunction_s_comment_that_the_bailiff_does_not_see_is_open(owner: Api, injunction_comments: str) -> None:
    shown = _write(owner, injunction_comments, visibleToBailiff=False)
    _assert_open(owner, f"{injunction_comments}/{shown['id']}")


def test_a_comment_freezes_when_it_is_shown_to_the_debtor(owner: Api, comments: str) -> None:
    address = f"{comments}/{_write(owner, comments)['id']}"
    owner.data("PUT", address, {"visibleToDebtor": True})
    _assert_frozen(owner, address)


# --- the list --------------------------------------------------------------------------------------------------
@pytest.fixture
def talk(owner: Api, comments: str) -> str:
    """Four comments that the client sees, in different lights, and a hidden one."""
    _write(owner, comments, "one", visibleToDebtor=True, visibleToBailiff=False)
    _write(owner, comments, "two")
    _write(owner, comments, "three", visibleToDebtor=True)
    _write(owner, comments, "four", visibleToBailiff=False)
    _write(owner, comments, "hidden", visibleToUser=False, visibleToDebtor=True)
    Comment.objects.filter(text__in=("two", "three")).update(is_read=True)
    return comments


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("", ["one", "two", "three", "four"]),
        ("?visibility=all", ["one", "two", "three", "four"]),
        ("?visibility=user", ["one", "two", "three", "four"]),
        ("?visibility=debtor", ["one", "three"]),
        ("?visibility=bailiff", ["two", "three"]),
        ("?unread_only=1", ["one", "four"]),
        ("?unread_only=true", ["one", "four"]),
        ("?unread_only=0", ["one", "two", "three", "four"]),
        ("?unread_only=false", ["one", "two", "three", "four"]),
        ("?visibility=debtor&unread_only=1", ["one"]),
        ("?visibility=bailiff&unread_only=1", []),
        ("?per_page=3&page=2", ["four"]),
        ("?visibility=debtor&per_page=1&page=2", ["three"]),
    ],
)
def test_the_list_is_what_the_client_sees_oldest_first(query: str, texts: list[str], owner: Api, talk: str) -> None:
    data = owner.data("GET", f"{talk}{query}")
    assert [comment["comment"] for comment in data["comments"]] == texts
    # Whatever the filters: it counts all that the client sees.
    assert data["summary"] == {
        "total_comments": 4,
        "unread_count": 2,
        "visible_to_debtor": 2,
        "visible_to_bailiff": 2,
    }
    assert list(data) == ["comments", "pagination", "summary"]


def test_pagination_and_message_count_what_the_filters_let_through(owner: Api, talk: str) -> None:
    answer = owner.get(f"{talk}?visibility=debtor&per_page=1").json()
    assert answer["message"] == "Comments retrieved successfully. Total: 2 comments found."
    paging = answer["data"]["pagination"]
    assert (paging["total"], paging["last_page"], paging["has_more_pages"]) == (2, 2, True)


def test_an_unknown_visibility_is_422(owner: Api, comments: str) -> None:
    errors = owner.errors("GET", f"{comments}?visibility=admin")
    assert errors == {"visibility": ["The selected visibility is invalid."]}


# --- what may stand in one -------------------------------------------------------------------------------------
def _errors(owner: Api, comments: str, comment: Any) -> list[str]:
    return owner.errors("POST", comments, {"comment": comment})["comment"]


REQUIRED = "The comment field is required."
TOO_LONG = "The comment must not be greater than 2000 characters."
DANGEROUS = "The comment contains potentially dangerous HTML tags."
MARKUP = "The comment contains too much HTML markup."


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    "comment", ["x" * 2000, "é" * 2000, "😀" * 2000, " " + "x" * 1998 + " ", "<p>" + "x" * 1993 + "</p>"]
)
def test_two_thousand_characters_are_taken(comment: str, owner: Api, comments: str) -> None:
    assert owner.post(comments, {"comment": comment}).status_code == 201


@pytest.mark.same_everywhere
@pytest.mark.parametrize("comment", ["x" * 2001, "x" * 2000 + " ", "<p>" + "x" * 1994 + "</p>", "&amp;" * 401])
def test_length_is_counted_on_what_was_sent(comment: str, owner: Api, comments: str) -> None:
    assert _errors(owner, comments, comment) == [TOO_LONG]


@pytest.mark.same_everywhere
@pytest.mark.parametrize("comment", [None, "", "   ", "<p></p>x"[:7], "<p> </p>", "<br>", "&nbsp;", "<b><i></i></b>"])
def test_a_comment_without_words_is_required(comment: Any, owner: Api, comments: str) -> None:
    assert _errors(owner, comments, comment)[0] == REQUIRED


@pytest.mark.same_everywhere
@pytest.mark.parametrize("comment", ["&#" + "9" * 5000 + ";", "&#x" + "f" * 5000 + ";", "&" + "a" * 5000 + ";"])
def test_a_long_character_reference_is_too_long(comment: str, owner: Api, comments: str) -> None:
    assert TOO_LONG in _errors(owner, comments, comment)


def test_a_long_character_reference_within_a_longer_limit(owner: Api, comments: str, system_setting: Any) -> None:
    system_setting(COMMENT_LENGTH=10_000)
    assert owner.post(comments, {"comment": "words &#" + "9" * 5000 + ";"}).status_code in (201, 422)


@pytest.mark.same_everywhere
def test_every_rule_that_a_comment_breaks_is_listed(owner: Api, comments: str) -> None:
    assert _errors(owner, comments, "<script></script>" * 200) == [REQUIRED, TOO_LONG, DANGEROUS, MARKUP]
    assert _errors(owner, comments, "word" + "<script></script>" * 200) == [TOO_LONG, DANGEROUS, MARKUP]
    assert _errors(owner, comments, "<script>" + "word " * 20) == [DANGEROUS]


@pytest.mark.same_everywhere
def test_markup_may_be_four_fifths(owner: Api, comments: str) -> None:
    assert owner.post(comments, {"comment": "<b>xx</b>"[:3] + "x" + "</b>" + "x"}).status_code == 201  # 7 of 9
    assert _errors(owner, comments, "<b>x</b>") == [MARKUP]  # 7 of 8
    assert owner.post(comments, {"comment": "<b></b>" * 4 + "1234567"}).status_code == 201  # 28 of 35: just 0.8
    assert _errors(owner, comments, "<b></b>" * 4 + "123456") == [MARKUP]


@pytest.mark.same_everywhere
def test_the_address_of_a_link_is_no_markup(owner: Api, comments: str) -> None:
    link = f'<a href="https://example.com/{"x" * 200}">invoice</a>'
    assert owner.post(comments, {"comment": link}).status_code == 201


def test_lengths_and_shares_follow_the_system_settings(owner: Api, comments: str, system_setting: Any) -> None:
    system_setting(COMMENT_LENGTH=10, COMMENT_MARKUP_SHARE=0.5)
    assert _errors(owner, comments, "x" * 11) == ["The comment must not be greater than 10 characters."]
    assert _errors(owner, comments, "<b>xx</b>") == [MARKUP]


def test_a_refused_comment_changes_nothing(owner: Api, comments: str) -> None:
    address = f"{comments}/{_write(owner, comments)['id']}"
    before = owner.data("GET", comments)
    _errors(owner, comments, "<script>")
    assert owner.errors("PUT", address, {"comment": "<p onclick=alert(1)>some words here to read</p>"}) == {
        "comment": [DANGEROUS]
    }
    assert owner.data("GET", comments) == before


DANGERS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//x.fr/a.js>",
    "<ScRiPt>",
    "<script",
    "</script>",
    "< script>",
    "<script/src=x>",
    "<\nscript>",
    "<iframe src=//x.fr>",
    "<IFRAME>",
    "<object data=x>",
    "<embed src=x>",
    "<form action=//x.fr>",
    "<svg/onload=alert(1)>",
    "<svg>",
    "<math>",
    "<style>p{}</style>",
    "<link rel=stylesheet>",
    "<meta http-equiv=refresh>",
    "<base href=//x.fr>",
    "<p onclick=alert(1)>",
    "<p ONCLICK = 'x'>",
    '<p class="a"onmouseover="x">',
    "<p/onclick=x>",
    "<p\nonclick\n=\nx>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    '<a href="JaVaScRiPt:alert(1)">x</a>',
    '<a href=" javascript:alert(1)">x</a>',
    '<a href="java\nscript:alert(1)">x</a>',
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href="java&#10;script:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="&#x6A;avascript&colon;alert(1)">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    '<a href="data:text/html,<b>x">x</a>',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&LT;script&GT;",
    "&#60;script&#62;",
    "&#x3c;iframe&#x3e;",
    "&lt;img src=x onerror=alert(1)&gt;",
    "<scr<script>ipt>",
]


@pytest.mark.same_everywhere
@pytest.mark.parametrize("danger", DANGERS)
def test_script_like_content_is_refused(danger: str, owner: Api, comments: str) -> None:
    words = "enough words around it to keep the share of markup low"
    assert _errors(owner, comments, f"{words} {danger} {words}") == [DANGEROUS]
    assert not Comment.objects.exists()


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    "innocent",
    [
        "1 < 2 and 3 > 2",
        "the script of the call",
        "a form was sent, in style",
        "see data: 5 rows",
        "online = yes",
        "once = 3 < 5",
        "java and scripts",
        "&lt;b&gt;bold&lt;/b&gt;",
        "R&D, M&A",
        "a formula, <em>on</em> time",
        "l'objet < la base",
    ],
)
def test_words_that_only_sound_like_it_are_taken(innocent: str, owner: Api, comments: str) -> None:
    assert owner.post(comments, {"comment": innocent}).status_code == 201


# --- what the debtor is to see ---------------------------------------------------------------------------------
LOOKS = "The comment must not look like an act of a court (art. 433-13 C. pén.): “{words}”."
COSTS = "The comment must not ask for costs that stay with the creditor (art. L111-8 CPCE): “{words}”."


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("comment", "sentence"),
    [
        ("Un commandement de payer vous sera délivré", LOOKS.format(words="commandement de payer")),
        ("<p>COMMANDEMENTS de&nbsp;PAYER</p>", LOOKS.format(words="commandement de payer")),
        ("Une saisie <b>attribution</b> est en cours", LOOKS.format(words="saisie")),
        ("Acte d’huissier", LOOKS.format(words="acte d'huissier")),
        ("This is a writ", LOOKS.format(words="writ")),
        ("Merci d'ajouter 30 € de frais de dossier", COSTS.format(words="frais de dossier")),
        ("Frais de  relance : 15 €", COSTS.format(words="frais de relance")),
        ("plus our collection fees", COSTS.format(words="collection fee")),
        ("100 € + frais de recouvrement", COSTS.format(words="frais de recouvrement")),
    ],
)
def test_a_debtor_is_told_neither_of_acts_of_a_court_nor_of_costs(
    comment: str, sentence: str, owner: Api, comments: str
) -> None:
    assert owner.errors("POST", comments, {"comment": comment, "visibleToDebtor": True}) == {"comment": [sentence]}
    assert not Comment.objects.exists()
    assert _write(owner, comments, comment)["visibleToDebtor"] is False


def test_a_comment_shown_to_the_debtor_later_is_read_then(owner: Api, comments: str) -> None:
    address = f"{comments}/{_write(owner, comments, 'Assignation et frais de dossier')['id']}"
    errors = owner.errors("PUT", address, {"visibleToDebtor": True})
    assert errors == {"comment": [LOOKS.format(words="assignation"), COSTS.format(words="frais de dossier")]}
    assert owner.data("GET", address)["visibleToDebtor"] is False


def test_a_debtor_may_be_told_that_an_order_for_payment_will_be_asked_for(owner: Api, comments: str) -> None:
    words = "Sans paiement, nous déposerons une requête en injonction de payer. Mise en demeure du 3 mars."
    assert _write(owner, comments, words, visibleToDebtor=True)["visibleToDebtor"] is True


@pytest.mark.parametrize(("kind", "status"), [("commercial", 201), ("particular", 422)])
def test_a_business_may_be_told_of_the_indemnity_that_it_owes(kind: str, status: int, owner: Api) -> None:
    named = {"company_type": kind, "company_legal_form": "SAS" if kind == "commercial" else None}
    address = f"/api/recoveries/{case_id(owner, debtor=named)}/comments"
    sent = {"comment": "Indemnité forfaitaire de 40 € pour frais de recouvrement", "visibleToDebtor": True}
    assert owner.post(address, sent).status_code == status


def test_where_there_is_a_title_its_words_may_stand(owner: Api, comments: str) -> None:
    Recovery.objects.update(status_id=Step.ENFORCEABLE)
    _write(owner, comments, "Titre exécutoire du 3 mars", visibleToDebtor=True)


def test_the_firm_keeps_the_words_of_acts(owner: Api, comments: str, system_setting: Any) -> None:
    system_setting(LOOK_WORDS="huissier")
    errors = owner.errors("POST", comments, {"comment": "Nos huissiers", "visibleToDebtor": True})
    assert errors == {"comment": [LOOKS.format(words="huissier")]}
    _write(owner, comments, "writ", visibleToDebtor=True)


def test_the_refusal_is_told_in_french(owner: Api, comments: str) -> None:
    sent = {"comment": "frais de dossier", "visibleToDebtor": True}
    [said] = owner.post(comments, sent, Accept_Language="fr").json()["errors"]["comment"]
    assert said == (
        "Le commentaire ne peut pas demander des frais qui restent à la charge du créancier (art. L111-8 CPCE)\u00a0: "
        "«\u00a0frais de dossier\u00a0»."
    )
