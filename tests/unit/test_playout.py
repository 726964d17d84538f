"""What the caller has heard of the bot, by a clock that the test holds."""

import numpy as np
import pytest
from pipecat.frames.frames import FunctionCallResultFrame, TTSTextFrame
from pipecat.utils.text.base_text_aggregator import TextType

from agent.telephony.playout import Mark, Playout
from agent.telephony.wire import encode_ulaw

WORD_SECONDS, GAP_SECONDS = 0.4, 0.1


def text(words: str) -> TTSTextFrame:
    return TTSTextFrame(words, TextType.SENTENCE)


def speech(words: str) -> bytes:
    """A tone a word, and a gap after each."""
    times = np.arange(int(8000 * WORD_SECONDS)) / 8000
    tone = (np.sin(times * 2 * np.pi * 440) * 12000).astype("<i2").tobytes()
    return encode_ulaw((tone + bytes(int(8000 * GAP_SECONDS) * 2)) * len(words.split()))


def say(playout: Playout, words: str, now: float) -> Mark | None:
    playout.add(speech(words), now)
    return playout.close(text(words))


def sent(pieces: list[bytes | Mark]) -> list[bytes]:
    return [piece for piece in pieces if isinstance(piece, bytes)]


def marks(pieces: list[bytes | Mark]) -> list[Mark]:
    return [piece for piece in pieces if isinstance(piece, Mark)]


def test_a_held_sentence_goes_on_at_the_word_that_was_cut() -> None:
    playout = Playout()
    words = "one two three four five six"
    say(playout, words, now=100.0)
    assert playout.hold(101.75) == []  # a quarter of a second into the fourth word
    pieces = playout.resume(103.0)
    assert marks(pieces)
    (rest,) = sent(pieces)
    left = len(rest) / 8000
    assert 1.4 < left < 1.6, "from the gap before the fourth word"
    assert 104.4 < playout.ends_at(103.0) < 104.6


def test_what_comes_while_it_is_held_is_kept_in_its_order() -> None:
    playout = Playout()
    say(playout, "one two", now=100.0)
    playout.hold(100.5)
    assert playout.add(speech("three"), 100.6) == b""
    assert playout.close(text("three")) is None
    pieces = playout.resume(101.0)
    assert len(sent(pieces)) == len(marks(pieces)) == 2
    assert sent(pieces)[1] == speech("three")


def test_marks_from_before_a_hold_mean_nothing_afterwards() -> None:
    playout = Playout()
    old = say(playout, "one two three", now=100.0)
    playout.hold(100.3)
    assert old is not None
    assert playout.returned(old.name, 100.4) == [], "a carrier returns the marks of what it throws away"
    (new,) = marks(playout.resume(100.9))
    assert playout.returned(old.name, 101.0) == []
    assert [type(frame) for frame in playout.returned(new.name, 102.0)] == [TTSTextFrame]
    assert not playout.waiting


@pytest.mark.parametrize(("at", "over"), [(100.1, True), (102.9, True), (103.5, False)])
def test_who_speaks_at_its_last_word_does_not_talk_over_it(at: float, over: bool) -> None:
    playout = Playout()
    say(playout, "one two three four five six seven eight", now=100.0)
    playout.hold(at)
    assert playout.talked_over is over
    playout.resume(at)
    assert not playout.talked_over


def test_a_sentence_that_was_heard_to_its_end_is_let_go_when_held() -> None:
    playout = Playout()
    say(playout, "one two", now=100.0)
    say(playout, "three four", now=100.0)
    heard = playout.hold(101.3)
    assert [frame.text for frame in heard if isinstance(frame, TTSTextFrame)] == ["one two"]
    assert playout.left_seconds == 0.7 or abs(playout.left_seconds - 0.7) < 0.01


def test_a_scrap_at_the_end_is_not_said_again() -> None:
    playout = Playout()
    say(playout, "one two", now=100.0)
    heard = playout.hold(100.8)
    assert [type(frame) for frame in heard] == [TTSTextFrame], "its words are heard"
    assert not playout.waiting
    assert playout.resume(101.5) == []


def test_an_interruption_keeps_the_words_that_were_heard_and_results() -> None:
    playout = Playout()
    say(playout, "one two three four", now=100.0)
    result = FunctionCallResultFrame("book_appointment", "call_1", {}, {"status": "booked"})
    assert playout.follow(result)
    cut_short, left = playout.drop(101.0)
    assert cut_short == "one two"
    assert left == [result]
    assert not playout.waiting


def test_an_interruption_while_held_counts_what_was_heard_before() -> None:
    playout = Playout()
    say(playout, "one two three four", now=100.0)
    playout.hold(101.0)
    cut_short, _ = playout.drop(109.0)
    assert cut_short == "one two"


def test_the_words_on_the_line_are_known_by_the_moment() -> None:
    playout = Playout()
    say(playout, "one two three four five six seven eight", now=100.0)
    during = playout.said_between(101.0, 101.6).split()
    assert {"three", "four"} <= set(during)
    assert not {"one", "eight"} & set(during)
    assert playout.said_between(90.0, 99.0) == ""


def test_a_carrier_that_returns_no_mark_is_found_out_only_afterwards() -> None:
    playout = Playout()
    mark = say(playout, "one two", now=100.0)
    assert mark is not None
    assert playout.overdue(102.9, grace=2.0) is None
    assert playout.overdue(103.1, grace=2.0) == mark.name
