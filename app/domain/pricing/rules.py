"""What has to hold for price lists and what is in them, whoever writes them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from app.db.base import Editable
from app.db.models import Category, Client, Equipment, FactorTable, Kit, PriceList, PriceRule, TaxRate
from app.domain.pricing.fields import checked_steps
from app.lib.errors import Conflict, InvalidInput
from app.lib.fields import FieldError
from app.lib.rules import Rules, Write
from app.lib.sentences import counted
from app.lib.unit_of_work import UnitOfWork

TARGETS: dict[str, tuple[str, type[Editable]]] = {
    "equipment": ("equipment_id", Equipment),
    "kit": ("kit_id", Kit),
    "category": ("category_id", Category),
}
"""What a rule may be for, the field that says which, and its model; "everything" needs none."""


class PriceListRules(Rules[PriceList]):
    """A list has a name of its own; the default list, and one that clients have, stays."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[PriceList]]) -> None:
        """Raises InvalidInput."""
        for write in writes:
            await _require_name(work, write, PriceList, "a price list")
            if write.after["is_default"] and write.after["archived"]:
                raise InvalidInput({"archived": "The default list is in use. Make another one the default."})

    async def may_delete(self, work: UnitOfWork, subject: PriceList) -> None:
        """Raises Conflict."""
        if subject.is_default:
            raise Conflict("This is the default list. Make another one the default first.")
        clients = select(func.count()).where(Client.price_list_id == subject.id, Client.deleted_at.is_(None))
        if found := await work.session.scalar(clients):
            raise Conflict(f"{counted(found, 'client has', 'clients have')} this list. Archive it instead.")


class PriceRuleRules(Rules[PriceRule]):
    """A rule is for one thing that is there, or for everything; factors are of days."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[PriceRule]]) -> None:
        """Raises InvalidInput, or Conflict for a list that was deleted."""
        for write in writes:
            after = write.after
            if after["basis"] != "day" and after["factor_table_id"] is not None:
                raise InvalidInput({"factor_table_id": "Factors are for a price of a day."})
            if write.is_new:
                await _require_list(work, write.subject.price_list_id)
            if write.sets("scope", *(field for field, _ in TARGETS.values())):
                await _require_target(work, write)
            if write.sets("factor_table_id") and after["factor_table_id"] is not None:
                await _require_table(work, after["factor_table_id"])


class FactorTableRules(Rules[FactorTable]):
    """A table has a name of its own and rising steps; one that rules use stays."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[FactorTable]]) -> None:
        """Raises InvalidInput."""
        for write in writes:
            await _require_name(work, write, FactorTable, "a table")
            try:
                checked_steps(write.after["steps"])
            except FieldError as error:
                raise InvalidInput({"steps": error.message}) from error

    async def may_delete(self, work: UnitOfWork, subject: FactorTable) -> None:
        """Raises Conflict."""
        rules = (
            select(func.count())
            .select_from(PriceRule)
            .join(PriceList, PriceList.id == PriceRule.price_list_id)
            .where(
                PriceRule.factor_table_id == subject.id,
                PriceRule.deleted_at.is_(None),
                PriceList.deleted_at.is_(None),
            )
        )
        if found := await work.session.scalar(rules):
            raise Conflict(
                f"{counted(found, 'rule of a price list uses', 'rules of price lists use')} this table."
            )


class TaxRateRules(Rules[TaxRate]):
    """A rate has a name of its own; the default one stays."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[TaxRate]]) -> None:
        """Raises InvalidInput."""
        for write in writes:
            await _require_name(work, write, TaxRate, "a rate")

    async def may_delete(self, work: UnitOfWork, subject: TaxRate) -> None:  # noqa: ARG002
        """Raises Conflict."""
        if subject.is_default:
            raise Conflict("This is the default rate. Make another one the default first.")


async def _require_name(work: UnitOfWork, write: Write[Any], model: Any, noun: str) -> None:
    name = write.after["name"]
    if not name:
        raise InvalidInput({"name": "Give it a name."})
    if not write.sets("name"):
        return
    twin = select(model.id).where(
        func.fold(model.name) == func.fold(name),
        model.deleted_at.is_(None),
        model.id != (write.subject.id or 0),
    )
    if await work.session.scalar(twin) is not None:
        raise InvalidInput({"name": f"There is {noun} with this name already."})


async def _require_list(work: UnitOfWork, list_id: int) -> None:
    found = select(PriceList.id).where(PriceList.id == list_id, PriceList.deleted_at.is_(None))
    if await work.session.scalar(found) is None:
        raise Conflict("Its price list was deleted. Restore that first.")


async def _require_table(work: UnitOfWork, table_id: int) -> None:
    found = (
        select(FactorTable.id)
        .where(FactorTable.id == table_id, FactorTable.deleted_at.is_(None))
        .with_for_update(read=True, key_share=True)  # nobody deletes it meanwhile
    )
    if await work.session.scalar(found) is None:
        raise InvalidInput({"factor_table_id": "This table does not exist, or was deleted."})


async def _require_target(work: UnitOfWork, write: Write[PriceRule]) -> None:
    scope, after = write.after["scope"], write.after
    wanted, model = TARGETS.get(scope, ("", None))
    if any(after[field] is not None for field, _ in TARGETS.values() if field != wanted):
        raise InvalidInput({"scope": "A rule is for one thing alone. Leave out what it is not for."})
    if model is not None:
        there = select(model.id).where(model.id == after[wanted], model.deleted_at.is_(None))
        if after[wanted] is None or await work.session.scalar(there) is None:
            raise InvalidInput({wanted: f"Choose the {scope} it is for."})
    twin = select(PriceRule.id).where(
        PriceRule.price_list_id == write.subject.price_list_id,
        PriceRule.deleted_at.is_(None),
        PriceRule.id != (write.subject.id or 0),
        PriceRule.scope == scope,
        *([getattr(PriceRule, wanted) == after[wanted]] if wanted else []),
    )
    if await work.session.scalar(twin) is not None:
        raise InvalidInput({"scope": "The list has a rule for this already."})
