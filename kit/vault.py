"""Secrets that must be shown again, encrypted; what is only looked up is hashed instead."""

import base64

from cryptography.fernet import Fernet

from kit.keyring import Keyring


class Vault:
    """Seals and opens secrets with a key of the installation, for one purpose each."""

    def __init__(self, keyring: Keyring, purpose: str) -> None:
        self._box = Fernet(base64.urlsafe_b64encode(keyring.derive(f"vault:{purpose}")))

    def seal(self, secret: str) -> bytes:
        """Encrypt a secret."""
        return self._box.encrypt(secret.encode())

    def open(self, sealed: bytes) -> str:
        """Decrypt a secret."""
        return self._box.decrypt(sealed).decode()
