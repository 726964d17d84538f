"""Errors of the console: a page that says what happened, or the way to the log-in."""

import urllib.parse
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from practice.errors import PracticeError
from webhooks.console.pages import LOG_IN, error_page, is_htmx
from webhooks.http_errors import HttpError


class AdminsOnly(
    PracticeError, code="forbidden", status=403, says="Only an administrator of the practice can do that."
):
    """The person's role does not reach so far."""


class NotOurForm(
    PracticeError,
    code="forbidden",
    status=403,
    says="The form is too old, or was not one of ours. Go back, load the page again, and repeat.",
):
    """A form that this browser was not given for this log-in."""


class NotKeptHere(
    PracticeError,
    code="not_kept_here",
    status=409,
    says="The calendar is kept by your booking system, not here: look there.",
):
    """What the practice keeps in another system."""


class FormRefused(PracticeError, code="invalid_request", status=400, says="That does not fit."):
    """What a form holds does not fit; its sentence is for the person who filled it in."""


def console_error(request: Request, error: HttpError) -> Response:
    """Answer with a page; who is not logged in is sent to log in, and back."""
    if error.status == HTTPStatus.UNAUTHORIZED:
        return to_log_in(request)
    title = {404: "Not found", 403: "Not allowed", 409: "Not done", 429: "Too many tries"}.get(
        error.status, "That did not work"
    )
    return error_page(request, title, error.message, error.status)


def to_log_in(request: Request) -> Response:
    """Send somebody to the log-in; a page that they wanted to read comes after it."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    to = f"{LOG_IN}?{urllib.parse.urlencode({'next': wanted})}" if request.method == "GET" else LOG_IN
    if is_htmx(request):
        return Response(status_code=HTTPStatus.OK, headers={"HX-Redirect": LOG_IN})
    return RedirectResponse(to, HTTPStatus.SEE_OTHER)
