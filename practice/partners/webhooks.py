"""Webhooks of partners and of booking platforms: which URLs they may have, and their signing secrets."""

import base64
import binascii
import re
import secrets

from config.settings import RelaySettings
from kit.http.addresses import Networks, UrlRefused, check_url
from practice.errors import InvalidRequest

PREFIX = "whsec_"
LENGTHS = range(16, 256)
"""Characters of a platform's own secret."""
_BYTES = 32
_LEAST, _MOST = 24, 64
_PRINTABLE = re.compile(r"[\x20-\x7e]+", re.ASCII)


def check_webhook_url(
    url: str, settings: RelaySettings, *, named: str = "The URL", with_query: bool = False
) -> None:
    """Refuse a URL that may not be called: another scheme than HTTPS, or an address inside our network."""
    networks = Networks.parse(settings.allowed_networks)
    try:
        check_url(url, networks, allow_http=settings.allow_http, with_query=with_query)
    except UrlRefused as error:
        raise InvalidRequest(f"{named} {error}") from error


def new_secret() -> str:
    """Create a secret: ``whsec_`` and 32 random bytes in base64.

    It suits our signature, which takes it as a whole, and Standard Webhooks, which decodes it.
    """
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def is_platform_secret(secret: str) -> bool:
    """Tell whether a secret of a platform's own is valid: 16 to 255 printable ASCII characters.

    All of it is the key, whatever it begins with.
    """
    return len(secret) in LENGTHS and _PRINTABLE.fullmatch(secret) is not None


def checked_event_secret(secret: str) -> str:
    """Refuse a secret that is not ``whsec_`` and 24 to 64 bytes in base64, as Standard Webhooks wants."""
    try:
        raw = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not secret.startswith(PREFIX) or not _LEAST <= len(raw) <= _MOST:
        raise InvalidRequest(
            f"An event secret is {PREFIX} followed by {_LEAST} to {_MOST} random bytes in base64."
        )
    return secret
