"""``/console/first-log-in``: where somebody chooses a password, by a link that works once."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from practice.errors import InvalidRequest, LinkInvalid, RateLimited
from practice.staff.service import SHORTEST_PASSWORD
from webhooks.console import cookies
from webhooks.console.forms import posted
from webhooks.console.pages import LOG_IN, done, public_page
from webhooks.dependencies import Injected, Services
from webhooks.rate_limit import client_address

PATH = "/console/first-log-in"
LONGEST_FIELD = 2000
VOID = "This link was used or is too old. Ask an administrator of the practice for a new one."
DIFFERENT = "The two passwords are not the same."
TOO_MANY = "Too many tries. Wait a minute, then try again."

router = APIRouter(include_in_schema=False)
Token = Annotated[str, Query(max_length=200)]


@router.get(PATH)
async def show_first_log_in(request: Request, services: Injected, token: Token = "") -> Response:
    """Ask for a password, if the link is good."""
    if not await services.staff.is_link(token):
        return await _form(request, services, "", problem=VOID, status=404)
    return await _form(request, services, token)


@router.post(PATH)
async def choose_password(request: Request, services: Injected) -> Response:
    """Take a password; the link is used up."""
    async with posted(request, services.keyring, cookies.subject_of(request)) as fields:
        token = fields.text("token", 200)
        password, again = fields.text("password", LONGEST_FIELD), fields.text("again", LONGEST_FIELD)
    if password != again:
        return await _form(request, services, token, problem=DIFFERENT, status=422)
    try:
        await services.limits.count_log_in(client_address(request), PATH)
        await services.staff.choose_password(token, password)
    except RateLimited:
        return await _form(request, services, token, problem=TOO_MANY, status=429)
    except LinkInvalid:
        return await _form(request, services, "", problem=VOID, status=404)
    except InvalidRequest as error:
        return await _form(request, services, token, problem=error.message, status=422)
    return done(request, LOG_IN, "Your password is set. Log in with it.")


async def _form(
    request: Request, services: Services, token: str, *, problem: str | None = None, status: int = 200
) -> Response:
    values = {"problem": problem, "token": token, "shortest": SHORTEST_PASSWORD}
    return await public_page(request, services.keyring, "first_log_in", status=status, **values)
