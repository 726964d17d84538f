"""``/oauth/token/``: the client credentials grant of RFC 6749, in its own error shape."""

import base64
import binascii
import hashlib
import urllib.parse
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from practice.errors import InvalidClient
from practice.integrators.service import SCOPES
from practice.integrators.signing_keys import TOKEN_LIFETIME
from practice.integrators.views import ClientView
from webhooks.dependencies import Injected, Services
from webhooks.http_errors import HttpError

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
GRANT = "client_credentials"
FORM = "application/x-www-form-urlencoded"

router = APIRouter(prefix="/oauth", tags=["Authorization"])


@router.post("/token/")
@router.post("/token", include_in_schema=False)
async def issue_token(request: Request, services: Injected) -> JSONResponse:
    """Exchange a client's id and secret for an access token that is good for an hour."""
    form = await _form(request)
    client = await _client(request, form, services)
    if not form.get("grant_type"):
        raise _refused("invalid_request", "grant_type is required.")
    if form["grant_type"] != GRANT:
        raise _refused("unsupported_grant_type", f"The only grant type is {GRANT}.")
    scopes = _scopes(form.get("scope", ""), client)
    body = {
        "access_token": await services.access_tokens.issue(client.id, scopes),
        "token_type": "Bearer",
        "expires_in": int(TOKEN_LIFETIME.total_seconds()),
        "scope": " ".join(scopes),
    }
    return JSONResponse(body, headers=NO_STORE)


def oauth_error(_request: Request, fault: HttpError) -> Response:
    """Shape a fault as RFC 6749 section 5.2 does."""
    body: dict[str, Any] = {"error": fault.code}
    if fault.code != InvalidClient.code:
        body["error_description"] = fault.message
    return JSONResponse(body, fault.status, headers=NO_STORE)


def _refused(code: str, message: str) -> HttpError:
    return HttpError(HTTPStatus.BAD_REQUEST, code, message)


async def _form(request: Request) -> dict[str, str]:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != FORM:
        raise _refused("invalid_request", f"The content type must be {FORM}.")
    try:
        given = (await request.form(max_fields=20)).multi_items()
    except (HTTPException, MultiPartException, ValueError) as error:
        raise _refused("invalid_request", "The form cannot be read.") from error
    form: dict[str, str] = {}
    for name, value in given:
        if name in form or not isinstance(value, str):
            raise _refused("invalid_request", "A parameter is given more than once.")
        form[name] = value
    return form


async def _client(request: Request, form: dict[str, str], services: Services) -> ClientView:
    """Find who asks: by HTTP Basic or by the form, never by both."""
    header = request.headers.get("authorization")
    if header is not None and "client_secret" in form:
        raise _refused("invalid_request", "Give the client's credentials once: in the header or in the form.")
    # The client that tried Basic is told of Basic (RFC 6749 section 5.2).
    challenge = 'Bearer error="invalid_client"' if header is None else 'Basic realm="oauth"'
    address = request.client.host if request.client else ""
    shown = hashlib.sha256((header or form.get("client_secret", "")).encode("utf-8", "replace")).hexdigest()
    await services.limits.check_address(address, shown)
    try:
        if header is not None:
            client_id, secret = _basic(header, form.get("client_id"))
        else:
            client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
        client = await services.clients.authenticate(client_id, secret)
    except InvalidClient as error:
        await services.limits.refused(address, shown)
        headers = {"WWW-Authenticate": challenge}
        raise HttpError(HTTPStatus.UNAUTHORIZED, error.code, error.message, headers=headers) from error
    services.limits.accepted(shown)
    return client


def _basic(header: str, also_named: str | None) -> tuple[str, str]:
    scheme, _, encoded = header.strip().partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClient
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise InvalidClient from error
    client_id, _, secret = text.partition(":")
    # Both are form-encoded before they are joined (RFC 6749 section 2.3.1).
    client_id, secret = urllib.parse.unquote_plus(client_id), urllib.parse.unquote_plus(secret)
    # Some libraries name the client in the form as well; that is no second credential, if it is the same.
    if also_named not in (None, client_id):
        raise InvalidClient
    return client_id, secret


def _scopes(wanted: str, client: ClientView) -> list[str]:
    # The vendor's guide shows the scopes in quotation marks.
    asked = wanted.strip().strip('"').split()
    if not asked:
        return list(client.scopes)
    if any(scope not in SCOPES or scope not in client.scopes for scope in asked):
        raise _refused("invalid_scope", "The client may not be given a scope that is asked for.")
    return sorted(set(asked))
