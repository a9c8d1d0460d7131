"""Words that depend on how many there are."""


def counted(count: int, one: str, many: str = "") -> str:
    """A number and its noun: 1 item, 2 items; `many` where an s is not enough."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def signed(difference: int) -> str:
    """A difference with its sign, as people write it, with a minus sign."""
    return f"{difference:+d}".replace("-", "\N{MINUS SIGN}")
