"""Text that can be stored and sent."""

import hashlib


def is_text(value: str) -> bool:
    """Tell whether a string can be stored and sent.

    JSON can spell half characters and NUL; UTF-8 and PostgreSQL cannot hold them.
    """
    return not any(character == "\0" or "\ud800" <= character <= "\udfff" for character in value)


def sha256(text: str) -> str:
    """Hash what is random enough to need neither salt nor a slow hash: 64 hex digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
