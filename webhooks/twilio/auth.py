"""X-Twilio-Signature: checked before anything else."""

import urllib.parse
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import ImmutableMultiDict
from starlette.requests import HTTPConnection
from twilio.request_validator import RequestValidator

from config.settings import Settings
from kit.keyring import Keyring
from webhooks.dependencies import Services, services_of
from webhooks.http_errors import HttpError

SIGNATURE_HEADER = "X-Twilio-Signature"
CARRIER = "chairside.carrier"
"""Where a request's scope names another carrier than Twilio, whose signature was checked on the way in."""
MAX_FIELDS = 200

Form = ImmutableMultiDict[str, str]


def twilio_token(settings: Settings, keyring: Keyring) -> str:
    """Give the secret that Twilio signs with: the account's, or the installation's own for rehearsals."""
    if settings.twilio_auth_token is not None:
        return settings.twilio_auth_token.get_secret_value()
    return keyring.derive("twilio").hex()


def base_url(connection: HTTPConnection, settings: Settings) -> str:
    """Give the address that the outside knows us by, such as ``https://voice.example.com``."""
    if settings.server.public_url is not None:
        return settings.server.public_url.rstrip("/")
    scheme = {"ws": "http", "wss": "https"}.get(connection.url.scheme, connection.url.scheme)
    return f"{scheme}://{connection.url.netloc}"


async def signed_form(request: Request) -> Form:
    """Check the signature of a webhook (HttpError 403) and read its form, which of a GET is the query."""
    services = services_of(request)
    in_address = request.method == "GET" and CARRIER not in request.scope
    raw = request.scope["query_string"] if in_address else await request.body()
    try:
        fields = urllib.parse.parse_qsl(
            raw.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FIELDS
        )
        form = Form(fields)
        good = CARRIER in request.scope or RequestValidator(
            twilio_token(services.settings, services.keyring)
        ).validate(
            signed_url(request, services.settings),
            {} if in_address else form,
            request.headers.get(SIGNATURE_HEADER, ""),
        )
    except ValueError:
        # Not UTF-8, too many fields, or a Host that is no host: not Twilio.
        good = False
    if not good:
        raise HttpError(403, "invalid_signature", "The signature is not valid.")
    if CARRIER not in request.scope:
        # Signed, and so no address that somebody else made up.
        services.carrier_address = base_url(request, services.settings)
    # What an error has to be told to the caller with.
    request.state.called = form.get("To", "")
    return form


def signed_url(request: Request, settings: Settings) -> str:
    """Give the URL as the carrier saw it, percent-escapes and all."""
    raw_path: bytes = request.scope.get("raw_path") or request.url.path.encode()
    query: bytes = request.scope.get("query_string", b"")
    path = raw_path.split(b"?")[0].decode("ascii")
    return f"{base_url(request, settings)}{path}" + (f"?{query.decode('ascii')}" if query else "")


@dataclass(frozen=True)
class Webhook:
    """A carrier's request, and what it is answered with."""

    request: Request
    services: Services
    form: Form = field(default_factory=Form)

    @property
    def here(self) -> str:
        """The address that the outside knows us by, without a closing slash."""
        return base_url(self.request, self.services.settings)

    @property
    def call_id(self) -> str:
        """The carrier's id of the call that it asks about; empty where it names none."""
        return self.form.get("CallSid", "")


async def _signed(request: Request, form: Annotated[Form, Depends(signed_form)]) -> Webhook:
    return Webhook(request, services_of(request), form)


SignedWebhook = Annotated[Webhook, Depends(_signed)]
"""A webhook whose signature is good, as a parameter of an endpoint."""
