"""An integrator's client of the Assistants Admin API."""

from typing import Any

import httpx

from tests.fakes.app import AppUnderTest

ROOT = "/apis/admin/assistants/"
READ, WRITE = "assistants:read", "assistants:write"


async def bearer(app: AppUnderTest, *scopes: str, sites: list[int] | None = None) -> dict[str, str]:
    made = await app.services.clients.create_client([READ, WRITE], site_ids=sites)
    wanted = list(scopes) or [READ, WRITE]
    token = await app.services.access_tokens.issue(made.client.id, wanted)
    return {"Authorization": f"Bearer {token}"}


class Admin:
    """A client of the API."""

    def __init__(self, app: AppUnderTest, headers: dict[str, str]) -> None:
        self._doors = app
        self.headers = headers

    async def ask(self, method: str, path: str = "", body: Any = None, **options: Any) -> httpx.Response:
        if body is not None:
            options["json"] = body
        url = path if path.startswith("/") else ROOT + path
        return await self._doors.client.request(method, url, headers=self.headers, **options)

    async def made(self, code: str, **fields: Any) -> dict[str, Any]:
        body = {"code": code, "name": code.title(), "instructions": "Help.", "tools": [], **fields}
        answer = await self.ask("POST", body=body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found
