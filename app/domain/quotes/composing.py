"""From the rentals of an event to the lines of a draft: order, kits, prices, and what was said otherwise.

Pure. A line of a draft follows its rental and the price list in everything that its row (QuoteLine) leaves
open; the lines of a kit that has a price of its own are one line with that price.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from app.db.models import QuoteLine
from app.domain.documents.content import Line
from app.domain.events.line_order import Place, in_groups
from app.domain.pricing.queries import Tax, tax_of
from app.domain.pricing.rating import PriceBook, Priced, Rating
from app.domain.pricing.sums import Discount
from app.domain.quotes.draft_queries import RentalFacts
from app.domain.quotes.rating import effective_rating, free_rating
from app.domain.quotes.words import explanation_of

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Ingredients:
    """What the lines of a draft are made of. `period` is what is charged for, on the shop's calendar."""

    rentals: Sequence[RentalFacts]
    rows: Sequence[QuoteLine]
    book: PriceBook
    priced: Mapping[tuple[Literal["equipment", "kit"], int], Priced]
    taxes: Sequence[Tax]
    period: Span
    zone: ZoneInfo
    currency: str


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line as the paper has it, and where that comes from.

    `row` is what was said about it, None where nothing was; `listed` the price by the list, None for a free
    line; `rating` the one that counts. `position` and `parent` say where it stands. `tax_rate_id` is what its
    tax follows without a word.
    """

    line: Line
    row: QuoteLine | None
    rentals: tuple[RentalFacts, ...]
    listed: Rating | None
    rating: Rating | None
    position: int
    parent: str | None
    icon: str

    @property
    def key(self) -> str:
        """Tells it apart from version to version."""
        return self.line.key

    @property
    def version(self) -> int:
        """The version of its row; one that nobody touched will begin with 1."""
        return self.row.version if self.row else 1

    @property
    def by_hand(self) -> bool:
        """Whether somebody gave it a price other than that of the list."""
        if self.row is None or self.listed is None:
            return False
        return not (self.row.rate is None and self.row.basis is None and self.row.multiple is None)


def composed(given: Ingredients) -> list[DraftLine]:
    """The lines of a draft in the order of the paper, not yet added up."""
    composer = _Composer(given)
    return _ordered([*composer.followed(), *composer.free()])


def kits_as_one(given: Ingredients) -> dict[int, list[RentalFacts]]:
    """The rentals of each kit that has a price of its own.

    What is only offered is an option for itself, unless all of the kit is.
    """
    found: dict[int, list[RentalFacts]] = {}
    for rental in given.rentals:
        kit = None if rental.kit_id is None else given.priced.get(("kit", rental.kit_id))
        if kit is not None and given.book.has_own_price(kit):
            found.setdefault(kit.id, []).append(rental)
    return {key: [one for one in all_ if not one.optional] or all_ for key, all_ in found.items()}


class _Composer:
    def __init__(self, given: Ingredients) -> None:
        self._given = given
        self._kits = kits_as_one(given)
        self._in_kit = {one.id: kit_id for kit_id, some in self._kits.items() for one in some}
        self._of_rental = {row.rental_id: row for row in given.rows if row.kind == "rental"}
        self._of_kit = {row.kit_id: row for row in given.rows if row.kind == "kit"}
        self._rates = {rate.id: rate for rate in given.taxes}
        self._default = next((rate for rate in given.taxes if rate.is_default), None)

    def followed(self) -> list[DraftLine]:
        """The lines that follow rentals, in the event's order."""
        found: dict[str, DraftLine] = {}
        for rental in self._given.rentals:
            kit_id = self._in_kit.get(rental.id)
            if kit_id is None:
                found[f"rental:{rental.id}"] = self._of_one(rental)
            elif f"kit:{kit_id}" not in found:
                found[f"kit:{kit_id}"] = self._of_whole(kit_id)
        return list(found.values())

    def free(self) -> list[DraftLine]:
        """The lines somebody wrote."""
        return [self._written(row) for row in self._given.rows if row.kind in {"free", "note"}]

    def _of_one(self, rental: RentalFacts) -> DraftLine:
        what = self._given.priced[("equipment", rental.equipment_id)]
        follows: dict[str, Any] = {
            "key": f"rental:{rental.id}",
            "kind": "rental",
            "name": rental.name,
            "quantity": Decimal(rental.quantity),
            "photo": rental.photo,
            "booked": [_booked(rental)],
        }
        parent = rental.accessory_of_id
        line = self._line(follows, self._of_rental.get(rental.id), (rental,), what)
        return replace(line, parent=None if parent is None else f"rental:{parent}")

    def _of_whole(self, kit_id: int) -> DraftLine:
        rentals = tuple(self._kits[kit_id])
        follows: dict[str, Any] = {
            "key": f"kit:{kit_id}",
            "kind": "kit",
            "name": rentals[0].kit_name or "Kit",
            "quantity": Decimal(_kits_in(rentals)),
            "parts": [f"{one.quantity} × {one.name}" for one in rentals],
            "booked": [_booked(one) for one in rentals],
        }
        return self._line(follows, self._of_kit.get(kit_id), rentals, self._given.priced[("kit", kit_id)])

    def _line(
        self,
        follows: dict[str, Any],
        row: QuoteLine | None,
        rentals: tuple[RentalFacts, ...],
        what: Priced,
    ) -> DraftLine:
        """A line of rentals: what it follows, and what its row says instead."""
        first, given = rentals[0], self._given
        period = _common(rentals) or given.period
        listed = given.book.rating_of(what, period, given.zone)
        rating = effective_rating(listed, row, period, given.zone)
        follows |= {"heading": first.heading, "optional": first.optional, "rate": rating.rate}
        follows |= {"basis": rating.charge.basis, "units": rating.charge.units}
        follows |= {"multiple": rating.charge.multiple}
        follows["tax_percent"] = self._tax(
            row, [given.priced[("equipment", one.equipment_id)] for one in rentals]
        )
        follows |= _said(row)
        follows["explanation"] = explanation_of(
            listed, rating, row, currency=given.currency, list_name=given.book.name
        )
        position = first.position if row is None or row.position is None else row.position
        return DraftLine(Line(**follows), row, rentals, listed, rating, position, None, first.icon)

    def _written(self, row: QuoteLine) -> DraftLine:
        rating = None if row.kind == "note" else free_rating(row, self._given.period, self._given.zone)
        follows: dict[str, Any] = {"key": f"line:{row.id}", "kind": row.kind} | _said(row)
        follows["optional"] = bool(row.optional)
        if rating is not None:
            follows |= {"rate": rating.rate, "basis": rating.charge.basis, "units": rating.charge.units}
            follows |= {"multiple": rating.charge.multiple, "tax_percent": self._tax(row, [])}
            follows["explanation"] = explanation_of(None, rating, row, currency=self._given.currency)
        return DraftLine(Line(**follows), row, (), None, rating, row.position or 0, None, "pencil")

    def _tax(self, row: QuoteLine | None, things: Sequence[Priced]) -> Decimal:
        """The tax said for a line, else that of all its things where it is the same, else the default."""
        said = self._rates.get(row.tax_rate_id) if row is not None and row.tax_rate_id is not None else None
        rates = {tax_of(thing, self._rates, self._default) for thing in things}
        found = said or (rates.pop() if len(rates) == 1 else self._default)
        return found.percent if found else Decimal(0)


def _said(row: QuoteLine | None) -> dict[str, Any]:
    """What a row says instead of what its line follows; prices are worked in elsewhere."""
    if row is None:
        return {}
    found: dict[str, Any] = {
        "note": row.note,
        "discount_percent": row.discount_percent,
        "discount_amount": row.discount_amount,
        "hidden": row.hidden,
    }
    for name in ("name", "quantity", "heading", "optional"):
        if getattr(row, name) is not None:
            found[name] = getattr(row, name)
    return found


def discount_of_row(row: QuoteLine | None) -> Discount:
    """What is granted on a line."""
    return Discount(row.discount_percent, row.discount_amount) if row else Discount()


def _kits_in(rentals: Sequence[RentalFacts]) -> int:
    """How many kits these rentals are: as many as there are of every component that is left."""
    pieces: dict[int, int] = {}
    for one in rentals:
        pieces[one.equipment_id] = pieces.get(one.equipment_id, 0) + one.quantity
    whole = {one.equipment_id: pieces[one.equipment_id] // one.per_kit for one in rentals if one.per_kit}
    return max(1, min(whole.values(), default=1))


def _common(rentals: Sequence[RentalFacts]) -> Span | None:
    """The dates that all of them have of their own."""
    periods = {one.period for one in rentals}
    return periods.pop() if len(periods) == 1 else None


def _booked(rental: RentalFacts) -> dict[str, Any]:
    """What an acceptance needs to bring a rental back; instants as text, as they are kept."""
    return {
        "rental_id": rental.id,
        "equipment_id": rental.equipment_id,
        "name": rental.name,
        "quantity": rental.quantity,
        "start_at": rental.start_at.isoformat() if rental.start_at else None,
        "end_at": rental.end_at.isoformat() if rental.end_at else None,
        "heading": rental.heading,
        "kit_id": rental.kit_id,
        "accessory_of_id": rental.accessory_of_id,
        "optional": rental.optional,
    }


def _ordered(lines: Sequence[DraftLine]) -> list[DraftLine]:
    """Lines by position, in groups under their headings; what goes along behind what it belongs to."""
    by_place = sorted(enumerate(lines), key=lambda pair: (pair[1].position, pair[0]))
    found: list[DraftLine] = []
    at = {line.key: place for place, (_, line) in enumerate(by_place)}
    places = [place_of(line, at) for _, line in by_place]
    heading = ""
    for _, group in in_groups(places):
        for place in group:
            line = by_place[place.id][1]
            heading = heading if place.accessory_of_id is not None else line.line.heading
            found.append(_under(line, heading))
    return found


def place_of(line: DraftLine, at: Mapping[str, int]) -> Place:
    """Where a line stands, with the places of all lines as their ids.

    What goes along with another line stands behind it until it is moved or put under a heading of its own.
    """
    alone = line.row is not None and (line.row.heading is not None or line.row.position is not None)
    parent = None if alone or line.parent is None else at.get(line.parent)
    return Place(at[line.key], line.line.heading, parent, line.position)


def _under(line: DraftLine, heading: str) -> DraftLine:
    return replace(line, line=msgspec.structs.replace(line.line, heading=heading))
