"""The file store: names are hashes, files are whole or absent, other names lead nowhere."""

import errno
import hashlib
import os
import resource
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.lib.file_store import FileMissingError, FileStore, FileStoreError, variant_name

PICTURE = b"not really a picture, but bytes"
DIGEST = hashlib.sha256(PICTURE).hexdigest()
NAME = f"{DIGEST}.webp"


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_file_is_found_under_its_hash(store, tmp_path):
    assert store.put(PICTURE, ".webp") == NAME
    assert store.path(NAME) == tmp_path / "files" / DIGEST[:2] / DIGEST[2:4] / NAME
    assert store.exists(NAME)
    assert store.read(NAME) == PICTURE
    with store.open(NAME) as file:
        assert file.read(3) == PICTURE[:3]


def test_the_same_content_is_kept_once(store, tmp_path):
    store.put(PICTURE, ".webp")
    first = store.path(NAME).stat()
    assert store.put(PICTURE, ".webp") == NAME
    assert store.path(NAME).stat().st_ino == first.st_ino
    assert files(tmp_path) == [NAME]


def test_variants_lie_beside_and_go_along(store, tmp_path):
    other = store.put(b"another", ".webp")
    store.put(PICTURE, ".webp", {"64": b"small", "320": b"medium"})

    assert variant_name(NAME, "64") == f"{DIGEST}-64.webp"
    assert store.read(variant_name(NAME, "64")) == b"small"
    assert store.read(variant_name(NAME, "320")) == b"medium"

    store.delete(NAME)
    assert files(tmp_path) == [other]
    store.delete(NAME)


def test_a_missing_file_is_said_to_be_missing(store):
    assert not store.exists(NAME)
    with pytest.raises(FileMissingError, match="There is no such file"):
        store.read(NAME)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "x.webp",
        f"{DIGEST}",
        f"{DIGEST}.exe",
        f"{DIGEST.upper()}.webp",
        f"{DIGEST}.webp\n",
        f"{DIGEST}-.webp",
        f"{DIGEST}-64-64.webp",
        f"{DIGEST}-{'a' * 17}.webp",
        f"../{NAME}",
        f"{DIGEST}-../../x.webp",
        f"/etc/{NAME}",
        f"{DIGEST}\0.webp",
        "\u0661" * 64 + ".webp",
    ],
)
def test_other_names_are_refused(store, name):
    assert not store.exists(name)
    for way in (store.path, store.open, store.read, store.delete):
        with pytest.raises(FileMissingError):
            way(name)


def test_unknown_suffixes_and_variants_are_refused_before_writing(store, tmp_path):
    with pytest.raises(FileMissingError):
        store.put(PICTURE, ".exe")
    with pytest.raises(FileMissingError):
        store.put(PICTURE, ".webp", {"../x": b"small"})
    assert files(tmp_path) == []


def test_many_threads_with_the_same_content_agree(store, tmp_path):
    data = os.urandom(200_000)
    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(lambda _: store.put(data, ".csv"), range(32)))
    assert len(set(names)) == 1
    assert store.read(names[0]) == data
    assert files(tmp_path) == [names[0]]


def test_a_write_that_fails_leaves_nothing_and_says_so(store, tmp_path):
    # The kernel refuses to let a file of this process grow, as a full disk would.
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, limits[1]))
    try:
        with pytest.raises(FileStoreError, match="The file could not be kept: the disk refused it"):
            store.put(bytes(100_000), ".csv")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert files(tmp_path) == []
    assert store.read(store.put(bytes(100_000), ".csv")) == bytes(100_000)


@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_called_full(store, tmp_path, monkeypatch, reason):
    def no_space(_descriptor: int) -> None:
        raise OSError(reason, os.strerror(reason))

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(FileStoreError, match="The file could not be kept: the disk is full"):
        store.put(PICTURE, ".webp")
    assert files(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_an_error_not_a_crash(tmp_path):
    (tmp_path / "files").write_text("in the way")
    with pytest.raises(FileStoreError, match="could not be kept"):
        FileStore(tmp_path / "files").put(PICTURE, ".webp")


def test_killed_in_the_middle_there_is_no_half_file(tmp_path):
    """A process killed while it writes leaves the name absent, never short."""
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from app.lib.file_store import FileStore\n"
        "os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)\n"
        "FileStore(Path(sys.argv[1])).put(b'x' * 1_000_000, '.csv')\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    assert done.returncode == -signal.SIGKILL
    name = hashlib.sha256(b"x" * 1_000_000).hexdigest() + ".csv"
    assert not FileStore(tmp_path).exists(name)
    assert len(FileStore(tmp_path).read(FileStore(tmp_path).put(b"x" * 1_000_000, ".csv"))) == 1_000_000


async def test_the_async_ways_do_the_same(store):
    name = await store.put_async(PICTURE, ".webp", {"64": b"small"})
    assert name == NAME
    assert await store.exists_async(variant_name(name, "64"))
    assert await store.read_async(name) == PICTURE
    await store.delete_async(name)
    assert not await store.exists_async(name)
