"""Passwords: argon2id, in a worker thread, with equal cost for people who do not exist."""

import anyio.to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

MINIMUM_LENGTH = 10
MAXIMUM_LENGTH = 200

_hasher = PasswordHasher()
_limiter = anyio.CapacityLimiter(2)
_nobody = _hasher.hash("nobody has this password")


async def hash_password(password: str) -> str:
    """The argon2id hash to keep of a password."""
    return await anyio.to_thread.run_sync(_hasher.hash, password, limiter=_limiter)


async def password_matches(password: str, password_hash: str | None) -> bool:
    """Whether a password is the right one; without a hash it costs the same time and is wrong."""

    def verify() -> bool:
        try:
            _hasher.verify(password_hash or _nobody, password)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
        return bool(password_hash)

    return await anyio.to_thread.run_sync(verify, limiter=_limiter)


def password_problem(password: str, username: str = "") -> str | None:
    """What is wrong with a new password, in words; None when it will do."""
    if len(password) < MINIMUM_LENGTH:
        return f"Use at least {MINIMUM_LENGTH} characters."
    if len(password) > MAXIMUM_LENGTH:
        return f"Use at most {MAXIMUM_LENGTH} characters."
    if username and username.lower() in password.lower():
        return "Leave your username out of it."
    if len(set(password)) < 5:  # noqa: PLR2004 - enough to refuse aaaaaaaaaa and 1212121212
        return "Use more different characters."
    return None
