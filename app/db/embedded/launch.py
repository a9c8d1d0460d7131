"""Take PostgreSQL's account, tie its life to the parent's, and become PostgreSQL.

Run by path as a script: `launch.py UID GID PARENT_PID PROGRAM [ARGUMENT...]`. A program of its own because
Python code between fork and exec can deadlock in a process that has threads, and because the Python
interpreter may lie where PostgreSQL's account cannot start it.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(uid: int, gid: int, parent: int, command: list[str]) -> None:
    """Replace this process by `command`, run as `uid` and `gid`; the parent's death interrupts it.

    Raises OSError when the account cannot be taken or the program not be started.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if os.geteuid() != uid:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        # After the change of account, which resets it. What counts is the parent's thread, not its process.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != parent:
            sys.exit("the parent process ended first")
    os.execv(command[0], command)  # noqa: S606 - no shell wanted


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
