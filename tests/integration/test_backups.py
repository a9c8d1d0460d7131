"""A whole shop in one file, and back."""

import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.backups import BackupError, back_up, restore
from app.config import Settings
from app.db import migrations
from app.jobs.worker import connection_info
from app.lib.file_store import FileStore
from tests.conftest import in_thread

USERS = "select username from user_account order by 1"


def rows(settings: Settings, statement: str) -> list[Any]:
    with psycopg.connect(connection_info(settings.database_url or "")) as connection:
        return connection.execute(statement).fetchall()


@pytest.fixture
def empty(postgres: Any, settings: Settings, tmp_path: Path) -> Any:
    """Settings of a new shop with nothing in it."""
    postgres.create_database("restored")
    yield replace(settings, database_url=postgres.url("restored"), data_dir=tmp_path / "restored")
    postgres.drop_database("restored")


async def test_everything_comes_back(
    app: Any, settings: Settings, empty: Settings, tmp_path: Path, work: Callable[..., Any]
) -> None:
    name = FileStore(settings.files_dir).put(b"a,b\n1,2\n", ".csv")
    archive = tmp_path / "shop.tar"
    back_up(settings, archive)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    restore(empty, archive)
    assert rows(empty, USERS) == rows(settings, USERS) != []
    changes = "select id, entity, entity_id, version, fields from change order by id"
    assert rows(empty, changes) == rows(settings, changes) != []
    assert FileStore(empty.files_dir).path(name).read_bytes() == b"a,b\n1,2\n"
    assert rows(empty, "select distinct xid::text from change") == [("0",)], "before all that is to come"
    in_thread(lambda: migrations.check(empty.database_url or ""))


async def test_nothing_is_overwritten(app: Any, settings: Settings, tmp_path: Path) -> None:
    archive = tmp_path / "shop.tar"
    back_up(settings, archive)
    with pytest.raises(BackupError, match="there already"):
        back_up(settings, archive)
    users = rows(settings, USERS)
    with pytest.raises(BackupError, match="not empty"):
        restore(settings, archive)
    assert rows(settings, USERS) == users


def test_a_file_that_is_no_backup_is_refused(empty: Settings, tmp_path: Path) -> None:
    other = tmp_path / "other.tar"
    other.write_bytes(b"not a tar file")
    with pytest.raises(BackupError, match="no backup"):
        restore(empty, other)
    assert not empty.data_dir.exists()


def test_a_database_that_does_not_answer_leaves_no_archive(settings: Settings, tmp_path: Path) -> None:
    gone = replace(settings, database_url="postgresql+asyncpg://nobody@127.0.0.1:1/none")
    with pytest.raises(BackupError, match="pg_dump failed"):
        back_up(gone, tmp_path / "shop.tar")
    assert list(tmp_path.iterdir()) == []
