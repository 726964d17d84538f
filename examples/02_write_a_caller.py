"""Write a caller of your own: anything that can decide what to say next is one.

    python examples/02_write_a_caller.py http://127.0.0.1:8080 +12025550142 "$TWILIO_AUTH_TOKEN"

This one interrupts the greeting with a question, listens to the answer, says thanks, and hangs up.
"""

import asyncio
import sys
from collections.abc import Iterable

from rehearsal.caller import Decision, Interruption
from rehearsal.conversation import Conversation
from rehearsal.events import Event
from rehearsal.exchange import CallPlan
from rehearsal.speech import SpeechProcess, VoiceStyle
from rehearsal.timing import Timing

QUESTION = "Hello, where can I park?"
THANKS = "Thank you. Bye."


class Curious:
    """A `rehearsal.caller.CallerPolicy` with one question."""

    interruptions = (Interruption(turn=1, after_seconds=1.0, say=QUESTION),)

    def __init__(self) -> None:
        self.learned = ""

    def phrases(self) -> Iterable[str]:
        """Give what may be said: it is synthesised before the call."""
        return (QUESTION, THANKS)

    def think(self, heard: str, quiet_seconds: float) -> Decision | None:
        """Take the first thing said after the question for its answer; leave a dead line."""
        if heard or quiet_seconds > 10:  # noqa: PLR2004 - ten seconds of nothing
            self.learned = heard
            return Decision(THANKS, hang_up=True)
        return None


def show(event: Event) -> None:
    """Print what happens, as it happens."""
    print(event)


async def main(url: str, number: str, auth_token: str) -> bool:
    """Place the call; say whether something was learned."""
    mind, timing = Curious(), Timing()
    plan = CallPlan(f"{url}/twilio/voice", auth_token, to=number, from_="+12025550123", max_seconds=60)
    async with SpeechProcess() as speech:
        conversation = Conversation(mind, speech, VoiceStyle(pitch=1.2), show, timing)
        await conversation.prepare()
        report = await conversation.hold(plan)
    print(f"{report.outcome}; interrupted: quiet after {timing.barge_in_ms} ms; learned: {mind.learned!r}")
    return bool(mind.learned)


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main(*sys.argv[1:4])) else 1)
