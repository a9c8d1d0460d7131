"""Calendars as text: every line of it is one that other programs can read."""

from datetime import UTC, datetime, timedelta, timezone

from app.domain.calendar.ical import Entry, calendar_text

START = datetime(2031, 6, 2, 10, 0, tzinfo=timezone(timedelta(hours=2)))


def entry(**values: object) -> Entry:
    given = {
        "uid": "event-5.x@av-rentals",
        "summary": "Gala",
        "start": START,
        "end": START + timedelta(hours=24),
        "changed_at": datetime(2031, 1, 1, tzinfo=UTC),
        "sequence": 3,
        "is_certain": True,
    }
    return Entry(**{**given, **values})  # type: ignore[arg-type]


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_moments_are_in_utc_and_lines_end_as_they_should() -> None:
    text = calendar_text("Shop", [entry()])
    assert "\n" not in text.replace("\r\n", "")
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert {"DTSTART:20310602T080000Z", "DTEND:20310603T080000Z", "SEQUENCE:3", "STATUS:CONFIRMED"} <= set(
        lines
    )
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1


def test_text_cannot_end_its_line_or_begin_another() -> None:
    text = calendar_text(
        "A; B", [entry(summary="a,b;c\\d\r\nDTSTART:19700101T000000Z\x00", is_certain=False)]
    )
    lines = unfolded(text)
    assert "SUMMARY:a\\,b\\;c\\\\d\\nDTSTART:19700101T000000Z" in lines
    assert "X-WR-CALNAME:A\\; B" in lines
    assert "STATUS:TENTATIVE" in lines
    assert sum(line.startswith("DTSTART") for line in lines) == 1


def test_long_lines_are_folded_between_letters() -> None:
    title = "Überraschung für Łódź 🎪 " * 12
    text = calendar_text("Shop", [entry(summary=title)])
    pieces = text.encode().split(b"\r\n")
    assert max(map(len, pieces)) <= 75
    for piece in pieces:
        piece.decode("utf-8")
    assert f"SUMMARY:{title}" in unfolded(text)
