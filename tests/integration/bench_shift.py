"""A shift at the bench, done in the application and in the belief, and compared after every step."""

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select, text

from app.db.models import Unit
from app.domain.availability.claims import figure_of
from app.domain.availability.queries import Window
from app.domain.events import service
from app.domain.inventory.units import add_units
from app.domain.prep.acknowledging import office_changes
from app.domain.prep.policy import fulfilment
from app.domain.prep.queries import lines_of_events
from app.lib.clock import now
from app.lib.errors import DomainError
from app.lib.periods import Period
from tests.integration.believed_bench import (
    STEPS,
    Delta,
    Gear,
    Line,
    Piece,
    Refused,
    Settlement,
    Show,
    load,
    stands,
)
from tests.integration.booking import HOUR, a_category, a_rental, an_event, some_equipment

MOMENT = timedelta(minutes=1)


class Shift:
    """Two beliefs about three events: that of the application, and plain counts (believed_bench.py)."""

    def __init__(self, work: Any, enabled: tuple[str, ...]) -> None:
        self.work, self.enabled = work, enabled
        self.shows: list[Show] = []
        self.pieces: list[Piece] = []
        self.gear: list[Gear] = []
        self.actions: list[tuple[int, Show, list[Delta]]] = []
        self.settlements: list[Settlement] = []
        self.last: Callable[[Any], Any] | None = None

    @classmethod
    async def begun(cls, work: Any, enabled: tuple[str, ...]) -> "Shift":
        """Three events that want the same cables, tape and lamps; two of them at the same time."""
        shift = cls(work, enabled)
        async with work() as unit:
            await unit.session.execute(
                text("update company set prep_steps = :steps").bindparams(steps=list(enabled))
            )
            place = await a_category(unit)
            made = [
                await some_equipment(unit, 9, category_id=place),
                await some_equipment(unit, 30, category_id=place, kind="consumable"),
                await some_equipment(unit, 0, category_id=place, tracking="serialized"),
            ]
            tags = [f"L{made[2].id}-{number}" for number in range(5)]
            units = await add_units(unit, made[2].id, tags)
            kinds = ("counted", "consumable", "serialized")
            shift.gear = [Gear(one.id, kind) for one, kind in zip(made, kinds, strict=True)]
            shift.gear[0].stock, shift.gear[1].stock = 9, 30
            shift.pieces = [Piece(one.id, one.asset_tag, shift.gear[2]) for one in units]
            base = now() - HOUR
            for start, hours, amounts in ((0, 24, (3, 4, 1, 1)), (2, 20, (2, 3, 1)), (48, 24, (4, 5, 2))):
                event = await an_event(unit, base + start * HOUR, hours)
                show = Show(event.id, event.out_start, event.out_end)
                for number, quantity in enumerate(amounts):
                    line = await a_rental(unit, event, made[min(number, 2)], quantity)
                    show.lines.append(Line(line.id, show, shift.gear[min(number, 2)], quantity))
                await service.confirm(unit, event.id)
                shift.shows.append(show)
        return shift

    @property
    def lines(self) -> list[Line]:
        """All lines there are."""
        return [line for show in self.shows for line in show.lines]

    async def tries(self, command: Callable[[Any], Any], belief: Callable[[], Any]) -> Any:
        """Do it in both. What one of them refuses the other has to refuse, with nothing changed."""
        before = copy.deepcopy((self.shows, self.pieces, self.gear))
        try:
            believed, refused = belief(), False
        except Refused:
            believed, refused = None, True
            self._restore(before)
        given, told = await self.outcome(command)
        assert (given is None) == refused, (given, told)
        return None if refused else (given, believed)

    async def outcome(self, command: Callable[[Any], Any]) -> tuple[Any, str]:
        """What a command answers, or in which words it is refused."""
        try:
            async with self.work() as unit:
                return await command(unit), ""
        except DomainError as error:
            return None, error.message

    def _restore(self, before: Any) -> None:
        """Put what the belief has changed back into the same objects, which others hold."""
        shows, pieces, gear = before
        lines = {line.id: line for show in shows for line in show.lines}
        for now_, then in [
            *zip(self.lines, [lines[line.id] for line in self.lines], strict=True),
            *zip(self.pieces, pieces, strict=True),
            *zip(self.gear, gear, strict=True),
            *zip(self.shows, shows, strict=True),
        ]:
            for name in ("state", "jobs", "stock", "known", "counted", "units", "begun", "confirmed"):
                if hasattr(then, name):
                    setattr(now_, name, getattr(then, name))
        by_id = {line.id: line for line in self.lines}
        for piece, then in zip(self.pieces, pieces, strict=True):
            piece.line = by_id[then.line.id] if then.line else None

    def begin(self, show: Show) -> None:
        """The bench touches an event: it knows what every line wants."""
        if not show.begun:
            show.begun = True
            for line in show.lines:
                line.known = line.quantity

    def noted(self, given: Any, show: Show, deltas: list[Delta]) -> None:
        """What an undo may take back."""
        if given.counted:
            self.actions.append((given.action_id, show, deltas))

    @staticmethod
    def delta(line: Line, piece: Piece | None, before: dict[str, int]) -> Delta:
        """What changed since `before`."""
        after = line.of(piece)
        return Delta(
            line, piece, {one: after[one] - before[one] for one in STEPS if after[one] != before[one]}
        )

    async def _promises(self, show: Show, piece: Piece | None = None) -> list[Any]:
        """Which units other events, or this one, have been promised while this one has its gear."""
        async with self.work() as unit:
            rows = await unit.session.execute(
                text(
                    "select a.unit_id, a.rental_id, r.event_id, a.start_at, a.end_at from allocation a"
                    " join rental r on r.id = a.rental_id where a.unit_id = any(:ids) order by a.start_at"
                ),
                {"ids": [one.id for one in self.pieces]},
            )
            return [
                row
                for row in rows
                if (piece is None or row.unit_id == piece.id)
                and (row.event_id == show.id or (row.start_at < show.end and row.end_at > show.start))
            ]

    async def agrees(self, after: str) -> None:
        """Every count, unit, stock, state of an event and figure."""
        async with self.work() as unit:
            session = unit.session
            told = await lines_of_events(session, [show.id for show in self.shows])
            for show in self.shows:
                seen = {line.id: line for line in told[show.id]}
                for line in show.lines:
                    counts = seen[line.id].counts if line.id in seen else None
                    is_ = {one: counts.at(one) if counts else 0 for one in STEPS}
                    assert is_ == line.sums, (after, line.gear.kind, line.id)
                    assert not counts or counts.wanted == line.wanted, after
                    assert line.sums["missing"] <= line.outstanding, after
                stood = fulfilment([line.counts for line in told[show.id]], self.enabled)
                assert stood == stands(show.lines, self.enabled), after
                changes = await office_changes(session, show.id, told[show.id])
                believed = {
                    line.id: (line.known or 0, line.wanted)
                    for line in show.lines
                    if show.begun and (line.known or 0) != line.wanted
                }
                assert {one.rental_id: (one.before, one.after) for one in changes} == believed, after
            units = await session.scalars(select(Unit).where(Unit.id.in_([one.id for one in self.pieces])))
            found = {one.id: (one.state, one.rental_id) for one in units}
            for piece in self.pieces:
                assert found[piece.id] == (piece.state, piece.line.id if piece.line else None), after
            await self._stock_agrees(session, after)
            await self._reservations_agree(session, after)
            await self._promises_agree(session, after)

    async def _stock_agrees(self, session: Any, after: str) -> None:
        moment = now()
        for gear in self.gear:
            stock = gear.stock
            if gear.kind == "serialized":
                stock = sum(1 for one in self.pieces if one.state != "lost")
            for hours in (3, 22, 36, 50, 90):
                at = moment + hours * HOUR
                figure = await figure_of(session, Window(gear.id, Period(at, at + MOMENT)))
                taken = load(gear, self.shows, self.pieces, at)
                assert figure is not None
                assert figure.free == stock - taken, (after, gear.kind, hours)

    async def _reservations_agree(self, session: Any, after: str) -> None:
        rows = await session.execute(
            text(
                "select rental_id, sum(quantity) filter (where state = 'out') as out,"
                " sum(quantity) filter (where state = 'returned') as back from reservation"
                " where rental_id = any(:ids) group by rental_id"
            ),
            {"ids": [line.id for line in self.lines]},
        )
        found = {row.rental_id: (row.out or 0, row.back or 0) for row in rows}
        for line in self.lines:
            sums = line.sums
            gone = sums["returned"] + sums["settled"]
            expected = (line.outstanding, gone)
            if line.gear.kind == "consumable":
                expected = (0, sums["dispatched"])
            assert found.get(line.id, (0, 0)) == expected, (after, line.gear.kind)

    async def _promises_agree(self, session: Any, after: str) -> None:
        """What is out is promised to its line as long as that has its gear; what is back is not any more."""
        rows = await session.execute(
            text("select unit_id, rental_id, end_at from allocation where unit_id = any(:ids)"),
            {"ids": [one.id for one in self.pieces]},
        )
        ends = {(row.unit_id, row.rental_id): row.end_at for row in rows}
        for piece in self.pieces:
            others = [key for key in ends if key[0] == piece.id and piece.line and key[1] != piece.line.id]
            if piece.line and piece.state in ("out", "missing") and not others:
                assert ends.get((piece.id, piece.line.id)) == piece.line.show.end, (after, piece.tag)
            for line in self.lines:
                if piece.line is not line and line.of(piece)["dispatched"]:
                    end = ends.get((piece.id, line.id))
                    assert end is None or end <= now(), (after, piece.tag)
