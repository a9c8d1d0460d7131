"""How long is charged, and which rule counts: against an oracle that walks through the days one by one."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.pricing.charging import Factors, Weekend, charge_of, charged_days, days_of
from app.domain.pricing.rating import PriceBook, Priced, Rule
from tests.unit.pricing_oracle import days_charged, days_touched, factor_of

BERLIN = ZoneInfo("Europe/Berlin")
# clocks change at midnight in Beirut, by half an hour on Lord Howe, and a whole day was left out on Samoa
ZONES = st.sampled_from(
    [BERLIN, *(ZoneInfo(name) for name in ("UTC", "America/New_York", "Asia/Beirut", "Australia/Lord_Howe",
                                           "Pacific/Apia"))]
)  # fmt: skip
QUARTERS = st.integers(1, 4 * 24 * 20)
STARTS = st.datetimes(datetime(2011, 12, 1), datetime(2027, 12, 31))  # noqa: DTZ001
WEEKENDS = st.sampled_from(("days", "one", "free"))


@st.composite
def periods(draw: st.DrawFn) -> tuple[datetime, datetime]:
    """Some quarters of an hour up to three weeks, anywhere on the clock."""
    start = draw(STARTS).replace(
        minute=draw(st.sampled_from((0, 15, 45))), second=0, microsecond=0, tzinfo=UTC
    )
    return start, start + timedelta(minutes=15 * draw(QUARTERS))


@st.composite
def factor_tables(draw: st.DrawFn) -> Factors:
    """Rising days, factors that do not fall."""
    days = sorted(draw(st.sets(st.integers(2, 40), max_size=6)) | {1})
    factors = sorted(draw(st.lists(st.decimals(0, 40, places=2), min_size=len(days), max_size=len(days))))
    return Factors("drawn", tuple(zip(days, factors, strict=True)), draw(st.decimals(0, 2, places=2)))


@given(periods(), ZONES, WEEKENDS)
def test_days_are_those_of_the_shops_calendar(
    period: tuple[datetime, datetime], zone: ZoneInfo, weekend: Weekend
) -> None:
    walked = days_touched(*period, zone)
    days = days_of(*period, zone)
    if zone.key != "Pacific/Apia":
        assert days == walked
    assert set(walked) <= set(days)
    assert charged_days(days, weekend) == days_charged(days, weekend)


@given(periods(), ZONES)
def test_the_clock_that_instants_come_in_does_not_matter(
    period: tuple[datetime, datetime], zone: ZoneInfo
) -> None:
    local = (period[0].astimezone(zone), period[1].astimezone(zone))
    for basis in ("day", "week", "hour"):
        assert charge_of(basis, local, zone) == charge_of(basis, period, zone)
    hours = -((period[0] - period[1]) // timedelta(hours=1))
    assert charge_of("hour", local, zone).units == hours


@given(factor_tables(), st.integers(1, 200))
def test_factors_are_those_of_the_oracle_and_never_fall(factors: Factors, days: int) -> None:
    steps = [(step, Fraction(factor)) for step, factor in factors.steps]
    assert Fraction(factors.of(days)) == factor_of(days, steps, Fraction(factors.further))
    assert factors.of(days) <= factors.of(days + 1)


@given(periods(), WEEKENDS, st.integers(1, 40), factor_tables())
def test_a_longer_hire_never_costs_less(
    period: tuple[datetime, datetime], weekend: Weekend, minimum: int, factors: Factors
) -> None:
    longer = (period[0], period[1] + timedelta(days=1))
    for basis in ("day", "week", "hour"):
        used = factors if basis == "day" else None
        short, long = (
            charge_of(basis, one, BERLIN, factors=used, weekend=weekend, minimum_days=minimum)
            for one in (period, longer)
        )
        assert short.multiple <= long.multiple
        assert basis == "hour" or short.days + 1 == long.days


@pytest.mark.parametrize(
    ("first", "last", "weekend", "charged"),
    [
        ("2026-11-20", "2026-11-23", "days", 4),
        ("2026-11-20", "2026-11-23", "one", 3),
        ("2026-11-20", "2026-11-23", "free", 2),
        ("2026-11-21", "2026-11-22", "one", 1),
        ("2026-11-21", "2026-11-22", "free", 1),
        ("2026-11-22", "2026-11-22", "one", 1),
        ("2026-11-22", "2026-11-29", "one", 7),
    ],
)
def test_weekends(first: str, last: str, weekend: Weekend, charged: int) -> None:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    days = [start + timedelta(days=at) for at in range((end - start).days + 1)]
    assert charged_days(days, weekend) == charged


def test_days_when_clocks_change() -> None:
    """From Saturday noon to Sunday noon are two days and, in spring, twenty-three hours."""
    start = datetime(2026, 3, 28, 12, tzinfo=BERLIN)
    end = datetime(2026, 3, 29, 12, tzinfo=BERLIN)
    assert charge_of("day", (start, end), BERLIN).units == 2
    assert charge_of("hour", (start, end), BERLIN).units == 23
    autumn = (datetime(2026, 10, 24, 12, tzinfo=BERLIN), datetime(2026, 10, 25, 12, tzinfo=BERLIN))
    assert charge_of("hour", autumn, BERLIN).units == 25
    midnight = (datetime(2026, 3, 28, tzinfo=BERLIN), datetime(2026, 3, 29, tzinfo=BERLIN))
    assert charge_of("day", midnight, BERLIN).units == 1


PERIOD = (datetime(2026, 11, 25, 8, tzinfo=BERLIN), datetime(2026, 11, 27, 20, tzinfo=BERLIN))
LAMP = Priced("equipment", 7, Decimal("20.00"), category_id=1, subcategory_id=2)


@st.composite
def rule_sets(draw: st.DrawFn) -> list[Rule]:
    """Rules that may or may not be for the lamp, each with a price of its own."""
    places = [("equipment", 7), ("equipment", 8), ("kit", 7), ("category", 1), ("category", 2),
              ("category", 3), ("everything", None)]  # fmt: skip
    chosen = draw(st.lists(st.sampled_from(places), unique=True))
    return [
        Rule(at, scope, target, amount=Decimal(at + 1))  # type: ignore[arg-type]
        for at, (scope, target) in enumerate(chosen)
    ]


@given(rule_sets())
def test_the_nearest_rule_counts(rules: list[Rule]) -> None:
    wanted = [("equipment", 7), ("category", 2), ("category", 1), ("everything", None)]
    by_place = {(rule.scope, rule.target_id): rule for rule in rules}
    nearest = next((by_place[place] for place in wanted if place in by_place), None)  # type: ignore[index]
    rating = PriceBook(rules).rating_of(LAMP, PERIOD, BERLIN)
    assert rating.rule == nearest
    assert rating.rate == (Decimal("20.00") if nearest is None else nearest.amount)
    assert rating.charge.units == 3


def test_consumables_are_sold_unless_a_rule_of_their_own_says_otherwise() -> None:
    tape = Priced("equipment", 9, Decimal("11.50"), category_id=1, is_consumable=True)
    book = PriceBook([Rule(1, "everything", amount=Decimal(5)), Rule(2, "category", 1, basis="week")])
    sold = book.rating_of(tape, PERIOD, BERLIN)
    assert (sold.rule, sold.rate, sold.charge.basis, sold.charge.multiple) == (
        None,
        Decimal("11.50"),
        "piece",
        1,
    )
    own = PriceBook([Rule(3, "equipment", 9, amount=Decimal(2))]).rating_of(tape, PERIOD, BERLIN)
    assert (own.rate, own.charge.multiple) == (Decimal(2), 3)


def test_a_list_in_another_currency_says_its_prices_itself() -> None:
    book = PriceBook([Rule(1, "category", 1)], own_rates=False)
    assert book.rating_of(LAMP, PERIOD, BERLIN).rate is None
    assert not book.has_own_price(LAMP)
    assert PriceBook([Rule(2, "equipment", 7, amount=Decimal(9))], own_rates=False).has_own_price(LAMP)


def test_a_kit_is_priced_as_a_whole_where_somebody_said_its_price() -> None:
    book = PriceBook([Rule(1, "kit", 4, amount=Decimal(195)), Rule(2, "everything")])
    assert book.has_own_price(Priced("kit", 4, None))
    assert book.has_own_price(Priced("kit", 5, Decimal(90)))
    assert not book.has_own_price(Priced("kit", 6, None))
