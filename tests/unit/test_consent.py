"""Whether a read-back was heard and answered, read off the messages alone."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from contracts.conversation import Message, calls_of, results_of, text_of
from tools.consent import confirmed, refuses, refuses_cancelling, refuses_moving

START = datetime(2026, 12, 1, 14, tzinfo=ZoneInfo("America/New_York"))
HEARD = "That's a cleaning on Tuesday the first of December at two p.m., for Anna Bell. Is that right?"


def read_back(intent: str = "cs-1", status: str = "read_back") -> list[Message]:
    call = {"id": "c1", "type": "function", "function": {"name": "book_appointment", "arguments": "{}"}}
    return [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": json.dumps({"status": status, "intent": intent})},
    ]


def bot(text: str) -> Message:
    return {"role": "assistant", "content": text}


def caller(text: str) -> Message:
    return {"role": "user", "content": text}


def test_read_back_then_heard_then_answered_is_consent() -> None:
    assert confirmed([*read_back(), bot(HEARD), caller("Yes.")], "cs-1", START)


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [bot(HEARD), caller("Yes.")],
        [*read_back(), caller("Yes.")],
        [*read_back(), bot(HEARD)],
        [*read_back(), bot(HEARD), caller("")],
        [*read_back(), bot(HEARD), caller("No.")],
        [*read_back(), bot(HEARD), caller("No."), bot("What is wrong?"), caller("Nothing, go on.")],
        [*read_back(), bot("One moment."), caller("Yes.")],
        [*read_back(), bot("On Tuesday at three p.m., right?"), caller("Yes.")],
        [*read_back("cs-2"), bot(HEARD), caller("Yes.")],
        [*read_back(status="ok"), bot(HEARD), caller("Yes.")],
        [bot(HEARD), caller("Yes."), *read_back()],
        [*read_back(), bot(HEARD), caller("Yes."), *read_back()],
    ],
    ids=[
        "nothing",
        "no read-back",
        "not spoken",
        "not answered",
        "not understood",
        "refused",
        "refused, then something else",
        "spoken without the time",
        "spoken with another time",
        "another intent",
        "another status",
        "answered before",
        "read back again since",
    ],
)
def test_anything_less_is_not(messages: list[Message]) -> None:
    assert not confirmed(messages, "cs-1", START)


REFUSALS = """
no; No.; Nope!; no no no; No, that's not right.; that's wrong; wait; um, no; hold on a second; actually no;
don't book it; That isn't right; No, it's Hannah.; wrong number; I said Thursday; please change the time;
not quite
"""
OTHERS = """
yes; Yeah.; that's right; correct; okay; sure; mm-hmm; No, that's fine.; no problem; yes, no changes;
sounds good; go ahead; perfect; is there parking?; why not
"""


@pytest.mark.parametrize("words", REFUSALS.strip().split(";"))
def test_refusals_are_known(words: str) -> None:
    assert refuses(words)


@pytest.mark.parametrize("words", OTHERS.strip().split(";"))
def test_other_answers_are_no_refusals(words: str) -> None:
    assert not refuses(words)


@pytest.mark.parametrize(
    "words",
    [
        "Actually, make it Wednesday.",
        "Could we do three o'clock instead?",
        "What about Thursday?",
        "Yes, but make it Wednesday.",
        "I'd rather come in the morning.",
    ],
)
def test_another_wish_is_no_agreement(words: str) -> None:
    assert refuses(words)


@pytest.mark.parametrize("words", ["Yes, make it so.", "Actually, that's perfect.", "Sure, go ahead."])
def test_agreement_in_other_words_is_agreement(words: str) -> None:
    assert not refuses(words)


def test_messages_are_read_whatever_their_shape() -> None:
    assert text_of({"role": "user", "content": [{"type": "text", "text": "a"}, {"text": "b"}, 3]}) == "a b"
    assert text_of({"role": "assistant", "content": None}) == ""
    odd: Message = {
        "role": "assistant",
        "tool_calls": [{"id": "x", "function": {"name": "f", "arguments": "{"}}],
    }
    assert calls_of(odd)[0].arguments == {}
    (found,) = results_of([odd, {"role": "tool", "tool_call_id": "x", "content": "[]"}])
    assert (found.name, found.result, found.status) == ("f", {}, "")
    (orphan,) = results_of([{"role": "tool", "tool_call_id": "?", "content": '{"status": "ok"}'}])
    assert (orphan.name, orphan.status) == ("", "ok")


KEPT = """
no; keep it; No, leave it; don't cancel it; I don't want to cancel; wait; hold on; actually, move it instead;
can I change it to Friday; the other one; not that one; no, cancel the other one; please do not cancel
"""
CANCELLED = """
yes; cancel it; Yes, cancel it please.; please cancel that; go ahead and cancel; I don't need it any more;
I can't make it; No, that's fine.; okay; that's right
"""
STAYED = (
    "no; make it four; keep the old one; cancel it instead; wait; actually Thursday instead; don't move it"
)
MOVED = "yes; move it; Yes, change it please; okay, reschedule it; that's fine; sounds good"


@pytest.mark.parametrize("words", KEPT.strip().split(";"))
def test_whoever_says_no_or_something_else_cancels_nothing(words: str) -> None:
    assert refuses_cancelling(words)


@pytest.mark.parametrize("words", CANCELLED.strip().split(";"))
def test_cancel_is_a_yes_to_whether_it_is_to_be_cancelled(words: str) -> None:
    assert not refuses_cancelling(words)


@pytest.mark.parametrize("words", STAYED.split(";"))
def test_whoever_says_no_or_something_else_moves_nothing(words: str) -> None:
    assert refuses_moving(words)


@pytest.mark.parametrize("words", MOVED.split(";"))
def test_move_is_a_yes_to_whether_it_is_to_be_moved(words: str) -> None:
    assert not refuses_moving(words)
