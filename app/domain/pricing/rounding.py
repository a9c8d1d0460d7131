"""Amounts of money: half-up rounding, and shares that add up to the whole."""

from collections.abc import Hashable, Mapping
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import TypeVar

HUNDRED = Decimal(100)
ZERO = Decimal(0)

Key = TypeVar("Key", bound=Hashable)


def rounded(amount: Decimal, places: int) -> Decimal:
    """An amount to so many decimals of its currency; a half goes away from zero, as on paper."""
    # the zero added keeps a minus off what rounds to nothing
    return amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) + ZERO


def percent_of(amount: Decimal, percent: Decimal) -> Decimal:
    """So many percent of an amount, not rounded."""
    return amount * percent / HUNDRED


def shares_of(total: Decimal, weights: Mapping[Key, Decimal], places: int) -> dict[Key, Decimal]:
    """Split a rounded total in proportion to weights, so that the shares add up to it exactly.

    What rounding leaves goes to those with the largest remainder (Hamilton's method). Who comes first among
    equals is decided by weight and key, never by the order of the mapping. All shares are zero where the
    weights come to nothing; keys have to be comparable as text.
    """
    whole = sum(weights.values(), ZERO)
    if whole == 0 or total == 0:
        return dict.fromkeys(weights, ZERO)
    step = Decimal(1).scaleb(-places)
    exact = {key: total * weight / whole for key, weight in weights.items()}
    shares = {key: share.quantize(step, ROUND_DOWN) for key, share in exact.items()}
    left = total - sum(shares.values(), ZERO)
    coin = step if left > 0 else -step
    towards = sorted(weights, key=lambda key: (-(exact[key] - shares[key]) * coin, -weights[key], str(key)))
    for at in range(int(left / coin)):
        shares[towards[at % len(towards)]] += coin
    return shares
