"""A simulated patient on the phone: when they speak, what they note, when they hang up."""

from datetime import datetime

from rehearsal.caller import Interruption
from rehearsal.hearing import digits_in
from rehearsal.phone_patient import PhonePatient
from rehearsal.scenario import DEFAULT_SCENARIO, Scenario, find_scenarios

SCENARIO = Scenario.model_validate(
    {
        "title": "books",
        "kind": "booking",
        "patient": {"name": "Daniel Reed", "phone": "+12025550164"},
        "wants": [
            {"do": "book", "service": "cleaning", "says": ["A cleaning please."], "when": {"at": ["10:00"]}}
        ],
        "after": [{}],
    }
)


def make(most_turns: int = 9) -> PhonePatient:
    return PhonePatient(SCENARIO.model_copy(update={"most_turns": most_turns}))


def test_a_greeting_is_heard_out_and_answered_with_what_is_wanted() -> None:
    patient = make()
    greeting = "Thank you for calling Maple Street. How can I help you?"
    decision = patient.think(greeting, 0.5)
    assert decision is not None
    assert decision.say == "A cleaning please."
    assert patient.greeting == greeting


def test_words_without_a_question_may_go_on() -> None:
    patient = make()
    patient.think("How can I help you?", 0.5)
    assert patient.think("One moment, please.", 0.6) is None
    assert (
        patient.think("One moment, please. Thursday at ten a.m. is free. Shall I take that?", 0.6) is not None
    )
    assert [one.answer for one in patient.exchanges] == [
        "One moment, please. Thursday at ten a.m. is free. Shall I take that?"
    ]


def test_a_name_that_only_sounds_alike_is_taken_for_right() -> None:
    patient = make()
    patient.think("How can I help you?", 0.5)
    said = "That's a cleaning on Thursday the third of December at 10 a.m. for Daniel Reid. Is that right?"
    decision = patient.think(said, 0.5)
    assert decision is not None
    assert decision.say.lower().startswith(("yes", "yep", "yeah", "correct", "sure", "that's"))


def test_into_silence_they_say_hello_and_then_hang_up() -> None:
    patient = make()
    assert patient.think("", 3.0) is None
    said = [patient.think("", 11.0) for _ in range(3)]
    assert [one.say for one in said if one] == ["Hello?", "Hello?", ""]
    assert said[-1] is not None
    assert said[-1].hang_up


def test_who_is_done_hangs_up_and_the_last_words_are_kept() -> None:
    patient = make()
    patient.think("How can I help you?", 0.5)
    decision = patient.think("You are booked for Thursday at ten a.m. Is there anything else?", 0.5)
    assert decision is not None
    assert decision.hang_up
    patient.note_last("Goodbye.")
    assert patient.exchanges[-1].answer == "Goodbye."


def test_a_call_without_an_end_is_ended() -> None:
    patient = make(most_turns=2)
    decisions = [patient.think("How can I help you?", 0.5) for _ in range(4)]
    assert decisions[-1] is not None
    assert decisions[-1].hang_up


def test_a_wrong_number_in_the_read_back_is_corrected_and_a_digit_that_was_not_heard_is_not() -> None:
    read_back = "That's a cleaning on Thursday at ten a.m. for Daniel Reed, your number is {}. Is that right?"
    wrong, heard_badly = make(), make()
    for patient in (wrong, heard_badly):
        patient.think("How can I help you?", 0.5)
    corrected = wrong.think(read_back.format("202-555-0199"), 0.5)
    assert corrected is not None
    assert corrected.say.startswith(("No, ", "The number's not right"))
    assert digits_in(corrected.say) == ["2025550164"]
    taken = heard_badly.think(read_back.format("202-55-0164"), 0.5)
    assert taken is not None
    assert taken.say.lower().startswith(("yes", "yep", "yeah", "correct", "sure", "that's"))


def test_who_speaks_over_the_greeting_has_said_what_they_call_for() -> None:
    patient = PhonePatient(SCENARIO, interruptions=(Interruption(1, 1.0, "A cleaning please."),))
    decision = patient.think("And what is your name?", 0.5)
    assert decision is not None
    assert "Daniel Reed" in decision.say


def test_a_day_that_is_left_open_is_of_the_week_in_which_the_call_is_placed() -> None:
    now = datetime.fromisoformat("2026-11-30T09:00:00-05:00")
    (scenario,) = find_scenarios([DEFAULT_SCENARIO], now)
    assert scenario.now == now
    assert scenario.wants[0].says == ("Hi, this is Daniel Reed. I'd like a cleaning, Wednesday afternoon.",)
    assert scenario.wants[0].when.holds(datetime.fromisoformat("2026-12-02T14:00:00-05:00"))
    assert not scenario.wants[0].when.holds(datetime.fromisoformat("2026-12-03T14:00:00-05:00"))


def test_the_answers_of_a_plain_booking_are_known_before_the_call() -> None:
    (scenario,) = find_scenarios([DEFAULT_SCENARIO])
    patient = PhonePatient(scenario)
    known = set(patient.phrases())
    for heard in (
        "How can I help you?",
        "I have Thursday the 3rd of December at noon, 2 p.m. or 4 p.m. Which suits you?",
        "Can I use the number you're calling from, ending in 0164?",
        "That's a cleaning on Thursday the 3rd of December at noon for Daniel Reed. Is that right?",
        "You are booked for Thursday at noon. Is there anything else I can help with?",
    ):
        decision = patient.think(heard, 2.0)
        assert decision is not None
        assert decision.say in known
