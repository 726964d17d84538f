"""Caller scripts: questions recognised, read-backs checked, nonsense refused."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.readback import digits_disagree, sounds_like, spoken_digits
from rehearsal.script import (
    DEFAULT_SCRIPT,
    ScriptedMind,
    ScriptError,
    day_to_ask_for,
    list_scripts,
    load_script,
)

TODAY = date(2026, 11, 30)
PHONE = "+12025550164"


def mind() -> ScriptedMind:
    return ScriptedMind(load_script(DEFAULT_SCRIPT), TODAY)


@pytest.mark.parametrize(
    ("heard", "topic"),
    [
        ("Thank you for calling. This is the automated assistant. How can I help you?", "offer of help"),
        ("What would you like to come in for?", "reason"),
        ("What kind of visit would you like? I can book a cleaning or a filling.", "reason"),
        ("What day and time would suit you?", "day"),
        ("Which day would you like to come, and morning or afternoon?", "day"),
        ("One moment, let me look.", "filler"),
        ("On Tuesday the 1st I have 1 p.m., 2.30 and 4 p.m. Which one would you like?", "slot"),
        ("I have Tuesday at 2 p.m. Does that work for you?", "slot"),
        ("What's your full name, please?", "name"),
        ("Could you tell me your first and last name?", "name"),
        ("And the last name?", "name"),
        ("Could you spell the last name for me, letter by letter?", "spelling"),
        ("Can I use the number you're calling from, ending in 0164?", "number that the call comes from"),
        ("Should we use this number, the one ending in 0164?", "number that the call comes from"),
        ("What's the best phone number to reach you?", "number"),
        ("for Daniel Reed, and your number is 202-555-0164. Is that right?", "read-back"),
        ("You're booked for Tuesday. Is there anything else I can help with?", "anything else"),
        ("Are you still there?", "still there"),
        ("Thank you for calling Maple Street Dental. Goodbye.", "goodbye"),
    ],
)
def test_the_last_question_is_recognised(heard: str, topic: str) -> None:
    answer = mind().recognise(heard)
    assert answer is not None
    assert answer.topic == topic


def test_a_filler_is_waited_out_and_then_the_caller_says_hello_and_at_last_leaves() -> None:
    caller = mind()
    heard = "One moment, please."
    assert caller.think(heard, 2.0) is None
    hello = caller.think(heard, 10.0)
    assert hello is not None
    assert hello.say == "Hello?"
    assert caller.think("", 10.0) == hello
    gone = caller.think("", 10.0)
    assert gone is not None
    assert gone.hang_up


def test_what_is_not_understood_is_asked_for_twice_and_then_declined() -> None:
    caller = mind()
    assert caller.think("Blue cheese.", 0.7) is None
    said = [decision.say for _ in range(3) if (decision := caller.think("Blue cheese.", 2.0))]
    assert said == ["Sorry, could you repeat that?"] * 2 + ["No, that's all, thank you."]


def test_a_wrong_number_in_the_read_back_is_refused_and_the_right_one_confirmed() -> None:
    caller = mind()
    wrong = caller.think("for Daniel Reed, and your number is 202-555-0199. Is that right?", 0.7)
    assert wrong is not None
    assert wrong.say.startswith("No, my number is")
    assert "another number" in wrong.remark
    right = caller.think("for Daniel Reed, and your number is 202-555-0164. Is that right?", 0.7)
    assert right is not None
    assert (right.say, right.remark) == ("Yes, that's right.", "")


def test_a_read_back_without_the_name_is_remarked_upon() -> None:
    decision = mind().think("for Wolfgang Amadeus, your number is 202 555 0164. Is that right?", 0.7)
    assert decision is not None
    assert decision.say == "Yes, that's right."
    assert "Daniel Reed" in decision.remark


def test_saying_the_opening_again_is_shorter() -> None:
    caller = mind()
    first, second = caller.think("How can I help you?", 0.7), caller.think("How can I help you?", 0.7)
    assert first is not None
    assert second is not None
    assert "Wednesday" in first.say
    assert first.say != second.say


def test_everything_that_may_be_said_is_known_before_the_call() -> None:
    phrases = set(mind().phrases())
    assert not any("{" in phrase for phrase in phrases)
    assert {"My name is Daniel Reed.", "Hello?", "Sorry, could you repeat that?"} <= phrases


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)))
def test_the_day_asked_for_is_clear_to_everybody(today: date) -> None:
    name = day_to_ask_for(today)
    assert name in {"Tuesday", "Wednesday", "Thursday"}
    ahead = next(n for n in range(1, 9) if (today + timedelta(days=n)).strftime("%A") == name)
    assert 2 <= ahead <= 6


@pytest.mark.parametrize(
    ("heard", "wrong"),
    [
        ("your number is 202-555-0164", False),
        ("your number is 2 0 2, 5 5 5, 0 1 6 4", False),
        ("your number is two oh two five five five zero one six four", False),
        ("your number is 202-55-0164", False),
        ("your number is 2025 555 0164", False),
        ("+1 202 555 0164", False),
        ("on the 1st at 2.30 p.m.", False),
        ("ending in 0164", False),
        ("your number is 202-555-0165", True),
        ("your number is 212-555-0164", True),
        ("your number is 555-0142", True),
    ],
)
def test_only_another_number_disagrees(heard: str, wrong: bool) -> None:
    assert digits_disagree(heard, PHONE) is wrong


@given(
    st.lists(st.sampled_from("0123456789"), min_size=10, max_size=10), st.integers(0, 9), st.integers(1, 9)
)
def test_any_changed_digit_disagrees(digits: list[str], place: int, step: int) -> None:
    phone = "+1" + "".join(digits)
    assert not digits_disagree(" ".join(digits), phone)
    digits[place] = str((int(digits[place]) + step) % 10)
    assert digits_disagree(" ".join(digits), phone)
    assert digits_disagree(" ".join(["1", *digits]), phone)


def test_runs_of_digits_end_at_words() -> None:
    assert spoken_digits("12, oh 3 then four-five") == ["1203", "45"]


def test_names_are_compared_by_sound_enough() -> None:
    assert sounds_like("Daniel Reed", "for Daniel Reid, on Tuesday")
    assert sounds_like("Anna Bell", "this is on a bell")
    assert not sounds_like("Daniel Reed", "a cleaning on Tuesday at two")


def test_every_script_that_ships_can_be_loaded() -> None:
    assert DEFAULT_SCRIPT in list_scripts()
    for name in list_scripts():
        assert load_script(name).answers or load_script(name).silent


PERSON = "[person]\nname='a b'\nphone='+12025550164'\nphone_spoken='x'"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "no caller script"),
        ("title = ", "not TOML"),
        ("title = 'x'", "person"),
        (f"title='x'\nanswers=[]\n{PERSON}".replace("+1202", "0202"), "person.phone"),
        (f"title='x'\nanswers=[]\nhello='{{nobody}}'\n{PERSON}", "nobody"),
        (f"title='x'\nanswers=[]\nmood='bad'\n{PERSON}", "mood"),
        (f"title='x'\n[[answers]]\ntopic='t'\nhears=['(']\n{PERSON}", "regular expression"),
    ],
)
def test_a_script_that_is_none_is_told_in_one_sentence(tmp_path: Path, text: str | None, says: str) -> None:
    path = tmp_path / "caller.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ScriptError, match=says):
        load_script(str(path))


def test_the_first_sentence_of_a_greeting_is_waited_out() -> None:
    assert mind().think("Thank you for calling Maple Street Dental.", 3.0) is None
