"""The carrier's buffer: order, marks, clear; checked against any sequence of the bot's messages."""

from hypothesis import given
from hypothesis import strategies as st

from rehearsal.mulaw import SILENCE
from rehearsal.playback import Playback

Step = tuple[str, int]
STEPS = st.lists(st.tuples(st.sampled_from(["media", "mark", "take"]), st.integers(0, 700)), max_size=60)


def run(steps: list[Step]) -> tuple[Playback, bytes, list[tuple[str, int]], list[tuple[str, int]]]:
    """Do the steps; give what was queued, and for each mark its place and how much was played by then."""
    playback, queued, placed, returned, played = Playback(), b"", [], [], 0
    for number, (kind, size) in enumerate(steps):
        if kind == "media":
            audio = bytes((len(queued) + i) % 255 for i in range(size))
            playback.add(audio)
            queued += audio
        elif kind == "mark":
            playback.mark(str(number))
            placed.append((str(number), len(queued)))
        else:
            played = min(played + 160, len(queued)) if playback.queued_seconds else played
            returned += [(name, played) for name in playback.take().marks]
    return playback, queued, placed, returned


@given(STEPS)
def test_a_mark_returns_only_after_everything_before_it_was_played(steps: list[Step]) -> None:
    _, _, placed, returned = run(steps)
    place = dict(placed)
    assert all(played >= place[name] for name, played in returned)


@given(STEPS)
def test_marks_return_in_order_and_all_of_them_in_the_end(steps: list[Step]) -> None:
    playback, _, placed, returned = run(steps)
    names = [name for name, _ in returned]
    while playback.queued_seconds:
        names += playback.take().marks
    names += playback.take().marks
    assert names == [name for name, _ in placed]


@given(STEPS)
def test_clear_returns_every_waiting_mark_and_silences_the_line(steps: list[Step]) -> None:
    playback, _, placed, returned = run(steps)
    waiting = playback.clear()
    assert [name for name, _ in returned] + list(waiting) == [name for name, _ in placed]
    assert playback.queued_seconds == 0
    assert playback.take().audio is None
    playback.add(b"\x10" * 160)
    assert playback.take().audio == b"\x10" * 160


@given(st.lists(st.integers(1, 700), max_size=20))
def test_audio_of_any_piece_size_is_played_whole_and_in_order(sizes: list[int]) -> None:
    playback, queued = Playback(), b""
    for size in sizes:
        audio = bytes((len(queued) + i) % 255 for i in range(size))
        playback.add(audio)
        queued += audio
    played = b""
    while (frame := playback.take().audio) is not None:
        assert len(frame) == 160
        played += frame
    assert played[: len(queued)] == queued
    assert played[len(queued) :] == SILENCE[: len(played) - len(queued)]


def test_a_mark_on_an_empty_line_returns_with_the_next_frame() -> None:
    playback = Playback()
    playback.mark("now")
    assert playback.take().marks == ("now",)
