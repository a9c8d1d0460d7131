# ruff: noqa: RUF001 - letters that look like others are the point
"""Folding is done in two places, here and in the database, and both must come to the same."""

import random
import unicodedata
from collections.abc import Awaitable, Callable, Generator
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.errors import UniqueViolation

from app.db import migrations
from app.jobs.worker import connection_info
from app.lib.folding import fold
from tests.integration.item_steps import add_item

SignIn = Callable[[str], Awaitable[httpx.AsyncClient]]

BEFORE, HERE = "0002_table_orders", "0003_folding_and_unit_words"
WORDS = (
    "장비", "한글 케이블", "が", "ガラス", "ΣΊΣΥΦΟΣ", "Σίσυφος", "ΟΔΟΣ", "Übergröße", "STRAẞE", "İstanbul ıI", "Łódź Øre Þ",
    "Æon Œuvre", "ﬁx ½", "Cafe\u0301", "Ǆ ǅ ǆ", "q\u0323\u0307", "a\u0301\u0327", "\u1100\u1161\u11a8", "Å Å", "ΐ", "ὈΔΥΣΣΕΎΣ",
    "ﷺ", "①Ⅳ", "Ёлка Йод", "हिन्दी", "ไทย", "עִבְרִית", "✓ 🎤",
)  # fmt: skip


def letters() -> list[str]:
    """Every character that has a meaning; those for private use and without a meaning have no case either."""
    characters = map(chr, range(1, 0x110000))
    return [one for one in characters if unicodedata.category(one) not in ("Cs", "Cn", "Co")]


def made_up_words(count: int) -> list[str]:
    """Words of letters next to each other in the tables and accents of all kinds; the same in every run."""
    chance = random.Random(1)
    blocks = [
        range(start, start + 0x80)
        for start in (0x20, 0xA0, 0x100, 0x300, 0x370, 0x1100, 0x3040, 0xAC00, 0x1E00)
    ]
    return [
        "".join(chr(chance.choice(chance.choice(blocks))) for _ in range(chance.randint(2, 8)))
        for _ in range(count)
    ]


async def test_the_database_folds_as_we_do(app: Any) -> None:
    corpus = [*WORDS, *letters(), *made_up_words(20_000)]
    connection = await app.app.state.connect()
    rows = await connection.fetch("select word, fold(word) as folded from unnest($1::text[]) word", corpus)
    await connection.close()
    assert len(rows) == len(corpus)
    # white space around words is taken away here alone
    differing = [row["word"] for row in rows if row["folded"].strip() != fold(row["word"])]
    assert differing == []


@pytest.mark.parametrize(
    ("name", "asked"),
    [("장비", "장비"), ("がく", "か\u3099"), ("ΣΊΣΥΦΟΣ", "σισυφοσ"), ("Σίσυφος", "ΣΊΣΥΦΟΣ")],
)
async def test_names_in_other_scripts_are_found(sign_in: SignIn, work: Any, name: str, asked: str) -> None:
    item_id = await add_item(work, name=name)
    client = await sign_in("viewer")
    found = await client.get("/api/equipment", params={"q": asked})
    assert item_id in [row["id"] for row in found.json()["data"]]


@pytest.fixture
def stale(postgres: Any) -> Generator[str]:
    """A database as it was before the two agreed, with gear whose words and units are kept in the old way."""
    postgres.create_database("stale_folding")
    url = postgres.url("stale_folding")
    migrations.upgrade(url, BEFORE)
    with psycopg.connect(connection_info(url)) as connection:
        connection.execute("insert into category (name) values ('ΟΔΟΣ'), ('장비')")
        connection.execute("""
            insert into equipment (name, sku, category_id, tracking)
            select '장비 ' || n, '장비-' || n, 1, 'serialized' from generate_series(1, 300) n
        """)
        connection.execute("""
            insert into unit (equipment_id, asset_tag, serial_number) select id, 'が-' || id, 'ΣΊΣΥΦΟΣ' from equipment
        """)
        connection.execute("update equipment set unit_words = 'forgotten' where id = 7")
    yield url
    postgres.drop_database("stale_folding")


def values(url: str, statement: str, *parameters: str) -> list[Any]:
    """What a statement finds when indexes are all there is to go by."""
    with psycopg.connect(connection_info(url)) as connection:
        connection.execute("set enable_seqscan = off")
        connection.execute("set enable_sort = off")
        return [row[0] for row in connection.execute(statement, parameters).fetchall()]


def test_what_is_there_already_is_folded_anew(stale: str) -> None:
    migrations.upgrade(stale, HERE)
    assert values(
        stale, "select id from equipment where fold(sku) = %s and deleted_at is null", fold("장비-12")
    ) == [12]
    assert values(
        stale, "select equipment_id from unit where fold(asset_tag) = %s and deleted_at is null", "が-9"
    ) == [9]
    serial = "select count(*) from unit where fold(serial_number) = %s and serial_number <> ''"
    assert values(stale, serial, "σισυφοσ") == [300]
    words = "select count(*) from equipment where search @@ to_tsquery('simple', %s)"
    assert values(stale, words, f"{fold('장비')}:*") == [300]
    assert values(stale, "select unit_words from equipment where id = 7") == ["が-7 ΣΊΣΥΦΟΣ"]
    for column, source in (("name_order", "name"), ("sku_order", "sku")):
        assert values(stale, f"select count(*) from equipment where {column} <> natural_order({source})") == [
            0
        ]
    assert values(stale, "select count(*) from unit where tag_order <> natural_order(asset_tag)") == [0]


@pytest.mark.parametrize("name", ["οδος", "οδοσ", "장비"])
def test_names_that_are_one_are_taken_afterwards(stale: str, name: str) -> None:
    migrations.upgrade(stale, HERE)
    with psycopg.connect(connection_info(stale)) as connection, pytest.raises(UniqueViolation):
        connection.execute("insert into category (name) values (%s)", (name,))


def test_the_step_can_be_taken_back_and_again(stale: str) -> None:
    migrations.upgrade(stale, HERE)
    migrations.downgrade(stale, BEFORE)
    with psycopg.connect(connection_info(stale)) as connection:
        fold_before = connection.execute("select fold('장비')").fetchone()
    assert fold_before == (unicodedata.normalize("NFKD", "장비"),)
    sku = "select id from equipment where fold(sku) = fold(%s) and deleted_at is null"
    assert values(stale, sku, "장비-12") == [12]
    migrations.upgrade(stale, HERE)
    assert values(stale, sku, "장비-12") == [12]


def test_two_names_that_become_one_stop_the_step_and_are_named(stale: str) -> None:
    with psycopg.connect(connection_info(stale)) as connection:
        connection.execute("insert into category (name) values ('οδος')")
    with pytest.raises(Exception, match="uq_category_name"):
        migrations.upgrade(stale, HERE)
    assert values(stale, "select version_num from alembic_version") == [BEFORE]
