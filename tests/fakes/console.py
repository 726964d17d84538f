"""A person at the console: keeps cookies, sends the forms that stand on the pages, reads what comes back."""

import html
import re
from dataclasses import dataclass, field
from typing import Any

import httpx

from practice.staff.service import Staff
from tests.conftest import CHEAP_HASHER
from tests.fakes.app import AppUnderTest

_CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')
_TAGS = re.compile(r"<[^>]{0,2000}>")


@dataclass
class Person:
    """Somebody with a browser that runs no scripts.

    Attributes:
        client: Their browser, with its cookies.
    """

    client: httpx.AsyncClient
    csrf: str = field(default="", init=False)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """Open a page, and remember the token of its forms."""
        response = await self.client.get(path, **options)
        if (found := _CSRF.search(response.text)) is not None:
            self.csrf = found[1]
        return response

    async def post(self, path: str, fields: dict[str, Any] | None = None, **options: Any) -> httpx.Response:
        """Send a form of the page that was opened last."""
        return await self.client.post(path, data={"csrf": self.csrf, **(fields or {})}, **options)

    async def log_in(self, email: str, password: str) -> httpx.Response:
        """Log in by the form."""
        await self.get("/console/log-in")
        response = await self.post("/console/log-in", {"email": email, "password": password})
        if response.status_code == httpx.codes.SEE_OTHER:
            await self.get("/console")
        return response


def person_at(app: AppUnderTest) -> Person:
    """Open a browser at the server under test."""
    transport = httpx.ASGITransport(app=app.asgi)
    return Person(httpx.AsyncClient(transport=transport, base_url="http://testserver"))


async def stranger_at(app: AppUnderTest) -> Person:
    """Log in somebody of another practice."""
    site = await app.services.sites.create_site("Elsewhere Dental")
    staff = Staff(app.services.database, app.services.clock, CHEAP_HASHER)
    await staff.create(
        "eve@elsewhere.example", "pass word", first_name="Eve", last_name="L", site_ids=(site,)
    )
    person = person_at(app)
    assert (await person.log_in("eve@elsewhere.example", "pass word")).status_code == 303
    return person


def text_of_page(response: httpx.Response) -> str:
    """Give what a page says, without its tags."""
    body = response.text.partition("<main")[2] or response.text
    return " ".join(html.unescape(_TAGS.sub(" ", body.partition(">")[2])).split())
