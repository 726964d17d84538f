"""``/console/static``: the console's own script and style."""

from fastapi import APIRouter
from starlette.responses import Response

from webhooks.console.pages import static_file
from webhooks.http_errors import HttpError

router = APIRouter(include_in_schema=False)


@router.get("/console/static/{name}")
def get_static(name: str) -> Response:  # no coroutine: it reads files the first time
    """Give a file; its address has its hash, so that it is kept for good."""
    found = static_file(name)
    if found is None:
        raise HttpError(404, "not_found", "There is no such file.")
    return found
