"""Log-in of the practice's people: ``/auth/login``, ``/auth/user``, ``/auth/logout``."""

from fastapi import APIRouter, Request

from contracts.site import Done, LoggedIn, LogIn, User
from practice.errors import CodeNeeded, RateLimited, WrongCode, WrongPassword
from practice.staff.views import StaffView
from webhooks.api_documents import reply
from webhooks.body_route import BodyRoute
from webhooks.dependencies import Injected
from webhooks.http_errors import invalid_request
from webhooks.rate_limit import client_address
from webhooks.security.staff_sessions import begin_session, note_refusal
from webhooks.site_api.auth import Session
from webhooks.site_api.errors import UNREADABLE, caller_errors

LONGEST_PASSWORD = 1024
_USER = {
    "id": "staf_01h2xcejqtf2nbrexx3vqjhp41",
    "email": "anna@example.com",
    "firstName": "Anna",
    "lastName": "Bell",
    "role": "ADMIN",
    "organizationIds": [],
    "brandIds": [],
    "siteIds": [123],
    "fhirStoreId": None,
    "tosAcceptedAt": None,
}
NO_FIELDS = invalid_request("Fields do not fit.", "email must be a string")

router = APIRouter(prefix="/auth", tags=["Log-in"], route_class=BodyRoute)


@router.post(
    "/login",
    operation_id="logIn",
    summary="Log in",
    status_code=201,
    responses={
        201: reply("Login successful."),
        **caller_errors(NO_FIELDS, *UNREADABLE, RateLimited, CodeNeeded),
    },
)
async def log_in(request: Request, services: Injected, body: LogIn) -> LoggedIn:
    """Exchange e-mail and password for a token that is good for 24 hours."""
    if len(body.password) > LONGEST_PASSWORD:
        raise WrongPassword
    await services.limits.count_log_in(client_address(request), body.email)
    try:
        staff = await services.staff.log_in(body.email, body.password)
    except WrongPassword as error:
        await note_refusal(services.audit, error)
        raise
    if staff.has_second_factor:
        if body.code is None:
            raise CodeNeeded
        await services.limits.count_code(staff.id)
        try:
            await services.second_factors.check(staff.id, body.code)
        except WrongCode as error:
            await note_refusal(services.audit, error, staff.id)
            raise
    token = await begin_session(
        services.staff_tokens, services.staff, services.audit, staff, services.wall_clock()
    )
    return LoggedIn(message="Login successful", access_token=token, token=token)


@router.get(
    "/user",
    operation_id="getUser",
    summary="Who am I",
    response_model=User,
    responses={200: reply("The person.", examples={"example": _USER}), **caller_errors()},
)
async def get_user(session: Session) -> StaffView:
    """Describe the person behind the token, with the sites that they reach."""
    return session.staff


@router.post(
    "/logout",
    operation_id="logOut",
    summary="Log out",
    responses={200: reply("Logged out."), **caller_errors()},
)
async def log_out(session: Session, services: Injected) -> Done:
    """End the session: its token opens nothing any more, here or elsewhere."""
    await services.staff.end_session(session.id, session.ends_at)
    return Done(message="Logout successful")
