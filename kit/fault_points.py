"""Points at which a test may have the process die, to prove that nothing is booked twice or lost."""

import os
import signal

POINTS = (
    "ledger.claiming",
    "ledger.claimed",
    "relay.answered",
    "ledger.settling",
    "ledger.settled",
    "door.answering",
    "followups.handing_over",
    "followups.handed_over",
)
"""In the order in which a booking passes them: each is reached just before or just after what it names."""


class FaultPoints:
    """Kills the process at one of the points; in production, at none."""

    def __init__(self, kill_at: str | None = None) -> None:
        if kill_at is not None and kill_at not in POINTS:
            raise ValueError(f"{kill_at} is no fault point; there are {', '.join(POINTS)}")
        self._kill_at = kill_at

    def reach(self, name: str) -> None:
        """Say that a point is reached."""
        if name == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
