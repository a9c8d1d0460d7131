"""From an empty database to the present one: once, again, and by two processes at a time."""

import subprocess
import sys
from collections.abc import Callable, Generator
from typing import Any

import psycopg
import pytest

from app.config import PROJECT_ROOT
from app.db import migrations
from app.jobs.worker import connection_info

MIGRATE = "import sys; from app.db import migrations; migrations.upgrade(sys.argv[1])"
TABLES = "select table_name from information_schema.tables where table_schema = 'public' order by 1"


@pytest.fixture
def empty(postgres: Any) -> Generator[Callable[[str], str]]:
    """`empty("name")`: the URL of a new database with nothing in it."""
    made: list[str] = []

    def create(name: str) -> str:
        postgres.create_database(name)
        made.append(name)
        return postgres.url(name)

    yield create
    for name in made:
        postgres.drop_database(name)


def rows(url: str, statement: str) -> list[Any]:
    with psycopg.connect(connection_info(url)) as connection:
        return [row[0] for row in connection.execute(statement).fetchall()]


def test_an_empty_database_gets_every_table_and_the_models_agree(empty: Callable[[str], str]) -> None:
    url = empty("migrate_once")
    migrations.upgrade(url)
    tables = rows(url, TABLES)
    assert {"change", "category", "equipment", "unit", "user_account", "session"} <= set(tables)
    assert "procrastinate_jobs" in tables
    migrations.check(url)


def test_migrating_again_changes_nothing(empty: Callable[[str], str]) -> None:
    url = empty("migrate_again")
    migrations.upgrade(url)
    objects = (
        "select oid::text || relname from pg_class where relnamespace = 'public'::regnamespace order by 1"
    )
    before, version = rows(url, objects), rows(url, "select version_num from alembic_version")
    migrations.upgrade(url)
    assert rows(url, objects) == before
    assert rows(url, "select version_num from alembic_version") == version


def test_two_processes_migrating_at_once_both_succeed(empty: Callable[[str], str]) -> None:
    url = empty("migrate_together")
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", MIGRATE, url], cwd=PROJECT_ROOT, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    assert len(rows(url, "select version_num from alembic_version")) == 1
    migrations.check(url)
