"""What cannot become a fact of an account."""

from datetime import date

import pytest

from law.account.checks import credit_note_refusals, payment_refusals, same_payment
from law.account.facts import PaymentState
from law.tests.accounts import F1, F2, case, credit, eur, invoice, paid

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("amount", "on", "refused"),
    [
        ("0.01", "2026-02-13", []),
        ("999999999999.99", "2026-11-28", []),
        ("0.00", "2026-06-10", ["amount"]),
        ("-5.00", "2026-06-10", ["amount"]),
        ("NaN", "2026-06-10", ["amount"]),
        ("Infinity", "2026-06-10", ["amount"]),
        ("1.005", "2026-06-10", ["amount"]),
        ("1000000000000.00", "2026-06-10", ["amount"]),
        ("5.00", "2026-11-29", ["on"]),
        ("5.00", "2026-02-12", ["on"]),
        ("5.00", "1989-12-31", ["on", "on"]),
    ],
)
def test_a_payment_that_makes_no_sense_is_refused(amount: str, on: str, refused: list[str]) -> None:
    assert [field for field, _sentence in payment_refusals(case(F1, F2), paid(1, amount, on), TODAY)] == refused


@pytest.mark.parametrize(("reference", "invoice_id"), [("VIR 2026-031", None), ("", 42), ("2026-014", 42)])
def test_a_payment_does_not_come_before_the_invoice_that_it_names(reference: str, invoice_id: int | None) -> None:
    early = paid(1, "5.00", "2026-04-29", reference, invoice_id=invoice_id)
    [(field, sentence)] = payment_refusals(case(F1, F2), early, TODAY)
    assert (field, "30/04/2026" in str(sentence)) == ("on", True)


def test_credit_notes_stay_within_what_was_asked_for_the_invoice() -> None:
    facts = case(
        invoice(1, "100.00", None, part_paid=eur("30.00")), credit_notes=(credit(1, 1, "50.00", "2026-03-01"),)
    )
    for amount, refused in (("20.00", []), ("20.01", ["amount"])):
        note = credit(2, 1, amount, "2026-04-01")
        assert [field for field, _sentence in credit_note_refusals(facts, note, TODAY)] == refused
    early = credit(2, 1, "1.00", "2026-01-14")
    assert [field for field, _sentence in credit_note_refusals(facts, early, TODAY)] == ["on"]


def test_the_same_payment_again_is_found() -> None:
    facts = case(F1, payments=(paid(3, "5.00", "2026-06-10", "VIR 1"), paid(2, "5.00", "2026-06-10", "vir  1")))
    assert same_payment(facts, paid(9, "5.00", "2026-06-10", "VIR 1")) == 2
    assert same_payment(facts, paid(9, "5.00", "2026-06-10", "VIR 2")) is None
    assert same_payment(facts, paid(9, "5.01", "2026-06-10", "VIR 1")) is None
    gone = case(F1, payments=(paid(2, "5.00", "2026-06-10", state=PaymentState.REVERSED),))
    assert same_payment(gone, paid(9, "5.00", "2026-06-10")) is None
