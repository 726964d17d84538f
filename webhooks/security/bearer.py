"""The Authorization header."""

from starlette.requests import HTTPConnection


def bearer_of(connection: HTTPConnection) -> str | None:
    """Read the bearer credential of a request.

    Returns:
        The credential, or None when there is none, or more than one.
    """
    values = connection.headers.getlist("authorization")
    if len(values) != 1:
        return None
    scheme, _, credential = values[0].strip().partition(" ")
    credential = credential.strip()
    return credential if scheme.lower() == "bearer" and credential else None
