"""A whole call with a speaking caller: made ready, held, and heard out to its last words."""

from dataclasses import replace
from typing import Final

from rehearsal.call_report import CallReport
from rehearsal.caller import CallerPolicy, SpeakingCaller
from rehearsal.events import OnEvent
from rehearsal.exchange import CallPlan, place_call
from rehearsal.speech import Speech, VoiceStyle
from rehearsal.timing import Timing

CARRIER_VOICE: Final = VoiceStyle(pitch=1.1)
"""The voice of the exchange itself, for ``<Say>``: neither the caller's nor the bot's."""


class Conversation:
    """One call to be held."""

    def __init__(
        self, policy: CallerPolicy, speech: Speech, style: VoiceStyle, on_event: OnEvent, timing: Timing
    ) -> None:
        self._caller = SpeakingCaller(policy, speech, style, on_event)
        self._speech = speech
        self._timing = timing

    async def prepare(self) -> None:
        """Synthesise what may be said, so that no word of the call waits, or raise SpeechError."""
        await self._caller.prepare()

    async def hold(self, plan: CallPlan) -> CallReport:
        """Place the call and see it through."""

        async def speaker(text: str) -> bytes:
            return await self._speech.say(text, CARRIER_VOICE)

        report = await place_call(replace(plan, speaker=speaker), self._caller, timing=self._timing)
        await self._caller.finish()
        return report
