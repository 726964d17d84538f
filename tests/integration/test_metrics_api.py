"""`/metrics`: what happened and what is so, read by who may, with nobody's words in it."""

import re
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from config.operator_settings import MetricsSettings
from tests.fakes.app import AppUnderTest, run_app

TOKEN = "a token of the monitoring"


def value(answer: httpx.Response, name: str, **labels: str) -> float:
    """Read one figure; nothing counted yet is 0."""
    assert answer.status_code == 200, answer.text
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            if sample.name == name and labels.items() <= sample.labels.items():
                return sample.value
    return 0.0


async def test_calls_and_bookings_are_counted_as_they_happen(app: AppUnderTest) -> None:
    before = await app.client.get("/metrics")
    assert value(before, "chairside_database_up") == 1
    assert value(before, "chairside_calls_in_progress") == 0
    assert value(before, "chairside_follow_ups", state="dead") == 0
    await app.twilio("/twilio/voice", app.incoming("CA1"))
    done = {"CallSid": "CA1", "CallStatus": "completed", "CallDuration": "61"}
    for _ in range(2):  # the carrier may say it twice
        await app.twilio("/twilio/status", done)
    whole_day = {"start_at": "2026-12-02T00:00:00-05:00", "end_at": "2026-12-03T00:00:00-05:00"}
    query = {"bot_id": app.demo.bot_id, "query": {"filter": {"start_at_range": whole_day}}}
    found = await app.client.post("/v1/availability/search", json=query, headers=app.partner())
    customer = {"name": "Ana Torres", "phone": "+12025550142"}
    start = found.json()["availabilities"][0]["start_at"]
    booking = {"start_at": start, "duration_minutes": 30, "customer": customer}
    body = {"bot_id": app.demo.bot_id, "booking": booking}
    booked = await app.client.post(
        "/v1/bookings", json=body, headers=app.partner(**{"Idempotency-Key": "one"})
    )
    assert booked.status_code == 201, booked.text
    after = await app.client.get("/metrics")
    for name, labels in (
        ("chairside_calls_started_total", {}),
        ("chairside_calls_ended_total", {"outcome": "abandoned"}),
        ("chairside_bookings_total", {"operation": "book", "state": "succeeded"}),
    ):
        assert value(after, name, **labels) - value(before, name, **labels) == 1, name
    assert "Torres" not in after.text
    assert "5550142" not in after.text


@pytest.mark.parametrize("file", ["deploy/grafana.json", "docs/operations.md"])
async def test_what_is_drawn_and_alerted_on_is_measured(app: AppUnderTest, file: str) -> None:
    answer = await app.client.get("/metrics")
    measured = {"chairside_vendor_silent"}  # while one is
    for family in text_string_to_metric_families(answer.text):
        measured |= {family.name, f"{family.name}_total", f"{family.name}_bucket"}
    named = set(re.findall(r"\bchairside_[a-z_]+\b", (Path(__file__).parents[2] / file).read_text()))
    assert named
    assert named <= measured


async def test_from_elsewhere_nobody_reads_it_without_the_token(app: AppUnderTest) -> None:
    through_a_proxy = await app.client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
    assert through_a_proxy.status_code == 401
    far = httpx.ASGITransport(app=app.asgi, client=("203.0.113.9", 1234))
    async with httpx.AsyncClient(transport=far, base_url="http://testserver") as client:
        assert (await client.get("/metrics")).status_code == 401


async def test_with_a_token_it_is_needed_and_enough(tmp_path: Path, sqlite_template: Path) -> None:
    settings = MetricsSettings(token=SecretStr(TOKEN))
    async with run_app(tmp_path, sqlite_template, metrics=settings) as app:
        for given in ("", "Bearer wrong", "Bearer ü", TOKEN):
            headers = [(b"Authorization", given.encode("latin-1"))]
            assert (await app.client.get("/metrics", headers=headers)).status_code == 401
        far = httpx.ASGITransport(app=app.asgi, client=("203.0.113.9", 1234))
        async with httpx.AsyncClient(transport=far, base_url="http://testserver") as client:
            answer = await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert value(answer, "chairside_draining") == 0
