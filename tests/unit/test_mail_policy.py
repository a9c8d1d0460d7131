"""Letters as they go through the wire, and when they are tried again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.mail.policy import MOST_ATTEMPTS, Attachment, Letter, message_id, message_of, wait_after

LETTER = Letter(7, "ana@example.com", "Quote Q-1", "Hello", datetime(2026, 11, 21, 9, 30, tzinfo=UTC))
SENDER = "Northlight AV <hire@northlight.example>"


def test_waits_grow_up_to_a_bound_and_come_to_less_than_a_day() -> None:
    waits = [wait_after(attempts) for attempts in range(1, MOST_ATTEMPTS)]
    assert waits[:3] == [timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=8)]
    assert waits == sorted(waits)
    assert sum(waits, timedelta()) < timedelta(days=1)


def test_the_id_is_the_same_in_every_try_and_of_no_other_letter() -> None:
    assert message_id(LETTER, SENDER) == message_id(replace(LETTER, words="Changed"), SENDER)
    assert message_id(LETTER, SENDER) != message_id(replace(LETTER, id=8), SENDER)
    assert message_id(LETTER, SENDER).endswith("@northlight.example>")


def test_a_pdf_goes_along_under_its_name() -> None:
    message = message_of(LETTER, SENDER, [Attachment("Angebot für Zürich.pdf", b"%PDF-1.7")])
    [attached] = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("Angebot für Zürich.pdf", b"%PDF-1.7")


@pytest.mark.parametrize("field", ["recipient", "subject"])
def test_no_header_can_be_smuggled_in(field: str) -> None:
    with pytest.raises(ValueError, match=r"newline|linefeed"):
        message_of(replace(LETTER, **{field: "a@example.com\nBcc: all@example.com"}), SENDER)
