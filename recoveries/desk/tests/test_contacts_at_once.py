"""Further contacts of a debtor on which two act at the same moment (PostgreSQL)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from companies.contacts import contact_add
from companies.models import Company, PartyContact
from recoveries.desk.tests.pages import case_of, office_of
from recoveries.models import Recovery
from tests.factories import Api
from tests.races import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="races need PostgreSQL"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
PERSON = {"company_name": "Hôtel des Remparts", "company_siren": "732829320", "company_phone": "04 72 00 00 00"}
FIRST, SECOND = "06 12 34 56 78", "06 12 34 56 79"
ROUNDS = 4


@pytest.fixture
def cases(owner: Api, stranger: Api) -> list[Recovery]:
    """One against the same person in each of two accounts."""
    return [case_of(api, debtor=PERSON) for api in (owner, stranger)]


def _answers(acts: Sequence[tuple[Recovery, str, Mapping[str, Any]]]) -> Counter[int]:
    """How often each status answers when all of these are sent at once, each by somebody else."""
    ready = []
    for case, name, data in acts:
        browser, address = office_of("manager"), reverse("debtor", args=[case.debtor_id])
        sent = {"form_token": browser.get(address).context["token"], "case": case.pk, "act": name, **data}
        ready.append((browser, address, sent))

    def send(number: int) -> int:
        browser, address, sent = ready[number]
        return int(browser.post(address, sent).status_code)

    return Counter(at_once(len(ready), send))


def _standing() -> list[str]:
    return sorted(PartyContact.objects.filter(ended_at=None).values_list("value", flat=True))


def test_two_are_corrected_to_one_another(cases: list[Recovery]) -> None:
    """Each waits for the number that the other one frees: one is refused, neither is ended by the database."""
    case, debtor_id = cases[0], cases[0].debtor_id or 0
    for _round in range(ROUNDS):
        PartyContact.objects.all().delete()
        one, other = (contact_add(company_id=debtor_id, value=value, by=None) for value in (FIRST, SECOND))
        acts = [(one, SECOND), (other, FIRST)]
        sent = [(case, "correct-added-contact", {"contact": who.pk, "value": value}) for who, value in acts]
        assert set(_answers(sent)) <= {200, 302}
        assert _standing() == [FIRST, SECOND]


def test_it_is_corrected_while_letters_are_to_go_there(cases: list[Recovery]) -> None:
    case, debtor_id = cases[0], cases[0].debtor_id or 0
    for _round in range(ROUNDS):
        PartyContact.objects.all().delete()
        Company.objects.filter(pk=debtor_id).update(company_phone=PERSON["company_phone"])
        contact = contact_add(company_id=debtor_id, value=FIRST, by=None)
        correct: dict[str, Any] = {"contact": contact.pk, "value": SECOND}
        write_there: dict[str, Any] = {"contact": contact.pk}
        acts = [(case, "write-there", write_there), (case, "correct-added-contact", correct)]
        assert set(_answers(acts)) <= {200, 302}
        assert _standing() in ([SECOND], [])  # The number of before is known: the other client gives it.


def test_letters_are_to_go_to_both_of_two_rows(cases: list[Recovery]) -> None:
    """Each is the contact of the other row of the person."""
    for _round in range(ROUNDS):
        PartyContact.objects.all().delete()
        ids = [case.debtor_id or 0 for case in cases]
        Company.objects.filter(pk__in=ids).update(company_phone=PERSON["company_phone"])
        kept = [
            contact_add(company_id=pk, value=value, by=None) for pk, value in zip(ids, (FIRST, SECOND), strict=True)
        ]
        acts = [(case, "write-there", {"contact": kept[1 - number].pk}) for number, case in enumerate(cases)]
        assert set(_answers(acts)) <= {200, 302}
        phones = Company.objects.filter(pk__in=ids).order_by("pk").values_list("company_phone", flat=True)
        assert list(phones) == [SECOND, FIRST]


def test_one_number_is_added_from_both_rows(cases: list[Recovery]) -> None:
    for _round in range(ROUNDS):
        PartyContact.objects.all().delete()
        assert set(_answers([(case, "add-contact", {"value": FIRST, "note": ""}) for case in cases])) <= {200, 302}
        assert _standing() == [FIRST]
