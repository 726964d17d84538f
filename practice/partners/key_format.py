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
    """Make a key: ``sk_ptnr_``, 32 random letters and digits (190 bits), 6 of checksum."""
    random = "".join(secrets.choice(_DIGITS) for _ in range(_RANDOM_LENGTH))
    return f"{PREFIX}{random}{_checksum(random)}"


def is_well_formed(key: str) -> bool:
    """Tell whether a key could be one of ours."""
    body = key.removeprefix(PREFIX)
    if body == key or len(body) != _RANDOM_LENGTH + _CHECK_LENGTH or not body.isascii():
        return False
    return body[_RANDOM_LENGTH:] == _checksum(body[:_RANDOM_LENGTH])


def fingerprint(key: str) -> str:
    """Hash a key (SHA-256, hex) for storing and looking up; it is random enough to need no salt."""
    return hashlib.sha256(key.encode()).hexdigest()


def shown(key: str) -> str:
    """Give what may be shown of a key on a list."""
    return key[:_SHOWN_LENGTH]


def _checksum(random: str) -> str:
    number, checksum = zlib.crc32(random.encode()), ""
    for _ in range(_CHECK_LENGTH):
        number, digit = divmod(number, len(_DIGITS))
        checksum += _DIGITS[digit]
    return checksum
