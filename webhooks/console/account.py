"""``/console/account``: one's own password, second step and sessions."""

from fastapi import APIRouter
from starlette.responses import Response

from practice.errors import InvalidRequest, StaffNotFound, StaffSessionNotFound, WrongCode, WrongPassword
from practice.staff.second_factors import NewSecret
from practice.staff.service import SHORTEST_PASSWORD
from webhooks.audited_route import AuditedRoute
from webhooks.console.desk import AtDesk, Desk
from webhooks.console.first_log_in import DIFFERENT, LONGEST_FIELD
from webhooks.rate_limit import client_address

HERE = "/console/account"
NOT_YOURS = "That is not your password."
OTHERS = "others"
"""Instead of one session's id: all but this one."""

router = APIRouter(prefix=HERE, include_in_schema=False, route_class=AuditedRoute)


@router.get("")
async def show_account(desk: AtDesk) -> Response:
    """Show how somebody logs in, and where they are logged in."""
    return await _show(desk)


@router.post("/password")
async def change_password(desk: AtDesk) -> Response:
    """Change one's password; every other session of theirs ends."""
    async with desk.form() as fields:
        old, new, again = (fields.text(name, LONGEST_FIELD) for name in ("old", "password", "again"))
    if new != again:
        return await _show(desk, problem=DIFFERENT, status=422)
    try:
        await _count(desk)
        await desk.services.staff.change_password(desk.staff.id, old, new, desk.session.id)
    except WrongPassword:
        return await _show(desk, problem=NOT_YOURS, status=422)
    except InvalidRequest as error:
        return await _show(desk, problem=error.message, status=422)
    return desk.done(HERE, "Your password is changed, and your other sessions have ended.")


@router.post("/second-step")
async def begin_second_step(desk: AtDesk) -> Response:
    """Make a secret, and show it once."""
    async with desk.form():
        try:
            secret = await desk.services.second_factors.begin(desk.staff.id)
        except StaffNotFound:  # set up meanwhile, in another window
            return desk.done(HERE, "Your second step is on already.")
    return await _show(desk, secret=secret)


@router.post("/second-step/confirm")
async def confirm_second_step(desk: AtDesk) -> Response:
    """Turn the second step on, once the authenticator has shown a right code."""
    async with desk.form() as fields:
        code = fields.text("code", 20)
    try:
        await desk.services.limits.count_code(desk.staff.id)
        await desk.services.second_factors.confirm(desk.staff.id, code)
    except WrongCode:
        sentence = "That code is not right. Set it up again, with the new key."
        return await _show(desk, problem=sentence, status=422)
    return desk.done(HERE, "The second step is on. Your next log-in asks for a code.")


@router.post("/second-step/off")
async def end_second_step(desk: AtDesk) -> Response:
    """Turn the second step off, for somebody who knows their password."""
    async with desk.form() as fields:
        password = fields.text("password", LONGEST_FIELD)
    try:
        await _count(desk)
        await desk.services.staff.check_password(desk.staff.id, password)
    except WrongPassword:
        return await _show(desk, problem=NOT_YOURS, status=422)
    await desk.services.second_factors.remove(desk.staff.id)
    return desk.done(HERE, "The second step is off.")


@router.post("/sessions")
async def end_sessions(desk: AtDesk) -> Response:
    """End one of one's sessions, or all but this one."""
    async with desk.form() as fields:
        wanted = fields.text("session", 64)
    if wanted == OTHERS:
        await desk.services.staff.end_sessions(desk.staff.id, but=desk.session.id)
        return desk.done(HERE, "Your other sessions have ended.")
    try:
        await desk.services.staff.end_listed_session(wanted, desk.staff.id)
    except StaffSessionNotFound:  # it has ended by itself
        return desk.done(HERE, "That session is over.")
    return desk.done(HERE, "The session has ended.")


async def _count(desk: Desk) -> None:
    """Count a password that somebody gives who is logged in: it may be guessed as at the log-in."""
    await desk.services.limits.count_log_in(client_address(desk.request), desk.staff.email)


async def _show(
    desk: Desk, *, problem: str | None = None, secret: NewSecret | None = None, status: int = 200
) -> Response:
    return await desk.page(
        "account",
        status=status,
        problem=problem,
        secret=secret,
        log_ins=await desk.services.staff.list_sessions(desk.staff.id),
        shortest=SHORTEST_PASSWORD,
    )
