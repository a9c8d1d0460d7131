"""Links that open one record to whoever has them: nothing secret is kept, so no backup or log gives one away.

A token is the id of a record and a keyed signature of its purpose, that id and a salt. With another salt the
links that were given out open nothing any more.
"""

import base64
import hashlib
import hmac
import re

_TOKEN = re.compile(r"([1-9]\d{0,17})-[\w-]{43}", re.ASCII)


def link_token(secret_key: str, purpose: str, record_id: int, salt: str) -> str:
    """The token of a record for one purpose ("quote", "pay"), safe in addresses."""
    signed = f"link\0{purpose}\0{record_id}\0{salt}".encode()
    digest = hmac.new(secret_key.encode(), signed, hashlib.sha256).digest()
    return f"{record_id}-{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def record_of(token: str) -> int | None:
    """The id a token speaks of, which is not checked yet; None for what cannot be a token."""
    match = _TOKEN.fullmatch(token)
    return int(match[1]) if match else None


def opens(token: str, secret_key: str, purpose: str, record_id: int, salt: str) -> bool:
    """Whether this token is the one of that record, compared in constant time."""
    expected = link_token(secret_key, purpose, record_id, salt)
    return hmac.compare_digest(expected.encode(), token.encode())
