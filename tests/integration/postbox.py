"""A mail server of our own on the loopback, which keeps what it is given or refuses as it is told."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP

from app.config import MailServer


@dataclass
class Postbox:
    """What came in. `refusals` are answers to give instead, one for each letter, from the first on."""

    letters: list[EmailMessage] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    port: int = 0

    async def handle_DATA(  # noqa: N802 - the name that the library calls
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        if self.refusals:
            return self.refusals.pop(0)
        self.letters.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        return "250 Message accepted for delivery"

    @property
    def server(self) -> MailServer:
        """How the application reaches it."""
        return MailServer("127.0.0.1", self.port, "", "", "none", "Northlight AV <hire@northlight.example>")


@contextlib.asynccontextmanager
async def postbox() -> AsyncGenerator[Postbox]:
    """A server that is there for the time being."""
    box = Postbox()
    listening = await asyncio.get_running_loop().create_server(
        lambda: SMTP(box, hostname="postbox.example", enable_SMTPUTF8=True), "127.0.0.1", 0
    )
    box.port = listening.sockets[0].getsockname()[1]
    yield box
    listening.close()
