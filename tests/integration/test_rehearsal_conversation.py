"""Two voices on a line: a simulated patient with real speech, a bot that speaks, hears and answers."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from rehearsal.call_report import CallReport, CallResult
from rehearsal.caller import Interruption
from rehearsal.conversation import Conversation
from rehearsal.events import BotSaid, CallerSaid, Event
from rehearsal.exchange import CallPlan
from rehearsal.phone_patient import PATIENT_VOICE, PhonePatient
from rehearsal.scenario import DEFAULT_SCENARIO, find_scenarios
from rehearsal.speech import SpeechError, SpeechProcess, VoiceStyle
from rehearsal.timing import Timing
from tests.fakes.silent_caller import SilentCaller
from tests.fakes.twilio_bot import HANG_UP, TOKEN, BotCall, TwilioBot

pytestmark = [
    pytest.mark.audio,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("rehearsal-conversation"),  # its speech is loaded once
]

SCENARIO = find_scenarios([DEFAULT_SCENARIO])[0]
BOT_VOICE = VoiceStyle(pitch=1.0)
NEXT: dict[str, list[str | int]] = {"/twilio/voice/next": [HANG_UP]}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def speech() -> AsyncIterator[SpeechProcess]:
    async with SpeechProcess() as process:
        yield process


class Receptionist:
    """Asks its questions one after another and notes what it heard in between."""

    def __init__(self, speech: SpeechProcess, *lines: str) -> None:
        self.heard: list[str] = []
        self._speech = speech
        self._lines = lines
        self.clear_when_interrupted = False

    async def talk(self, call: BotCall) -> None:
        for number, line in enumerate(self._lines):
            await call.say(await self._speech.say(line, BOT_VOICE))
            await call.mark(str(number))
            if number < len(self._lines) - 1:
                audio = await call.listen()
                self.heard.append(await self._speech.hear(audio))
                if self.clear_when_interrupted:
                    await call.clear()
            else:
                await call.marked(str(number))


async def converse(
    bot: TwilioBot, speech: SpeechProcess, patient: PhonePatient, record: Path | None = None
) -> tuple[CallReport, list[Event]]:
    events: list[Event] = []
    conversation = Conversation(patient, speech, PATIENT_VOICE, events.append, Timing())
    await conversation.prepare()
    return await conversation.hold(plan(bot, record)), events


def plan(bot: TwilioBot, record: Path | None = None) -> CallPlan:
    return CallPlan(
        voice_url=f"{bot.url}/twilio/voice",
        auth_token=TOKEN,
        to="+12025550142",
        from_="+12025550164",
        max_seconds=60,
        record=record,
    )


async def test_each_side_understands_the_other_over_the_telephone(
    speech: SpeechProcess, tmp_path: Path
) -> None:
    bot_side = Receptionist(
        speech,
        "Thank you for calling Maple Street Dental. How can I help you?",
        "What's your full name, please?",
        "You are booked for a cleaning on Thursday. Is there anything else I can help with?",
        "Thank you for calling. Goodbye.",
    )
    async with TwilioBot(bot_side.talk, NEXT) as bot:
        report, events = await converse(bot, speech, PhonePatient(SCENARIO), tmp_path / "call.wav")

    assert report.outcome is CallResult.BOT_HUNG_UP
    assert "cleaning" in bot_side.heard[0].lower()
    assert "thursday" in bot_side.heard[0].lower()
    assert "daniel reed" in bot_side.heard[1].lower()
    assert re.search(r"that's (all|it)|nothing else|no thanks", bot_side.heard[2].lower())
    said = [event.text.lower() for event in events if isinstance(event, BotSaid)]
    assert "how can i help" in said[0]
    assert "goodbye" in said[-1]
    assert len([event for event in events if isinstance(event, CallerSaid)]) == 3
    assert len(report.timing.responses) == 3
    assert report.timing.overlap_seconds == 0
    # Recognition ran all the while beside the loop: a loop that recognised would send one frame in ten late.
    assert report.pace.percentile(0.9) < 100


async def test_the_caller_can_speak_over_the_bot(speech: SpeechProcess) -> None:
    patient = PhonePatient(SCENARIO, interruptions=(Interruption(1, 1.0, "I need a cleaning please."),))
    bot_side = Receptionist(
        speech,
        "Thank you for calling Maple Street Dental, where we care for families since the old days.",
        "Goodbye.",
    )
    bot_side.clear_when_interrupted = True
    async with TwilioBot(bot_side.talk, NEXT) as bot:
        report, events = await converse(bot, speech, patient)
    assert "cleaning" in bot_side.heard[0].lower()
    assert report.timing.overlap_seconds > 0.5
    assert report.timing.barge_in_ms
    first = next(event for event in events if isinstance(event, CallerSaid))
    assert 0.8 <= first.start <= 2.0


async def test_a_caller_who_is_asked_nothing_says_hello_and_leaves(speech: SpeechProcess) -> None:
    async def mute(call: BotCall) -> None:
        await call.stopped.wait()

    patient = PhonePatient(SCENARIO, patience_seconds=1.0)
    async with TwilioBot(mute, NEXT) as bot:
        report, events = await converse(bot, speech, patient)
    assert report.outcome is CallResult.CALLER_HUNG_UP
    assert [event.text for event in events if isinstance(event, CallerSaid)] == ["Hello?", "Hello?"]


async def test_what_the_carrier_itself_says_is_heard(speech: SpeechProcess) -> None:
    apology = "<Response><Say>We are sorry, this number is not in service.</Say></Response>"
    events: list[Event] = []
    async with TwilioBot(answers={"/twilio/voice": [apology]}) as bot:
        conversation = Conversation(SilentCaller(), speech, VoiceStyle(), events.append, Timing())
        report = await conversation.hold(plan(bot))
    assert report.outcome is CallResult.BOT_HUNG_UP
    assert [
        event.text.lower() for event in events if isinstance(event, BotSaid) and "sorry" in event.text.lower()
    ]


async def test_a_speech_process_that_is_gone_is_an_error_and_not_a_hang() -> None:
    async with SpeechProcess() as speech:
        waiting = asyncio.create_task(speech.hear(bytes([0xFF]) * 1600))
        await asyncio.sleep(0)
        speech.kill()
        with pytest.raises(SpeechError):
            await waiting
    with pytest.raises(SpeechError):
        await speech.hear(bytes([0xFF]) * 1600)
