"""Chat sessions on both databases: two replicas race, and streams pass no event by."""

import asyncio

import pytest

from contracts.chat_sessions import ChatSessionCreate, ChatSessionPatch
from kit.clock import Clock
from kit.db.database import Database
from practice.chat_sessions.errors import SessionConflict
from practice.chat_sessions.service import FOR_THE_DESK, ChatSessions
from practice.chat_sessions.tokens import ChatSessionTokens
from practice.chat_sessions.views import SessionAccount
from practice.staff.service import Staff
from tests.conftest import CHEAP_HASHER
from tests.fakes.demo_practice import DemoIds

RACES = 10


@pytest.fixture
def accounts(demo: DemoIds) -> tuple[SessionAccount, SessionAccount]:
    return SessionAccount("maria", (demo.site_id,)), SessionAccount("omar", (demo.site_id,))


async def test_one_of_two_who_accept_at_once_on_two_replicas_wins(
    database: Database, clock: Clock, accounts: tuple[SessionAccount, SessionAccount]
) -> None:
    replicas = [ChatSessions(database, clock), ChatSessions(database, clock)]
    for _ in range(RACES):
        session = await replicas[0].create(
            accounts[0], ChatSessionCreate(participants=[one.id for one in accounts])
        )
        outcomes = await asyncio.gather(
            *(
                replica.patch(account, session.id, ChatSessionPatch(accept=True))
                for replica, account in zip(replicas, accounts, strict=True)
            ),
            return_exceptions=True,
        )
        (lost,) = [one for one in outcomes if isinstance(one, BaseException)]
        assert isinstance(lost, SessionConflict)
        kept = await replicas[0].get(accounts[0], session.id)
        assert kept.acceptedBy in {"maria", "omar"}


async def test_account_made_after_a_hand_off_takes_part_in_it_until_it_is_finished(
    database: Database, clock: Clock, demo: DemoIds
) -> None:
    sessions, tokens = ChatSessions(database, clock), ChatSessionTokens(database, clock)
    bot = SessionAccount(demo.bot_id, (demo.site_id,), is_bot=True)
    body = ChatSessionCreate(participants=[FOR_THE_DESK], reason="a bill")
    waiting = await sessions.create(bot, body)
    seen_to = await sessions.create(bot, body)
    await sessions.patch(bot, seen_to.id, ChatSessionPatch(finish=True))
    nora = SessionAccount("nora", (demo.site_id,))
    for _ in range(2):
        await tokens.create(nora.id, demo.site_id)
    found = await sessions.list_sessions(nora, equal={}, order=(), skip=0, limit=10)
    assert [one.id for one in found] == [waiting.id]
    assert (await sessions.get(nora, waiting.id)).participants == [*waiting.participants, "nora"]


async def test_staff_added_after_a_hand_off_take_part_in_it(
    database: Database, clock: Clock, demo: DemoIds
) -> None:
    sessions, staff = ChatSessions(database, clock), Staff(database, clock, CHEAP_HASHER)
    bot = SessionAccount(demo.bot_id, (demo.site_id,), is_bot=True)
    waiting = await sessions.create(bot, ChatSessionCreate(participants=[FOR_THE_DESK], reason="a bill"))
    nora = await staff.create(
        "nora@maplestreet.example", None, first_name="Nora", last_name="Lind", site_ids=(demo.site_id,)
    )
    (found,) = await sessions.list_open(SessionAccount(nora.id, nora.site_ids))
    assert (found.id, found.participants) == (waiting.id, [*waiting.participants, nora.id])


async def test_reader_passes_no_event_by_while_many_write(
    database: Database, clock: Clock, accounts: tuple[SessionAccount, SessionAccount]
) -> None:
    sessions, reader = ChatSessions(database, clock), ChatSessions(database, clock)
    made = [await sessions.create(accounts[0], ChatSessionCreate(participants=["maria"])) for _ in range(5)]
    read: list[tuple[str, str]] = []

    async def follow() -> None:
        after = 0
        while len(read) < 5 * 4:
            for number, event in await reader.list_events(accounts[0], after):
                after = number
                read.append((event.sessionId, event.type))
            await reader.wait_for_news(0.01)

    following = asyncio.create_task(follow())
    for changes in ({"start": True}, {"accept": True}, {"finish": True}):
        await asyncio.gather(
            *(sessions.patch(accounts[0], one.id, ChatSessionPatch.model_validate(changes)) for one in made)
        )
    await asyncio.wait_for(following, 30)
    kinds = ["session.created", "session.started", "session.accepted", "session.finished"]
    for one in made:
        assert [kind for session_id, kind in read if session_id == one.id] == kinds
