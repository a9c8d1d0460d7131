"""What has to hold for cases and what should be in them, whoever writes them."""

from collections.abc import Sequence

from sqlalchemy import func, select

from app.db.models import Case, CaseItem, Equipment, Event
from app.domain.cases.fields import MOST_PIECES
from app.lib.errors import Conflict, InvalidInput
from app.lib.rules import Rules, Write
from app.lib.unit_of_work import UnitOfWork


class CaseRules(Rules[Case]):
    """A case has a name and a code of its own, and is not deleted while it is with an event."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[Case]]) -> None:
        """Raises InvalidInput."""
        for write in writes:
            after = write.after
            errors = {} if after["name"] else {"name": "Give it a name."}
            if not after["code"]:
                errors["code"] = "Give it a code."
            elif write.sets("code"):
                twin = select(Case.name).where(
                    func.fold(Case.code) == func.fold(after["code"]),
                    Case.deleted_at.is_(None),
                    Case.id != (write.subject.id or 0),
                )
                taken = await work.session.scalar(twin)
                if taken is not None:
                    errors["code"] = f"The code {after['code']} is taken by {taken}."
            if errors:
                raise InvalidInput(errors)

    async def may_delete(self, work: UnitOfWork, subject: Case) -> None:
        """Raises Conflict while it is packed for an event, or out with one."""
        if subject.event_id is not None:
            event = await work.session.get_one(Event, subject.event_id)
            raise Conflict(f"Case {subject.code} is with “{event.name}”.")


class CaseItemRules(Rules[CaseItem]):
    """Each equipment stands in a case once, with a sensible quantity."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[CaseItem]]) -> None:
        """Raises InvalidInput, or Conflict for equipment or a case that was deleted."""
        for write in writes:
            subject, quantity = write.subject, write.after["quantity"]
            if not isinstance(quantity, int) or not 1 <= quantity <= MOST_PIECES:
                raise InvalidInput({"quantity": f"Write a number between 1 and {MOST_PIECES:,}."})
            if not write.is_new:
                continue
            there = select(Equipment.id).where(
                Equipment.id == subject.equipment_id, Equipment.deleted_at.is_(None)
            )
            case = select(Case.id).where(Case.id == subject.case_id, Case.deleted_at.is_(None))
            if await work.session.scalar(there) is None or await work.session.scalar(case) is None:
                raise Conflict("Its case or its equipment was deleted. Restore that first.")
            twin = select(CaseItem.id).where(
                CaseItem.case_id == subject.case_id,
                CaseItem.equipment_id == subject.equipment_id,
                CaseItem.deleted_at.is_(None),
                CaseItem.id != (subject.id or 0),
            )
            if await work.session.scalar(twin) is not None:
                raise InvalidInput({"equipment_id": f"{subject.name} is in this case already."})
