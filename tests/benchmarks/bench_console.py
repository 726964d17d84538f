"""How long the console's pages take, over a socket: run with `make bench-console`.

One person goes round; p50 and p95 of each page are told, and the processor's time of server and client
together, which tells a busy machine from a slow page.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import httpx

from config.settings import DatabaseSettings, LimitSettings, Settings
from kit.db.database import FILE_NAME, Database
from practice.records.migrate import migrate
from tests.fakes.app import AppUnderTest, run_app
from tests.fakes.busy_practice import make_busy
from tests.fakes.console import Person
from tests.fakes.http_server import serve_http

ROUNDS = 100
LONGEST = 44
CALLS = 500
"""Finished calls of the practice, beside those of its working day."""


async def main() -> None:
    """Measure every page, and print a line for each."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template" / FILE_NAME
        template.parent.mkdir()
        database = Database(Settings(data_dir=template.parent, database=DatabaseSettings()))
        await migrate(database)
        await database.dispose()
        place = Path(folder) / "server"
        place.mkdir()
        async with run_app(place, template, limits=LimitSettings()) as app, serve_http(app.asgi) as server:
            busy = await make_busy(app)
            await _fill(app)
            assistant = f"/console/assistant/{app.demo.assistant_id}"
            pages = [
                "/",
                "/console",
                "/console/calls",
                "/console/calls?q=insurance",
                f"/console/calls/{busy.call_id}",
                "/console/inbox",
                "/console/appointments",
                "/console/appointments?view=week",
                f"/console/appointments/{busy.booking_id}",
                "/console/practice",
                "/console/practice/rules",
                assistant,
                f"{assistant}/files",
                f"{assistant}/ask?q=How+much+is+a+cleaning%3F",
                f"{assistant}/versions?old=1&new=2",
                "/console/try",
                "/console/figures",
            ]
            async with httpx.AsyncClient(base_url=f"http://{server.address}") as client:
                await Person(client).log_in(app.demo.staff_email, app.demo.staff_password)
                print(f"{'page':<{LONGEST}} {'p50 ms':>8} {'p95 ms':>8} {'work ms':>8} {'kB':>8}")
                for page in pages:
                    await _measure(client, page)


async def _fill(app: AppUnderTest) -> None:
    said = [
        {"role": "assistant", "content": "Maple Street Dental. How can I help?"},
        {"role": "user", "content": "Do you take my insurance, and is parking free?"},
        {"role": "assistant", "content": "We take Delta Dental and Cigna. Parking is free for an hour."},
    ]
    for number in range(CALLS):
        call_id = f"CAold{number}"
        await app.services.calls.start(call_id, app.demo.bot_id, "+12025550100", app.demo.phone_number)
        await app.services.calls.append(call_id, *said * 5)
        await app.services.calls.finish(call_id, "completed", 90)


async def _measure(client: httpx.AsyncClient, page: str) -> None:
    took, size = [], 0
    worked = time.process_time()
    for _ in range(ROUNDS):
        began = time.perf_counter()
        response = await client.get(page)
        took.append((time.perf_counter() - began) * 1000)
        assert response.status_code == httpx.codes.OK, page
        size = len(response.content)
    worked = (time.process_time() - worked) * 1000 / ROUNDS
    p50, p95 = statistics.median(took), statistics.quantiles(took, n=20)[-1]
    shown = page if len(page) <= LONGEST else f"{page[: LONGEST - 1]}…"
    print(f"{shown:<{LONGEST}} {p50:8.1f} {p95:8.1f} {worked:8.1f} {size / 1024:8.1f}")


if __name__ == "__main__":
    asyncio.run(main())
