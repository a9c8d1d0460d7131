"""The key that is kept in the data directory: whole or not there, and the same for whoever asks first."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from app.config import SettingsError, load_settings

AT_ONCE = 8


def key_of(place: Path) -> str:
    return load_settings({"DATA_DIR": str(place)}).secret_key


@pytest.mark.parametrize("left_over", ["", "\n", "k" * 31])
def test_a_key_that_is_not_whole_is_refused_and_left_alone(tmp_path: Path, left_over: str) -> None:
    kept = tmp_path / "secret_key"
    kept.write_text(left_over)
    with pytest.raises(SettingsError, match="secret_key must hold at least 32 characters"):
        key_of(tmp_path)
    assert kept.read_text() == left_over


def test_whoever_starts_at_the_same_moment_gets_the_same_key(tmp_path: Path) -> None:
    barrier = Barrier(AT_ONCE)

    def start(place: Path) -> str:
        barrier.wait()
        return key_of(place)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number in range(20):
            keys = set(pool.map(start, [tmp_path / str(number)] * AT_ONCE))
            assert len(keys) == 1
            assert len(keys.pop()) >= 32
            assert [path.name for path in (tmp_path / str(number)).iterdir()] == ["secret_key"]
