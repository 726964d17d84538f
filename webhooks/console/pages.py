"""Pages: templates, the headers that every page has, and how values are written."""

import asyncio
import functools
import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from contracts.timestamps import timestamp
from kit.keyring import Keyring
from language.phone import written
from webhooks.console import cookies

LOG_IN = "/console/log-in"
FOLDER = Path(__file__).parent
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " media-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Of every page: what it shows is a patient's, so nothing keeps it, frames it or runs beside it."""
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png"}
_FOREVER = "public, max-age=31536000, immutable"


class Reader(Protocol):
    """Who looks at a page."""

    @property
    def zone(self) -> ZoneInfo:
        """In whose time zone moments are written."""


def is_htmx(request: Request) -> bool:
    """Tell whether a part of a page is asked for, to be put into it."""
    return request.headers.get("hx-request") == "true"


async def page(
    request: Request, desk: Reader | None, template: str, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """Answer with a page of a template, named without its ending; ``desk`` is None before the log-in."""
    response = HTMLResponse(await render(desk, template, note=cookies.note_of(request), **values), status)
    response.headers.update(HEADERS)
    if cookies.NOTE in request.cookies:
        cookies.drop_cookie(response, cookies.NOTE)
    return response


async def public_page(
    request: Request, keyring: Keyring, template: str, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """Answer with a form for somebody who is not logged in."""
    form_id = request.cookies.get(cookies.FORM) or cookies.new_form_id()
    csrf = cookies.form_token(keyring, cookies.of_form(form_id))
    response = await page(request, None, template, status=status, csrf=csrf, **values)
    cookies.set_cookie(request, response, cookies.FORM, form_id)
    return response


async def render(desk: Reader | None, template: str, **values: Any) -> str:
    """Write a page, or a part of one."""
    if not _warm:
        await asyncio.to_thread(_load)
    return _warm["templates"].get_template(f"{template}.html.j2").render(desk=desk, **values)


def attachment(text: str, name: str, media_type: str) -> Response:
    """Give a text as a file to be kept."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=media_type, headers=headers)


def fragment(html: str, status: int = 200) -> HTMLResponse:
    """Answer with a part of a page."""
    return HTMLResponse(html, status, headers=HEADERS)


def done(request: Request, to: str, sentence: str) -> Response:
    """Send somebody on after a form was taken, to read what came of it."""
    response = RedirectResponse(to, 303)
    cookies.set_note(request, response, sentence)
    return response


def error_page(request: Request, title: str, sentence: str, status: int) -> Response:
    """Answer with a page that says what went wrong; a script that wanted a part gets the sentence alone."""
    if is_htmx(request):
        text = _environment().get_template("problem.html.j2").render(sentence=sentence)
        return fragment(text, status)
    text = (
        _environment()
        .get_template("error.html.j2")
        .render(desk=None, title=title, sentence=sentence, note=None)
    )
    return HTMLResponse(text, status, headers=HEADERS)


def static_file(name: str) -> Response | None:
    """Give a file of the console's own, which may be kept for good: its address changes with it."""
    content = _statics().get(name)
    if content is None:
        return None
    kind = _TYPES[Path(name).suffix]
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    headers = {"Content-Type": f"{kind}{charset}", "Cache-Control": _FOREVER}
    return Response(content, headers=headers)


_warm: dict[str, jinja2.Environment] = {}


def _load() -> None:
    """Compile every template, in a thread: it takes longer than a packet of a call may wait."""
    environment = _environment()
    for name in environment.list_templates():
        environment.get_template(name)
    _warm["templates"] = environment


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
    )
    environment.filters.update(
        phone=_phone,
        clock=_clock,
        hours=_hours,
        day=_day,
        moment=_moment,
        machine=_machine,
        duration=_duration,
        wait=_wait,
        readable=_readable,
        money=_money,
    )
    environment.globals.update(static=_static_address)
    return environment


@functools.cache
def _statics() -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in (FOLDER / "static").iterdir() if one.suffix in _TYPES}


@functools.cache
def _static_address(name: str) -> str:
    return f"/console/static/{name}?v={hashlib.sha256(_statics()[name]).hexdigest()[:12]}"


def _phone(number: str | None) -> str:
    return written(number) if number else "number withheld"


@jinja2.pass_context
def _clock(context: jinja2.runtime.Context, moment: datetime) -> str:
    local = _local(context, moment)
    return f"{local.hour % 12 or 12}:{local.minute:02d} {'a.m.' if local.hour < 12 else 'p.m.'}"  # noqa: PLR2004


@jinja2.pass_context
def _day(context: jinja2.runtime.Context, moment: datetime) -> str:
    local = _local(context, moment)
    return f"{local:%A}, {local:%B} {local.day}"


@jinja2.pass_context
def _moment(context: jinja2.runtime.Context, moment: datetime) -> str:
    local = _local(context, moment)
    return f"{local:%b} {local.day}, {_clock(context, moment)}"


@jinja2.pass_context
def _hours(context: jinja2.runtime.Context, moment: datetime) -> str:
    return f"{_local(context, moment):%H:%M}"


def _machine(moment: datetime) -> str:
    return moment.isoformat()


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def _wait(milliseconds: int | None) -> str:
    return "—" if milliseconds is None else f"{milliseconds / 1000:.1f} s"


def _readable(rows: Any) -> str:
    return json.dumps(rows, default=timestamp, indent=1, ensure_ascii=False)


def _money(amount: float) -> str:
    return f"{amount:,.2f}" if amount >= 1 or not amount else f"{amount:.3f}"


def _local(context: jinja2.runtime.Context, moment: datetime) -> datetime:
    desk = context.get("desk")
    return moment.astimezone(desk.zone if desk is not None else ZoneInfo("UTC"))
