"""What has to hold for the records of a kind, and what follows when one of them is written.

A domain registers one object of rules for each of its entities; `app.lib.batches`, through which every write
to an Editable goes, asks it. So a rule holds for services, merges, undo, imports and bulk actions alike, and
it sees the values as they will stand in the database, not only those that were sent.

Data that come with a past of their own (`UnitOfWork.moment`) are written as they are: what they had to obey
was decided then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, TypeVar

from app.db.base import Editable
from app.lib.unit_of_work import UnitOfWork

Record = TypeVar("Record", bound=Editable)


@dataclass(frozen=True, slots=True)
class Write(Generic[Record]):
    """A record on its way into the database: the Python values of its editable fields, before and after.

    `before` is empty for a record that is new. A record that is brought back is checked like a new one.
    `undoes` says that an earlier change is taken back.
    """

    subject: Record
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    undoes: bool = False

    @property
    def is_new(self) -> bool:
        """Whether it was not there, or was deleted, before."""
        return not self.before

    @property
    def deletes(self) -> bool:
        """Whether it goes."""
        return bool(self.before) and self.before.get("deleted_at") is None and self._is_deleted

    @property
    def restores(self) -> bool:
        """Whether it comes back."""
        return self.before.get("deleted_at") is not None and not self._is_deleted

    @property
    def _is_deleted(self) -> bool:
        return self.after.get("deleted_at") is not None

    def sets(self, *names: str) -> bool:
        """Whether any of these fields gets a value it did not have."""
        return self.is_new or any(self.before[name] != self.after[name] for name in names)

    def as_new(self) -> "Write[Record]":
        """The same, as though the record had not been there."""
        return replace(self, before={})


class Rules(Generic[Record]):
    """The rules of one entity; what a class leaves out is allowed, and nothing follows from it.

    They are asked before anything of a batch is written, with the records locked. Refusals are DomainErrors:
    InvalidInput at the field, or Conflict.
    """

    taken_back_whole: ClassVar[bool] = False
    """Whether what its changes moved along can only be taken back together with them."""

    parent_first: ClassVar[bool] = False
    """Whether the record it belongs to is always locked before it."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[Record]]) -> None:
        """Refuse values that cannot stand in records that are new, changed or brought back."""

    async def may_delete(self, work: UnitOfWork, subject: Record) -> None:
        """Refuse to delete a record."""

    async def may_restore(self, work: UnitOfWork, subject: Record) -> None:
        """Refuse to bring a record back; `check` is asked as well."""

    async def written(self, work: UnitOfWork, write: Write[Record]) -> None:
        """Move along what follows from a change that was just written, in the same transaction."""


_RULES: dict[str, Rules[Any]] = {}
_NONE: Rules[Any] = Rules()


def register(entity: str, rules: Rules[Any]) -> None:
    """Have every write to this entity obey these rules from now on."""
    _RULES[entity] = rules


def rules_for(work: UnitOfWork, entity: str) -> Rules[Any]:
    """The rules a write to this entity obeys now."""
    return _NONE if work.moment else _RULES.get(entity, _NONE)


def locks_parent_first(entity: str) -> bool:
    """Whether the record that one of these belongs to is locked before it, by undo as well."""
    return _RULES.get(entity, _NONE).parent_first


def taken_back_whole() -> tuple[str, ...]:
    """The entities whose changes are taken back together with all that was done along with them."""
    return tuple(entity for entity, rules in _RULES.items() if rules.taken_back_whole)


async def refuse_what_breaks_rules(work: UnitOfWork, writes: Sequence[Write[Any]]) -> None:
    """Ask the rules of every record that is about to be written. Raises what they refuse with."""
    for entity in dict.fromkeys(write.subject.entity for write in writes):
        rules = rules_for(work, entity)
        standing: list[Write[Any]] = []
        for write in writes:
            if write.subject.entity != entity:
                continue
            if write.deletes:
                await rules.may_delete(work, write.subject)
                continue
            if write.restores:
                await rules.may_restore(work, write.subject)
            standing.append(write.as_new() if write.restores else write)
        if standing:
            await rules.check(work, standing)


async def follow(work: UnitOfWork, writes: Sequence[Write[Any]]) -> None:
    """Let the rules move along what follows from records that were just written."""
    for write in writes:
        await rules_for(work, write.subject.entity).written(work, write)
