"""``/console/log-in`` and ``/console/log-out``."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from practice.errors import RateLimited, WrongCode, WrongPassword
from practice.staff.views import StaffView
from webhooks.audited_route import AuditedRoute
from webhooks.console import cookies
from webhooks.console.desk import AtDesk
from webhooks.console.forms import posted
from webhooks.console.pages import HEADERS, LOG_IN, public_page
from webhooks.dependencies import Injected, Services
from webhooks.rate_limit import client_address
from webhooks.security.staff_sessions import SESSION, begin_session, note_refusal
from webhooks.security.tokens import TokenRefused

START = "/console"
CODE = f"{LOG_IN}/code"
LONGEST_PASSWORD = 1024
TICKET = timedelta(minutes=5)
"""How long somebody may look for their telephone after the password."""
WRONG = "That e-mail address and password do not belong together."
TOO_MANY = "Too many tries. Wait a minute, then try again."
TOO_LATE = "That took too long. Log in again."

router = APIRouter(include_in_schema=False, route_class=AuditedRoute)
Next = Annotated[str, Query(alias="next", max_length=1000)]


@router.get(LOG_IN)
async def show_log_in(request: Request, services: Injected, wanted: Next = START) -> Response:
    """Ask who it is."""
    return await _form(request, services, wanted)


@router.post(LOG_IN)
async def log_in(request: Request, services: Injected) -> Response:
    """Let somebody in whose password is right, or ask for the code that they need too."""
    async with posted(request, services.keyring, cookies.subject_of(request)) as fields:
        email, password = fields.text("email"), fields.text("password", 100_000)
        wanted = fields.text("next", 1000)
    if len(password) > LONGEST_PASSWORD:
        return await _form(request, services, wanted, problem=WRONG, email=email, status=401)
    browser = cookies.browser_of(request, services.keyring, email)
    try:
        await services.limits.count_log_in(client_address(request), email, browser)
        staff = await services.staff.log_in(email, password)
    except RateLimited:
        return await _form(request, services, wanted, problem=TOO_MANY, email=email, status=429)
    except WrongPassword as error:
        await note_refusal(services.audit, error)
        return await _form(request, services, wanted, problem=WRONG, email=email, status=401)
    if staff.has_second_factor:
        ticket = services.code_tickets.issue(staff.id, TICKET)
        return await _form(request, services, wanted, template="log_in_code", ticket=ticket)
    return await _let_in(request, services, staff, wanted)


@router.post(CODE)
async def give_code(request: Request, services: Injected) -> Response:
    """Let somebody in whose password was right, and whose code is."""
    async with posted(request, services.keyring, cookies.subject_of(request)) as fields:
        ticket, code, wanted = fields.text("ticket", 2000), fields.text("code", 20), fields.text("next", 1000)
    try:
        staff = await services.staff.find(services.code_tickets.open(ticket)["sub"])
    except TokenRefused:
        staff = None
    if staff is None:
        return await _form(request, services, wanted, problem=TOO_LATE, status=401)
    again: dict[str, Any] = {"template": "log_in_code", "ticket": ticket}
    try:
        await services.limits.count_code(staff.id)
        await services.second_factors.check(staff.id, code)
    except RateLimited:
        return await _form(request, services, wanted, problem=TOO_MANY, status=429, **again)
    except WrongCode as error:
        await note_refusal(services.audit, error, staff.id)
        return await _form(request, services, wanted, problem=error.message, status=401, **again)
    return await _let_in(request, services, staff, wanted)


@router.post("/console/log-out")
async def log_out(desk: AtDesk) -> Response:
    """End the session: it opens nothing any more, here or elsewhere."""
    async with desk.form():
        await desk.services.staff.end_session(desk.session.id, desk.session.ends_at)
    response = RedirectResponse(LOG_IN, 303, headers=HEADERS)
    cookies.drop_cookie(response, cookies.SESSION)
    cookies.set_note(desk.request, response, "You are logged out.")
    return response


@router.post("/console/site")
async def choose_site(desk: AtDesk) -> Response:
    """Work at another of one's sites."""
    async with desk.form() as fields:
        wanted = fields.text("site", 20)
    response = RedirectResponse(START, 303, headers=HEADERS)
    if wanted in {str(one.site_id) for one in desk.places}:
        cookies.set_cookie(desk.request, response, cookies.SITE, wanted)
    return response


def _inside(wanted: str) -> str:
    """Give where somebody wanted to go, if that is a page of the console."""
    good = wanted == START or wanted.startswith((f"{START}/", f"{START}?"))
    return wanted if good and "\\" not in wanted and wanted.isprintable() else START


async def _let_in(request: Request, services: Services, staff: StaffView, wanted: str) -> Response:
    token = await begin_session(
        services.staff_tokens, services.staff, services.audit, staff, services.wall_clock()
    )
    response = RedirectResponse(_inside(wanted), 303, headers=HEADERS)
    cookies.set_cookie(request, response, cookies.SESSION, token, int(SESSION.total_seconds()))
    browser = cookies.browser_of(request, services.keyring, staff.email)
    known = cookies.known_browser(services.keyring, staff.email, browser)
    cookies.set_cookie(request, response, cookies.KNOWN, known, cookies.KNOWN_SECONDS)
    cookies.drop_cookie(response, cookies.FORM)
    return response


async def _form(
    request: Request,
    services: Services,
    wanted: str,
    *,
    template: str = "log_in",
    problem: str | None = None,
    email: str = "",
    ticket: str = "",
    status: int = 200,
) -> Response:
    values = {"problem": problem, "email": email, "ticket": ticket, "next": _inside(wanted)}
    return await public_page(request, services.keyring, template, status=status, **values)
