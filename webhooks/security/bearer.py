"""The Authorization header."""

from fastapi.security import HTTPBearer
from starlette.requests import HTTPConnection, Request


def bearer_of(connection: HTTPConnection) -> str | None:
    """Read the bearer credential of a request; None when there is none, or more than one."""
    values = connection.headers.getlist("authorization")
    if len(values) != 1:
        return None
    scheme, _, credential = values[0].strip().partition(" ")
    credential = credential.strip()
    return credential if scheme.lower() == "bearer" and credential else None


class BearerToken(HTTPBearer):
    """The bearer credential as a dependency that FastAPI documents; None when there is not exactly one."""

    def __init__(
        self, scheme_name: str, description: str | None = None, bearer_format: str | None = None
    ) -> None:
        super().__init__(
            scheme_name=scheme_name, description=description, bearerFormat=bearer_format, auto_error=False
        )

    async def __call__(self, request: Request) -> str | None:  # type: ignore[override] # the credential alone
        """Read the credential."""
        return bearer_of(request)
