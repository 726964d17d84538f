"""Settings of the APIs that the bot works with, which may be served elsewhere."""

from typing import Annotated

from pydantic import Field, SecretStr

from config.group import Group, Seconds


class PartnerApiSettings(Group):
    """The Partner API that the bot's function tools call."""

    api_url: str | None = None
    """Base URL of another server that speaks the contract; without it our own, in this process."""
    api_key: SecretStr | None = None
    """The ``sk_ptnr_`` key for that server."""
    bot_id: str | None = None
    """The bot's id there, for every bot here; without it each bot has the same id on both."""
    timeout_seconds: Seconds = 8.0
    """Longest wait for one answer while a caller is on the line."""
    attempts: Annotated[int, Field(ge=1)] = 3
    """Tries of a request that is safe to repeat."""
    total_seconds: Seconds = 12.0
    """Bound on all tries together."""
    keep_seconds: Seconds = 3600.0
    """How long a message for the team that cannot be left is kept and tried again."""


class SiteApiSettings(Group):
    """The Site Assistants API that instructions and files come from."""

    api_url: str | None = None
    """Base URL of another server that speaks the contract; without it our own, in this process."""
    api_token: SecretStr | None = None
    """The bearer token for that server."""
    site_id: Annotated[int, Field(ge=0)] | None = None
    """The site's number there, for every bot here; without it each bot's own."""
    assistant_id: Annotated[int, Field(ge=0)] | None = None
    """The assistant's number there, likewise."""
    timeout_seconds: Seconds = 5.0
    """Longest wait for one answer."""
    attempts: Annotated[int, Field(ge=1)] = 3
    """Tries of a read."""
    total_seconds: Seconds = 8.0
    """Bound on all tries together."""
    patience_seconds: Seconds = 2.0
    """How long a caller waits for them before the greeting; then the call begins without."""
    cache_seconds: float = Field(default=60.0, ge=0)
    """How long they are kept before they are asked for again; with 0 every conversation waits for them."""
