"""What a schema refuses, said for people: with the messages the library really gives."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta

from app.web.schema_messages import plain_words


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        (Annotated[int, Meta(le=200)], 201, "Send at most 200."),
        (Annotated[int, Meta(ge=1)] | None, 0, "Send at least 1."),
        (Annotated[str, Meta(min_length=1)], "", "This must not be empty."),
        (Annotated[str, Meta(max_length=3)], "abcd", "Send at most 3 characters."),
        (Annotated[list[str], Meta(max_length=1)], ["a", "b"], "Send at most 1 of them."),
        (int, "x", "Send a whole number, not text."),
        (str | float, [], "Send a number or text, not a list."),
        (bool, None, "Send true or false, not null."),
        (Literal["a", "b"], "c", "'c' is none of the choices."),
        (datetime, "soon", "Send an instant with an offset, like 2026-11-26T08:00:00Z."),
        (
            Annotated[datetime, Meta(tz=True)],
            "2026-11-26T08:00:00",
            "Send an instant with an offset, like 2026-11-26T08:00:00Z.",
        ),
    ],
)
def test_what_does_not_fit_is_said_plainly(kind: Any, value: object, sentence: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(value, kind)
    assert plain_words(str(refused.value)) == sentence


def test_what_we_have_no_words_for_is_passed_on() -> None:
    assert plain_words("Something `new`") == "Something new."
