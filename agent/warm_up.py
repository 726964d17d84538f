"""What is built when it is first used, used before the first call: no caller's words hold up all others."""

from datetime import UTC, datetime
from typing import get_args

from agent.dialogue.policy import next_action
from contracts.conversation import Message
from contracts.partner import PracticeFacts
from language.agreement import load_grammar
from language.danger.detector import DangerDetector
from language.known_names import Part
from language.spelled_names import likeliest

_NOW = datetime(2026, 1, 1, 9, tzinfo=UTC)
_ANYWHERE = PracticeFacts(name="Main Street Dental", timezone="UTC")
_SAID = (
    "I'd like a cleaning tomorrow at two, please.",
    "My name is Daniel Reed, and my number is 202 555 0164.",
    "Yes, that's right. Do you have parking?",
)
"""Enough to have every table and pattern of ours asked."""
_LANGUAGES = ("en", "es")


def warm_up() -> None:
    """Have a few sentences understood; takes a second or two, so not on the event loop."""
    load_grammar()
    for part in get_args(Part):
        likeliest(["Reed"], part, "")
    detector = DangerDetector.shared()
    for language in _LANGUAGES:
        for words in _SAID:
            detector.read(words, language)
    messages: list[Message] = []
    for words in _SAID:
        messages.append({"role": "user", "content": words})
        move = next_action(messages, _ANYWHERE, _NOW, None)
        messages.append({"role": "assistant", "content": move.say or "One moment, please."})
