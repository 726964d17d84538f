"""Two real servers over one PostgreSQL database, asked for the same at the same time."""

import asyncio
import contextlib
import itertools
import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from config.settings import Settings
from kit.clock import system_clock
from kit.db.database import Database
from practice.chat_sessions.tokens import ChatSessionTokens
from tests.fakes.forked_servers import ForkedServer, ForkedServers
from tests.fakes.http_client import RawResponse
from tests.fakes.platform_process import PlatformProcess, run_platform_process
from tests.fakes.postgres import PostgresForTests
from tests.fakes.registered_partner import RegisteredPartner, register_partner
from tests.integration.test_chat_sessions_api import events

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.postgres,
    pytest.mark.timeout(120),
    pytest.mark.xdist_group("kills-sqlite"),
]

ACCOUNTS = ("maria", "omar")
DUPLICATES = 50
HAND_OFFS = 10
RIVAL_SLOTS = 6
ENV = {"LIMITS_REQUESTS_PER_MINUTE": "100000", "FOLLOWUPS_IN_SERVER": "false", "LOG_LEVEL": "warning"}


@dataclass
class Replicas:
    """Two servers, and the platform behind one of their bots."""

    servers: tuple[ForkedServer, ForkedServer]
    platform: PlatformProcess
    world: RegisteredPartner
    database_url: str

    async def token(self, account: str) -> str:
        """Make a token by which an account takes the practice's hand-offs."""
        database = Database(Settings(_env_file=None, database={"url": self.database_url}))
        try:
            tokens = ChatSessionTokens(database, system_clock)
            return (await tokens.create(account, self.world.site))[1]
        finally:
            await database.dispose()

    async def ask(self, number: int, method: str, path: str, body: Any, token: str) -> RawResponse:
        """Ask one of the two for a chat session."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        wire = self.servers[number % 2].wire()
        return await wire.send(method, path, json.dumps(body).encode(), headers)

    async def post(self, number: int, path: str, body: Any, partner: str, key: str = "-") -> RawResponse:
        """Ask one of the two, taking turns by number."""
        headers = self.world.headers | {"Authorization": f"Bearer {partner}", "Idempotency-Key": key}
        wire = self.servers[number % 2].wire()
        return await wire.send("POST", path, json.dumps(body).encode(), headers)


@pytest.fixture
async def replicas(
    fork_server: ForkedServers, tmp_path: Path, postgres: PostgresForTests, postgres_database: str
) -> AsyncIterator[Replicas]:
    url = postgres.url(postgres_database)
    with run_platform_process() as platform, contextlib.ExitStack() as stack:
        stack.callback(postgres.empty, postgres_database)
        world = await register_partner(tmp_path, {"roomy": platform.url("roomy")}, url, **ENV)
        async with fork_server.attached() as fork:
            one, other = [await fork.start(dict(world.env), tmp_path / "server.log") for _ in range(2)]
            yield Replicas((one, other), platform, world, url)


async def test_fifty_duplicates_at_two_replicas_are_one_booking_and_fifty_equal_answers(
    replicas: Replicas,
) -> None:
    booking = {
        "start_at": (datetime.now(UTC) + timedelta(days=2)).isoformat(),
        "duration_minutes": 30,
        "customer": {"phone": "+12025550100", "name": "Ada Bell"},
        "round": "fifty",
        "trouble": ["slow"],
    }
    body = {"bot_id": replicas.world.bots["roomy"], "booking": booking}
    answers = await asyncio.gather(
        *(
            replicas.post(number, "/v1/bookings", body, replicas.world.key, "fifty")
            for number in range(DUPLICATES)
        )
    )
    kept = await replicas.platform.round("fifty")
    assert len(kept["bookings"]) == 1
    assert list(kept["keys"].values()) == [1], "the platform was asked once"
    assert {answer.json()["booking"]["id"] for answer in answers} == set(kept["bookings"])
    assert len({answer.content for answer in answers}) == 1
    told = Counter((answer.status, answer.headers.get("idempotency-replayed")) for answer in answers)
    assert told == {(201, None): 1, (200, "true"): DUPLICATES - 1}


async def test_two_keys_for_one_slot_at_two_replicas_are_one_booking_and_one_refusal(
    replicas: Replicas,
) -> None:
    world = replicas.world
    begin = datetime.now(UTC) + timedelta(days=2)
    span = {"start_at": begin.isoformat(), "end_at": (begin + timedelta(days=14)).isoformat()}
    search = {"bot_id": world.embedded_bot, "query": {"filter": {"start_at_range": span}}}
    found = await replicas.post(0, "/v1/availability/search", search, world.embedded_key)
    windows = [one for one in found.json()["availabilities"] if one["duration_minutes"] >= 30]

    async def contend(window: dict[str, Any]) -> list[RawResponse]:
        booking = {
            "start_at": window["start_at"],
            "duration_minutes": 30,
            "practitioner_id": window["practitioner"]["id"],
            "customer": {"phone": "+12025550100", "name": "Ada Bell"},
        }
        body = {"bot_id": world.embedded_bot, "booking": booking}
        asked = itertools.product(range(2), range(2))  # each key at each of the replicas
        name = f"{window['start_at']} {window['practitioner']['id']}"
        return await asyncio.gather(
            *(
                replicas.post(replica, "/v1/bookings", body, world.embedded_key, f"{name} {key}")
                for key, replica in asked
            )
        )

    contests = await asyncio.gather(*(contend(window) for window in windows[:RIVAL_SLOTS]))
    assert len(contests) == RIVAL_SLOTS
    for answers in contests:
        one, other = answers[:2], answers[2:]
        won, lost = (one, other) if one[0].status != 409 else (other, one)
        assert sorted(answer.status for answer in won) == [200, 201]
        assert won[0].content == won[1].content
        assert [answer.status for answer in lost] == [409, 409]
        assert {answer.json()["error"]["code"] for answer in lost} == {"slot_unavailable"}


async def test_one_of_two_accounts_that_accept_at_once_at_two_replicas_wins(replicas: Replicas) -> None:
    tokens = [await replicas.token(account) for account in ACCOUNTS]

    async def contend(number: int) -> None:
        opened = await replicas.ask(number, "POST", "/chat-sessions", {"participants": ACCOUNTS}, tokens[0])
        path = f"/chat-sessions/{opened.json()['id']}"
        answers = await asyncio.gather(
            *(
                replicas.ask(replica, "PATCH", path, {"accept": True}, token)
                for replica, token in enumerate(tokens)
            )
        )
        assert sorted(answer.status for answer in answers) == [200, 409]
        winner = ACCOUNTS[[answer.status for answer in answers].index(200)]
        for replica, token in enumerate(tokens):
            kept = await replicas.ask(replica, "GET", path, {}, token)
            assert kept.json()["acceptedBy"] == winner

    await asyncio.gather(*(contend(number) for number in range(HAND_OFFS)))


async def test_stream_goes_on_without_loss_when_its_server_is_killed(replicas: Replicas) -> None:
    token = await replicas.token("maria")
    opened = await replicas.ask(0, "POST", "/chat-sessions", {"participants": ["maria"]}, token)
    path = f"/chat-sessions/{opened.json()['id']}"
    headers = {"Authorization": f"Bearer {token}"}
    killed, other = replicas.servers
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:

        async def follow(server: ForkedServer, count: int, last: str = "") -> list[tuple[str, str]]:
            """Read so many events: what each is, and its id."""
            behind = {"Last-Event-ID": last} if last else {}
            address = f"http://127.0.0.1:{server.port}{path}/events"
            told: list[tuple[str, str]] = []
            async with client.stream("GET", address, headers=headers | behind) as stream:
                async for number, kind, data in events(stream):
                    told.append((data["message"]["text"] if "message" in data else kind, number))
                    if len(told) == count:
                        break
            return told

        said = await replicas.ask(0, "POST", f"{path}/messages", {"text": "one"}, token)
        assert said.status in (200, 201)
        before = await follow(killed, 2)
        killed.kill()
        await killed.died.wait()
        for text in ("two", "three"):
            await replicas.ask(1, "POST", f"{path}/messages", {"text": text}, token)
        after = await follow(other, 2, before[-1][1])
    assert [what for what, _ in (*before, *after)] == ["session.created", "one", "two", "three"]
