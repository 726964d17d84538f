"""A storage of rate limits whose clock a test moves."""

from math import floor

from limits.aio.storage import MemoryStorage


class ClockedStorage(MemoryStorage):
    """Counts in this process, by a clock of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 1_000_000.0

    async def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        window, passed = divmod(self.seconds, expiry)
        previous, current = (self.storage[f"{key}/{number}"] for number in (window - 1, window))
        left = expiry - passed
        return previous, left if previous else 0.0, current, left + expiry

    async def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        previous, left, current, _ = await self.get_sliding_window(key, expiry)
        if floor(previous * left / expiry + current) + amount > limit:
            return False
        self.storage[f"{key}/{self.seconds // expiry}"] += amount
        return True
