"""A process of follow-ups, to be killed: ``python -m`` me; its settings are the environment.

It uses what the real one uses; its Twilio and its partner's server are addresses on this machine.
"""

import asyncio
import sys
from datetime import datetime

from config.settings import Settings
from kit.keyring import Keyring
from tests.fakes.follow_ups import RunningClock, open_process


async def main(now: str) -> None:
    """Follow up until someone ends it."""
    keyring, clock = Keyring(b"a master key of thirty-two bytes"), RunningClock(datetime.fromisoformat(now))
    settings = Settings(_env_file=None)
    async with open_process(settings, keyring, clock, twilio=None, partner=None) as (_, follow_ups, _):
        follow_ups.start()
        await asyncio.Event().wait()


asyncio.run(main(sys.argv[1]))
