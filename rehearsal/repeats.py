"""Counts how often a patient is asked for what they have said already, or is not understood."""

from collections.abc import Iterator, Sequence

from rehearsal.answers import Reply
from rehearsal.hearing import Heard, ear
from rehearsal.scenario import Scenario

_FACT = {"service": "service", "name": "name", "last-name": "name", "first-name": "name", "phone": "phone"}
_OPEN = frozenset({"", "anything-else", "offer", "read-back", "danger", "cancel-it", "spell", "phone-rest"})
"""Questions that may come again: about something else each time."""


def needless_repeats(talk: Sequence[tuple[Reply, str]], scenario: Scenario) -> Iterator[str]:
    """Find the bot's turns that ask in vain, of what the patient said and what the bot answered to it."""
    hearing, known = ear(scenario.language), _Known()
    for reply, answer in talk:
        heard = hearing.hear(answer, scenario.now.date())
        known.take(reply, heard)
        if complaint := known.complaint(reply, heard):
            yield f"{complaint} after {reply.say[:50]!r}"
        known.asked(heard)


class _Known:
    """What the patient has told so far, and what they were asked."""

    def __init__(self) -> None:
        self._gave: set[str] = set()
        self._before = ""
        self._helps = 0
        self._unfit = 0

    def take(self, reply: Reply, heard: Heard) -> None:
        """Take in what the patient says; with a new want all may be asked again."""
        if reply.stage == "twist":
            self._gave.clear()
        self._gave |= reply.gave
        self._unfit += reply.unfit
        if {"booked", "moved", "cancelled"} & heard.tells:
            self._gave -= {"service", "name", "when"}
            self._before, self._helps = "", 0

    def complaint(self, reply: Reply, heard: Heard) -> str:
        """Say what is needless about a turn; empty when nothing is."""
        asks, fact = heard.asks, _FACT.get(heard.asks)
        proper = reply.answers and reply.stage not in {"twist", "question"}
        if reply.unfit and self._unfit > 1:
            return "offered what was ruled out"
        if reply.restates:
            return "let the wish be said again"
        if "unclear" in heard.tells and not reply.lost and reply.say and proper:
            return "not understood"
        if fact and fact in self._gave:
            return f"asked for the {fact} again"
        same = asks == self._before and asks == reply.stage and asks not in _OPEN and proper
        if same and not {"closed", "none-free"} & heard.tells and not (asks == "when" and heard.times):
            return f"asked {asks} again"
        return "asked how to help again" if asks == "help" and self._helps and proper else ""

    def asked(self, heard: Heard) -> None:
        """Remember what was asked."""
        self._before = heard.asks
        self._helps += heard.asks == "help"
