"""The lock file that decides which process owns the server of a directory, and names it."""

import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import fcntl


class DirectoryLock:
    """An advisory lock that the kernel drops when its holder ends, however it ends.

    File locks belong to the opened file, so two locks in one process exclude each other too.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Take the lock without waiting; say whether we hold it. Raises OSError when there can be no file."""
        if self._descriptor is not None:
            return True
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        if not self._is_current(descriptor):
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        self._descriptor = descriptor
        return True

    def holder(self) -> int | None:
        """The id of the process that took the lock last; None when nobody has, or is just doing so."""
        try:
            return int(self.path.read_text())
        except (FileNotFoundError, ValueError):
            return None

    def release(self) -> None:
        """Give the lock back; nothing happens when we do not hold it."""
        if self._descriptor is None:
            return
        # Unlocked by name, since a forked child may still have the same file open.
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        os.close(self._descriptor)
        self._descriptor = None

    def _is_current(self, descriptor: int) -> bool:
        """Say whether the opened file still is the one at our path; its last holder may have removed it."""
        try:
            return os.path.samestat(os.fstat(descriptor), self.path.stat())
        except FileNotFoundError:
            return False
