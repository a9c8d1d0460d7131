"""What is other between two versions of a quote, line by line. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Literal

from app.domain.documents.content import Document, Line

_TERMS = {
    "title": "Title",
    "language": "Language",
    "valid_until": "Valid until",
    "charge_start": "Charged from",
    "charge_end": "Charged to",
    "discount_percent": "Discount in percent",
    "discount_amount": "Discount as an amount",
    "deposit_percent": "Deposit in percent",
    "prices_include_tax": "Prices include tax",
    "tax_rounding": "Tax is rounded for each",
    "reverse_charge": "Reverse charge",
    "show_images": "Images",
    "intro": "Introduction",
    "terms": "Conditions",
}
_NONE = Decimal(0)
Value = str | bool | Decimal | date | datetime | None


@dataclass(frozen=True, slots=True)
class Pair:
    """A line in both versions; None where it is not in one of them."""

    before: Line | None
    after: Line | None

    @property
    def line(self) -> Line:
        """The line as it is called last."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a pair has a line at least")
        return found

    @property
    def kind(self) -> Literal["same", "added", "removed", "changed"]:
        """What became of it."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        return "changed" if told(self.before) != told(self.after) else "same"

    @property
    def more(self) -> Decimal:
        """By how much it is dearer."""
        return _price(self.after) - _price(self.before)


@dataclass(frozen=True, slots=True)
class Term:
    """Something said for the whole, in both versions."""

    label: str
    before: Value
    after: Value

    @property
    def is_percent(self) -> bool:
        """Whether its numbers are percentages; others are amounts."""
        return self.label.endswith(" in percent")


def told(line: Line) -> tuple[object, ...]:
    """All of a line that a client reads."""
    return (
        line.name, line.note, line.heading, line.quantity, line.basis, line.units, line.rate, line.multiple,
        line.price, line.tax_percent, line.optional, line.hidden, tuple(line.parts),
    )  # fmt: skip


def pairs(before: Document, after: Document) -> list[Pair]:
    """The lines of both, in the order of the later one; what is not in it stands where it stood."""
    old, new = _lines(before), _lines(after)
    partners = _partners(old, new)
    found = [Pair(partners.get(line.key), line) for line in new]
    kept = {line.key for line in partners.values()}
    for at, line in enumerate(old):
        if line.key not in kept:
            found.insert(_place(found, old[:at]), Pair(line, None))
    return found


def _partners(old: Sequence[Line], new: Sequence[Line]) -> dict[str, Line]:
    """What each later line was, by its key: the line with this key, else one by hand that is called so."""
    by_key = {line.key: line for line in old}
    found = {line.key: by_key[line.key] for line in new if line.key in by_key}
    by_hand = {"free", "note"}
    left = [line for line in old if line.key not in found and line.kind in by_hand]
    # of several with one name, those under the same heading belong together first
    for names in (("kind", "name", "heading"), ("kind", "name")):
        called = attrgetter(*names)
        for line in new:
            if line.key in found or line.kind not in by_hand:
                continue
            partner = next((one for one in left if called(one) == called(line)), None)
            if partner is not None:
                found[line.key] = partner
                left.remove(partner)
    return found


def terms(before: Document, after: Document) -> list[Term]:
    """What is said otherwise for the whole, and granted otherwise on groups."""
    found = [
        Term(label, getattr(before, name), getattr(after, name))
        for name, label in _TERMS.items()
        if getattr(before, name) != getattr(after, name)
    ]
    old, new = _granted(before), _granted(after)
    for heading in dict.fromkeys([*old, *new]):
        pair = old.get(heading, _NONE), new.get(heading, _NONE)
        if pair[0] != pair[1]:
            found.append(Term(f"Discount on {heading or 'lines without a heading'}", *pair))
    return found


def _granted(document: Document) -> dict[str, Decimal]:
    return {group.heading: group.discount for group in document.groups if group.discount}


def _place(found: Sequence[Pair], earlier: Sequence[Line]) -> int:
    """Behind the last of the lines before it that is there."""
    for line in reversed(earlier):
        for at, pair in enumerate(found):
            if line.key in {one.key for one in (pair.before, pair.after) if one is not None}:
                return at + 1
    return 0


def _lines(document: Document) -> list[Line]:
    return [line for group in document.groups for line in group.lines] + list(document.options)


def _price(line: Line | None) -> Decimal:
    return Decimal(0) if line is None or line.price is None else line.price
