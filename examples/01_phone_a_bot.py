"""Phone any bot that speaks Twilio's Voice webhooks and Media Streams, and listen to it.

    chairside init --demo && chairside serve      # or any bot of your own
    python examples/01_phone_a_bot.py http://127.0.0.1:8080 +12025550142 "$TWILIO_AUTH_TOKEN"

Prints what the bot says and how fast it answers, and records the call to call.wav (caller left, bot right).
"""

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from rich.console import Console

from rehearsal.conversation import Conversation
from rehearsal.exchange import CallPlan
from rehearsal.phone_patient import PATIENT_VOICE, PhonePatient
from rehearsal.report import LiveReport
from rehearsal.scenario import find_scenarios
from rehearsal.speech import SpeechProcess
from rehearsal.timing import Timing


async def main(url: str, number: str, auth_token: str) -> bool:
    """Place the call; say whether it ended as calls do."""
    now = datetime.now().astimezone()
    (scenario,) = find_scenarios(["book-a-cleaning"], now)  # or the path of your own TOML file
    timing = Timing()
    live = LiveReport(Console(), timing)
    plan = CallPlan(
        voice_url=f"{url}/twilio/voice",
        status_url=f"{url}/twilio/status",
        auth_token=auth_token,
        to=number,
        from_=scenario.patient.phone,
        record=Path("call.wav"),
    )
    async with SpeechProcess() as speech:  # the caller's voice and ears; no network
        conversation = Conversation(PhonePatient(scenario), speech, PATIENT_VOICE, live.tell, timing)
        await conversation.prepare()
        report = await conversation.hold(plan)
    live.summary(report)
    return report.ended_cleanly


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main(*sys.argv[1:4])) else 1)
