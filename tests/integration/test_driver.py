"""Statements that go to the driver as they are: in the transaction at hand, and failing as others do."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.driver import Statement
from app.db.engine import create_engine, reading
from app.lib.database_errors import translate_database_error
from app.lib.errors import Conflict, InvalidInput
from tests.statements import noted

ADD = Statement("insert into category (name, icon, position) values (:name, 'box', 0) returning id")
COUNT = Statement("select count(*) as found, :name::text as asked from category where name = :name")


async def count(reading: Any, name: str) -> int:
    row = await COUNT.row(reading, {"name": name})
    assert row is not None
    assert row["asked"] == row[1] == name
    return row["found"]


async def test_a_statement_is_part_of_the_transaction_even_as_its_first(app: Any, work: Any) -> None:
    engine = app.app.state.runtime.read_engine
    with pytest.raises(RuntimeError, match="changed my mind"):
        async with work() as unit:
            await ADD.rows(unit.session, {"name": "Taken back"})
            async with engine.connect() as reading:
                assert await count(reading, "Taken back") == 0
            assert await count(unit.session, "Taken back") == 1
            raise RuntimeError("changed my mind")
    async with work() as unit:
        await ADD.rows(unit.session, {"name": "Kept"})
    async with engine.connect() as reading:
        assert [await count(reading, "Taken back"), await count(reading, "Kept")] == [0, 1]


async def test_reading_leaves_no_transaction_open(app: Any) -> None:
    async with app.app.state.runtime.read_engine.connect() as reading:
        await count(reading, "Kept")
        driver = (await reading.get_raw_connection()).driver_connection
        assert not driver.is_in_transaction()


async def test_what_the_database_refuses_is_said_in_the_same_words(work: Any) -> None:
    async with work() as unit:
        await ADD.rows(unit.session, {"name": "Twice"})
    with pytest.raises(IntegrityError) as broken:
        async with work() as unit:
            await ADD.rows(unit.session, {"name": "Twice"})
    said = translate_database_error(broken.value)
    assert isinstance(said, InvalidInput)
    assert said.fields == {"name": "There is a category with this name already."}
    assert "Twice" not in str(broken.value.statement)
    with pytest.raises(DBAPIError) as locked:
        async with work() as first, work() as second:
            await first.session.execute(text("lock table category"))
            await Statement("select from category for update nowait").rows(second.session, {})
    assert isinstance(translate_database_error(locked.value), Conflict)


async def test_a_connection_that_is_gone_is_given_up(app: Any) -> None:
    engine = app.app.state.runtime.read_engine
    with pytest.raises(DBAPIError) as lost:
        async with engine.connect() as reading:
            (await reading.get_raw_connection()).driver_connection.terminate()
            await count(reading, "Kept")
    assert lost.value.connection_invalidated
    async with engine.connect() as reading:
        assert await count(reading, "Nothing") == 0


async def test_a_connection_that_breaks_meanwhile_is_given_up(app: Any, work: Any) -> None:
    engine = app.app.state.runtime.read_engine
    with pytest.raises(DBAPIError) as lost:
        async with engine.connect() as reading:
            await Statement("select pg_terminate_backend(pg_backend_pid())").rows(reading, {})
    assert lost.value.connection_invalidated
    async with work() as unit:
        assert await count(unit.session, "Nothing") == 0


@pytest_asyncio.fixture(loop_scope="session")
async def own_pool(settings: Any) -> AsyncGenerator[AsyncEngine]:
    """A pool of one connection that nobody else takes any from."""
    engine = create_engine(settings.database_url, pool_size=1)
    yield reading(engine)
    await engine.dispose()


async def test_what_is_read_alone_leaves_the_pool_as_it_was(own_pool: AsyncEngine) -> None:
    for name, found in (("Kept", 1), ("Nothing", 0)):
        row = await COUNT.row_alone(own_pool, {"name": name})
        assert row is not None
        assert row["found"] == found
    assert await Statement("select where false").row_alone(own_pool, {}) is None
    with pytest.raises(DBAPIError):
        await Statement("select 1 / (:zero::int)").row_alone(own_pool, {"zero": 0})
    async with own_pool.connect() as connection:
        assert await count(connection, "Kept") == 1


async def test_what_is_read_alone_gives_up_a_connection_that_is_gone(own_pool: AsyncEngine) -> None:
    pooled = await own_pool.raw_connection()
    gone: Any = pooled.driver_connection
    pooled.close()
    await gone.close()
    with pytest.raises(DBAPIError) as lost:
        await COUNT.row_alone(own_pool, {"name": "Kept"})
    assert lost.value.connection_invalidated
    row = await COUNT.row_alone(own_pool, {"name": "Kept"})
    assert row is not None
    assert row["found"] == 1


async def test_whoever_counts_statements_counts_these(work: Any) -> None:
    async with work() as unit:
        seen = await noted(unit)
        await count(unit.session, "Kept")
    assert sum("from category where name = $1" in statement for statement in seen) == 1
