"""Secrets in cookies and links: made here, compared by hash, never stored in clear."""

import base64
import hashlib
import hmac
import secrets


def new_token() -> str:
    """A fresh secret of 256 bits, safe in cookies and addresses."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the database keeps instead of a token. A fast hash does: the token has 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def signature(secret_key: str, purpose: str, value: str) -> str:
    """A keyed signature of `value` for one purpose."""
    digest = hmac.new(secret_key.encode(), f"{purpose}\0{value}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def signature_matches(secret_key: str, purpose: str, value: str, given: str) -> bool:
    """Whether `given` is the signature of `value`, compared in constant time."""
    return hmac.compare_digest(signature(secret_key, purpose, value).encode(), given.encode())
