"""A simulated patient on the phone: when they speak, what they note, when they hang up."""

from rehearsal.patient import SimulatedPatient
from rehearsal.phone_patient import PhonePatient
from rehearsal.readback import sounds_like
from rehearsal.scenario import Scenario
from rehearsal.wording import Wording

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
    wording = Wording("en", (), "whisper", "seed")
    return PhonePatient(SimulatedPatient(SCENARIO, wording, same_name=sounds_like), most_turns)


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
