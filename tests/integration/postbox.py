"""A mail server of our own on the loopback, which keeps what it is given or refuses as it is told."""

import asyncio
import contextlib
import ssl
import subprocess
import warnings
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult

from app.config import MailServer

ACCOUNT = ("shop", "rigging")
HANGS_UP = "the line is cut"


@dataclass
class Postbox:
    """What came in. `refusals` are answers to give instead, one for each letter, from the first on."""

    letters: list[EmailMessage] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    port: int = 0
    certificate: Path | None = None

    async def handle_RCPT(  # noqa: N802 - the name that the library calls
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address.startswith("nobody@"):
            return "550 5.1.1 No such mailbox"
        if address.startswith("later@"):
            return "451 4.7.1 Greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the name that the library calls
        self, server: Any, _session: Any, envelope: Any
    ) -> str:
        if self.refusals:
            refusal = self.refusals.pop(0)
            if refusal == HANGS_UP:
                server.transport.abort()
            return refusal
        self.letters.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        return "250 Message accepted for delivery"

    @property
    def server(self) -> MailServer:
        """How the application reaches it."""
        return MailServer("127.0.0.1", self.port, "", "", "none", "Northlight AV <hire@northlight.example>")


@contextlib.asynccontextmanager
async def postbox() -> AsyncGenerator[Postbox]:
    """A server that is there for the time being."""
    async with _listening(Postbox(), {}) as box:
        yield box


@contextlib.asynccontextmanager
async def guarded_postbox(
    folder: Path, security: str, *, names: str = "IP:127.0.0.1"
) -> AsyncGenerator[Postbox]:
    """A server with TLS, from the first byte (`tls`) or after STARTTLS, where one signs in as ACCOUNT.

    Its certificate is made now, in `folder`, for these names, and trusted by nobody.
    """
    certificate, context = _certificate(folder, names)
    sign_in = {"authenticator": _sign_in, "auth_required": True}
    if security == "tls":
        # it is encrypted before the library sees it, which therefore does not know
        given = {**sign_in, "auth_require_tls": False}
        async with _listening(Postbox(certificate=certificate), given, ssl=context) as box:
            yield box
    else:
        given = {**sign_in, "tls_context": context, "require_starttls": True}
        async with _listening(Postbox(certificate=certificate), given) as box:
            yield box


@contextlib.asynccontextmanager
async def _listening(box: Postbox, given: dict[str, Any], **how: Any) -> AsyncGenerator[Postbox]:
    def session() -> SMTP:
        with warnings.catch_warnings():
            # of a sign-in without TLS, which the library cannot see where it was there before
            warnings.simplefilter("ignore", UserWarning)
            return SMTP(box, hostname="postbox.example", enable_SMTPUTF8=True, **given)

    listening = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0, **how)
    box.port = listening.sockets[0].getsockname()[1]
    yield box
    listening.close()


def _sign_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login.decode(), data.password.decode()) == ACCOUNT, handled=False)


def _certificate(folder: Path, names: str) -> tuple[Path, ssl.SSLContext]:
    certificate, key = folder / "postbox.pem", folder / "postbox.key"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=postbox", "-addext", f"subjectAltName={names}",
            "-keyout", str(key), "-out", str(certificate),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return certificate, context
