"""Danger on the phone rings the practice while the bot still speaks, on a real server and line.

The order of what happens is looked at, not the clock: the bot gets no voice for its warning before the first
contact's phone rings, so that a ring which waited for the bot's words would never come.
"""

import asyncio
import functools
from pathlib import Path

import pytest
from pydantic import SecretStr

from config.settings import SmsSettings
from config.vendor_settings import SpeechSettings
from practice.chat_sessions.ladder import Contact
from rehearsal.account import Account
from rehearsal.call_report import CallResult, Leg
from rehearsal.exchange import CallPlan, place_call
from tests.fakes.app import run_app
from tests.fakes.coded_caller import CodedCaller
from tests.fakes.coded_speech import CodedSynthesizer
from tests.fakes.coded_voice_agent import coded_voice_agent
from tests.fakes.http_server import serve_http
from tests.fakes.twilio_rest import SID, TOKEN, TwilioRest

pytestmark = pytest.mark.audio
DESK = "+12025550190"
WARNING = "That sounds like an emergency. Please hang up and call nine one one right now."
QUICK = SpeechSettings(
    stt="local",
    tts="local",
    vad_stop_seconds=0.2,
    vad_pause_seconds=0.1,
    turn_wait_seconds=0.05,
    hesitation_wait_seconds=0.1,
)
"""Whoever speaks so fast does not think for long either."""


class LateVoice(CodedSynthesizer):
    """Has the words of the warning only when somebody's phone rings."""

    def __init__(self) -> None:
        self.rung = asyncio.Event()

    async def speak(self, text: str) -> bytes:
        """Give the sound of a sentence: 16-bit PCM."""
        if "emergency" in text:
            await self.rung.wait()
        return await super().speak(text)


async def test_first_contact_rings_before_the_warning_was_said(tmp_path: Path, sqlite_template: Path) -> None:
    voice, caller = LateVoice(), CodedCaller({"help": "My husband collapsed and he won't wake up."})
    heard_before: list[str] = []

    def rings(leg: Leg) -> None:
        assert leg.number == DESK
        heard_before.extend(one.text for one in caller.ear.heard)
        voice.rung.set()

    async with Account(TOKEN, ring_seconds=0.05, talk_seconds=0.05, account_sid=SID) as account:
        account.on_placed = rings
        async with (
            serve_http(TwilioRest(account=account)) as rest,
            run_app(
                tmp_path,
                sqlite_template,
                agent=functools.partial(coded_voice_agent, voice=voice),
                twilio_account_sid=SID,
                twilio_auth_token=SecretStr(TOKEN),
                sms=SmsSettings(api_url=f"http://{rest.address}"),
                speech=QUICK,
            ) as app,
            serve_http(app.asgi) as server,
        ):
            await app.services.ladder.set_contacts(app.demo.practice_id, [Contact(0, "front desk", DESK)])
            plan = CallPlan(
                voice_url=f"http://{server.address}/twilio/voice",
                auth_token=TOKEN,
                to=app.demo.phone_number,
                from_="+12025550164",
                status_url=f"http://{server.address}/twilio/status",
                max_seconds=90,
                ring_seconds=0.05,
                talk_seconds=0.05,
                account=account,
            )
            report = await place_call(plan, caller)
            await account.until_all_ended()
    assert voice.rung.is_set(), caller.story()
    assert WARNING not in heard_before
    heard = " ".join(one.text for one in caller.ear.heard)
    assert "hang up and call nine one one right now." in heard
    assert "I'm ringing the team for you as well." in heard
    assert (report.outcome, report.transferred_to) == (CallResult.TRANSFERRED, DESK), caller.story()
    assert "This may be an emergency" in account.legs[0].told
    assert (len(account.legs), report.legs) == (1, []), "nobody was rung twice"
