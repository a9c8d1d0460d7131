"""A version as its page shows it: rows under their headings, and what they come to."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zlib import crc32

from app.domain.documents.content import Document, Group, Line
from app.domain.quotes.drafts import Draft, all_lines
from app.domain.quotes.words import amounts_in, rates_in

_ICONS = {"kit": "box", "free": "pencil", "note": "file-text"}


def row_id(key: str) -> str:
    """The id of the row of a line on the page."""
    return f"line-{key.replace(':', '-')}"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a version; `version` is that of what was said about it, None where nothing can be said."""

    line: Line
    version: int | None
    icon: str
    by_hand: bool
    goes_along: bool
    equipment_id: int | None

    @property
    def key(self) -> str:
        """Tells it apart."""
        return self.line.key

    @property
    def row_id(self) -> str:
        """Its id on the page."""
        return row_id(self.line.key)

    @property
    def digest(self) -> str:
        """Eight letters that are others when what the row shows is."""
        told = (repr(self.line), self.version, self.by_hand, self.icon)
        return f"{crc32(repr(told).encode()):08x}"

    @property
    def off(self) -> Decimal | None:
        """What its own discount takes off."""
        if self.line.full is None or self.line.price is None or self.line.full == self.line.price:
            return None
        return self.line.full - self.line.price


@dataclass(frozen=True, slots=True)
class Section:
    """The rows under a heading; `group` has what they come to, None for the options."""

    heading: str
    rows: tuple[Row, ...]
    group: Group | None

    @property
    def section_id(self) -> str:
        """The id of its head on the page."""
        return f"group-{crc32(self.heading.encode()):08x}" if self.group else "group-options"

    @property
    def digest(self) -> str:
        """Eight letters that are others when what its head shows is."""
        told = (self.group.price, self.group.discount, self.group.total) if self.group else ()
        return f"{crc32(repr(told).encode()):08x}"


@dataclass(frozen=True, slots=True)
class VersionView:
    """All that the page of a version shows of it."""

    document: Document
    sections: tuple[Section, ...]

    @property
    def rows(self) -> dict[str, Row]:
        """Every row by its key."""
        return {row.key: row for section in self.sections for row in section.rows}

    @property
    def frame(self) -> str:
        """Eight letters that are others when other rows are there, or in another order."""
        told = [(section.heading, [row.key for row in section.rows]) for section in self.sections]
        return f"{crc32(repr(told).encode()):08x}"

    @property
    def unpriced(self) -> list[str]:
        """The names of lines of gear nobody gave a price."""
        return [
            row.line.name for row in self.rows.values() if row.line.kind != "note" and row.line.rate is None
        ]

    @property
    def context(self) -> dict[str, Any]:
        """What its templates have besides."""
        currency = self.document.currency
        return {
            "view": self,
            "doc": self.document,
            "amount": amounts_in(currency),
            "rate": rates_in(currency),
        }


def view_of_draft(draft: Draft) -> VersionView:
    """A draft, with all that can be said about its lines."""
    rows = {
        one.key: Row(
            line=one.line,
            version=one.version,
            icon=one.icon if one.line.kind == "rental" else _ICONS[one.line.kind],
            by_hand=one.by_hand,
            goes_along=one.parent is not None,
            equipment_id=one.rentals[0].equipment_id if one.line.kind == "rental" else None,
        )
        for one in draft.lines
    }
    return _view(draft.document, rows)


def view_of_document(document: Document) -> VersionView:
    """What was sent, as it was."""
    rows = {
        key: Row(
            line, None, _ICONS.get(line.kind, "packages"), by_hand=False, goes_along=False, equipment_id=None
        )
        for key, line in all_lines(document).items()
    }
    return _view(document, rows)


def _view(document: Document, rows: dict[str, Row]) -> VersionView:
    def under(lines: Iterable[Line]) -> tuple[Row, ...]:
        return tuple(rows[line.key] for line in lines)

    sections = [Section(group.heading, under(group.lines), group) for group in document.groups]
    if document.options:
        sections.append(Section("", under(document.options), None))
    return VersionView(document, tuple(sections))
