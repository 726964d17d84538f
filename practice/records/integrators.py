"""Integrators' OAuth 2 clients, the keys that sign their tokens, and tokens that were taken back."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from practice.records.base import Base


class OAuthClient(Base):
    """An integrator's client; its secret is kept as a hash. ``site_ids`` of None are all sites."""

    __tablename__ = "oauth_clients"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    secret_sha256: Mapped[str]
    scopes: Mapped[list[str]]
    site_ids: Mapped[list[int] | None]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SigningKey(Base):
    """A key that signs access tokens; the newest signs, those not yet retired still verify."""

    __tablename__ = "signing_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    sealed_key: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class RevokedToken(Base):
    """A token that was taken back before its end; forgotten after it."""

    __tablename__ = "revoked_tokens"

    id: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
