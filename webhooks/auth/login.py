"""Log-in of the practice's people: ``/auth/login`` and ``/auth/user``."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse

from practice.errors import WrongPassword
from practice.staff.service import StaffView
from webhooks.auth.site import SESSION, Access
from webhooks.dependencies import Doors, JsonBody
from webhooks.faults import invalid_request, unauthorized

MAX_PASSWORD_CHARACTERS = 1024

router = APIRouter(prefix="/auth", tags=["Site Assistants"])


@router.post("/login")
async def log_in(services: Doors, body: JsonBody) -> JSONResponse:
    """Exchange e-mail and password for a token that is good for 24 hours."""
    missing = [f"{name} must be a string" for name in ("email", "password") if not _text(body.get(name))]
    if missing:
        raise invalid_request("email and password are required", *missing)
    if len(body["password"]) > MAX_PASSWORD_CHARACTERS:
        raise WrongPassword
    staff = await services.staff.log_in(body["email"], body["password"])
    token = services.staff_tokens.issue(staff.id, SESSION)
    # Two versions of the vendor's documents name the token differently.
    return JSONResponse({"message": "Login successful", "accessToken": token, "token": token}, 201)


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
