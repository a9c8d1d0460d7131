"""A database whose socket is gone is not answering; a file of ours that is gone is a fault of ours."""

from pathlib import Path

import asyncpg
import pytest

from app.lib.database_errors import translate_database_error
from app.lib.errors import Unavailable


async def test_a_database_without_a_socket_is_not_answering(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as refused:
        await asyncpg.connect(host=str(tmp_path), user="nobody", database="nothing", timeout=5)
    assert isinstance(translate_database_error(refused.value), Unavailable)


async def test_a_missing_file_says_nothing_about_the_database(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as missing:
        (tmp_path / "photo.webp").read_bytes()
    assert translate_database_error(missing.value) is None
