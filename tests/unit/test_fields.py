"""The messages of what is typed into fields, where they could mislead."""

from decimal import Decimal

import pytest

from app.lib.fields import FieldError, Reader, decimal_number, whole_number

RATE = decimal_number(2, Decimal(9_999_999), example="4.50")
PIECES = whole_number(0, 1_000_000)


@pytest.mark.parametrize(
    ("reader", "text", "message"),
    [
        (RATE, "-5", "Write a number that is not below 0, like 4.50."),
        (RATE, "\N{MINUS SIGN}5,5", "Write a number that is not below 0, like 4.50."),
        (RATE, "--5", "Write a number, like 4.50."),
        (RATE, "5-", "Write a number, like 4.50."),
        (PIECES, "99999999999999", "Write a number between 0 and 1,000,000."),
        (PIECES, "9" * 5000, "Write a number between 0 and 1,000,000."),
        (PIECES, "-1", "Write a number between 0 and 1,000,000."),
        (PIECES, "twelve", "Write a whole number, like 12."),
    ],
)
def test_a_number_that_does_not_fit_is_told_why(reader: Reader, text: str, message: str) -> None:
    with pytest.raises(FieldError) as refused:
        reader(text)
    assert refused.value.message == message


def test_numbers_that_fit_are_read() -> None:
    assert RATE("1.234,50") == Decimal("1234.50")
    assert PIECES("1 000") == 1000
