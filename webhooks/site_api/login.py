"""Log-in of the practice's people: ``/auth/login``, ``/auth/user``, ``/auth/logout``."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from kit.ids import new_id
from practice.errors import WrongPassword
from practice.staff.service import StaffView
from webhooks.dependencies import Injected, JsonBody
from webhooks.http_errors import invalid_request, unauthorized
from webhooks.security.bearer import bearer_of
from webhooks.site_api.auth import SESSION, Access

MAX_PASSWORD_CHARACTERS = 1024

router = APIRouter(prefix="/auth", tags=["Site Assistants"])


@router.post("/login")
async def log_in(request: Request, services: Injected, body: JsonBody) -> JSONResponse:
    """Exchange e-mail and password for a token that is good for 24 hours."""
    missing = [f"{name} must be a string" for name in ("email", "password") if not _text(body.get(name))]
    if missing:
        raise invalid_request("email and password are required", *missing)
    if len(body["password"]) > MAX_PASSWORD_CHARACTERS:
        raise WrongPassword
    await services.limits.count_log_in(request.client.host if request.client else "", body["email"])
    staff = await services.staff.log_in(body["email"], body["password"])
    token = services.staff_tokens.issue(staff.id, SESSION, jti=new_id("sess", services.wall_clock()))
    # Two versions of the vendor's documents name the token differently.
    return JSONResponse({"message": "Login successful", "accessToken": token, "token": token}, 201)


@router.post("/logout")
async def log_out(request: Request, access: Access, services: Injected) -> dict[str, Any]:
    """End the session: its token opens nothing any more."""
    token = bearer_of(request)
    if access.staff is None or token is None:
        raise unauthorized()
    claims = services.staff_tokens.open(token)
    await services.staff.end_session(claims.get("jti", ""), datetime.fromtimestamp(claims["exp"], UTC))
    return {"message": "Logout successful", "statusCode": 200}


@router.get("/user")
async def get_user(access: Access) -> dict[str, Any]:
    """Describe the person behind the token."""
    if access.staff is None:
        raise unauthorized()
    return _user(access.staff)


def _user(staff: StaffView) -> dict[str, Any]:
    return {
        "id": staff.id,
        "email": staff.email,
        "firstName": staff.first_name,
        "lastName": staff.last_name,
        "role": staff.role,
        "organizationIds": [],
        "brandIds": [],
        "siteIds": list(staff.site_ids),
        "fhirStoreId": None,
        "tosAcceptedAt": None,
    }


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
