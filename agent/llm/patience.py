"""How long a caller waits for a model."""

import asyncio
from dataclasses import dataclass, field

from kit.circuit_breaker import CircuitBreaker


@dataclass(frozen=True)
class Patience:
    """What one vendor's model is allowed.

    Attributes:
        sentence_seconds: Longest wait for a sentence: the first, and each further one.
        filler_seconds: How long the caller waits before they hear that the bot is thinking.
        breaker: Counts the failures of all calls of the process.
    """

    sentence_seconds: float
    filler_seconds: float
    breaker: CircuitBreaker = field(compare=False)


class Deadline:
    """Moves on with every sentence: words that drip buy no time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._timeout: asyncio.Timeout | None = None

    async def __aenter__(self) -> None:
        self._timeout = asyncio.timeout(self._seconds)
        await self._timeout.__aenter__()

    async def __aexit__(self, *error: object) -> bool | None:
        timeout, self._timeout = self._timeout, None
        return None if timeout is None else await timeout.__aexit__(*error)  # type: ignore[arg-type,func-returns-value] # as given

    def heard(self, text: str) -> None:
        """Take in what the model has said."""
        if self._timeout is not None and any(mark in text for mark in ".?!"):
            self._timeout.reschedule(asyncio.get_running_loop().time() + self._seconds)
