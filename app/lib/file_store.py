"""Files kept under the hash of what is in them.

A name is the SHA-256 of the content in hex and a suffix, `<hash>.webp`; what was derived from it is kept
beside it as `<hash>-<variant>.webp`. A name therefore never changes its content and may be cached for
ever. Names are spread over two levels of folders, `ab/cd/abcd….webp`, so that none grows long.
"""

import errno
import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import MappingProxyType
from typing import BinaryIO, Final

from anyio import to_thread

SUFFIXES: Final = (".bin", ".csv", ".webp", ".xlsx")

_NAME: Final = re.compile(
    rf"(?P<hash>[0-9a-f]{{64}})(?:-[a-z0-9]{{1,16}})?(?P<suffix>{'|'.join(map(re.escape, SUFFIXES))})"
)
_NO_VARIANTS: Final[Mapping[str, bytes]] = MappingProxyType({})


class FileStoreError(Exception):
    """A file could not be kept, read or deleted; `message` says why in plain words."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class FileMissingError(FileStoreError):
    """There is no file of that name, or it is not a name this store gives."""


class FileStore:
    """A folder of files named after their content. Safe to share between threads and processes."""

    def __init__(self, root: Path) -> None:
        """Keep files below `root`, which is created with the first file."""
        self._root = root

    def put(self, data: bytes, suffix: str, variants: Mapping[str, bytes] = _NO_VARIANTS) -> str:
        """Keep `data` and what was derived from it, on disk when this returns; give the name back.

        `suffix` is one of SUFFIXES. `variants` are kept under `variant_name` of the name and the key;
        they are written first, so a name that exists has its variants. The same content again costs no
        space. Raises FileStoreError, also when the disk is full; then nothing half-written stays behind.
        """
        name = _checked(hashlib.sha256(data).hexdigest() + suffix)[0]
        for variant, derived in variants.items():
            self._write(variant_name(name, variant), derived)
        self._write(name, data)
        return name

    def path(self, name: str) -> Path:
        """Where the file of that name lies or would lie. Raises FileMissingError for other names."""
        name = _checked(name)[0]
        return self._root / name[:2] / name[2:4] / name

    def exists(self, name: str) -> bool:
        """Whether there is a file of that name; False for names this store does not give."""
        try:
            return self.path(name).is_file()
        except FileMissingError:
            return False

    def open(self, name: str) -> BinaryIO:
        """The file, open for reading in bytes; the caller closes it. Raises FileStoreError."""
        try:
            return self.path(name).open("rb")
        except FileNotFoundError as error:
            raise FileMissingError("There is no such file.") from error
        except OSError as error:
            raise FileStoreError("The file could not be read.") from error

    def read(self, name: str) -> bytes:
        """The whole content. Raises FileStoreError."""
        with self.open(name) as file:
            try:
                return file.read()
            except OSError as error:
                raise FileStoreError("The file could not be read.") from error

    def delete(self, name: str) -> None:
        """Remove the file and its variants; nothing happens when it is gone. Raises FileStoreError.

        Two records with the same content share one file: only delete what no record names.
        """
        path = self.path(name)
        try:
            path.unlink(missing_ok=True)
            for variant in path.parent.glob(f"{path.stem}-*{path.suffix}"):
                variant.unlink(missing_ok=True)
        except OSError as error:
            raise FileStoreError("The file could not be deleted.") from error

    async def put_async(self, data: bytes, suffix: str, variants: Mapping[str, bytes] = _NO_VARIANTS) -> str:
        """`put` in a worker thread."""
        return await to_thread.run_sync(self.put, data, suffix, variants)

    async def read_async(self, name: str) -> bytes:
        """`read` in a worker thread."""
        return await to_thread.run_sync(self.read, name)

    async def exists_async(self, name: str) -> bool:
        """`exists` in a worker thread."""
        return await to_thread.run_sync(self.exists, name)

    async def delete_async(self, name: str) -> None:
        """`delete` in a worker thread."""
        await to_thread.run_sync(self.delete, name)

    def _write(self, name: str, data: bytes) -> None:
        path = self.path(name)
        try:
            if not path.exists():
                self._make_folder(path.parent)
                _write_whole(path, data)
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            reason = "the disk is full" if full else "the disk refused it"
            raise FileStoreError(f"The file could not be kept: {reason}.") from error

    def _make_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            _sync_folder(folder.parent)
            _sync_folder(self._root)


def variant_name(name: str, variant: str) -> str:
    """The name of what was derived from the file `name`: `<hash>-<variant>.webp`.

    `variant` is 1 to 16 small letters and digits. Raises FileMissingError for anything else.
    """
    digest, suffix = _checked(name)[1:]
    return _checked(f"{digest}-{variant}{suffix}")[0]


def _checked(name: str) -> tuple[str, str, str]:
    """The name, its hash and its suffix, if it is one that this store gives."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise FileMissingError("There is no such file.")
    return name, match["hash"], match["suffix"]


def _write_whole(path: Path, data: bytes) -> None:
    """Under its name there is the whole file or none, also after a crash in the middle."""
    with NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as file:
        temporary = Path(file.name)
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
