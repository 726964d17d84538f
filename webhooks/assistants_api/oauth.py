"""``/oauth/token/``: the client credentials grant of RFC 6749, in its own error shape."""

import base64
import binascii
import hashlib
import urllib.parse
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from contracts.assistants import Token, TokenError, TokenRequest
from practice.errors import InvalidClient, RateLimited
from practice.integrators.service import SCOPES
from practice.integrators.signing_keys import TOKEN_LIFETIME
from practice.integrators.views import ClientView
from webhooks.api_documents import ErrorShape, reply
from webhooks.body_route import BodyRoute
from webhooks.dependencies import Injected, Services
from webhooks.http_errors import UNAVAILABLE, HttpError, payload_too_large
from webhooks.rate_limit import client_address

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
GRANT = "client_credentials"
FORM = "application/x-www-form-urlencoded"
NO_GRANT = ("invalid_request", "grant_type is required.")
OTHER_GRANT = ("unsupported_grant_type", f"The only grant type is {GRANT}.")
OTHER_SCOPE = ("invalid_scope", "The client may not be given a scope that is asked for.")


def oauth_error(_request: Request, error: HttpError) -> Response:
    """Shape an error as RFC 6749 section 5.2 does."""
    return JSONResponse(_body(error), error.status, headers=NO_STORE)


def _body(error: HttpError) -> dict[str, Any]:
    if error.code == InvalidClient.code:
        return {"error": error.code}
    return {"error": error.code, "error_description": error.message}


def _refused(code: str, message: str) -> HttpError:
    return HttpError(HTTPStatus.BAD_REQUEST, code, message, headers=NO_STORE)


async def read_form(request: Request) -> dict[str, str]:
    """Read a form whose parameters are given once each. Raises `HttpError`: it is none (400)."""
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


class FormRoute(BodyRoute):
    """A route whose body is a form."""

    read = staticmethod(read_form)


router = APIRouter(prefix="/oauth", tags=["Authorization"], route_class=FormRoute)


@router.post(
    "/token/",
    operation_id="issueToken",
    summary="Get an access token",
    responses={
        200: reply("A token for an hour.", headers=tuple(NO_STORE)),
        **ErrorShape(TokenError, _body).responses(
            _refused(*NO_GRANT),
            _refused(*OTHER_GRANT),
            _refused(*OTHER_SCOPE),
            InvalidClient,
            payload_too_large(65_536),
            RateLimited,
            UNAVAILABLE,
        ),
    },
)
async def issue_token(
    request: Request,
    response: Response,
    services: Injected,
    form: Annotated[TokenRequest, Body(media_type=FORM)],
) -> Token:
    """The client credentials grant (RFC 6749).

    The client says who it is in the form, or by HTTP Basic; its secret is never given in both. The path may
    be written without its last slash.
    """
    client = await _client(request, form, services)
    if not form.grant_type:
        raise _refused(*NO_GRANT)
    if form.grant_type != GRANT:
        raise _refused(*OTHER_GRANT)
    scopes = _scopes(form.scope, client)
    response.headers.update(NO_STORE)
    return Token(
        access_token=await services.access_tokens.issue(client.id, scopes),
        token_type="Bearer",  # noqa: S106 - a kind of token, no secret
        expires_in=int(TOKEN_LIFETIME.total_seconds()),
        scope=" ".join(scopes),
    )


async def _client(request: Request, form: TokenRequest, services: Services) -> ClientView:
    """Find who asks: by HTTP Basic or by the form, never by both."""
    header = request.headers.get("authorization")
    if header is not None and "client_secret" in form.model_fields_set:
        raise _refused("invalid_request", "Give the client's credentials once: in the header or in the form.")
    # The client that tried Basic is told of Basic (RFC 6749 section 5.2).
    challenge = 'Bearer error="invalid_client"' if header is None else 'Basic realm="oauth"'
    address = client_address(request)
    shown = hashlib.sha256((header or form.client_secret).encode("utf-8", "replace")).hexdigest()
    await services.limits.check_address(address, shown)
    try:
        if header is not None:
            also_named = form.client_id if "client_id" in form.model_fields_set else None
            client_id, secret = _basic(header, also_named)
        else:
            client_id, secret = form.client_id, form.client_secret
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
        raise _refused(*OTHER_SCOPE)
    return sorted(set(asked))
