"""What a request to the APIs costs that it need not."""

import threading
from pathlib import Path

from tests.fakes.app import run_app


async def test_no_door_has_a_thread_do_what_takes_no_time(tmp_path: Path, sqlite_template: Path) -> None:
    async with run_app(tmp_path, sqlite_template) as app:
        booking = {
            "start_at": "2026-12-02T14:00:00-05:00",
            "duration_minutes": 30,
            "customer": {"phone": "+12025550100", "name": "Ada Bell"},
        }
        headers = app.partner(**{"Idempotency-Key": "k"})
        body = {"bot_id": app.demo.bot_id, "booking": booking}
        made = await app.client.post("/v1/bookings", json=body, headers=headers)
        assert made.status_code == 201
        path = f"/v1/bookings/{made.json()['booking']['id']}"
        assert (await app.client.get(path, headers=app.partner())).status_code == 200
        site = f"/site/{app.demo.site_id}/assistant/{app.demo.assistant_id}"
        assert (await app.client.get(site, headers=app.site())).status_code == 200
        # FastAPI runs plain functions, dependencies too, in threads of anyio's.
        assert not [one.name for one in threading.enumerate() if "AnyIO" in one.name]
