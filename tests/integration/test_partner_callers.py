"""Every route of the Partner API, and every kind of caller who has no business there."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from practice.partners.scopes import SCOPES
from tests.fakes.documents import operations, written
from tests.fakes.partner_app import CUSTOMER, START, PartnerApp, booking_for, error, run_partner_app

pytestmark = pytest.mark.asyncio(loop_scope="module")

SLOT = {"start_at": START, "duration_minutes": 30}
DAY = {"start_at": "2026-12-02T00:00:00-05:00", "end_at": "2026-12-03T00:00:00-05:00"}
UNAUTHORIZED, WRONG_KEY = (401, "unauthorized"), (401, "invalid_api_key")
NO_BOT, NO_BOOKING, NO_SCOPE = (404, "bot_not_found"), (404, "booking_not_found"), (403, "insufficient_scope")
ALLOWED = (200, None)


@dataclass(frozen=True)
class Row:
    """How a route is asked, and what those hear whom its bot is not.

    Attributes:
        content: The body besides ``bot_id``, None for no body at all.
        stranger: What another partner hears.
        other_bot: What the runtime of another bot hears.
    """

    content: dict[str, Any] | None = None
    stranger: tuple[int, str | None] = NO_BOT
    other_bot: tuple[int, str | None] = NO_BOT


ROWS = {
    "POST /v1/availability/search": Row({"query": {"filter": {"start_at_range": DAY}}}),
    "POST /v1/bookings": Row({"booking": booking_for("")["booking"]}),
    "GET /v1/bookings/{booking_id}": Row(None, NO_BOOKING, NO_BOOKING),
    "POST /v1/bookings/search": Row({"customer": CUSTOMER}),
    "POST /v1/bookings/{booking_id}/cancel": Row({}),
    "POST /v1/bookings/{booking_id}/reschedule": Row({"booking": SLOT}),
    "POST /v1/slots/hold": Row({"slot": SLOT}),
    "POST /v1/customers/lookup": Row({"customer": CUSTOMER}),
    "POST /v1/customers/verify": Row({"conversation": "c", "customer": CUSTOMER, "code": "314159"}),
    "POST /v1/customers/send-code": Row({"conversation": "c", "customer": CUSTOMER}),
    "POST /v1/bots": Row({"name": "x", "account_id": "acct"}, (404, "account_not_found"), NO_SCOPE),
    "GET /v1/bots": Row(None, ALLOWED, ALLOWED),
    "GET /v1/bots/{bot_id}": Row(),
    "PATCH /v1/bots/{bot_id}": Row({"name": "x"}, NO_BOT, NO_SCOPE),
    "DELETE /v1/bots/{bot_id}": Row(None, NO_BOT, NO_SCOPE),
    "GET /v1/messages": Row(None, ALLOWED, NO_SCOPE),
    "POST /v1/messages": Row({"message": {"text": "Call me"}}),
}
SCOPE_OF = {
    name: next(iter(operation["security"][0].values()))[0]
    for name, operation in operations(written("partner"))
}


@dataclass(frozen=True)
class Scene:
    """The api, and who stands before it.

    Attributes:
        api: The api.
        booking_id: A booking of the partner's.
        stranger: Another partner's key.
        disabled: A key whose partner was disabled.
        other_bot: The runtime's credential for another bot.
    """

    api: PartnerApp
    booking_id: str
    stranger: str
    disabled: str
    other_bot: str

    async def ask(self, route: str, credential: str | None) -> tuple[int, str | None]:
        """Ask as somebody; gives status and error code."""
        method, path = route.split(" ")
        path = path.format(booking_id=self.booking_id, bot_id=self.api.embedded)
        content = ROWS[route].content
        body = None if content is None else {"bot_id": self.api.embedded, **content}
        if body is not None and "account_id" in body:
            body["account_id"] = self.api.app.demo.account_id
        headers = {"Idempotency-Key": "somebody"}
        if credential is not None:
            headers["Authorization"] = f"Bearer {credential}"
        response = await self.api.app.client.request(method, path, json=body, headers=headers)
        return (response.status_code, None) if response.is_success else error(response)

    async def key(self, *scopes: str) -> str:
        """Make a key of the partner's."""
        made = await self.api.app.services.partner_keys.create_key(self.api.partner_id, scopes_of_key=scopes)
        return made.key


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> AsyncIterator[Scene]:
    async with run_partner_app(tmp_path_factory.mktemp("callers"), sqlite_template) as api:
        partners = api.app.services.partners
        stranger, disabled = [await partners.create_partner(name) for name in ("Stranger", "Gone")]
        partner_keys = api.app.services.partner_keys
        keys = [(await partner_keys.create_key(one)).key for one in (stranger, disabled)]
        await partners.disable_partner(disabled)
        made = (await api.book(api.embedded, "b")).json()["booking"]
        yield Scene(api, made["id"], keys[0], keys[1], api.app.services.runtime.for_bot(api.external))


def served(app: FastAPI) -> Iterator[str]:
    """List the app's routes below /v1, each once."""
    for included in app.router.routes:
        contexts = getattr(included, "effective_route_contexts", list)
        for context in contexts():
            path = context.path.removesuffix("/")
            if path.startswith("/v1/"):
                yield from (f"{method} {path}" for method in context.methods)


async def test_every_route_has_its_row_here_and_its_page_in_the_document(scene: Scene) -> None:
    assert set(served(scene.api.app.asgi)) == set(ROWS) == set(SCOPE_OF)


async def turned_away(scene: Scene, route: str, credential: str | None) -> tuple[int, str | None]:
    """Ask as somebody who has no business here, and make sure that it came to nothing."""
    before, relayed = await scene.api.written(), len(scene.api.platform.requests)
    answer = await scene.ask(route, credential)
    assert await scene.api.written() == before
    assert len(scene.api.platform.requests) == relayed
    return answer


@pytest.mark.parametrize("route", ROWS)
async def test_without_a_good_key_every_route_is_shut(scene: Scene, route: str) -> None:
    demo_key = scene.api.app.demo.partner_key
    assert await turned_away(scene, route, None) == UNAUTHORIZED
    assert await turned_away(scene, route, "") == UNAUTHORIZED
    for wrong in ("nonsense", "sk_ptnr_nonsense", "sk_ptnr_rt_nonsense", demo_key[:-1], demo_key + "x"):
        assert await turned_away(scene, route, wrong) == WRONG_KEY, wrong
    assert await turned_away(scene, route, scene.api.app.services.runtime.for_site(1)) == WRONG_KEY
    assert await turned_away(scene, route, scene.disabled) == WRONG_KEY


@pytest.mark.parametrize("route", ROWS)
async def test_strangers_find_nothing_behind_any_route(scene: Scene, route: str) -> None:
    row = ROWS[route]
    assert await turned_away(scene, route, scene.stranger) == row.stranger
    assert await turned_away(scene, route, scene.other_bot) == row.other_bot


@pytest.mark.parametrize(("route", "scope"), SCOPE_OF.items())
async def test_every_route_wants_the_scope_that_its_document_names(
    scene: Scene, route: str, scope: str
) -> None:
    others = await scene.key(*(one for one in SCOPES if one != scope))
    assert await turned_away(scene, route, others) == NO_SCOPE
    status, code = (
        await replace(scene, booking_id="none").ask(route, await scene.key(scope))
        if ("DELETE" not in route)
        else ALLOWED
    )
    assert code not in {"insufficient_scope", "invalid_api_key"}, (status, code)


async def test_what_a_stranger_asks_of_a_bot_reads_as_if_there_were_none(scene: Scene) -> None:
    async def text(bot: str) -> str:
        headers = scene.api.app.partner(scene.stranger)
        response: httpx.Response = await scene.api.app.client.get(f"/v1/bots/{bot}", headers=headers)
        return response.text

    assert await text(scene.api.embedded) == await text("bot_01h2xcejqtf2nbrexx3vqjhp41")
