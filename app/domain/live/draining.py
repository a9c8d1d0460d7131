"""Stopping with open streams: end them first, so that the server has nothing to wait for."""

import asyncio
import os
import signal
from collections.abc import Callable

from sse_starlette.sse import AppStatus

GRACE = 0.3
AFTER_SERVER = 0.2
PARENT_CHECK = 1.0
LAST_RESORT = 5.0


def drain_on_termination(close_streams: Callable[[], None]) -> None:
    """On SIGTERM end every stream, then hand over to the server's own handling by SIGINT.

    Only in processes of our server: tests and tools run the application in a loop of their own.
    """
    AppStatus.should_exit = False
    if os.environ.get("AV_SERVING") != "1":
        return
    loop = asyncio.get_running_loop()

    def on_termination() -> None:
        AppStatus.should_exit = True
        close_streams()
        loop.call_later(GRACE, os.kill, os.getpid(), signal.SIGINT)

    parent = os.getppid()

    def mind_parent() -> None:
        # killed without a chance to stop us, the parent leaves a worker that would keep the port
        if os.getppid() != parent:
            on_termination()
            loop.call_later(LAST_RESORT, os._exit, 1)
        else:
            loop.call_later(PARENT_CHECK, mind_parent)

    # the server installs its own handler after start-up; ours has to come later
    loop.call_later(AFTER_SERVER, loop.add_signal_handler, signal.SIGTERM, on_termination)
    loop.call_later(PARENT_CHECK, mind_parent)
