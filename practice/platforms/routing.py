"""Where a bot's platform is, and by which secret it knows us."""

import functools
from dataclasses import dataclass, field

import httpx
from cryptography.fernet import InvalidToken

from config.settings import RelaySettings
from kit.clock import Clock
from kit.http.addresses import is_loopback
from kit.keyring import Keyring
from kit.vault import Vault
from practice.errors import WebhookNotConfigured
from practice.partners.views import SECRETS, BotView

MOST_OPENED = 1024
"""Secrets that are kept as they were unsealed, so that not every request unseals its own."""
EMBEDDED_BASE = "http://embedded.internal/platform"
"""Base URL of the embedded calendar's endpoints; ``/{account_id}/availability/search`` and so on follow."""


@dataclass(frozen=True, slots=True)
class PlatformRoute:
    """Where one bot's platform is, and what it is signed with, or was if the platform refuses that."""

    base: str
    secret: str = field(repr=False)
    previous_secret: str | None = field(default=None, repr=False)
    embedded: bool = False


class PlatformRoutes:
    """Finds the route to any bot's platform."""

    def __init__(self, settings: RelaySettings, keyring: Keyring, clock: Clock) -> None:
        self._settings = settings
        self._keyring = keyring
        self._clock = clock
        self._vault = Vault(keyring, SECRETS)
        # By what is sealed: a secret that was replaced is another one.
        self._opened = functools.lru_cache(MOST_OPENED)(self._vault.open)

    def to(self, bot: BotView) -> PlatformRoute:
        """Find the route to a bot's platform.

        The URL is the bot's; else, for a bot of the embedded calendar, that; else the account's; else the
        installation's. The secret is the bot's, else the account's, else the installation's.

        Raises:
            WebhookNotConfigured: There is none, or it is not fit for use.
        """
        if is_embedded(bot):
            base = f"{EMBEDDED_BASE}/{bot.account_id}"
            return PlatformRoute(base, platform_secret(self._keyring, bot.account_id), embedded=True)
        url = bot.webhook_url or bot.account_webhook_url or self._settings.webhook_url
        if url is None:
            raise WebhookNotConfigured
        if not _may_be_asked(url, allow_http=self._settings.allow_http):
            raise WebhookNotConfigured("The booking platform's URL must begin with https://.")
        return PlatformRoute(url.removesuffix("/"), self._secret(bot), self._previous_secret(bot))

    def _secret(self, bot: BotView) -> str:
        sealed = bot.sealed_secret or bot.account_sealed_secret
        if sealed is not None:
            return self._open(sealed)
        shared = self._settings.webhook_secret
        if shared is None or not shared.get_secret_value():
            raise WebhookNotConfigured("The booking platform's webhook secret is not set.")
        return shared.get_secret_value()

    def _previous_secret(self, bot: BotView) -> str | None:
        if bot.sealed_secret is None or bot.sealed_previous_secret is None:
            return None
        if bot.previous_secret_until is None or bot.previous_secret_until <= self._clock():
            return None
        return self._open(bot.sealed_previous_secret)

    def _open(self, sealed: bytes) -> str:
        try:
            return self._opened(sealed)
        except InvalidToken as error:
            message = "The booking platform's webhook secret cannot be read with this installation's key."
            raise WebhookNotConfigured(message) from error


def platform_secret(keyring: Keyring, account_id: str) -> str:
    """Derive the secret that the relay and the embedded calendar share for an account: 64 hex digits."""
    return "whsec_" + keyring.derive(f"platform:{account_id}").hex()


def is_embedded(bot: BotView) -> bool:
    """Tell whether a bot's platform is the embedded calendar."""
    return bot.webhook_url is None and bot.embedded


@functools.lru_cache(1024)
def _may_be_asked(url: str, *, allow_http: bool) -> bool:
    """Tell whether a URL is one of HTTP's, and encrypted unless it never leaves the machine."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    if parsed.scheme == "https":
        return bool(parsed.host)
    return parsed.scheme == "http" and (is_loopback(parsed.host) or (allow_http and bool(parsed.host)))
