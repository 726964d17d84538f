"""Secrets that the relay shares with platforms."""

from kit.keyring import Keyring


def platform_secret(keyring: Keyring, account_id: str) -> str:
    """Derive the secret that the relay and the embedded calendar share for an account: 64 hex digits."""
    return "whsec_" + keyring.derive(f"platform:{account_id}").hex()
