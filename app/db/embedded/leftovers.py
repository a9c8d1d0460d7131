"""What earlier servers left behind: processes that still run and lock files that name the wrong process."""

import os
import signal
import subprocess
import time
from pathlib import Path

# How to ask, and how many seconds to wait before asking harder.
_STEPS = ((signal.SIGINT, 5.0), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 2.0))
_POLL_SECONDS = 0.02


def processes_of(cluster_name: str) -> set[int]:
    """The ids of all living processes of the server with this `cluster_name`.

    PostgreSQL shows the name in the command line of every process it has; zombies have no command line.
    """
    title, option = f"postgres: {cluster_name}", f"cluster_name={cluster_name}"
    return {pid for pid, command in _commands().items() if command.startswith(title) or option in command}


def end_leftovers(cluster_name: str, lock_files: tuple[Path, ...]) -> None:
    """End all processes of an earlier server of ours, then remove `lock_files` that would stop a new one.

    Only for the holder of the directory's lock. Takes up to nine seconds; processes that survive it are
    left to PostgreSQL's own protection, which refuses to start beside them.
    """
    postmaster = _named_in(lock_files[0])
    for number, patience in _STEPS:
        remaining = processes_of(cluster_name)
        # Only the postmaster shuts down in order; to the others an interrupt means something else.
        targets = remaining & {postmaster} if number == signal.SIGINT else remaining
        if not targets:
            continue
        for pid in targets:
            _send(pid, number)
        _wait_for_end(cluster_name, patience)
    for path in lock_files:
        _remove_if_stale(path)


def _wait_for_end(cluster_name: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while processes_of(cluster_name) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)


def _remove_if_stale(path: Path) -> None:
    """Remove a lock file that is empty, or that names a living process which is no PostgreSQL.

    PostgreSQL removes lock files of dead processes itself, but takes a zombie, and a stranger who got the
    process id meanwhile (the rule in containers, where ids are small), for the server.
    """
    if not path.exists():
        return
    pid = _named_in(path)
    if pid is None or (_exists(pid) and "postgres" not in _commands().get(pid, "")):
        path.unlink(missing_ok=True)


def _named_in(lock_file: Path) -> int | None:
    try:
        # Standalone servers write a negative id.
        return abs(int(lock_file.read_text().split(maxsplit=1)[0]))
    except (FileNotFoundError, ValueError, IndexError):
        return None


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        # Ended meanwhile, or a stranger's process that carries the name.
        return


def _commands() -> dict[int, str]:
    """The command lines of all processes we can see, by process id."""
    proc = Path("/proc")
    if not (proc / "self" / "cmdline").exists():
        return _commands_by_ps()
    commands: dict[int, str] = {}
    for entry in proc.iterdir():
        if entry.name.isdigit():
            try:
                commands[int(entry.name)] = (
                    (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                )
            except OSError:
                # Ended while we looked.
                continue
    return commands


def _commands_by_ps() -> dict[int, str]:
    """The same for systems without /proc."""
    listing = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,args="],  # noqa: S607 - it is not in the same place everywhere
        capture_output=True,
        text=True,
        check=True,
    )
    rows = (line.strip().partition(" ") for line in listing.stdout.splitlines())
    return {int(pid): command for pid, _, command in rows if pid}
