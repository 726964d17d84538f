"""One master key for the installation, and a key for each purpose derived from it."""

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

KEY_BYTES = 32
FILE_NAME = "secret.key"
"""In the data folder, unless the settings name a secret."""


class Keyring:
    """The installation's secret, from which every purpose gets a key of its own.

    A slot id, a media token and a runtime credential are signed with different keys, so that
    one can never stand in for another.
    """

    def __init__(self, master: bytes) -> None:
        if len(master) < KEY_BYTES:
            raise ValueError(f"the master key needs at least {KEY_BYTES} bytes")
        self._master = master

    def __repr__(self) -> str:
        return "Keyring(…)"

    @classmethod
    def load(cls, data_dir: Path, secret: str | None = None) -> "Keyring":
        """Load the installation's key, making it on the first run.

        Args:
            data_dir: The data folder; the key lives in ``secret.key``, readable by its owner alone.
            secret: A secret from the settings, used instead of the file when given
                (several replicas share one).
        """
        if secret is not None:
            return cls(hashlib.sha256(secret.encode()).digest())
        path = data_dir / FILE_NAME
        data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            # Written whole under another name and linked into place, so that a second process that
            # starts at the same moment reads either nothing or the whole key.
            draft = data_dir / f"{FILE_NAME}.{os.getpid()}"
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(secrets.token_hex(KEY_BYTES))
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
            draft.unlink()
        return cls(bytes.fromhex(path.read_text().strip()))

    def derive(self, purpose: str) -> bytes:
        """Derive the key for a purpose such as ``slots``: 32 bytes (HMAC-SHA256, RFC 5869's expand step)."""
        return hmac.digest(self._master, purpose.encode() + b"\x01", hashlib.sha256)
