"""The console's cookies, and the tokens that show that a form is ours."""

import hashlib
import hmac
import secrets
import urllib.parse

from starlette.requests import Request
from starlette.responses import Response

from kit.keyring import Keyring

SESSION = "chairside_session"
"""The log-in: the same signed token that the APIs take as a bearer credential."""
FORM = "chairside_form"
"""Ties the log-in form, which nobody has a session for, to the browser that was given it."""
NOTE = "chairside_note"
"""A sentence for the next page."""
SITE = "chairside_site"
"""Which of their sites somebody works at."""
PATH = "/console"
KNOWN = "chairside_known"
"""Shows that somebody has logged in with this browser before."""
KNOWN_SECONDS = 180 * 24 * 3600
CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf"
_NOTE_SECONDS = 30


def set_cookie(
    request: Request, response: Response, name: str, value: str, seconds: int | None = None
) -> None:
    """Set one of the console's cookies: not for scripts, not for other sites, over TLS where there is TLS.

    Args:
        seconds: How long it is kept; None is as long as the browser runs.
    """
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=PATH,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def drop_cookie(response: Response, name: str) -> None:
    """Have the browser forget a cookie."""
    response.delete_cookie(name, path=PATH, httponly=True, samesite="lax")


def set_note(request: Request, response: Response, sentence: str) -> None:
    """Leave a sentence for the next page."""
    set_cookie(request, response, NOTE, urllib.parse.quote(sentence), _NOTE_SECONDS)


def note_of(request: Request) -> str | None:
    """Read the sentence that the request before has left."""
    value = request.cookies.get(NOTE)
    return urllib.parse.unquote(value)[:500] if value else None


def new_form_id() -> str:
    """Make the value of the log-in form's cookie."""
    return secrets.token_hex(16)


def known_browser(keyring: Keyring, email: str, browser: str | None = None) -> str:
    """Make the value that shows that an address's owner has logged in with a browser, None for a new one."""
    browser = browser or secrets.token_hex(16)
    return f"{browser}.{_mac(keyring, 'console-browsers', f'{browser} {email.strip().casefold()}')}"


def browser_of(request: Request, keyring: Keyring, email: str) -> str | None:
    """Give the browser's id, if the owner of the address has logged in with it; None otherwise."""
    value = request.cookies.get(KNOWN, "")
    browser = value.partition(".")[0]
    if not browser:
        return None
    expected = known_browser(keyring, email, browser)
    return browser if hmac.compare_digest(expected.encode(), value.encode("utf-8", "replace")) else None


def of_session(session_id: str) -> str:
    """Give the subject of the tokens in a logged-in person's forms."""
    return f"session {session_id}"


def of_form(form_id: str) -> str:
    """Give the subject of the log-in form's token; never that of a session, whatever the cookie holds."""
    return f"form {form_id}"


def subject_of(request: Request) -> str:
    """Give the subject of the forms that somebody fills in who is not logged in."""
    return of_form(request.cookies.get(FORM, ""))


def form_token(keyring: Keyring, subject: str) -> str:
    """Make the token that a form carries (`subject`: as ``of_session`` and ``of_form`` give it)."""
    return _mac(keyring, "console-forms", subject)


def is_form_token(keyring: Keyring, subject: str, token: str) -> bool:
    """Tell whether a form carries the token of its subject."""
    return hmac.compare_digest(form_token(keyring, subject).encode(), token.encode("utf-8", "replace"))


def _mac(keyring: Keyring, purpose: str, text: str) -> str:
    return hmac.new(keyring.derive(purpose), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
