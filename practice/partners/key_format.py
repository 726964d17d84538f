"""Partner keys: a readable prefix, randomness, and a checksum that catches a typing error without a query."""

import hashlib
import secrets
import string
import zlib

PREFIX = "sk_ptnr_"
_DIGITS = string.digits + string.ascii_letters
_RANDOM_LENGTH = 32
_CHECK_LENGTH = 6
_SHOWN_LENGTH = len(PREFIX) + 4


def new_key() -> str:
    """Make a key.

    Returns:
        ``sk_ptnr_``, 32 random letters (190 bits), 6 of checksum.
    """
    random = "".join(secrets.choice(_DIGITS) for _ in range(_RANDOM_LENGTH))
    return f"{PREFIX}{random}{_checksum(random)}"


def is_well_formed(key: str) -> bool:
    """Tell whether a key could be one of ours."""
    body = key.removeprefix(PREFIX)
    if body == key or len(body) != _RANDOM_LENGTH + _CHECK_LENGTH or not body.isascii():
        return False
    return body[_RANDOM_LENGTH:] == _checksum(body[:_RANDOM_LENGTH])


def fingerprint(key: str) -> str:
    """Hash a key for storing and looking up; it is random enough to need no salt.

    Returns:
        SHA-256, 64 hex digits.
    """
    return hashlib.sha256(key.encode()).hexdigest()


def shown(key: str) -> str:
    """Give what may be shown of a key on a list."""
    return key[:_SHOWN_LENGTH]


def _checksum(random: str) -> str:
    number, dead_letters = zlib.crc32(random.encode()), ""
    for _ in range(_CHECK_LENGTH):
        number, digit = divmod(number, len(_DIGITS))
        dead_letters += _DIGITS[digit]
    return dead_letters
