"""What calls cost, as far as it can be estimated; and of which answers it is told how long they took."""

from config.vendor_settings import CostSettings

SHARES = (0.5, 0.95)
"""Of the answers: within so many milliseconds the caller heard so many of them."""


def estimate(cost: CostSettings, minutes: int, answers: int) -> float:
    """Estimate what calls cost, by minutes as the carrier bills them, and the bot's answers."""
    return minutes * (cost.line_per_minute + cost.speech_per_minute) + answers * cost.model_per_answer
