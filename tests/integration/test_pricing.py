"""Price lists, rules, factor tables and tax rates: their commands, and the prices that come of them."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from sqlalchemy import select

from app.db.models import Category, Client, PriceList, PriceRule, TaxRate
from app.domain.pricing import queries, service
from app.domain.pricing.page_queries import rules_of
from app.lib.editing import Strategy
from app.lib.errors import Conflict, EditConflict, NotFound
from app.lib.undoing import undo_operation
from tests.integration.booking import some_equipment
from tests.integration.kits import a_kit, refused_at

_numbers = count(1)
STEPS = [[1, "1"], [2, "1.6"], [3, "2.4"]]
THREE_DAYS = (datetime(2026, 11, 25, 7, tzinfo=UTC), datetime(2026, 11, 27, 17, tzinfo=UTC))
BERLIN = ZoneInfo("Europe/Berlin")
D = Decimal


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def _no_default_is_left(work: Any) -> AsyncGenerator[None]:
    """Every test begins without a default list and a default rate."""
    yield
    async with work() as unit:
        for model, edit in ((PriceList, service.edit_list), (TaxRate, service.edit_tax)):
            for one in (await unit.session.scalars(select(model).where(model.is_default))).all():
                await edit(unit, one.id, {"is_default": False}, version=None)


async def a_list(unit: Any, **values: Any) -> PriceList:
    return await service.create_list(unit, {"name": f"List {next(_numbers)}", "currency": "EUR", **values})


async def a_table(unit: Any, **values: Any) -> Any:
    given = {"name": f"Table {next(_numbers)}", "steps": STEPS, "further": D("0.5000")}
    return await service.create_table(unit, given | values)


async def test_one_list_is_the_default_and_another_takes_its_place(work: Any) -> None:
    async with work() as unit:
        first, second = await a_list(unit, is_default=True), await a_list(unit)
    async with work() as unit:
        await service.edit_list(unit, second.id, {"is_default": True}, version=1)
        operation = unit.operation
    async with work() as unit:
        defaults = await unit.session.scalars(select(PriceList.id).where(PriceList.is_default))
        assert defaults.all() == [second.id]
        with pytest.raises(Conflict, match="default"):
            await service.delete_list(unit, second.id, version=None)
        with refused_at("archived"):
            await service.edit_list(unit, second.id, {"archived": True}, version=None)
    async with work() as unit:
        await undo_operation(unit, operation)
    async with work() as unit:
        assert (await queries.price_book(unit.session, None)).id == first.id


async def test_names_are_taken_once_and_free_again(work: Any) -> None:
    async with work() as unit:
        one = await a_list(unit, name="Häuser")
    async with work() as unit:
        with refused_at("name"):
            await a_list(unit, name="hauser ".strip())
        await service.delete_list(unit, one.id, version=1)
        other = await a_list(unit, name="Hauser")
    async with work() as unit:
        with refused_at("name"):
            await service.restore_list(unit, one.id)
        assert other.version == 1


async def test_a_list_that_clients_have_stays(work: Any) -> None:
    async with work() as unit:
        price_list = await a_list(unit)
        unit.session.add(Client(name="Nordlicht", price_list_id=price_list.id, version=1))
    async with work() as unit:
        with pytest.raises(Conflict, match="1 client has this list"):
            await service.delete_list(unit, price_list.id, version=None)


async def test_the_nearest_rule_prices_gear(work: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 5, daily_rate=D("20.00"))
        table = await a_table(unit)
        price_list = await a_list(unit)
        await service.create_rule(
            unit, price_list.id, {"scope": "everything", "factor_table_id": table.id, "weekend": "one"}
        )

    async def price() -> tuple[Decimal | None, Decimal]:
        async with work() as unit:
            book = await queries.price_book(unit.session, price_list.id)
            things = await queries.priced(unit.session, [lamp.id])
            rating = book.rating_of(things["equipment", lamp.id], THREE_DAYS, BERLIN)
            return rating.rate, rating.charge.multiple

    assert await price() == (D("20.00"), D("2.4"))
    async with work() as unit:
        of_category = {"scope": "category", "category_id": lamp.category_id, "amount": D("18.0000")}
        rule = await service.create_rule(unit, price_list.id, of_category)
        assert (rule.factor_table_id, rule.weekend) == (table.id, "one")
        category = await unit.session.get_one(Category, lamp.category_id)
        assert rule.name == category.name
    assert await price() == (D("18.0000"), D("2.4"))
    async with work() as unit:
        own = {"scope": "equipment", "equipment_id": lamp.id, "amount": D("90.0000"), "basis": "week"}
        assert (await service.create_rule(unit, price_list.id, own)).factor_table_id is None
    assert await price() == (D("90.0000"), D(1))


async def test_a_new_rule_changes_no_price_by_itself(work: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 5, daily_rate=D("20.00"))
        tape = await some_equipment(unit, 5, daily_rate=D("11.50"), kind="consumable")
        kit = await a_kit(unit, (lamp, 2), daily_rate=D("35.00"))
        sub = Category(name=f"Below {next(_numbers)}", parent_id=lamp.category_id, version=1)
        unit.session.add(sub)
        await unit.session.flush()
        table, price_list = await a_table(unit), await a_list(unit)
        everything = {"scope": "everything", "factor_table_id": table.id, "minimum_days": 4}
        await service.create_rule(unit, price_list.id, everything)
        of_category = {
            "scope": "category", "category_id": lamp.category_id, "basis": "week", "amount": D("60.0000"),
            "weekend": "one", "minimum_charge": D("5.000"),
        }  # fmt: skip
        await service.create_rule(unit, price_list.id, of_category)

    async def ratings() -> dict[Any, Any]:
        async with work() as unit:
            book = await queries.price_book(unit.session, price_list.id)
            things = await queries.priced(unit.session, [lamp.id, tape.id], [kit.id])
            found = {key: book.rating_of(what, THREE_DAYS, BERLIN) for key, what in things.items()}
            return {key: (one.rate, one.charge, one.minimum_charge) for key, one in found.items()}

    before = await ratings()
    async with work() as unit:
        for scope, target in (("equipment", lamp), ("equipment", tape), ("kit", kit), ("category", sub)):
            await service.create_rule(unit, price_list.id, {"scope": scope, f"{scope}_id": target.id})
    assert await ratings() == before
    async with work() as unit:
        rules = {one.name: one for one in await rules_of(unit.session, price_list.id)}
        assert (rules[sub.name].basis, rules[sub.name].amount) == ("week", D("60.0000"))
        assert rules[tape.name].basis == "piece"


async def test_kits_consumables_and_gear_without_a_list(work: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 5, daily_rate=D("20.00"))
        tape = await some_equipment(unit, 5, daily_rate=D("11.50"), kind="consumable")
        kit = await a_kit(unit, (lamp, 2), daily_rate=D("35.00"))
    async with work() as unit:
        book = await queries.price_book(unit.session, None)
        things = await queries.priced(unit.session, [lamp.id, tape.id], [kit.id])
        assert book.id is None
        assert len(things) == 3
        found = {key: book.rating_of(what, THREE_DAYS, BERLIN) for key, what in things.items()}
        assert (found["equipment", tape.id].charge.basis, found["equipment", tape.id].rate) == (
            "piece", D("11.50"),
        )  # fmt: skip
        assert (found["kit", kit.id].rate, found["kit", kit.id].charge.units) == (D("35.00"), 3)


async def test_a_list_in_another_currency_knows_only_its_own_amounts(work: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 5, daily_rate=D("20.00"))
        price_list = await a_list(unit, currency="CHF")
        await service.create_rule(unit, price_list.id, {"scope": "everything"})
    async with work() as unit:
        book = await queries.price_book(unit.session, price_list.id)
        things = await queries.priced(unit.session, [lamp.id])
        assert book.rating_of(things["equipment", lamp.id], THREE_DAYS, BERLIN).rate is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"scope": "equipment"}, "equipment_id"),
        ({"scope": "equipment", "equipment_id": 999_999_999}, "equipment_id"),
        ({"scope": "kit", "kit_id": 999_999_999}, "kit_id"),
        ({"scope": "nothing"}, "scope"),
        ({}, "scope"),
        ({"scope": "everything", "category_id": 1}, "scope"),
        ({"scope": "everything", "factor_table_id": 999_999_999}, "factor_table_id"),
    ],
)
async def test_rules_that_cannot_be(work: Any, values: dict[str, Any], field: str) -> None:
    async with work() as unit:
        price_list = await a_list(unit)
    async with work() as unit:
        with refused_at(field):
            await service.create_rule(unit, price_list.id, values)


async def test_there_is_one_rule_for_a_thing(work: Any) -> None:
    async with work() as unit:
        lamp, price_list = await some_equipment(unit, 5), await a_list(unit)
        values = {"scope": "equipment", "equipment_id": lamp.id}
        rule = await service.create_rule(unit, price_list.id, values)
    async with work() as unit:
        with refused_at("scope"):
            await service.create_rule(unit, price_list.id, values)
        await service.delete_rule(unit, rule.id, version=1)
        await service.create_rule(unit, price_list.id, values)
    async with work() as unit:
        with refused_at("scope"):
            await service.restore_rule(unit, rule.id)


async def test_a_rule_that_is_for_something_else_is_called_so(work: Any) -> None:
    async with work() as unit:
        lamp, price_list = await some_equipment(unit, 5), await a_list(unit)
        kit = await a_kit(unit, (lamp, 1), name="Front wash")
        rule = await service.create_rule(unit, price_list.id, {"scope": "equipment", "equipment_id": lamp.id})
    async with work() as unit:
        await service.edit_rule(unit, rule.id, {"scope": "kit", "kit_id": kit.id}, version=1)
    async with work() as unit:
        moved = await unit.session.get_one(PriceRule, rule.id)
        assert (moved.name, moved.equipment_id, moved.kit_id) == ("Front wash", None, kit.id)


async def test_a_price_that_is_not_of_a_day_loses_its_factors(work: Any) -> None:
    async with work() as unit:
        table, price_list = await a_table(unit), await a_list(unit)
        rule = await service.create_rule(
            unit, price_list.id, {"scope": "everything", "factor_table_id": table.id}
        )
    async with work() as unit:
        with pytest.raises(Conflict, match="1 rule of a price list uses"):
            await service.delete_table(unit, table.id, version=1)
        with refused_at("factor_table_id"):
            await service.edit_rule(
                unit, rule.id, {"basis": "week", "factor_table_id": table.id}, version=None
            )
        await service.edit_rule(unit, rule.id, {"basis": "week"}, version=None)
        await service.delete_table(unit, table.id, version=1)
    async with work() as unit:
        with refused_at("factor_table_id"):
            await service.edit_rule(
                unit, rule.id, {"basis": "day", "factor_table_id": table.id}, version=None
            )


@pytest.mark.parametrize(
    "steps",
    [[], [[2, "1"]], [[1, "1"], [1, "2"]], [[1, "2"], [3, "1"]], [[1, "1"], [400, "9"]], [[1, "-1"]]],
)
async def test_steps_that_do_not_rise(work: Any, steps: list[Any]) -> None:
    async with work() as unit:
        with refused_at("steps"):
            await a_table(unit, steps=steps)


async def test_two_people_edit_one_rule(work: Any) -> None:
    async with work() as unit:
        price_list = await a_list(unit)
        rule = await service.create_rule(unit, price_list.id, {"scope": "everything", "amount": D("5.0000")})
    async with work("manager") as unit:
        await service.edit_rule(unit, rule.id, {"amount": D("6.0000")}, version=1)
    async with work() as unit:
        done = await service.edit_rule(unit, rule.id, {"minimum_days": 2}, version=1)
        assert done.merged_names
    async with work() as unit:
        with pytest.raises(EditConflict):
            await service.edit_rule(unit, rule.id, {"amount": D("7.0000")}, version=1)
        await service.edit_rule(
            unit, rule.id, {"amount": D("7.0000")}, version=1, strategy=Strategy.OVERWRITE
        )
    async with work() as unit:
        kept = await unit.session.get_one(PriceRule, rule.id)
        assert (kept.amount, kept.minimum_days) == (D("7.0000"), 2)


async def test_a_copy_has_the_rules_and_is_undone_whole(work: Any) -> None:
    async with work() as unit:
        lamp, table, price_list = await some_equipment(unit, 5), await a_table(unit), await a_list(unit)
        await service.create_rule(
            unit, price_list.id, {"scope": "everything", "factor_table_id": table.id, "minimum_days": 2}
        )
        values = {"scope": "equipment", "equipment_id": lamp.id, "amount": D("9.5000")}
        await service.create_rule(unit, price_list.id, values)
    async with work() as unit:
        copy = await service.copy_list(unit, price_list.id, f"{price_list.name} (copy)")
        operation = unit.operation
    async with work() as unit:
        found = [(one.scope, one.amount, one.factors) for one in await rules_of(unit.session, copy.id)]
        assert found == [("equipment", D("9.5000"), table.name), ("everything", None, table.name)]
    async with work() as unit:
        await undo_operation(unit, operation)
    async with work() as unit:
        assert (await unit.session.get_one(PriceList, copy.id)).deleted_at is not None
        assert len(await rules_of(unit.session, price_list.id)) == 2


async def test_taxes_and_what_is_taxed_at_them(work: Any) -> None:
    async with work() as unit:
        assert await queries.default_tax(unit.session) is None
        full = await service.create_tax(
            unit, {"name": "Full", "percent": D("19.000"), "is_default": True, "account": "8400"}
        )
        less = await service.create_tax(unit, {"name": "Less", "percent": D("7.000")})
        book = await some_equipment(unit, 5, tax_rate_id=less.id)
    async with work() as unit:
        rates = await queries.tax_rates(unit.session)
        assert [(one.percent, one.is_default) for one in rates] == [(D(19), True), (D(7), False)]
        with pytest.raises(Conflict):
            await service.delete_tax(unit, full.id, version=None)

    async def rate() -> Decimal:
        async with work() as unit:
            found = {one.id: one for one in await queries.tax_rates(unit.session)}
            what = (await queries.priced(unit.session, [book.id]))["equipment", book.id]
            tax = queries.tax_of(what, found, await queries.default_tax(unit.session))
            assert tax is not None
            return tax.percent

    assert await rate() == D(7)
    async with work() as unit:
        await service.delete_tax(unit, less.id, version=1)
    assert await rate() == D(19)


async def test_for_whom_a_price_is(work: Any) -> None:
    async with work() as unit:
        usual, special = await a_list(unit, is_default=True), await a_list(unit, currency="CHF")
        client = Client(name="Stadt", price_list_id=special.id, discount_percent=D(5), version=1)
        unit.session.add(client)
        await unit.session.flush()
        of_client = await queries.terms_for(unit.session, client.id)
        assert (of_client.price_list_id, of_client.currency, of_client.discount_percent) == (
            special.id, "CHF", D(5),
        )  # fmt: skip
        assert (await queries.terms_for(unit.session)).price_list_id == usual.id
        assert (await queries.terms_for(unit.session, client.id, usual.id)).price_list_id == usual.id
        for wanted in ((999_999_999, None), (None, 999_999_999)):
            with pytest.raises(NotFound):
                await queries.terms_for(unit.session, *wanted)
