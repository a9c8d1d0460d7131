"""The thread that keeps a server running, or shares it, for as long as the process wants it."""

import atexit
import logging
import os
import signal
import threading
import time
from concurrent.futures import Future

from app.db.embedded.errors import EmbeddedPostgresError
from app.db.embedded.lock import DirectoryLock
from app.db.embedded.server import Server

logger = logging.getLogger("app.db.embedded")

# A fast shutdown writes a checkpoint, normally in a fraction of a second. The harder ways lose nothing that
# was committed, but the next start has to recover it.
_STOP_STEPS = ((signal.SIGINT, 8.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
_FIRST_DELAY_SECONDS = 0.1
_LONGEST_DELAY_SECONDS = 2.0
_STEADY_SECONDS = 10.0
_FIRST_ATTEMPTS = 3
_SHARER_POLL_SECONDS = 0.5
_SHARER_START_POLL_SECONDS = 0.05


class Watcher:
    """Starts `server` from one thread, which lives until `stop`: the kernel ends the server with it."""

    def __init__(self, server: Server, lock: DirectoryLock) -> None:
        self._server = server
        self._lock = lock
        self._process_id = os.getpid()
        self._stopping = threading.Event()
        self._started: Future[None] = Future()
        # A daemon, so that a process that forgets to stop can still end; `atexit` stops it in order.
        self._thread = threading.Thread(target=self._watch, name="embedded-postgres", daemon=True)

    def start(self, timeout: float) -> None:
        """Return when the server, ours or another process's, takes connections; `timeout` is in seconds.

        Raises EmbeddedPostgresError when it does not, and leaves nothing running.
        """
        self._thread.start()
        atexit.register(self.stop)
        try:
            self._started.result(timeout)
        except TimeoutError:
            self.stop()
            raise EmbeddedPostgresError(
                f"PostgreSQL did not take connections within {timeout:g} seconds; see {self._server.log}. "
                f"If another process holds {self._lock.path}, end that one first."
            ) from None
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server if we own it, and the thread; does nothing in a forked child."""
        if os.getpid() != self._process_id:
            return
        self._stopping.set()
        for number, patience in _STOP_STEPS:
            self._server.close(number)
            self._thread.join(patience)
            if not self._thread.is_alive():
                break
            logger.warning("PostgreSQL is still running %.0f seconds after %s", patience, number.name)
        atexit.unregister(self.stop)

    def _watch(self) -> None:
        try:
            while not self._stopping.is_set():
                if self._lock.acquire():
                    self._own()
                else:
                    self._share()
        except Exception as error:  # noqa: BLE001 - whatever it is, the waiting caller must hear of it
            self._report_failure(error)
        finally:
            self._lock.release()

    def _share(self) -> None:
        """Look whether the owner's server is there, and wait a little before the next try for the lock."""
        if self._started.done():
            self._stopping.wait(_SHARER_POLL_SECONDS)
            return
        self._server.follow_owner()
        if self._server.accepts():
            self._started.set_result(None)
            logger.info("sharing the PostgreSQL that another process runs")
        self._stopping.wait(_SHARER_START_POLL_SECONDS)

    def _own(self) -> None:
        """Run the server again and again until we are told to stop.

        Raises EmbeddedPostgresError when it never came up; once it did, we never give up.
        """
        self._server.take_over()
        delay, attempts = _FIRST_DELAY_SECONDS, 0
        while not self._stopping.is_set():
            began = time.monotonic()
            outcome = self._serve()
            if self._stopping.is_set():
                return
            attempts += 1
            if not self._started.done() and attempts == _FIRST_ATTEMPTS:
                raise EmbeddedPostgresError(
                    f"PostgreSQL does not start ({outcome}): {self._server.log_tail()}"
                )
            if time.monotonic() - began > _STEADY_SECONDS:
                delay = _FIRST_DELAY_SECONDS
            logger.error("PostgreSQL ended (%s); starting it again in %.1f seconds", outcome, delay)
            self._stopping.wait(delay)
            delay = min(delay * 2, _LONGEST_DELAY_SECONDS)

    def _serve(self) -> str:
        """Run the server once and say how it ended. Raises only before it first came up."""
        try:
            return f"status {self._server.serve(self._report_ready)}"
        except (OSError, EmbeddedPostgresError) as error:
            if not self._started.done():
                raise
            return str(error)

    def _report_ready(self) -> None:
        if self._started.done():
            logger.warning("PostgreSQL is running again")
        else:
            self._started.set_result(None)
            logger.info("PostgreSQL is running in %s", self._server.log.parent)

    def _report_failure(self, error: Exception) -> None:
        if self._started.done():
            logger.critical("PostgreSQL is no longer watched", exc_info=error)
        elif isinstance(error, OSError):
            self._started.set_exception(EmbeddedPostgresError(f"PostgreSQL cannot be started: {error}"))
        else:
            self._started.set_exception(error)
