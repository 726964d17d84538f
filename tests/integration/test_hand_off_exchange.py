"""What a caller hears while the team is rung, over the carrier's own protocol with real sockets."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from practice.chat_sessions.ladder import Contact
from rehearsal.account import LegAnswer
from rehearsal.call_report import CallReport, CallResult
from rehearsal.exchange import CallPlan, place_call
from tests.fakes.app import AppUnderTest, run_app
from tests.fakes.http_server import serve_http
from webhooks.twilio import twiml
from webhooks.twilio.hand_off import NOBODY

DESK, ON_CALL = "+12025550190", "+12025550191"


class QuietCaller:
    """Says nothing and waits for what comes."""

    hung_up = False

    def speak(self) -> bytes | None:
        return None

    def hear(self, audio: bytes | None, at: float) -> None:
        """Listen."""


@pytest.fixture
async def app(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[AppUnderTest]:
    async with run_app(tmp_path, sqlite_template) as app:
        contacts = [Contact(0, "front desk", DESK), Contact(1, "on call", ON_CALL)]
        await app.services.ladder.set_contacts(app.demo.practice_id, contacts)
        app.agent.puts_through = "a question about a bill"
        yield app


async def call(app: AppUnderTest, *legs: LegAnswer) -> tuple[CallReport, list[str]]:
    """Phone the bot; gives the report, and what the carrier said to the caller."""
    said: list[str] = []

    async def speaker(text: str) -> bytes:
        said.append(text)
        return b"\xff" * 160

    async with serve_http(app.asgi) as server:
        plan = CallPlan(
            voice_url=f"http://{server.address}/twilio/voice",
            auth_token=app.services.keyring.derive("twilio").hex(),
            to=app.demo.phone_number,
            from_="+12025550100",
            status_url=f"http://{server.address}/twilio/status",
            max_seconds=60,
            ring_seconds=0.05,
            talk_seconds=0.05,
        )
        report = await place_call(replace(plan, speaker=speaker, legs=legs), QuietCaller())
    return report, said


async def test_caller_talks_with_the_first_who_takes_the_call(app: AppUnderTest) -> None:
    report, said = await call(app, "accept")
    assert (report.outcome, report.transferred_to) == (CallResult.TRANSFERRED, DESK)
    assert said == [twiml.RINGING]
    assert "a question about a bill" in report.legs[0].told


@pytest.mark.parametrize("first", ["decline", "machine", "busy", "no-answer", "failed"])
async def test_caller_hears_that_another_is_tried_and_talks_with_them(
    app: AppUnderTest, first: LegAnswer
) -> None:
    report, said = await call(app, first, "accept")
    assert (report.outcome, report.transferred_to) == (CallResult.TRANSFERRED, ON_CALL)
    assert said == [twiml.RINGING, twiml.RINGING_NEXT]


async def test_caller_whom_nobody_takes_is_back_with_the_bot(app: AppUnderTest) -> None:
    report, said = await call(app, "busy", "machine")
    assert report.outcome is CallResult.BOT_HUNG_UP
    assert said == [twiml.RINGING, twiml.RINGING_NEXT]
    assert app.agent.starts[-1].opening == NOBODY
    found = await app.services.ringing.find_of_call(report.call_sid)
    assert found is not None
    assert found[0].finishedAt is None
