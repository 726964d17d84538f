"""A caller who says nothing."""

from collections.abc import Iterable

from rehearsal.caller import Decision, Interruption


class SilentCaller:
    """Says nothing at all; hangs up after a time."""

    interruptions: tuple[Interruption, ...] = ()

    def __init__(self, patience_seconds: float = 120.0) -> None:
        self._patience_seconds = patience_seconds

    def phrases(self) -> Iterable[str]:
        """Nothing to say."""
        return ()

    def think(self, heard: str, quiet_seconds: float) -> Decision | None:
        """Leave when the bot has been quiet for too long."""
        del heard
        return Decision(hang_up=True) if quiet_seconds >= self._patience_seconds else None
