"""What others send holds up no call: the event loop's longest turn under hostile headers, bodies, words."""

from typing import Any

from tests.fakes.admin import bearer
from tests.fakes.app import AppUnderTest
from tests.fakes.loop_probe import LoopProbe

LONGEST_TURN_SECONDS = 0.1
"""Of the loop's own processor time, the test's client included: it takes 0.01."""
BOOKING = {
    "start_at": "2026-12-03T10:00:00-05:00",
    "duration_minutes": 30,
    "customer": {"phone": "+12025550100", "name": "Anna Bell"},
}
PREFERENCES = ['"' + '\\"' * 16_000, '"' + '\\",' * 10_000, "wait=1," * 4_000]
WORDS = ["\ufdfa" * 3_900, "!" * 4_000, "one " * 1_000, "9" * 4_000]


async def test_no_header_body_or_word_holds_the_loop(app: AppUnderTest) -> None:
    client, demo = app.client, app.demo
    here = f"/site/{demo.site_id}/assistant/{demo.assistant_id}"
    admin = await bearer(app)
    nested: Any = []
    for _ in range(20):
        nested = [nested]
    thread = (
        await client.post("/apis/admin/assistants/maple-street/threads/", json={}, headers=admin)
    ).json()
    messages = f"/apis/admin/assistants/maple-street/threads/{thread['id']}/messages/"
    # Everything that is made once has been made.
    await client.post(f"{here}/chat", json={"message": "Hello"}, headers=app.site())
    async with LoopProbe.watching() as probe:
        for preference in PREFERENCES:
            headers = app.partner(**{"Idempotency-Key": "k", "Prefer": preference})
            body = {"bot_id": "bot_none", "booking": BOOKING}
            assert (await client.post("/v1/bookings", json=body, headers=headers)).status_code == 404
        for words in WORDS:
            said = await client.post(f"{here}/chat", json={"message": words}, headers=app.site())
            assert said.status_code == 201
        for given in (
            {"content": "x" * 90_000},
            {"content": [nested]},
            {"tags": {str(n): n for n in range(9_000)}},
        ):
            assert (await client.post(messages, json=given, headers=admin)).status_code == 201
        assert (await client.get(messages, headers=admin)).status_code == 200
    longest = max(probe.stalls, key=lambda one: one.processor_seconds, default=None)
    assert longest is None or longest.processor_seconds < LONGEST_TURN_SECONDS, longest
