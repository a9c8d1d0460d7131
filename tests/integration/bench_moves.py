"""What leaves and comes back in a shift, and what has to come of it."""

from typing import Any
from uuid import uuid4

from sqlalchemy import select, text

from app.db.models import Maintenance, Movement
from app.domain.handovers.checking_in import check, check_in, settle
from app.domain.handovers.dispatching import dispatch
from app.domain.handovers.policy import Part
from app.domain.handovers.undoing import undo_handover, undo_settlement
from app.lib.clock import now
from tests.integration.believed_bench import (
    Delta,
    Gear,
    Handover,
    Line,
    Piece,
    Refused,
    Settlement,
    Show,
    forward,
    undone,
)
from tests.integration.bench import act
from tests.integration.bench_taps import Taps


class Moves(Taps):
    """Dispatch, check-in, checks, settlements, and handovers that are taken back."""

    async def dispatch(self, number: int, bits: int, override: bool) -> None:  # noqa: FBT001
        show = self.shows[number % len(self.shows)]
        chosen = self._chosen(show, bits)
        parts = [Part(line.id, quantity, one.id if one else None) for line, one, quantity in chosen]

        def belief() -> Handover:
            changed = show.begun and any((line.known or 0) != line.wanted for line in show.lines)
            if not show.confirmed or not parts or (changed and not override):
                raise Refused
            self.begin(show)
            return Handover(0, "dispatch", [self._leaves(*one) for one in chosen])

        reason = "The client waits" if override else ""
        command = lambda unit: dispatch(unit, act(), show.id, parts, override_reason=reason)  # noqa: E731
        done = await self.tries(command, belief)
        if done:
            done[1].id = done[0].handover_id
            show.handovers.append(done[1])

    def _chosen(self, show: Show, bits: int) -> list[tuple[Line, Piece | None, int]]:
        """Some of every line: counted pieces, or units that are prepped for it."""
        chosen = list[tuple[Line, Piece | None, int]]()
        for line in show.lines:
            bits, part = divmod(bits, 5)
            if line.gear.kind == "serialized":
                own = [one for one in self.pieces if one.line is line and one.state == "prepped"]
                chosen += [(line, one, 1) for one in own[:part]]
            elif part:
                chosen.append((line, None, part))
        return chosen

    def _leaves(self, line: Line, piece: Piece | None, quantity: int) -> Delta:
        before = dict(line.of(piece))
        forward(line.of(piece), "dispatched", quantity, self.enabled)
        if line.sums["dispatched"] > line.wanted:
            raise Refused
        if piece:
            piece.state = "out"
        if line.gear.kind == "consumable":
            line.gear.stock = max(line.gear.stock - quantity, 0)
        return self.delta(line, piece, before)

    async def check_in(self, number: int, quantity: int, first: str, other: str) -> None:
        """Of every line some, in one condition or the other."""
        show = self.shows[number % len(self.shows)]
        chosen = list[tuple[Line, Piece | None, int, str]]()
        for place, line in enumerate(show.lines):
            condition = first if place % 2 else other
            out = [one for one in self.pieces if one.line is line and one.state in ("out", "missing")]
            if line.gear.kind == "serialized":
                chosen += [(line, one, 1, condition) for one in out[:1]]
            elif line.outstanding:
                chosen.append((line, None, quantity, condition))
        parts = [Part(one.id, many, piece.id if piece else None, how) for one, piece, many, how in chosen]

        def belief() -> Handover:
            if not parts:
                raise Refused
            made = Handover(0, "check_in", [])
            for line, piece, many, how in chosen:
                before = dict(line.of(piece))
                self._comes_back(line, piece, many, how)
                made.deltas.append(self.delta(line, piece, before))
            return made

        done = await self.tries(lambda unit: check_in(unit, act(), show.id, parts), belief)
        if done:
            given, made = done
            made.id = given.handover_id
            made.jobs = await self._jobs_of(given.action_id)
            show.handovers.append(made)

    def _comes_back(self, line: Line, piece: Piece | None, quantity: int, how: str) -> None:
        sums = line.of(piece)
        open_, gear = sums["dispatched"] - sums["returned"] - sums["settled"], line.gear
        if how == "missing":
            if gear.kind == "consumable" or quantity > open_ - sums["missing"]:
                raise Refused
            sums["missing"] += quantity
            if piece:
                piece.state = "missing"
            return
        if quantity > open_:
            raise Refused
        sums["missing"] -= max(quantity - (open_ - sums["missing"]), 0)
        sums["returned"] += quantity
        if gear.kind == "consumable":
            gear.stock += quantity
        if piece:
            piece.shelved("returned" if how == "unchecked" else "in_stock")
        if how != "unchecked":
            sums["checked"] += quantity
            if how in ("dirty", "damaged") and piece is None and quantity > gear.stock:
                raise Refused

    async def _jobs_of(self, action_id: int) -> list[tuple[Gear, Piece | None, int]]:
        """Note the jobs that were reported with an action: their pieces are out of service."""
        made = list[tuple[Gear, Piece | None, int]]()
        async with self.work() as unit:
            jobs = await unit.session.scalars(
                select(Maintenance)
                .join(Movement, Movement.maintenance_id == Maintenance.id)
                .where(Movement.action_id == action_id)
            )
            for job in jobs.all():
                gear = next(one for one in self.gear if one.id == job.equipment_id)
                piece = next((one for one in self.pieces if one.id == job.unit_id), None)
                if piece:
                    piece.jobs.add(job.id)
                    if piece.state in ("in_stock", "returned"):
                        piece.state = "quarantine"
                else:
                    gear.jobs[job.id] = job.quantity
                made.append((gear, piece, job.id))
        return made

    async def check(self, number: int, quantity: int, how: str) -> None:
        line = self.lines[number % len(self.lines)]
        piece = None
        if line.gear.kind == "serialized":
            seen = [one for one in self.pieces if line.of(one)["returned"]]
            if not seen:
                return
            piece, quantity = seen[number % len(seen)], 1
        part = Part(line.id, quantity, piece.id if piece else None, how)

        def belief() -> None:
            sums = line.of(piece)
            if sums["returned"] - sums["checked"] < quantity:
                raise Refused
            if how == "damaged" and piece is None and quantity > line.gear.stock:
                raise Refused
            sums["checked"] += quantity
            if piece and piece.state == "returned":
                piece.shelved("in_stock")

        done = await self.tries(lambda unit: check(unit, act(), line.show.id, [part]), belief)
        if done:
            await self._jobs_of(done[0].action_id)

    async def settle(self, number: int, quantity: int) -> None:
        line = self.lines[number % len(self.lines)]
        piece = None
        if line.gear.kind == "serialized":
            out = [one for one in self.pieces if one.line is line and one.state in ("out", "missing")]
            if not out:
                return
            piece, quantity = out[number % len(out)], 1
        part = Part(line.id, quantity, piece.id if piece else None)

        def belief() -> Delta:
            if line.gear.kind == "consumable":
                raise Refused
            sums = line.of(piece)
            before = dict(sums)
            if quantity > sums["dispatched"] - sums["returned"] - sums["settled"]:
                raise Refused
            sums["missing"] -= min(quantity, sums["missing"])
            sums["settled"] += quantity
            if piece:
                piece.state, piece.line = "lost", None
            else:
                line.gear.stock = max(line.gear.stock - quantity, 0)
            return self.delta(line, piece, before)

        done = await self.tries(lambda unit: settle(unit, act(), line.show.id, [part], reason="Test"), belief)
        if done:
            self.settlements.append(Settlement(done[0].action_id, done[1]))

    async def undo_settlement(self, number: int) -> None:
        """What was settled is owed again, as long as nothing else followed on the same pieces."""
        if not self.settlements:
            return
        one = self.settlements[number % len(self.settlements)]
        line, piece = one.delta.line, one.delta.piece
        went_on = await self._went_on(one)
        promises = await self._promises(line.show, piece) if piece else []

        def belief() -> None:
            if one.undone or went_on:
                raise Refused
            if any(row.event_id != line.show.id and row.end_at > now() for row in promises):
                raise Refused
            sums = line.of(piece)
            for name, by in one.delta.change.items():
                sums[name] -= by
            if piece:
                piece.state, piece.line = ("missing" if sums["missing"] else "out"), line
            else:
                line.gear.stock += one.delta.change["settled"]

        key = uuid4()
        command = lambda unit: undo_settlement(  # noqa: E731
            unit, act(key), line.show.id, one.action_id, reason="Test"
        )
        if await self.tries(command, belief):
            one.undone = True
            self.last = command

    async def _went_on(self, one: Settlement) -> bool:
        """Whether the ledger has something of the same pieces behind it that nobody has taken back."""
        async with self.work() as unit:
            later = await unit.session.scalar(
                text(
                    "select count(*) from movement m where m.undoes_id is null"
                    " and m.id > (select max(id) from movement where action_id = :action_id)"
                    " and not exists (select from movement u where u.undoes_id = m.id)"
                    " and (m.unit_id = :unit_id or (cast(:unit_id as bigint) is null"
                    " and m.rental_id = :rental_id))"
                ),
                {
                    "action_id": one.action_id,
                    "unit_id": one.delta.piece.id if one.delta.piece else None,
                    "rental_id": one.delta.line.id,
                },
            )
        return bool(later)

    async def undo_handover(self, number: int) -> None:
        made = [(show, one) for show in self.shows for one in show.handovers]
        if not made:
            return
        show, handover = made[number % len(made)]
        promises = await self._promises(show)

        def belief() -> None:
            after = show.handovers[show.handovers.index(handover) + 1 :]
            if handover.undone or not show.confirmed or any(not one.undone for one in after):
                raise Refused
            self._taken_back(handover, promises)

        done = await self.tries(lambda unit: undo_handover(unit, act(), handover.id, reason="Test"), belief)
        if done:
            handover.undone = True

    def _taken_back(self, handover: Handover, promises: list[Any]) -> None:
        for gear, piece, job in handover.jobs:
            jobs = piece.jobs if piece else gear.jobs
            if job not in jobs:
                raise Refused  # somebody has resolved it
            if piece is None:
                del gear.jobs[job]
        for delta in handover.deltas:
            if handover.kind == "dispatch":
                self._stays(delta)
            else:
                self._out_again(handover, delta, promises)

    @staticmethod
    def _stays(delta: Delta) -> None:
        line, piece, change = delta.line, delta.piece, delta.change
        sums = line.of(piece)
        open_ = sums["dispatched"] - sums["returned"] - sums["settled"] - sums["missing"]
        is_elsewhere = piece and (piece.state != "out" or piece.line is not line)
        if is_elsewhere or open_ < change["dispatched"]:
            raise Refused
        undone(sums, change, line.wanted)
        if piece and sums["picked"]:
            piece.state = "prepped"
        elif piece:
            piece.shelved("in_stock")
        if line.gear.kind == "consumable":
            line.gear.stock += change["dispatched"]

    def _out_again(self, handover: Handover, delta: Delta, promises: list[Any]) -> None:
        line, piece, change = delta.line, delta.piece, delta.change
        sums, back = line.of(piece), change.get("returned", 0)
        if sums["returned"] - sums["checked"] < back - change.get("checked", 0):
            raise Refused
        for name, by in change.items():
            sums[name] -= by
        if sums["missing"] < 0:
            raise Refused
        if line.gear.kind == "consumable":
            if line.gear.stock < back:
                raise Refused
            line.gear.stock -= back
        if piece is None:
            return
        if back and (piece.line is not None or piece.state not in ("in_stock", "returned", "quarantine")):
            raise Refused
        if back and any(row.unit_id == piece.id and row.event_id != line.show.id for row in promises):
            # promised to others since: only what reaches into the time from the return on counts
            late = [row for row in promises if row.unit_id == piece.id and row.event_id != line.show.id]
            if any(row.end_at > now() for row in late):
                raise Refused
        piece.jobs -= {job for _, one, job in handover.jobs if one is piece}
        piece.state, piece.line = ("missing" if change.get("missing", 0) < 0 else "out"), line
