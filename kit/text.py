"""Text that can be stored and sent."""


def is_text(value: str) -> bool:
    """Tell whether a string can be stored and sent.

    JSON can spell half characters and NUL; UTF-8 and PostgreSQL cannot hold them.
    """
    return not any(character == "\0" or "\ud800" <= character <= "\udfff" for character in value)
