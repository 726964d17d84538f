"""Integrators' clients on the command line, and what they open at a running server."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest

from kit.db.database import FILE_NAME
from practice.integrators.service import SCOPES
from tests.e2e.test_partner_commands import Office
from tests.fakes.command_line import Here, chairside
from tests.fakes.forked_servers import ForkedServers

pytestmark = pytest.mark.e2e


@pytest.fixture
def office(tmp_path: Path, sqlite_template: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    shutil.copy(sqlite_template, tmp_path / FILE_NAME)
    return Office(Here(capsys), tmp_path)


def test_clients_are_made_listed_and_revoked(office: Office) -> None:
    assert "chairside clients add" in office.text("clients", "list")
    site_id = office.json("init", "--demo")["site_id"]
    made = office.json(
        "clients", "add", "--scope", " ".join(SCOPES), "--name", "desk", "--site", str(site_id)
    )
    assert made["client_id"].startswith("client_")
    assert made["client_secret"].startswith("cs_")
    assert (made["scope"], made["site_ids"]) == (" ".join(SCOPES), [site_id])
    reader = office.text("clients", "add", "--scope", "assistants:read")
    assert "shown this once" in reader
    listed = office.json("clients", "list")["clients"]
    assert [one["scope"] for one in listed] == [" ".join(SCOPES), "assistants:read"]
    assert made["client_secret"] not in str(listed)
    assert office.json("clients", "revoke", made["client_id"])["revoked"]
    shown = office.text("clients", "list")
    assert all(part in shown for part in (made["client_id"], "desk", "revoked", "good", "all"))
    assert "open nothing" in office.text("clients", "revoke", listed[1]["id"])
    first, second = [office.json("clients", "rotate-keys")["key_id"] for _ in range(2)]
    assert first != second
    assert "signs from now on" in office.text("clients", "rotate-keys")


def test_what_is_refused_of_clients_is_one_line(office: Office) -> None:
    assert "assistants:read" in office.complaint("clients", "add", "--scope", "assistants:steal")
    assert "assistants:read" in office.complaint("clients", "add", "--scope", " ")
    assert "Site not found" in office.complaint("clients", "add", "--site", "99")
    assert "name" in office.complaint("clients", "add", "--name", "")
    assert "No such client" in office.complaint("clients", "revoke", "client_none")


@pytest.mark.xdist_group("kills-sqlite")
async def test_a_client_made_beside_a_running_server_gets_in_until_it_is_revoked(
    fork_server: ForkedServers, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = await asyncio.to_thread(chairside, tmp_path, "init", "--demo", "--data-dir", str(tmp_path))
    assert made.returncode == 0, made.stderr
    async with fork_server.attached() as fork:
        env = {"CHAIRSIDE_DATA_DIR": str(tmp_path), "CHAIRSIDE_FOLLOWUPS_IN_SERVER": "false"}
        server = await fork.start(env, tmp_path / "server.log")
        await gets_in_until_revoked(f"http://127.0.0.1:{server.port}", Office(Here(capsys), tmp_path))


async def gets_in_until_revoked(address: str, office: Office) -> None:
    made: dict[str, Any] = await asyncio.to_thread(
        office.json, "clients", "add", "--scope", "assistants:read assistants:write"
    )
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        asked = {"grant_type": "client_credentials", "scope": "assistants:read assistants:write"}
        by_whom = (made["client_id"], made["client_secret"])
        granted = await client.post("/oauth/token/", data=asked, auth=by_whom)
        assert (granted.status_code, granted.headers["cache-control"]) == (200, "no-store")
        headers = {"Authorization": f"Bearer {granted.json()['access_token']}"}
        body = {"code": "by-command", "name": "n", "instructions": "i", "tools": []}
        created = await client.post("/apis/admin/assistants/", json=body, headers=headers)
        assert created.status_code == 201, created.text
        await asyncio.to_thread(office.json, "clients", "rotate-keys")
        assert (await client.get("/apis/admin/assistants/by-command/", headers=headers)).status_code == 200
        await asyncio.to_thread(office.json, "clients", "revoke", made["client_id"])
        assert (await client.get("/apis/admin/assistants/", headers=headers)).status_code == 401
        assert (await client.post("/oauth/token/", data=asked, auth=by_whom)).status_code == 401
