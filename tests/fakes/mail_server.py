"""A mail server that takes mail by SMTP, and can be told to refuse it."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from config.settings import EmailSettings


class MailServer:
    """Takes mail.

    Attributes:
        mails: What it took, with whom each is for, oldest first.
        refusals: What it answers instead of taking mail, one item a mail, such as ``451 later``.
        unknown: Addresses that it refuses.
    """

    def __init__(self) -> None:
        self.mails: list[tuple[str, EmailMessage]] = []
        self.refusals: list[str] = []
        self.unknown: set[str] = set()
        self.port = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.unknown:
            return "550 no such address"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        if self.refusals:
            return self.refusals.pop(0)
        content: Any = envelope.content
        mail = email.message_from_bytes(content, policy=email.policy.default)
        self.mails.append((", ".join(envelope.rcpt_tos), mail))
        return "250 taken"

    @property
    def settings(self) -> EmailSettings:
        """What the product is told of it."""
        return EmailSettings(
            host="127.0.0.1", port=self.port, security="none", from_address="bot@chairside.example"
        )


@asynccontextmanager
async def running_mail_server() -> AsyncIterator[MailServer]:
    """Run a mail server on a free port."""
    server = MailServer()
    listening = await asyncio.get_running_loop().create_server(lambda: SMTP(server), "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await listening.wait_closed()
