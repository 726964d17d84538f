"""A caller and the receptionist, where functions give what a test says."""

import json
from typing import Any

from agent.dialogue.policy import Action, next_action
from agent.dialogue.state import Ask, State
from contracts.conversation import Message
from contracts.partner import PracticeFacts
from tests.fakes.practice_api import CALLER, FACTS, NOW

SLOTS: list[dict[str, Any]] = [
    {
        "slot_id": "s1",
        "start": "2026-12-01T14:00:00-05:00",
        "spoken": "Tuesday the first of December at two p.m.",
        "practitioner": "Dr. Maya Lee",
    },
    {
        "slot_id": "s2",
        "start": "2026-12-02T09:30:00-05:00",
        "spoken": "Wednesday the second of December at nine thirty a.m.",
        "practitioner": None,
    },
]
RESULTS: list[dict[str, Any]] = [
    {"status": "ok", "when": "Tuesday", "slots": SLOTS, "more": True},
    {"status": "ok", "when": "Tuesday", "slots": SLOTS[:1], "asked_time_is_free": True},
    {"status": "none", "reason": "full", "say": "I'm sorry, there's nothing free then.", "slots": SLOTS},
    {"status": "none", "reason": "closed", "say": "I'm sorry, we're closed then.", "slots": []},
    {"status": "ask", "say": "Which day would suit you?"},
    {"status": "unavailable", "say": "I'm sorry, I can't reach our calendar just now."},
    {
        "status": "read_back",
        "of": "book",
        "say": "That's Tuesday the first of December at two p.m., for Anna Bell.",
        "ask": "Is that right?",
        **SLOTS[0],
    },
    {
        "status": "booked",
        "say": "You're booked: a cleaning on Tuesday the first of December at two p.m.",
        **SLOTS[0],
    },
    {"status": "taken", "say": "I'm sorry, that time has just been taken.", "slots": SLOTS},
    {"status": "pending", "say": "I've asked for it. It isn't booked yet."},
    {"status": "unknown", "say": "I can't tell you yet whether it is booked."},
    {"status": "refused", "say": "I'm sorry, nothing is booked."},
    {"status": "invalid", "field": "phone", "say": "Could you say the number again?"},
    {"status": "invalid", "error": "when: field required"},
    {"status": "taken_down", "say": "Thank you, I've passed your message on."},
    {"status": "not_possible", "say": "I'm sorry, I can't put you through just now."},
    {"status": "ok", "passages": [{"text": "There is a car park.", "file": "a.md", "heading": "Parking"}]},
    {"status": "nothing"},
    {},
]


def exchange(name: str, arguments: dict[str, Any] | str, result: Any, answered: bool) -> list[Message]:
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    call = {"id": "c1", "type": "function", "function": {"name": name, "arguments": text}}
    messages: list[Message] = [{"role": "assistant", "content": None, "tool_calls": [call]}]
    if answered:
        messages.append(
            {
                "role": "tool",
                "tool_call_id": "c1",
                "content": result if isinstance(result, str) else json.dumps(result),
            }
        )
    return messages


def decide(
    messages: list[Message], caller_number: str | None = CALLER, facts: PracticeFacts = FACTS
) -> Action:
    return next_action(messages, facts, NOW, caller_number)


def asked_by(move: Action) -> Ask:
    return State.load(dict(move.state)).asked


class Talk:
    """A caller and the receptionist; functions give what the test says, and nothing else."""

    def __init__(
        self,
        caller_number: str | None = CALLER,
        facts: PracticeFacts = FACTS,
        *,
        number_proves: bool = True,
        by_ear: bool = False,
    ) -> None:
        self.by_ear = by_ear
        self.caller_number, self.facts, self.number_proves = caller_number, facts, number_proves
        self.messages: list[Message] = []
        self.gives: dict[str, dict[str, Any]] = {
            "find_appointments": {"status": "none"},
            "search_availability": RESULTS[1],
            "book_appointment": RESULTS[6],
        }
        self.move = self._go_on()

    def hear(self, text: str) -> Action:
        self.messages.append({"role": "user", "content": text})
        self.move = self._go_on()
        return self.move

    def calls(self, name: str) -> list[dict[str, Any]]:
        made = [call["function"] for message in self.messages for call in message.get("tool_calls") or ()]
        return [json.loads(one["arguments"]) for one in made if one["name"] == name]

    @property
    def state(self) -> State:
        return State.load(next(one["dialogue"] for one in reversed(self.messages) if "dialogue" in one))

    def _go_on(self) -> Action:
        for _ in range(6):
            move = next_action(
                self.messages,
                self.facts,
                NOW,
                self.caller_number,
                number_proves=self.number_proves,
                by_ear=self.by_ear,
            )
            if move.is_silent:
                return move
            message: Message = {"role": "assistant", "content": move.say, "dialogue": dict(move.state)}
            self.messages.append(message)
            if move.call is None:
                return move
            function = {"name": move.call.name, "arguments": json.dumps(move.call.arguments)}
            message["tool_calls"] = [{"id": move.call.id, "type": "function", "function": function}]
            if move.call.name == "end_call":
                return move
            result = json.dumps(self.gives.get(move.call.name, {"status": "nothing"}))
            self.messages.append({"role": "tool", "tool_call_id": move.call.id, "content": result})
        raise AssertionError("no end")
