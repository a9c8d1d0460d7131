"""What lines come to: against an oracle with fractions, however they are ordered, grouped, taxed and rounded."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.domain.pricing.rounding import rounded, shares_of
from app.domain.pricing.sums import Discount, Item, Sums, Terms, deposit_of, sums_of
from tests.unit.pricing_oracle import Line, half_up, net_before_tax, price_of

PLACES = st.sampled_from((0, 2, 3))
PERCENTS = st.decimals(0, 100, places=3)
TAXES = st.sampled_from([Decimal(0), Decimal(7), Decimal(19), Decimal("8.1"), Decimal("5.5"), Decimal(100)])
ZERO = Decimal(0)


def amounts(places: int, most: int = 5000) -> st.SearchStrategy[Decimal]:
    """Amounts of money, with more decimals than a currency may have."""
    return st.decimals(0, most, places=places + 1)


DISCOUNTS = st.one_of(
    st.just(Discount()),
    st.builds(Discount, percent=PERCENTS, amount=st.just(ZERO)),
    st.builds(Discount, percent=st.just(ZERO), amount=amounts(2, 800)),
    st.builds(Discount, percent=PERCENTS, amount=amounts(2, 800)),
)


@st.composite
def items(draw: st.DrawFn, *, negative: bool = False) -> list[Item]:
    """Lines under up to three headings; with `negative` ones that give something back."""
    rates = st.decimals(-900 if negative else 0, 4000, places=4)
    return [
        Item(
            key=f"line:{key}",
            quantity=draw(st.decimals(0, 200, places=2)),
            rate=draw(rates),
            multiple=draw(st.decimals(0, 30, places=4)),
            minimum=draw(st.none() | amounts(3, 60)),
            discount=draw(DISCOUNTS),
            tax_percent=draw(TAXES),
            heading=draw(st.sampled_from(("", "Audio", "Lighting"))),
            counted=draw(st.booleans()),
        )
        for key in range(draw(st.integers(1, 9)))
    ]


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    """Any way of adding up."""
    return Terms(
        places=draw(PLACES),
        include_tax=draw(st.booleans()),
        tax_rounding=draw(st.sampled_from(("rate", "line"))),
        reverse_charge=draw(st.booleans()),
        discount=draw(DISCOUNTS),
        group_discounts=draw(st.dictionaries(st.sampled_from(("", "Audio")), DISCOUNTS)),
    )


def lines_of(given_items: Sequence[Item]) -> list[Line]:
    """The same lines for the oracle."""
    return [
        Line(
            item.key,
            Fraction(item.quantity),
            Fraction(item.rate),
            Fraction(item.multiple),
            None if item.minimum is None else Fraction(item.minimum),
            Fraction(item.discount.percent),
            Fraction(item.discount.amount),
            Fraction(item.tax_percent),
            item.heading,
            item.counted,
        )
        for item in given_items
    ]


def sums_with(given_items: Sequence[Item], terms: Terms) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """The four figures of a paper."""
    found = sums_of(given_items, terms)
    return found.subtotal, found.net, found.tax, found.gross


@given(items(negative=True), terms())
def test_every_price_and_the_discounts_are_those_of_the_oracle(given_items: list[Item], terms: Terms) -> None:
    found = sums_of(given_items, terms)
    lines = lines_of(given_items)
    for line in lines:
        assert Fraction(found.lines[line.key].price) == price_of(line, terms.places)
    granted = {
        heading: (Fraction(one.percent), Fraction(one.amount))
        for heading, one in terms.group_discounts.items()
    }
    whole = (Fraction(terms.discount.percent), Fraction(terms.discount.amount))
    subtotal, discount = net_before_tax(lines, granted, whole, terms.places)
    assert Fraction(found.subtotal) == subtotal
    assert Fraction(found.discount) == discount


@given(items(negative=True), terms())
def test_no_cent_appears_or_disappears(given_items: list[Item], terms: Terms) -> None:
    found = sums_of(given_items, terms)
    counted = [item.key for item in given_items if item.counted]
    assert found.net + found.tax == found.gross
    for tax in found.taxes:
        assert tax.net + tax.tax == tax.gross
    due = sum((found.lines[key].due for key in counted), ZERO)
    assert due == found.subtotal - found.discount
    assert sum((group.total for group in found.groups), ZERO) == found.subtotal
    prices = sum((found.lines[key].price for key in counted), ZERO)
    assert prices - sum((group.discount for group in found.groups), ZERO) == found.subtotal
    if not terms.reverse_charge:
        assert (found.gross if terms.include_tax else found.net) == due


@given(items(negative=True), terms())
def test_amounts_have_the_decimals_of_their_currency(given_items: list[Item], terms: Terms) -> None:
    found = sums_of(given_items, terms)
    for amount in (found.subtotal, found.discount, found.net, found.tax, found.gross):
        assert amount == rounded(amount, terms.places)
        assert str(amount) == str(abs(amount)) or amount < 0
    for line in found.lines.values():
        assert line.due == rounded(line.due, terms.places)


@given(items(negative=True), terms(), st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(given_items: list[Item], terms: Terms, random: object) -> None:
    shuffled = list(given_items)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = sums_of(given_items, terms), sums_of(shuffled, terms)
    assert first.lines == second.lines
    assert first.taxes == second.taxes
    assert sorted(first.groups, key=str) == sorted(second.groups, key=str)
    assert sums_with(given_items, terms) == sums_with(shuffled, terms)


@given(items(negative=True), terms())
def test_headings_change_nothing_where_they_grant_nothing(given_items: list[Item], terms: Terms) -> None:
    plain = Terms(
        terms.places, terms.include_tax, terms.tax_rounding, terms.reverse_charge, discount=terms.discount
    )
    alone = [
        Item(one.key, one.quantity, one.rate, one.multiple, one.minimum, one.discount, one.tax_percent, "",
             one.counted)
        for one in given_items
    ]  # fmt: skip
    assert sums_with(given_items, plain) == sums_with(alone, plain)


@given(items(), terms())
def test_nothing_that_costs_something_becomes_negative(given_items: list[Item], terms: Terms) -> None:
    found = sums_of(given_items, terms)
    assert min(found.net, found.tax, found.gross, found.subtotal, found.discount) >= 0
    for line in found.lines.values():
        assert 0 <= line.due <= line.price <= line.full
    for group in found.groups:
        assert 0 <= group.discount <= group.price
    assert found.discount <= found.subtotal


@given(items(), terms())
def test_lines_that_are_not_counted_have_a_price_and_no_part(given_items: list[Item], terms: Terms) -> None:
    counted = [item for item in given_items if item.counted]
    found = sums_of(given_items, terms)
    assert sums_with(counted, terms) == sums_with(given_items, terms)
    assert all(found.lines[item.key].due == 0 for item in given_items if not item.counted)


@given(items(negative=True), PLACES, st.sampled_from(("rate", "line")))
def test_tax_is_that_of_the_oracle(given_items: list[Item], places: int, rounding: str) -> None:
    plain = Terms(places, tax_rounding="line" if rounding == "line" else "rate")
    within = Terms(places, include_tax=True, tax_rounding=plain.tax_rounding)
    lines = [line for line in lines_of(given_items) if line.counted]
    for one, share in (
        (plain, lambda due, tax: due * tax / 100),
        (within, lambda due, tax: due * tax / (100 + tax)),
    ):
        expected = Fraction(0)
        for percent in {line.tax for line in lines}:
            prices = [price_of(line, places) for line in lines if line.tax == percent]
            parts = prices if rounding == "line" else [sum(prices, Fraction(0))]
            expected += sum((half_up(share(part, percent), places) for part in parts), Fraction(0))
        assert Fraction(sums_of(given_items, one).tax) == expected


@given(items(), terms())
def test_under_reverse_charge_nobody_pays_tax(given_items: list[Item], terms: Terms) -> None:
    charged = Terms(
        terms.places, terms.include_tax, terms.tax_rounding, True, terms.discount, terms.group_discounts
    )
    usual = Terms(
        terms.places, terms.include_tax, terms.tax_rounding, False, terms.discount, terms.group_discounts
    )
    found = sums_of(given_items, charged)
    assert found.tax == 0
    assert found.net == found.gross == sums_of(given_items, usual).net


@given(st.decimals(0, 100_000, places=2), TAXES)
def test_prices_with_tax_lead_back_to_those_without(net: Decimal, percent: Decimal) -> None:
    def one(amount: Decimal, *, include_tax: bool) -> Sums:
        item = Item("a", Decimal(1), amount, tax_percent=percent)
        return sums_of([item], Terms(include_tax=include_tax))

    there = one(net, include_tax=False)
    back = one(there.gross, include_tax=True)
    assert (back.net, back.tax, back.gross) == (there.net, there.tax, there.gross)


@given(
    st.decimals(-9_999_999, 9_999_999, places=3),
    st.dictionaries(st.text(max_size=3), st.decimals(0, 10_000_000, places=2), min_size=1, max_size=12),
    PLACES,
)
def test_shares_add_up_and_none_is_a_cent_off(
    total: Decimal, weights: dict[str, Decimal], places: int
) -> None:
    wanted = rounded(total, places)
    shares = shares_of(wanted, weights, places)
    whole = sum(weights.values(), ZERO)
    if whole == 0:
        assert set(shares.values()) == {ZERO}
        return
    assert sum(shares.values(), ZERO) == wanted
    for key, weight in weights.items():
        exact = Fraction(wanted) * Fraction(weight) / Fraction(whole)
        assert abs(Fraction(shares[key]) - exact) < Fraction(1, 10**places)
    turned = dict(reversed(list(weights.items())))
    assert shares_of(wanted, turned, places) == shares


@given(st.decimals(-1_000_000, 1_000_000, places=4), PLACES)
def test_a_half_goes_away_from_zero(amount: Decimal, places: int) -> None:
    assert Fraction(rounded(amount, places)) == half_up(Fraction(amount), places)
    assert rounded(-amount, places) == -rounded(amount, places)
    assert not str(rounded(Decimal("-0.00001"), places)).startswith("-")


@given(st.decimals(0, 1_000_000, places=2), PERCENTS)
def test_a_deposit_is_a_part_of_the_whole(gross: Decimal, percent: Decimal) -> None:
    assert 0 <= deposit_of(gross, percent, 2) <= gross
