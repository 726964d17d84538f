"""What Prometheus reads of this process: counts and times, never a word, name or number of anybody."""

from prometheus_client import CollectorRegistry, Counter, Histogram, PlatformCollector, ProcessCollector

REGISTRY = CollectorRegistry()
"""Of this process alone; gauges of its present state are added as it is read."""
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

_WAITS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0, 3.0, 5.0, 8.0)
_REQUESTS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

CALLS_STARTED = Counter("chairside_calls_started", "Calls that were taken.", registry=REGISTRY)
CALLS_REFUSED = Counter(
    "chairside_calls_refused", "Calls that went to the practice's own number.", ["why"], registry=REGISTRY
)
CALLS_ENDED = Counter(
    "chairside_calls_ended", "Calls that ended, by what came of them.", ["outcome"], registry=REGISTRY
)
GREETING = Histogram(
    "chairside_greeting_seconds",
    "From the connected call to the bot's first sound.",
    buckets=_WAITS,
    registry=REGISTRY,
)
ANSWER = Histogram(
    "chairside_answer_seconds",
    "Voice to voice: from the caller's last sound to the bot's first.",
    buckets=_WAITS,
    registry=REGISTRY,
)
STAGE = Histogram(
    "chairside_answer_stage_seconds",
    "The parts of that: turn (end of turn and recognition), words (model or local bot), voice.",
    ["stage"],
    buckets=_WAITS,
    registry=REGISTRY,
)
BOOKINGS = Counter(
    "chairside_bookings",
    "Requests to book, cancel and move that came to a state.",
    ["operation", "state"],
    registry=REGISTRY,
)
TEXTS_REFUSED = Counter(
    "chairside_texts_refused",
    "Text messages that were not sent because they cost too much: account, bot, number, country.",
    ["limit"],
    registry=REGISTRY,
)
PLATFORM = Histogram(
    "chairside_platform_seconds",
    "Requests to booking platforms outside, by what became of them.",
    ["outcome"],
    buckets=_REQUESTS,
    registry=REGISTRY,
)
