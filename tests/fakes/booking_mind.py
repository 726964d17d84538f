"""A model that can hold the one conversation of a caller who books, and fails when told."""

from collections.abc import Callable
from typing import Any

from tests.fakes.openai_server import Breaks, Calls, Fails, Hangs, Reply, Says

_ENOUGH = 0.35
"""Of its answers fail while it fails."""
_BOOKING: dict[str, Any] = {"slot_id": "s1", "name": "Daniel Reed", "phone": "caller"}
_SEARCH: dict[str, Any] = {"when": "tomorrow at two", "service": "Cleaning"}


class BookingMind:
    """Answers a request by the caller's last words.

    Args:
        number: Gives a number between two others.
    """

    def __init__(self, number: Callable[[float, float], float]) -> None:
        self._number = number
        self.failures: tuple[str, ...] = ()
        """Kinds of failure, of which it takes one now and then: ``cut``, ``hung``, ``500``, ``drip``."""
        self.asked = 0

    def __call__(self, body: dict[str, Any]) -> Reply:
        """Answer."""
        self.asked += 1
        good = _good_answer(body["messages"])
        if self.failures and self._number(0, 1) < _ENOUGH:
            return self._failure(good)
        return good

    def _failure(self, good: Reply) -> Reply:
        words = good.text if isinstance(good, Says) else "Let me have a look at what there is"
        match self.failures[int(self._number(0, len(self.failures)))]:
            case "cut":
                return Breaks(words, 1 + int(self._number(0, len(words.split()) - 1)))
            case "hung":
                return Hangs()
            case "drip":
                return Says(words, pause_seconds=1.2)
        return Fails(500)


def _good_answer(messages: list[dict[str, Any]]) -> Reply:
    messages = [one for one in messages if one["role"] in {"user", "assistant", "tool"}]
    last = messages[-1]
    said = str(last.get("content") or "").lower()
    asked = next(
        (
            str(m["content"]).lower()
            for m in reversed(messages)
            if m["role"] == "assistant" and m.get("content")
        ),
        "",
    )
    if last["role"] == "user":
        if "cleaning tomorrow" in said or "tomorrow at two" in said:
            return Calls((("search_availability", _SEARCH),))
        if "daniel reed" in said:
            return Says("Thank you, Daniel. Can I use the number you're calling from?")
        if "that's right" in said or ("yes" in said and "calling from" in asked):
            return Calls((("book_appointment", _BOOKING),))
        if "yes" in said and "shall i take that" in asked:
            return Says("All right. What's your full name, please?")
        if "that's all" in said:
            return Calls((("end_call", {"reason": "booked"}),))
    return Fails(500, "at_a_loss")
