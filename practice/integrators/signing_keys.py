"""The keys that sign access tokens: sealed in the database, shared by replicas, rotated without a pause."""

import asyncio
import secrets
import time
from datetime import timedelta

from kit.clock import Clock
from kit.db.database import Database
from kit.ids import new_id
from kit.keyring import Keyring
from kit.vault import Vault
from practice.integrators import repository
from practice.integrators.views import SigningKeyView
from practice.records.integrators import SigningKey

TOKEN_LIFETIME = timedelta(hours=1)
"""How long an access token is good: the vendor's ``expires_in`` of 3600."""
PURPOSE = "signing-keys"
KEY_BYTES = 32
FRESH_SECONDS = 30.0
"""How long the keys are kept in memory: by then another replica signs with a key made elsewhere."""
RELOAD_SECONDS = 1.0
"""How often, at most, an unknown key has them read again."""


class SigningKeys:
    """Signing keys of one installation; one that no longer signs verifies for a token's lifetime more."""

    def __init__(self, database: Database, wall_clock: Clock, keyring: Keyring, lifetime: timedelta) -> None:
        self._database = database
        self._wall_clock = wall_clock
        self._vault = Vault(keyring, PURPOSE)
        self._lifetime = lifetime
        self._keys: list[SigningKeyView] = []
        self._read_at = -FRESH_SECONDS
        self._reading, self._making = asyncio.Lock(), asyncio.Lock()

    async def newest(self) -> SigningKeyView:
        """Give the key that signs now, made on first use."""
        await self._refresh(FRESH_SECONDS)
        if not any(key.retired_at is None for key in self._keys):
            async with self._making:
                # Whoever waited finds the key that was made meanwhile.
                if not any(key.retired_at is None for key in self._keys):
                    await self.rotate()
        return next(key for key in self._keys if key.retired_at is None)

    async def find(self, key_id: str) -> SigningKeyView | None:
        """Find a key that still verifies."""
        await self._refresh(FRESH_SECONDS)
        if all(key.id != key_id for key in self._keys):
            await self._refresh(RELOAD_SECONDS)
        now = self._wall_clock()
        return next(
            (
                key
                for key in self._keys
                if key.id == key_id and (key.retired_at is None or key.retired_at > now)
            ),
            None,
        )

    async def rotate(self) -> str:
        """Make a new key, which signs from now on; the older ones verify until their tokens have ended."""
        now = self._wall_clock()
        key_id = new_id("key", now)
        # Another replica goes on signing with the older key until it has read of the new one.
        ends = now + self._lifetime + timedelta(seconds=2 * FRESH_SECONDS)
        async with self._database.session() as session:
            await repository.retire_keys(session, ends, now)
            sealed = self._vault.seal(secrets.token_hex(KEY_BYTES))
            session.add(SigningKey(id=key_id, sealed_key=sealed, created_at=now))
        self._read_at = -FRESH_SECONDS
        await self._refresh(0)
        return key_id

    async def _refresh(self, age_seconds: float) -> None:
        async with self._reading:
            if time.monotonic() - self._read_at < age_seconds:
                return
            async with self._database.reading() as session:
                records = await repository.list_signing_keys(session, self._wall_clock())
            self._keys = [
                SigningKeyView(one.id, bytes.fromhex(self._vault.open(one.sealed_key)), one.retired_at)
                for one in records
            ]
            self._read_at = time.monotonic()
