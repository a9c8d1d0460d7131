"""The operating system account PostgreSQL runs under, and what that account can reach."""

import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from app.db.embedded.errors import EmbeddedPostgresError

if sys.platform != "win32":
    import pwd

READ = 4
SEARCH = 1


@dataclass(frozen=True, slots=True)
class Account:
    """A user id and its group id."""

    uid: int
    gid: int

    def permits(self, path: Path, wanted: int) -> bool:
        """Say whether the mode bits of `path` grant this account `wanted` (READ, SEARCH or both).

        Access control lists are not consulted: a wrong no costs a copy, and a wrong yes ends in PostgreSQL's
        own message.
        """
        info = path.stat()
        if info.st_uid == self.uid:
            granted = info.st_mode >> 6
        elif info.st_gid == self.gid:
            granted = info.st_mode >> 3
        else:
            granted = info.st_mode
        return granted & wanted == wanted

    def reaches(self, path: Path) -> bool:
        """Say whether this account may pass through `path` (absolute, without links) and all its parents."""
        return all(self.permits(step, SEARCH) for step in (path, *path.parents))


def account_for(data: Path) -> Account:
    """Choose the account for the server of the data directory `data`, which need not exist yet.

    Raises EmbeddedPostgresError when the data belong to an account we cannot take, or no account is left
    for root to hand over to.
    """
    ours = Account(os.geteuid(), os.getegid())
    owner = _owner(data)
    if ours.uid != 0:
        if owner is not None and owner.uid != ours.uid:
            raise EmbeddedPostgresError(
                f"The data in {data} belong to {_name(owner)}, and this process runs as {_name(ours)}. "
                "Start it as that account or as root, or set DATA_DIR to a directory of your own."
            )
        return ours
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise EmbeddedPostgresError(
            "PostgreSQL refuses to run as root and there is no account `nobody` to run it as. "
            "Start as an ordinary account, or set DATABASE_URL."
        ) from None
    if owner is None:
        return Account(entry.pw_uid, entry.pw_gid)
    if owner.uid == 0:
        raise EmbeddedPostgresError(
            f"The data in {data} belong to root, and PostgreSQL refuses to run as root. "
            f"Give them away with: chown -R nobody {data}"
        )
    return owner


def make_private(directory: Path, account: Account) -> None:
    """Make sure `directory` exists, belongs to `account` and is closed to everybody else.

    Raises EmbeddedPostgresError when somebody else put something in its place.
    """
    try:
        directory.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        give(directory, account)
    info = directory.lstat()
    if not stat.S_ISDIR(info.st_mode) or info.st_uid != account.uid:
        raise EmbeddedPostgresError(
            f"{directory} is not a directory of {_name(account)}. Remove it, or find out who made it."
        )
    if stat.S_IMODE(info.st_mode) != 0o700:  # noqa: PLR2004 - a mode is best read as a number
        directory.chmod(0o700)


def give(path: Path, account: Account) -> None:
    """Hand `path` over to `account`; links are not followed. Nothing to do unless we are root."""
    if os.geteuid() == 0:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def _owner(path: Path) -> Account | None:
    try:
        info = path.stat()
    except FileNotFoundError:
        return None
    return Account(info.st_uid, info.st_gid)


def _name(account: Account) -> str:
    try:
        return f"the account {pwd.getpwuid(account.uid).pw_name}"
    except KeyError:
        return f"the account number {account.uid}"
