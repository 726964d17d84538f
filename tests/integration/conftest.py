"""What tests of the whole server ask for under the same names; a file may make any of it its own way."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kit.clock import Clock
from kit.db.database import Database
from kit.keyring import Keyring
from tests.fakes.app import AppUnderTest, run_app
from tests.fakes.bookings import Scene
from tests.fakes.console import Person, person_at
from tests.fakes.demo_practice import DemoIds
from tests.fakes.live_call import LiveCalls
from tests.fakes.openai_server import OpenAIServer, openai_server


@pytest.fixture
async def app(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[AppUnderTest]:
    async with run_app(tmp_path, sqlite_template) as opened:
        yield opened


@pytest.fixture
async def dana(app: AppUnderTest) -> AsyncIterator[Person]:
    person = person_at(app)
    assert (await person.log_in(app.demo.staff_email, app.demo.staff_password)).status_code == 303
    yield person
    await person.client.aclose()


@pytest.fixture
async def calls() -> AsyncIterator[LiveCalls]:
    shared = await LiveCalls.open()
    yield shared
    shared.close()


@pytest.fixture
async def vendor() -> AsyncIterator[OpenAIServer]:
    async with openai_server() as server:
        yield server


@pytest.fixture
async def model(vendor: OpenAIServer) -> OpenAIServer:
    return vendor


@pytest.fixture
async def scene(database: Database, clock: Clock, keyring: Keyring, demo: DemoIds) -> AsyncIterator[Scene]:
    scene = await Scene.make(database, clock, keyring, demo)
    yield scene
    await scene.aclose()
