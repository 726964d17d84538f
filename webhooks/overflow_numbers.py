"""The practices' own numbers, for callers whom the bot cannot take."""

from practice.partners.views import BotView

_MOST_NUMBERS = 10_000


class OverflowNumbers:
    """The practices' own numbers by the numbers that are called: remembered, so that no database is asked."""

    def __init__(self) -> None:
        self._numbers: dict[str, str | None] = {}

    def remember(self, bot: BotView) -> None:
        """Keep where a bot's callers can go."""
        if len(self._numbers) < _MOST_NUMBERS:
            self._numbers |= dict.fromkeys(bot.phone_numbers, bot.transfer_number)

    def find(self, called: str) -> str | None:
        """Find the number to ring for callers of a number; None where none is known."""
        return self._numbers.get(called)
