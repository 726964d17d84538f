"""Ids that say what they are and sort by age: a prefix and a UUIDv7 in 26 letters (TypeID).

Written here because ids are made by the practice's clock, which rehearsals move; the libraries on PyPI read
the machine's.
"""

import re
import secrets
from datetime import datetime

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
SUFFIX_LENGTH = 26
_SHAPE = re.compile(r"[a-z]+_[0-7][0-9a-hjkmnp-tv-z]{25}")


def uuid7(now: datetime) -> int:
    """Make a UUID version 7 (RFC 9562 section 5.7): 48 bits of milliseconds, 74 at random."""
    milliseconds = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    random_a, random_b = divmod(secrets.randbits(74), 1 << 62)
    return milliseconds << 80 | 0x7 << 76 | random_a << 64 | 0b10 << 62 | random_b


def encode(number: int) -> str:
    """Write a 128-bit number in 26 letters of Crockford's base 32, lower case; they sort as numbers do."""
    return "".join(ALPHABET[number >> shift & 31] for shift in range((SUFFIX_LENGTH - 1) * 5, -1, -5))


def new_id(prefix: str, now: datetime) -> str:
    """Make a new id of a kind such as ``bkg``: ``bkg_01h2xcejqtf2nbrexx3vqjhp41``."""
    return f"{prefix}_{encode(uuid7(now))}"


def is_id(text: str, prefix: str) -> bool:
    """Tell whether a text has the shape of an id."""
    return text.startswith(f"{prefix}_") and _SHAPE.fullmatch(text) is not None
