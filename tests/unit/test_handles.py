"""Short names of offers and appointments: of one conversation, in the place of the ids under them."""

import json
from typing import Any

import pytest

from contracts.conversation import ADDED_BY, Message
from tools.handles import Handles, id_of, ids_by_handle, with_handles

SLOT = {"slot_id": "sealed-1", "handle": "s1", "spoken": "Tuesday"}


def gave(result: Any, number: int = 1, **arguments: Any) -> list[Message]:
    function = {"name": "search_availability", "arguments": json.dumps(arguments)}
    call = {"id": f"c{number}", "type": "function", "function": function}
    text = result if isinstance(result, str) else json.dumps(result)
    return [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": f"c{number}", "content": text},
    ]


def test_a_handle_stands_for_the_latest_id() -> None:
    messages = [*gave({"slots": [SLOT]}), *gave({"slots": [SLOT | {"slot_id": "sealed-2"}]}, 2)]
    assert ids_by_handle(messages) == {"s1": "sealed-2"}
    assert id_of(" S1", messages) == "sealed-2"
    assert id_of("sealed-1", messages) == "sealed-1"
    assert id_of("s2", messages) == "s2"


def test_what_was_put_in_from_outside_gives_no_handles() -> None:
    assert ids_by_handle([{**one, ADDED_BY: "c"} for one in gave({"slots": [SLOT]})]) == {}


def test_handles_are_counted_on_and_one_thing_keeps_its_own() -> None:
    handles = Handles()
    before = gave({"slots": [SLOT], "appointment": {"booking_id": "bkg_9", "handle": "a4"}})
    assert handles.give("a", "bkg_9", before) == "a4"
    assert [handles.give("a", one, before) for one in ("bkg_1", "bkg_2", "bkg_1")] == ["a5", "a6", "a5"]
    assert handles.give("s", ("ten", 30), before) == "s2"
    # Two searches at once: the conversation holds neither of their results yet.
    assert handles.give("s", ("eleven", 30), before) == "s3"


def test_the_model_sees_handles_and_no_keys() -> None:
    result = {"slot_id": "sealed-1", "intent": "cs-abc", "say": "sealed-1", "slots": [SLOT]}
    (called, gave_back) = with_handles(gave(result, slot_id="sealed-1", name="sealed-1"))
    shown = {"slot_id": "s1", "say": "sealed-1", "slots": [{"slot_id": "s1", "spoken": "Tuesday"}]}
    assert json.loads(gave_back["content"]) == shown
    arguments = json.loads(called["tool_calls"][0]["function"]["arguments"])
    assert arguments == {"slot_id": "s1", "name": "sealed-1"}


@pytest.mark.parametrize("text", ["", "[]", "{", "IN_PROGRESS", "[" * 5000])
def test_what_is_no_result_is_shown_as_it_is(text: str) -> None:
    assert with_handles(gave(text))[1]["content"] == text
