"""Calls by Telnyx and Plivo: their signatures, their markup, their media streams."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import pytest

from agent.briefing import Adapt
from agent.call_start import CallStart
from agent.telephony.carriers import STREAMS
from agent.telephony.transport import MediaSocket
from agent.telephony.wire import Mark, Media, Stop
from agent.transcript import CallLog
from practice.chat_sessions.ladder import Contact
from rehearsal.account import LegAnswer
from rehearsal.call_report import CallReport, CallResult
from rehearsal.carriers import CarrierName, carrier
from rehearsal.exchange import CallPlan, place_call
from tests.fakes.app import BASE, AppUnderTest, EchoAgent, run_app
from tests.fakes.http_server import serve_http
from tests.fakes.twilio_bot import tone
from tools.context import Ending
from webhooks.twilio import twiml

NAMES: list[CarrierName] = ["telnyx", "plivo"]
DESK = "+12025550190"


class ToneAgent(EchoAgent):
    """Plays a tone, and hangs up once it was played and the caller heard; or puts through."""

    async def run_call(
        self,
        start: CallStart,
        socket: MediaSocket,
        log: CallLog,
        *,
        adapt: Adapt | None = None,  # noqa: ARG002 - as the agent's own
    ) -> None:
        self.starts.append(start)
        if self.puts_through is not None and start.opening is None:
            await log.end(Ending("transfer", self.puts_through))
            return
        stream, waits_for = STREAMS[start.carrier], {Mark, Media}
        await socket.send(stream.media(start.stream_id, tone(0.2)))
        await socket.send(stream.mark(start.stream_id, "1.1"))
        while waits_for and (message := await socket.receive()) is not None:
            event = stream.parse(message, 65_536)
            assert not isinstance(event, Stop)
            waits_for.discard(type(event))
        await log.end(Ending("hang_up", "the tone was heard"))


class Whistler:
    """Whistles for as long as the call lasts."""

    hung_up = False

    def __init__(self) -> None:
        self.heard = 0

    def speak(self) -> bytes | None:
        return tone(0.02)

    def hear(self, audio: bytes | None, at: float) -> None:  # noqa: ARG002 - the protocol's argument
        self.heard += audio is not None


@pytest.fixture
async def app(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[AppUnderTest]:
    async with run_app(tmp_path, sqlite_template, agent=ToneAgent) as app:
        yield app


def secret(app: AppUnderTest, name: str) -> str:
    return app.services.keyring.derive(name).hex()


async def call(
    app: AppUnderTest, name: CarrierName, *legs: LegAnswer
) -> tuple[CallReport, Whistler, list[str]]:
    said: list[str] = []

    async def speaker(text: str) -> bytes:
        said.append(text)
        return b"\xff" * 160

    caller = Whistler()
    async with serve_http(app.asgi) as server:
        plan = CallPlan(
            voice_url=f"http://{server.address}/{name}/voice",
            auth_token=secret(app, name),
            to=app.demo.phone_number,
            from_="+12025550100",
            status_url=f"http://{server.address}/{name}/status",
            max_seconds=60,
            ring_seconds=0.05,
            talk_seconds=0.05,
            carrier=name,
        )
        report = await place_call(replace(plan, speaker=speaker, legs=legs), caller)
    return report, caller, said


@pytest.mark.parametrize("name", NAMES)
async def test_a_call_is_answered_spoken_with_and_hung_up(app: AppUnderTest, name: CarrierName) -> None:
    report, caller, _ = await call(app, name)
    assert (report.outcome, report.detail) == (CallResult.BOT_HUNG_UP, "")
    assert (caller.heard, report.streams[0].marks_returned) == (10, 1)
    assert report.streams[0].received["malformed"] == 0
    (start,) = app.agent.starts
    assert (start.carrier, start.call_id, start.from_number) == (name, report.call_sid, "+12025550100")
    ended = await app.services.calls.get(report.call_sid)
    assert (ended.status, ended.duration_seconds is not None) == ("completed", True)


@pytest.mark.parametrize("name", NAMES)
async def test_a_caller_is_put_through_to_whoever_takes_the_call(
    app: AppUnderTest, name: CarrierName
) -> None:
    contacts = [Contact(0, "front desk", DESK), Contact(1, "on call", "+12025550191")]
    await app.services.ladder.set_contacts(app.demo.practice_id, contacts)
    app.agent.puts_through = "a question about a bill"
    report, _, said = await call(app, name, "machine", "accept")
    assert (report.outcome, report.transferred_to) == (CallResult.TRANSFERRED, "+12025550191")
    assert said == [twiml.RINGING, twiml.RINGING_NEXT]
    assert "a question about a bill" in report.legs[1].told
    assert len(report.legs) == len(app.agent.starts) + 1  # who took the call ended the ringing


async def ask(
    app: AppUnderTest, name: CarrierName, path: str = "voice", headers: dict[str, str] | None = None
) -> httpx.Response:
    signs = carrier(name, secret(app, name))
    url, fields = f"{BASE}/{name}/{path}", signs.fields(app.incoming("CA1"))
    return await app.client.post(
        url, data=fields, headers=signs.headers(url, fields) if headers is None else headers
    )


@pytest.mark.parametrize("name", NAMES)
async def test_a_request_that_the_carrier_did_not_sign_is_refused(
    app: AppUnderTest, name: CarrierName
) -> None:
    good = carrier(name, secret(app, name)).headers(f"{BASE}/{name}/voice", {"To": "+12025550142"})
    for headers in (
        {},
        good,  # of another body
        dict.fromkeys(good, "x"),
        {"X-Twilio-Signature": "x"},
    ):
        assert (await ask(app, name, headers=headers)).status_code == 403
    assert (await ask(app, name)).status_code == 200
    assert (await ask(app, name, "voice/next?tries=1&n=0")).status_code == 200
    # Nor does a signed way in open Twilio's.
    assert (await app.client.post("/twilio/voice", data=app.incoming())).status_code == 403


async def test_an_old_request_of_telnyx_is_refused(app: AppUnderTest) -> None:
    signs = carrier("telnyx", secret(app, "telnyx"))
    headers = signs.headers(f"{BASE}/telnyx/voice", app.incoming("CA1"))
    assert (await ask(app, "telnyx", headers=headers)).status_code == 200
    app.wall.move(seconds=301)
    assert (await ask(app, "telnyx", headers=headers)).status_code == 403


@pytest.mark.parametrize(
    ("name", "tags"), [("telnyx", ["Connect", "Redirect"]), ("plivo", ["Stream", "Redirect"])]
)
async def test_the_answer_is_in_the_carriers_own_words(
    app: AppUnderTest, name: CarrierName, tags: list[str]
) -> None:
    root = ET.fromstring((await ask(app, name)).text)  # noqa: S314 - our own answer
    assert [one.tag for one in root] == tags
    assert (root.findtext("Redirect") or "").startswith(f"{BASE}/{name}/voice/next?")
    assert "#" not in ET.tostring(root, encoding="unicode")
    stream = root.find(".//Stream")
    assert stream is not None
    assert (stream.get("url") or stream.text or "").startswith(f"ws://testserver/{name}/media/ey")


async def test_a_message_is_recorded_with_plivo(app: AppUnderTest) -> None:
    await ask(app, "plivo")
    await app.services.calls.end("CA1", "message", "the bot's speech failed")
    root = ET.fromstring((await ask(app, "plivo", "voice/next")).text)  # noqa: S314 - our own answer
    assert {one.tag for one in root} <= {"Speak", "Dial", "Record", "Hangup"}
