"""What is tapped and scanned in a shift, and what has to come of it."""

from typing import Any
from uuid import uuid4

from sqlalchemy import select

from app.db.models import Equipment, Movement
from app.domain.prep.counting import count, undo
from app.domain.prep.scanning import scan
from tests.integration.believed_bench import (
    PREP,
    Delta,
    Line,
    Piece,
    Refused,
    Show,
    backward,
    forward,
    undone,
)
from tests.integration.bench import act
from tests.integration.bench_shift import Shift


class Taps(Shift):
    """Counting, scanning and taking back."""

    async def count(self, number: int, place: int, quantity: int) -> None:
        line, name = self.lines[number % len(self.lines)], PREP[place % len(PREP)]
        if line.gear.kind == "serialized":
            await self._count_units(line, name, quantity)
            return

        def belief() -> Delta:
            before = dict(line.counted)
            if not line.show.confirmed or line.counted[name] + quantity > line.wanted:
                raise Refused
            self.begin(line.show)
            forward(line.counted, name, quantity, self.enabled)
            return self.delta(line, None, before)

        key = uuid4()
        command = lambda unit: count(  # noqa: E731
            unit, act(key), line.show.id, line.id, step=name, quantity=quantity
        )
        done = await self.tries(command, belief)
        if done:
            self.last = command
            self.noted(done[0], line.show, [done[1]])
            assert (done[0].count, done[0].wanted) == (line.counted[name], line.wanted)

    async def _count_units(self, line: Line, name: str, quantity: int) -> None:
        """Which units are taken is for the bench to say; that they may be, for the belief."""
        given, told = await self.outcome(
            lambda unit: count(unit, act(), line.show.id, line.id, step=name, quantity=quantity)
        )
        if given is None:
            here = [one for one in self.pieces if one.state in ("in_stock", "returned") and not one.jobs]
            fits = line.show.confirmed and line.sums[name] + quantity <= line.wanted
            waiting = [one for one in self.pieces if one.line is line and not line.of(one)[name]]
            never = [one for one in here if not line.of(one)["picked"]]
            room = min(len(never), max(line.wanted - line.sums["picked"], 0))
            held = len(await self._promises(line.show)) > 0
            if name == "picked":
                waiting = []
            assert not fits or held or len(waiting) + room < quantity, told
            return
        deltas = list[Delta]()
        async with self.work() as unit:
            taken = await unit.session.scalars(
                select(Movement.unit_id).where(Movement.action_id == given.action_id).distinct()
            )
            keys = set(taken.all())
        chosen = [one for one in self.pieces if one.id in keys]
        assert len(chosen) == quantity
        self.begin(line.show)
        for piece in chosen:
            sums = line.of(piece)
            assert not sums[name]
            assert not piece.jobs
            assert piece.line is line or (piece.line is None and piece.state in ("in_stock", "returned"))
            before = dict(sums)
            forward(sums, name, 1, self.enabled)
            piece.state, piece.line = "prepped", line
            deltas.append(self.delta(line, piece, before))
        assert line.sums["picked"] <= line.wanted
        self.noted(given, line.show, deltas)

    async def put_back(self, number: int, place: int, quantity: int) -> None:
        line, name = self.lines[number % len(self.lines)], PREP[place % len(PREP)]
        if line.gear.kind == "serialized":
            await self._put_back_units(line, name, quantity)
            return

        def belief() -> Delta:
            before = dict(line.counted)
            backward(line.counted, name, quantity)
            self.begin(line.show)
            return self.delta(line, None, before)

        done = await self.tries(
            lambda unit: count(unit, act(), line.show.id, line.id, step=name, quantity=-quantity), belief
        )
        if done:
            self.noted(done[0], line.show, [done[1]])

    async def _put_back_units(self, line: Line, name: str, quantity: int) -> None:
        may = [
            one for one in self.pieces if one.line is line and one.state == "prepped" and line.of(one)[name]
        ]
        given, told = await self.outcome(
            lambda unit: count(unit, act(), line.show.id, line.id, step=name, quantity=-quantity)
        )
        if given is None:
            assert len(may) < quantity, told
            return
        async with self.work() as unit:
            rows = await unit.session.execute(
                select(Movement.unit_id).where(Movement.action_id == given.action_id).distinct()
            )
            keys = {row.unit_id for row in rows}
        chosen = [one for one in may if one.id in keys]
        assert len(chosen) == quantity
        deltas = list[Delta]()
        for piece in chosen:
            before = dict(line.of(piece))
            backward(line.of(piece), name, 1)
            if not line.of(piece)["picked"]:
                piece.shelved("in_stock")
            deltas.append(self.delta(line, piece, before))
        self.noted(given, line.show, deltas)

    async def scan(self, number: int, which: int, place: int, force: str) -> None:
        show, piece = self.shows[number % len(self.shows)], self.pieces[which % len(self.pieces)]
        name = PREP[place % len(PREP)]
        promises = await self._promises(show, piece)
        line, expected = self._judged(show, piece, name, force, promises)

        def belief() -> list[Delta]:
            if not show.confirmed:
                raise Refused
            if expected != "right":
                return []
            assert line is not None
            if piece.line not in (None, line):
                backward(piece.line.of(piece), "picked", 1)
            before = dict(line.of(piece))
            self.begin(show)
            forward(line.of(piece), name, 1, self.enabled)
            piece.state, piece.line = "prepped", line
            return [self.delta(line, piece, before)]

        key = uuid4()
        command = lambda unit: scan(  # noqa: E731
            unit, act(key), show.id, piece.tag.lower(), step=name, force=force, reason="Test"
        )
        done = await self.tries(command, belief)
        if done is None:
            return
        given, deltas = done
        complete = line is not None and given.counted and line.sums[name] >= line.wanted
        assert given.kind == ("complete" if complete else expected), (given, expected)
        self.last = command
        if given.counted:
            assert (given.rental_id, given.count) == (line.id, line.sums[name])
            self.noted(given, show, deltas)

    def _judged(
        self, show: Show, piece: Piece, name: str, force: str, promises: list[Any]
    ) -> tuple[Line | None, str]:
        """What has to be said of a unit in the hand, and the line it would go on."""
        with_other = piece.line is not None and piece.line.show is not show
        unfit = _unfit(piece, force, with_other=with_other)
        if unfit:
            return None, unfit
        line = self._line_for(show, piece, name, promises)
        if line is None:
            return None, "not_on_list"
        sums = line.of(piece)
        if piece.line is line or sums["dispatched"]:
            return line, "again" if sums[name] or sums["dispatched"] else "right"
        others = [row for row in promises if row.event_id != show.id]
        decided = force in ("promised", "either") or (
            force == "wrong_event" and others and with_other and others[0].event_id == piece.line.show.id
        )
        if others and not decided:
            return line, "promised"
        full = max(line.sums[name], line.sums["picked"]) >= line.wanted
        return line, "extra" if full else "right"

    @staticmethod
    def _line_for(show: Show, piece: Piece, name: str, promises: list[Any]) -> Line | None:
        """Where it is, where it was bound to, where there is room, or at least where it is wanted."""
        lines = [one for one in show.lines if one.gear is piece.gear]
        own = {row.rental_id for row in promises if row.event_id == show.id}
        mine = [one for one in lines if piece.line is one]
        bound = [one for one in lines if one.id in own and one.sums["picked"] < one.wanted]
        room = [one for one in lines if max(one.sums[name], one.sums["picked"]) < one.wanted]
        wanted = [one for one in lines if one.wanted]
        return (mine or bound or room or wanted[-1:] or [None])[0]

    async def scan_sku(self, number: int, place: int) -> None:
        show, name = self.shows[number % len(self.shows)], PREP[place % len(PREP)]
        line = show.lines[0]
        async with self.work() as unit:
            sku = (await unit.session.get_one(Equipment, line.gear.id)).sku

        def belief() -> list[Delta]:
            before = dict(line.counted)
            if not show.confirmed:
                raise Refused
            if line.counted[name] >= line.wanted:
                return []
            self.begin(show)
            forward(line.counted, name, 1, self.enabled)
            return [self.delta(line, None, before)]

        done = await self.tries(lambda unit: scan(unit, act(), show.id, sku, step=name), belief)
        if done:
            given, deltas = done
            assert given.counted == bool(deltas), given
            assert given.counted or given.kind == "extra"
            self.noted(given, show, deltas)

    async def again(self, times: int) -> None:
        """The last tap is sent again: it is answered, and does nothing."""
        if self.last:
            for _ in range(times % 3):
                async with self.work() as unit:
                    await self.last(unit)

    async def undo(self, number: int) -> None:
        if not self.actions:
            return
        place = number % len(self.actions)
        action_id, show, deltas = self.actions[place]

        def belief() -> list[Delta]:
            made = list[Delta]()
            if all(not one.change for one in deltas):
                raise Refused
            for one in deltas:
                if one.piece is not None and one.piece.line is not one.line:
                    raise Refused
                sums = one.line.of(one.piece)
                before = dict(sums)
                undone(sums, one.change, 1 if one.piece else one.line.wanted)
                made.append(self.delta(one.line, one.piece, before))
                if one.piece is not None and not sums["picked"]:
                    one.piece.shelved("in_stock")
            return made

        key = uuid4()
        command = lambda unit: undo(unit, act(key), show.id, action_id, reason="Test")  # noqa: E731
        done = await self.tries(command, belief)
        if done:
            self.actions[place] = (action_id, show, [])
            self.noted(done[0], show, done[1])
            self.last = command


def _unfit(piece: Piece, force: str, *, with_other: bool) -> str:
    """What is wrong with a unit whatever it is wanted for."""
    if piece.state == "lost":
        return "gone"
    if piece.state == "quarantine" or piece.jobs:
        return "quarantine"
    if with_other and piece.state in ("missing", "out"):
        return piece.state
    return "wrong_event" if with_other and force not in ("wrong_event", "either") else ""
