"""Who is at the console: a person of the practice who has logged in, at one of their sites."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from fastapi import Depends
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from practice.chat_sessions.views import SessionAccount
from practice.sites.places import PlaceView
from practice.staff.views import StaffView
from webhooks.audited_route import acts_as
from webhooks.console import cookies, pages
from webhooks.console.errors import AdminsOnly
from webhooks.console.forms import Fields, posted
from webhooks.dependencies import Injected, Services
from webhooks.http_errors import unauthorized
from webhooks.security.staff_sessions import StaffSession, find_session

ADMIN = "ADMIN"


@dataclass(frozen=True)
class Desk:
    """A log-in at one site, as a request or a socket shows it.

    Attributes:
        request: What it came with; a socket has no form, and is answered with no page.
        csrf: What every form of theirs carries.
    """

    request: Request
    services: Services
    session: StaffSession
    place: PlaceView
    places: tuple[PlaceView, ...]
    csrf: str

    @property
    def staff(self) -> StaffView:
        """The person."""
        return self.session.staff

    @property
    def site_id(self) -> int:
        """The site."""
        return self.place.site_id

    @property
    def is_admin(self) -> bool:
        """Whether they may change what the practice is and what its bot says."""
        return self.staff.role == ADMIN

    @property
    def zone(self) -> ZoneInfo:
        """The practice's time zone."""
        return ZoneInfo(self.place.timezone)

    def today(self) -> date:
        """Give the day that it is at the practice."""
        return self.services.clock().astimezone(self.zone).date()

    def require_admin(self) -> None:
        """Make sure that they may change what the practice is or its bot says, or raise `AdminsOnly`."""
        if not self.is_admin:
            raise AdminsOnly

    def form(self) -> AbstractAsyncContextManager[Fields]:
        """Read the form that they sent; see `webhooks.console.forms.posted`."""
        return posted(self.request, self.services.keyring, cookies.of_session(self.session.id))

    async def page(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """Answer with a page."""
        return await pages.page(self.request, self, template, status=status, **values)

    def done(self, to: str, sentence: str) -> Response:
        """Send them on after a form was taken, to read what came of it."""
        return pages.done(self.request, to, sentence)

    @property
    def account(self) -> SessionAccount:
        """The person as the chat sessions know them; at this site alone."""
        return SessionAccount(self.staff.id, (self.place.site_id,))


async def desk_of(request: HTTPConnection, services: Injected) -> Desk:
    """Find out who sends a request, or opens a socket; HttpError (401) unless they reach a site."""
    credential = request.cookies.get(cookies.SESSION)
    session = None
    if credential:
        session = await find_session(services.staff_tokens, services.staff, credential)
    if session is None:
        raise unauthorized()
    places = await services.places.list_places(session.staff.site_ids)
    if not places:
        raise unauthorized()
    wanted = request.cookies.get(cookies.SITE, "")
    place = next((one for one in places if str(one.site_id) == wanted), places[0])
    acts_as(request, session.staff.id, place.site_id)
    csrf = cookies.form_token(services.keyring, cookies.of_session(session.id))
    return Desk(cast("Request", request), services, session, place, tuple(places), csrf)


AtDesk = Annotated[Desk, Depends(desk_of)]
"""Who sends the request, as a parameter of an endpoint."""


def is_own_page(websocket: HTTPConnection) -> bool:
    """Tell whether a page of ours opens a socket: browsers send a socket's cookies whoever opens it."""
    origin = websocket.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() == websocket.headers.get("host", "").lower()
