"""The exchange: places a call to a bot as Twilio does, and runs the TwiML that it answers with."""

import asyncio
import contextlib
import io
import math
import secrets
import time
import wave
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import Any, Final

import httpx
import numpy as np

from rehearsal import mulaw
from rehearsal.account import ACCOUNT_SID, API_VERSION, Account, LegAnswer, pick_up
from rehearsal.call_report import CallReport, CallResult, Leg
from rehearsal.carriers import CarrierName, carrier
from rehearsal.conditions import CLEAN, LineConditions
from rehearsal.line import Caller, Line
from rehearsal.media import MediaStream, StreamError
from rehearsal.recorder import Recorder
from rehearsal.timing import Timing
from rehearsal.twiml import (
    ConnectStream,
    Dial,
    Gather,
    Hangup,
    Pause,
    Play,
    Record,
    Redirect,
    Reject,
    Say,
    TwimlError,
    Unsupported,
    Verb,
    parse,
)
from rehearsal.webhook import WebhookError, Webhooks, read_overrides

_MAX_DOCUMENTS: Final = 100
"""TwiML documents of one call; a bot that redirects in circles is stopped."""
_SPOKEN_WORD_SECONDS: Final = 0.35

Speaker = Callable[[str], Awaitable[bytes]]
"""Turns text into µ-law audio; the carrier's own voice for ``<Say>``."""


@dataclass(frozen=True)
class CallPlan:
    """A call to place."""

    voice_url: str
    """The bot's voice webhook; overrides may stand in its fragment."""
    auth_token: str
    """Signs the requests; for Telnyx a private key, 32 bytes in hex."""
    to: str
    """The number called, E.164."""
    from_: str
    """The caller's number, E.164."""
    status_url: str | None = None
    """The status callback, told when the call has ended."""
    max_seconds: float = 300.0
    """The call is cut off then."""
    record: Path | None = None
    """Where the stereo WAV file goes."""
    conditions: LineConditions = CLEAN
    """What the line does to the caller's voice."""
    legs: tuple[LegAnswer, ...] = ()
    """What those do whom the bot rings, one after the other; who is not named here takes the call."""
    ring_seconds: float = 0.3
    """How long a line rings before nobody has picked up: shorter than in life."""
    talk_seconds: float = 0.3
    """How long the caller talks with a person who took the call."""
    account_sid: str = ACCOUNT_SID
    carrier: CarrierName = "twilio"
    """Whose requests, signatures and media stream the bot sees."""
    speaker: Speaker | None = None
    """The carrier's voice; without it ``<Say>`` is silence of the text's length."""
    account: Account | None = None
    """Whose REST API the bot uses, if it does."""


class _Ended(Exception):
    def __init__(self, outcome: CallResult, detail: str = "") -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.detail = detail


async def place_call(
    plan: CallPlan, caller: Caller, *, client: httpx.AsyncClient | None = None, timing: Timing | None = None
) -> CallReport:
    """Place a call and see it through; what the bot does is told in the report, never raised.

    The caller is asked 50 times a second; ``timing`` is filled in while the call goes on.
    """
    async with contextlib.AsyncExitStack() as stack:
        if client is None:
            client = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
        return await _Call(
            plan, caller, Webhooks(client, carrier(plan.carrier, plan.auth_token)), timing or Timing()
        ).run()


class _Call:
    """One call in progress."""

    def __init__(self, plan: CallPlan, caller: Caller, webhooks: Webhooks, timing: Timing) -> None:
        self._plan = plan
        self._webhooks = webhooks
        recorder = Recorder(plan.record) if plan.record else None
        self._line = Line(caller, recorder, timing, plan.conditions)
        self._report = CallReport(
            call_sid=f"CA{secrets.token_hex(16)}",
            timing=timing,
            pace=self._line.pace,
            recording=plan.record,
        )
        self._documents = 0
        self._account = plan.account
        self._redirects: asyncio.Queue[str] = asyncio.Queue()
        self._ended_by_bot = asyncio.Event()

    def redirect(self, url: str) -> bool:
        """Have the call go on with another document, breaking off what it is at."""
        self._redirects.put_nowait(url)
        return True

    def end(self) -> None:
        """End the call."""
        self._ended_by_bot.set()

    async def run(self) -> CallReport:
        report, began = self._report, time.monotonic()
        if self._account is not None:
            self._account.enter(report.call_sid, self)
        carrying = asyncio.create_task(self._line.carry())
        hang_up = asyncio.create_task(self._line.hung_up.wait())
        verbs = asyncio.create_task(self._follow(self._plan.voice_url, "POST", {"CallStatus": "ringing"}))
        ended = asyncio.create_task(self._ended_by_bot.wait())
        tasks: tuple[asyncio.Task[Any], ...] = (verbs, hang_up, carrying, ended)
        try:
            await asyncio.wait(
                tasks,
                timeout=self._plan.max_seconds,
                return_when=asyncio.FIRST_COMPLETED,
            )
            report.outcome, report.detail = self._ending(verbs, hang_up, carrying)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._line.close()
            if self._account is not None:
                self._account.leave(report.call_sid)
        report.duration_seconds = time.monotonic() - began
        await self._tell_status()
        return report

    def _ending(
        self, verbs: asyncio.Task[None], hang_up: asyncio.Task[Any], carrying: asyncio.Task[None]
    ) -> tuple[CallResult, str]:
        if verbs.done():
            error = verbs.exception()
            if isinstance(error, _Ended):
                return error.outcome, error.detail
            if error is not None:
                raise error
            return self._ended_by_bot_itself()
        if carrying.done():
            return CallResult.CALLER_FAILED, f"the caller broke down: {carrying.exception()!r}"
        if hang_up.done():
            return CallResult.CALLER_HUNG_UP, ""
        if self._ended_by_bot.is_set():
            return self._ended_by_bot_itself()
        return CallResult.TOO_LONG, f"the call was cut off after {self._plan.max_seconds:g} s"

    def _ended_by_bot_itself(self) -> tuple[CallResult, str]:
        if self._report.streams and not any(stream.opened for stream in self._report.streams):
            return CallResult.STREAM_FAILED, self._report.remarks[-1]
        if self._report.transferred_to is not None:
            return CallResult.TRANSFERRED, ""
        return CallResult.BOT_HUNG_UP, ""

    async def _follow(self, url: str, method: str, extra: dict[str, str]) -> None:
        """Fetch TwiML and run it; returns when the document ends, which ends the call."""
        while True:
            step = asyncio.create_task(self._step(url, method, extra))
            told = asyncio.create_task(self._redirects.get())
            try:
                await asyncio.wait({step, told}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                both = [one for one in (step, told) if not one.done()]
                for one in both:
                    one.cancel()
                await asyncio.gather(*both, return_exceptions=True)
            if not told.cancelled():
                self._line.playback.clear()
                url, method, extra = told.result(), "POST", {}
                continue
            target = step.result()
            if target is None:
                return
            url, method, extra = target

    async def _step(
        self, url: str, method: str, extra: dict[str, str]
    ) -> tuple[str, str, dict[str, str]] | None:
        return await self._run(await self._fetch(url, method, extra))

    async def _fetch(self, url: str, method: str, extra: dict[str, str]) -> tuple[Verb, ...]:
        self._documents += 1
        if self._documents > _MAX_DOCUMENTS:
            raise _Ended(CallResult.BAD_TWIML, f"more than {_MAX_DOCUMENTS} TwiML documents in one call")
        fields = self._fields() | {"CallStatus": "in-progress"} | extra
        try:
            answer = await self._webhooks.ask(url, fields, method)
        except WebhookError as error:
            never = self._documents == 1 and error.trouble == "ct"
            raise _Ended(
                CallResult.UNREACHABLE if never else CallResult.WEBHOOK_FAILED, str(error)
            ) from error
        try:
            return parse(answer.text, read_overrides(url)[0])
        except TwimlError as error:
            raise _Ended(CallResult.BAD_TWIML, f"{read_overrides(url)[0]}: {error}") from error

    async def _run(self, verbs: tuple[Verb, ...]) -> tuple[str, str, dict[str, str]] | None:
        """Run verbs in order; a webhook to go to next ends the document."""
        for verb in verbs:
            match verb:
                case Redirect(url, method):
                    return url, method, {}
                case Hangup():
                    return None
                case Reject(reason):
                    raise _Ended(CallResult.REJECTED, f"the bot rejected the call: {reason}")
                case ConnectStream() | Dial() | Gather() | Record():
                    extra = await self._interact(verb)
                    if extra is not None and verb.action:
                        return verb.action, verb.method, extra
                case _:
                    await self._perform(verb)
        return None

    async def _interact(self, verb: ConnectStream | Dial | Gather | Record) -> dict[str, str] | None:
        """Run a verb that may report to its ``action``; give what to report, or None for nothing."""
        match verb:
            case ConnectStream(url, parameters):
                return await self._stream(url, parameters)
            case Dial():
                return await self._dial(verb)
            case Gather(inner, timeout_seconds):
                for step in inner:
                    await self._perform(step)
                await asyncio.sleep(timeout_seconds)
                return {"Digits": ""} if verb.action_on_empty else None
            case Record(max_seconds):
                # The message is on the call's own recording; a carrier would host its own copy.
                await asyncio.sleep(min(max_seconds, verb.silence_seconds))
                sid = f"RE{secrets.token_hex(16)}"
                account = f"https://api.twilio.com/{API_VERSION}/Accounts/{self._plan.account_sid}"
                return {
                    "RecordingSid": sid,
                    "RecordingUrl": f"{account}/Recordings/{sid}",
                    "RecordingDuration": str(round(verb.silence_seconds)),
                }

    async def _perform(self, verb: Verb) -> None:
        match verb:
            case Say(text):
                await self._say(text)
            case Pause(seconds):
                await asyncio.sleep(seconds)
            case Play(url):
                await self._play(url)
            case Unsupported(tag):
                self._report.remarks.append(f"<{tag}> is not supported here")
            case _:
                self._report.remarks.append(f"{type(verb).__name__} may not stand there")

    async def _say(self, text: str) -> None:
        if self._plan.speaker is None:
            await asyncio.sleep(_SPOKEN_WORD_SECONDS * len(text.split()))
            return
        self._line.playback.add(await self._plan.speaker(text))
        await self._line.played_out()

    async def _play(self, url: str) -> None:
        """Play a WAV file as the telephone has it."""
        try:
            sound = _telephone_sound((await self._webhooks.ask(url, {}, "GET")).content)
        except (WebhookError, wave.Error, EOFError) as error:
            self._report.remarks.append(f"<Play> is not played here: {url} ({error})")
            return
        self._line.playback.add(sound)
        await self._line.played_out()

    async def _stream(self, url: str, parameters: dict[str, str]) -> dict[str, str]:
        stream = MediaStream(
            self._line,
            self._plan.account_sid,
            self._report.call_sid,
            parameters,
            carrier=self._webhooks.carrier,
        )
        self._report.streams.append(stream.report)
        try:
            await stream.run(url)
        except StreamError as error:
            # Twilio goes on with the next verb (its error 31920), so that the bot can recover.
            self._report.remarks.append(str(error))
            return {"StreamSid": stream.report.stream_sid, "StreamError": str(error)}
        return {"StreamSid": stream.report.stream_sid}

    async def _dial(self, verb: Dial) -> dict[str, str]:
        """Ring somebody; who picks up is told what for first, where the bot wants that."""
        report, plan = self._report, self._plan
        if verb.conference is not None:
            return await self._confer(verb)
        answer = plan.legs[len(report.legs)] if len(report.legs) < len(plan.legs) else "accept"
        leg = Leg(verb.number, answer)
        report.legs.append(leg)
        child = f"CA{secrets.token_hex(16)}"
        told = {"DialCallSid": child, "DialBridged": "false"}
        if answer in {"no-answer", "busy", "failed"}:
            await asyncio.sleep(min(verb.ring_seconds, plan.ring_seconds))
            return told | {"DialCallStatus": answer}
        if verb.whisper is not None and not await self._whisper(verb, child, leg):
            return told | {"DialCallStatus": "no-answer" if verb.confirms else "completed"}
        report.transferred_to = verb.number
        if verb.action is None:
            raise _Ended(CallResult.TRANSFERRED)
        await asyncio.sleep(plan.talk_seconds)
        return told | {"DialCallStatus": "completed", "DialBridged": "true"}

    async def _confer(self, verb: Dial) -> dict[str, str]:
        """Meet somebody in a conference whom the bot has called."""
        if self._account is None or verb.conference is None:
            self._report.remarks.append("<Conference> needs an account")
            return {"DialCallStatus": "failed"}

        async def alone() -> None:
            if verb.wait_url is None:
                await asyncio.sleep(self._plan.ring_seconds)
                return
            for one in await self._fetch(verb.wait_url, "POST", {}):
                await self._perform(one)

        if await self._account.confer(verb.conference, alone, None):
            self._report.transferred_to = self._account.legs[-1].number
        return {"DialCallStatus": "completed"}

    async def _whisper(self, dial: Dial, child: str, leg: Leg) -> bool:
        """Run what the one who picked up is told; True when they are connected with the caller."""
        leg_fields = {"CallSid": child, "ParentCallSid": self._report.call_sid, "To": leg.number}

        async def fetch(url: str, extra: dict[str, str]) -> tuple[Verb, ...]:
            return await self._fetch(url, "POST", leg_fields | extra)

        told = await fetch(dial.whisper or "", {})
        if dial.confirms:
            leg.told = " ".join(one.text for one in told if isinstance(one, Say))
            return leg.answer == "accept"
        return await pick_up(told, leg, fetch, self._plan.ring_seconds / 3) is not None

    def _fields(self) -> dict[str, str]:
        plan = self._plan
        return {
            "CallSid": self._report.call_sid,
            "AccountSid": plan.account_sid,
            "From": plan.from_,
            "To": plan.to,
            "Caller": plan.from_,
            "Called": plan.to,
            "Direction": "inbound",
            "ApiVersion": API_VERSION,
            "CallerCountry": "US",
            "CalledCountry": "US",
            "FromCountry": "US",
            "ToCountry": "US",
        }

    async def _tell_status(self) -> None:
        """Tell the status callback, as far as anybody listens."""
        if self._plan.status_url is None or self._report.outcome is CallResult.UNREACHABLE:
            return
        seconds = self._report.duration_seconds
        fields = self._fields() | {
            "CallStatus": "completed",
            "CallDuration": str(round(seconds)),
            "Duration": str(math.ceil(seconds / 60)),
            "Timestamp": formatdate(),
            "CallbackSource": "call-progress-events",
            "SequenceNumber": "0",
        }
        try:
            await self._webhooks.ask(self._plan.status_url, fields)
        except WebhookError as error:
            self._report.remarks.append(f"the status callback failed: {error}")


def _telephone_sound(content: bytes) -> bytes:
    """Read a WAV file of 16-bit samples at 8 kHz, one channel, as µ-law."""
    with wave.open(io.BytesIO(content)) as file:
        form = file.getnchannels(), file.getsampwidth(), file.getframerate()
        if form != (1, 2, mulaw.SAMPLE_RATE_HZ):
            raise wave.Error(f"a file of {form}")
        return mulaw.encode(np.frombuffer(file.readframes(file.getnframes()), dtype="<i2"))
