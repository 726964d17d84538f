"""What a request to the doors costs that it need not."""

import threading
from pathlib import Path

from tests.fakes.doors import include_routers


async def test_no_door_has_a_thread_do_what_takes_no_time(tmp_path: Path, sqlite_template: Path) -> None:
    async with include_routers(tmp_path, sqlite_template) as doors:
        booking = {
            "start_at": "2026-12-02T14:00:00-05:00",
            "duration_minutes": 30,
            "customer": {"phone": "+12025550100", "name": "Ada Bell"},
        }
        headers = doors.partner(**{"Idempotency-Key": "k"})
        body = {"bot_id": doors.demo.bot_id, "booking": booking}
        made = await doors.client.post("/v1/bookings", json=body, headers=headers)
        assert made.status_code == 201
        path = f"/v1/bookings/{made.json()['booking']['id']}"
        assert (await doors.client.get(path, headers=doors.partner())).status_code == 200
        site = f"/site/{doors.demo.site_id}/assistant/{doors.demo.assistant_id}"
        assert (await doors.client.get(site, headers=doors.site())).status_code == 200
        # FastAPI runs plain functions, dependencies too, in threads of anyio's.
        assert not [one.name for one in threading.enumerate() if "AnyIO" in one.name]
