"""Greeting, voice-to-voice, talk-over, barge-in: measured from what was audible."""

from rehearsal.timing import Timing


def play(caller: str, bot: str, *, started_at: float = 0.0) -> Timing:
    """Run a score: one character is 100 ms; ``x`` is audible, ``_`` queued but quiet, ``.`` nothing."""
    timing = Timing()
    timing.stream_started(started_at)
    for frame in range(len(caller) * 5):
        mine, theirs = caller[frame // 5], bot[frame // 5]
        timing.tick(frame * 0.02, caller=mine == "x", bot=theirs == "x", bot_queued=theirs != ".")
    return timing


def test_the_greeting_counts_from_start_to_the_first_audible_sound() -> None:
    timing = play("..........", "__xxxx....")
    assert timing.greeting_ms == 200
    assert timing.responses == []


def test_a_response_counts_from_the_callers_last_sound_to_the_bots_first() -> None:
    timing = play(
        ".....xxxxx..............",
        "xxxx...............xxxx.",
    )
    assert [r.ms for r in timing.responses] == [900]
    assert timing.overlap_seconds == 0


def test_pauses_between_words_are_not_the_end_of_what_the_caller_says() -> None:
    timing = play(
        "xxx..xxx...xxx.............",
        "....................xxxxxxx",
    )
    assert [r.ms for r in timing.responses] == [600]


def test_the_bots_second_sentence_is_no_second_response() -> None:
    timing = play(
        "xxxx...........................",
        ".........xxxxx......xxxxx......",
    )
    assert [r.ms for r in timing.responses] == [500]


def test_talking_into_the_callers_pause_is_no_response() -> None:
    timing = play(
        "xxxx...xxxx..............",
        "......xxx.........xxxxxxx",
    )
    assert [r.ms for r in timing.responses] == [700]
    assert 0.1 < timing.overlap_seconds <= 0.22


def test_a_very_quick_answer_counts_once_the_caller_stays_quiet() -> None:
    timing = play("xxxx............", "......xxxxxxxxxx")
    assert [r.ms for r in timing.responses] == [200]


def test_barge_in_counts_from_the_callers_first_sound_to_the_bots_last() -> None:
    timing = play(
        ".........xxxxxx..........",
        "xxxxxxxxxxxx.............",
    )
    assert timing.barge_in_ms == [300]


def test_a_hole_in_the_bots_audio_is_a_stutter_and_a_pause_is_none() -> None:
    assert play("....................", "xxxx.xxxx.......xxxx").stutters == 1


def test_a_bot_that_speaks_on_has_not_answered() -> None:
    timing = play(
        "....xxxx.............................",
        "xxxxxxxxxxxxxxxxxxxxxx.......xxxxxxxx",
    )
    assert [r.ms for r in timing.responses] == [2100]


def test_clearing_ends_the_interruption_and_what_follows_is_new() -> None:
    timing = Timing()
    for frame in range(100):
        timing.tick(frame * 0.02, caller=20 <= frame < 40, bot=True, bot_queued=True)
        if frame == 34:
            timing.cleared(0.70)
    assert timing.barge_in_ms == [300]
