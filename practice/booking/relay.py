"""The signed webhook to a booking platform."""

import httpx

from config.clock import Clock
from config.keyring import Keyring
from config.settings import RelaySettings

EMBEDDED_BASE = "http://embedded.internal/platform"
"""Base URL of the embedded calendar's door; ``/{account_id}/availability/search`` and so on follow."""


class Relay:
    """Sends signed requests to a bot's platform; ``embedded`` is the ASGITransport on our own app."""

    def __init__(
        self,
        settings: RelaySettings,
        clock: Clock,
        keyring: Keyring,
        *,
        embedded: httpx.AsyncBaseTransport | None,
        outside: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._settings, self._clock = settings, clock

    async def aclose(self) -> None:
        """Close the connections."""
        raise NotImplementedError
