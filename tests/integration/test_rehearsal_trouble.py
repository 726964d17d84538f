"""Bots that fail: each failure is a typed outcome, retries are bounded; and the other verbs."""

import asyncio
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from rehearsal.call_report import CallReport, CallResult
from rehearsal.exchange import CallPlan, place_call
from tests.fakes.twilio_bot import HANG_UP, TOKEN, Answer, BotCall, TwilioBot, tone


class Listener:
    """A caller who only listens."""

    hung_up = False

    def __init__(self) -> None:
        self.heard: list[bytes | None] = []

    def speak(self) -> bytes | None:
        return None

    def hear(self, audio: bytes | None, at: float) -> None:  # noqa: ARG002 - the protocol's argument
        self.heard.append(audio)


class Refusals(httpx.AsyncHTTPTransport):
    """The network, and an event for the first connection that was refused."""

    def __init__(self) -> None:
        super().__init__()
        self.happened = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await super().handle_async_request(request)
        except httpx.ConnectError:
            self.happened.set()
            raise


def plan(url: str) -> CallPlan:
    return CallPlan(
        voice_url=f"{url}/twilio/voice",
        status_url=f"{url}/twilio/status",
        auth_token=TOKEN,
        to="+12025550142",
        from_="+12025550164",
        max_seconds=20,
    )


async def call_bot(
    *answers: Answer, then: dict[str, list[Answer]] | None = None
) -> tuple[CallReport, TwilioBot]:
    async with TwilioBot(answers={"/twilio/voice": list(answers)} | (then or {})) as bot:
        return await place_call(plan(bot.url), Listener()), bot


async def test_no_server_is_an_outcome() -> None:
    report = await place_call(plan("http://127.0.0.1:9"), Listener())
    assert report.outcome is CallResult.UNREACHABLE
    assert "127.0.0.1:9" in report.detail
    assert not report.ended_cleanly


@pytest.mark.parametrize("status", [403, 404, 500, 503])
async def test_a_refusing_webhook_is_an_outcome_that_names_the_status(status: int) -> None:
    report, bot = await call_bot(status)
    assert report.outcome is CallResult.WEBHOOK_FAILED
    assert str(status) in report.detail
    assert bot.paths() == ["/twilio/voice", "/twilio/status"]


async def test_twiml_that_is_none_is_an_outcome() -> None:
    report, _ = await call_bot("<html>oops</html>")
    assert report.outcome is CallResult.BAD_TWIML


async def test_a_circle_of_redirects_is_stopped() -> None:
    report, bot = await call_bot("<Response><Redirect>{http}/twilio/voice</Redirect></Response>")
    assert report.outcome is CallResult.BAD_TWIML
    assert len(bot.asked) <= 102


async def test_rejecting_is_an_outcome() -> None:
    report, _ = await call_bot('<Response><Reject reason="busy"/></Response>')
    assert report.outcome is CallResult.REJECTED
    assert "busy" in report.detail


async def test_a_media_socket_that_cannot_be_opened_leads_to_the_next_verb() -> None:
    nowhere = (
        '<Response><Connect><Stream url="{ws}/nowhere"/></Connect><Redirect>{http}/next</Redirect></Response>'
    )
    report, bot = await call_bot(nowhere, then={"/next": [HANG_UP]})
    assert report.outcome is CallResult.STREAM_FAILED
    assert "/nowhere" in report.detail
    assert bot.paths() == ["/twilio/voice", "/next", "/twilio/status"]


async def test_dialling_is_a_transfer() -> None:
    report, _ = await call_bot("<Response><Dial>+12025550199</Dial></Response>")
    assert report.outcome is CallResult.TRANSFERRED
    assert report.transferred_to == "+12025550199"
    assert report.ended_cleanly


async def test_a_transfer_that_nobody_answers_comes_back_to_the_bot() -> None:
    dial = '<Response><Dial action="/dialled">+12025550199</Dial></Response>'
    async with TwilioBot(answers={"/twilio/voice": [dial], "/dialled": [HANG_UP]}) as bot:
        report = await place_call(replace(plan(bot.url), legs=("no-answer",)), Listener())
    assert report.outcome is CallResult.BOT_HUNG_UP
    assert bot.asked[1].fields["DialCallStatus"] == "no-answer"


async def test_what_the_carrier_says_is_heard_on_the_line() -> None:
    async def speaker(text: str) -> bytes:
        return tone(0.01 * len(text))

    listener = Listener()
    async with TwilioBot(
        answers={"/twilio/voice": ["<Response><Say>twenty characters!!!</Say></Response>"]}
    ) as bot:
        report = await place_call(replace(plan(bot.url), speaker=speaker), listener)
    assert report.ended_cleanly
    assert sum(frame is not None for frame in listener.heard) >= 9


async def test_gather_and_record_report_to_their_action() -> None:
    gather = '<Response><Gather timeout="0" action="/g" actionOnEmptyResult="true"><Say/></Gather></Response>'
    record = '<Response><Record maxLength="0" action="/r"/></Response>'
    report, bot = await call_bot(gather, then={"/g": [record], "/r": [HANG_UP]})
    assert report.ended_cleanly
    assert bot.paths() == ["/twilio/voice", "/g", "/r", "/twilio/status"]
    assert bot.asked[2].fields["RecordingSid"].startswith("RE")


async def test_a_connects_action_hears_of_the_streams_end() -> None:
    connect = '<Response><Connect action="/after"><Stream url="{ws}/media"/></Connect><Reject/></Response>'
    report, bot = await call_bot(connect, then={"/after": [HANG_UP]})
    assert report.ended_cleanly
    assert bot.asked[1].fields["StreamSid"] == bot.calls[0].stream_sid


async def test_overrides_let_a_webhook_be_asked_again_with_one_token() -> None:
    redirect = "<Response><Redirect>{http}/next#rc=2&amp;rp=5xx</Redirect></Response>"
    report, bot = await call_bot(redirect, then={"/next": [503, 502, HANG_UP]})
    assert report.ended_cleanly
    assert bot.paths().count("/next") == 3
    assert len({asked.token for asked in bot.asked if asked.path == "/next"}) == 1
    assert all(asked.signature_ok for asked in bot.asked)


async def test_retries_end() -> None:
    redirect = "<Response><Redirect>{http}/next#rc=1&amp;rp=all</Redirect></Response>"
    report, bot = await call_bot(redirect, then={"/next": [500]})
    assert report.outcome is CallResult.WEBHOOK_FAILED
    assert bot.paths().count("/next") == 2


async def test_a_status_outside_the_policy_is_not_asked_again() -> None:
    redirect = "<Response><Redirect>{http}/next#rc=5&amp;rp=ct</Redirect></Response>"
    report, bot = await call_bot(redirect, then={"/next": [500]})
    assert report.outcome is CallResult.WEBHOOK_FAILED
    assert bot.paths().count("/next") == 1


async def test_an_endless_call_is_cut_off_and_the_bot_told() -> None:
    async def talk(bot_call: BotCall) -> None:
        await bot_call.stopped.wait()

    async with TwilioBot(talk) as bot:
        report = await place_call(replace(plan(bot.url), max_seconds=0.5), Listener())
    assert report.outcome is CallResult.TOO_LONG
    assert report.duration_seconds < 5
    assert bot.calls[0].received[-1]["event"] == "stop"


async def test_a_caller_who_breaks_down_ends_the_call_and_the_recording_is_whole(tmp_path: Path) -> None:
    class Broken(Listener):
        def hear(self, audio: bytes | None, at: float) -> None:  # noqa: ARG002 - the protocol's argument
            if at > 0.2:
                raise RuntimeError("cannot hear")

    async def talk(bot_call: BotCall) -> None:
        await bot_call.stopped.wait()

    async with TwilioBot(talk) as bot:
        report = await place_call(replace(plan(bot.url), record=tmp_path / "c.wav"), Broken())
    assert report.outcome is CallResult.CALLER_FAILED
    assert "cannot hear" in report.detail
    assert (tmp_path / "c.wav").stat().st_size > 44


async def test_a_server_that_comes_back_is_found_again() -> None:
    async with TwilioBot(answers={"/twilio/voice": [HANG_UP]}) as gone:
        url = gone.url
    port = int(url.rsplit(":", 1)[1])

    refused, over = Refusals(), asyncio.Event()

    async def come_back() -> None:
        await refused.happened.wait()
        async with TwilioBot(answers={"/twilio/voice": [HANG_UP]}, port=port):
            await over.wait()

    coming = asyncio.create_task(come_back())
    again = replace(plan(url), voice_url=f"{url}/twilio/voice#rc=5&rp=all")
    async with httpx.AsyncClient(transport=refused) as client:
        report = await place_call(again, Listener(), client=client)
    over.set()
    await coming
    assert report.outcome is CallResult.BOT_HUNG_UP
