from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invoicing.billing.rules import Levy, Line, Vat, balance, in_euros, totals

D = Decimal
VAT20, VAT55 = Vat("S", D("20")), Vat("S", D("5.5"))
OUTLAY = Vat("E", D(0), "Débours : article 267", "VATEX-EU-79-C")


def line(price: str, quantity: int = 1, vat: Vat = VAT20, *levies: Levy) -> Line:
    return Line(D(price), quantity, vat, levies)


def test_each_rate_is_rounded_once_over_all_its_items() -> None:
    # Three times 0.03 EUR at 20 %: 0.018, which is 0.02. Rounded by item it would be 0.03.
    sums = totals([line("0.03"), line("0.03"), line("0.03")])
    assert (sums.net, sums.vat, sums.total) == (D("0.09"), D("0.02"), D("0.11"))


def test_half_a_cent_goes_up() -> None:
    assert totals([line("0.10", 1, Vat("S", D("5")))]).vat == D("0.01")  # 0.005


def test_rates_are_kept_apart_and_exemptions_come_last() -> None:
    sums = totals([line("33.47", 1, OUTLAY), line("100", 2), line("10", 1, VAT55)])
    assert [(vat.category, vat.percent, vat.base, vat.amount) for vat in sums.vats] == [
        ("S", D("20"), D("200.00"), D("40.00")),
        ("S", D("5.5"), D("10.00"), D("0.55")),
        ("E", D(0), D("33.47"), D("0.00")),
    ]
    assert (sums.net, sums.vat, sums.total) == (D("243.47"), D("40.55"), D("284.02"))
    assert sums.vats[2].mentions == ("Débours : article 267",)


def test_other_taxes_belong_to_the_base_of_vat() -> None:
    sums = totals([line("100", 2, VAT20, Levy("a", D("1.5"), D(0)), Levy("b", D(0), D("13.00")))])
    assert (sums.net, sums.vat, sums.total) == (D("216.00"), D("43.20"), D("259.20"))


def test_a_tax_may_have_a_percent_and_a_fixed_part() -> None:
    assert line("10.01", 1, VAT20, Levy("a", D("2.5"), D("0.10"))).net == D("10.36")  # 10.01 + 0.35025


def test_nothing_adds_up_to_nothing() -> None:
    assert totals([]).total == D("0.00")


def test_the_balance_may_be_owed_to_the_client() -> None:
    assert balance(D("120"), paid=D("100"), credited=D("120")) == D("-100")


def test_euros_of_another_currency() -> None:
    assert in_euros(D("20.00"), D("0.923456")) == D("18.47")


amounts = st.integers(0, 99_999_999).map(lambda cents: D(cents) / 100)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.builds(
            Line,
            amounts,
            st.integers(1, 1000),
            st.sampled_from([VAT20, VAT55, OUTLAY]),
            st.lists(st.builds(Levy, st.just("x"), st.sampled_from([D(0), D("1.25")]), amounts), max_size=2).map(tuple),
        ),
        max_size=8,
    )
)
def test_parts_add_up_to_the_whole(lines: list[Line]) -> None:
    sums = totals(lines)
    assert sums.total == sums.net + sums.vat
    assert sums.net == sum((each.net for each in lines), D(0)) == sum((vat.base for vat in sums.vats), D(0))
    for vat in sums.vats:
        assert abs(vat.amount - vat.base * vat.percent / 100) <= D("0.005")
    assert sums.total == round(sums.total, 2)
