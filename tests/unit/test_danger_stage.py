"""What is done about danger before anybody else answers: read off the messages alone."""

import itertools
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from agent.danger.numbers import numbers_of, spoken_emergency_number
from agent.danger.stage import Alarm, alarm_for, asked_in, without_questions
from contracts.conversation import Message
from contracts.emergencies import EmergencyRule
from contracts.partner import PracticeFacts
from language.danger.says import says_in
from tests.fakes.practice_api import FACTS, FakePracticeApi
from tools.context import ToolContext

QUESTION = says_in("en").sentences["question"]
QUESTION_DESPAIR = says_in("en").sentences["question_despair"]
PHONE = "That sounds like an emergency. Please hang up and call nine one one right now."
TEXT = "That sounds like an emergency. Please call 911 right now."
UNSURE = "I swallowed my crown"
PLEAS = {"en": "I need help, it's bad", "es": "necesito ayuda, es grave"}
REPLIES = Path(__file__).parents[1] / "benchmarks" / "fresh" / "danger_replies.toml"
RULE = EmergencyRule(
    signs=["a knocked-out tooth"], say="Keep the tooth in milk. That needs us right away.", ring="on_call"
)


def practice(*, by_text: bool = False, language: str = "en", facts: PracticeFacts = FACTS) -> ToolContext:
    context = FakePracticeApi().context(list)
    context = replace(context, facts=facts, bot=context.bot.model_copy(update={"language": language}))
    return context.by_text() if by_text else context


def conversation(*said: str) -> list[Message]:
    roles = itertools.cycle(("user", "assistant"))
    return [{"role": role, "content": text} for role, text in zip(roles, said, strict=False)]


def raised(*, said: str = PHONE) -> list[Message]:
    function = {"name": "request_person", "arguments": '{"reason": "x", "urgency": "emergency"}'}
    return [
        {"role": "user", "content": "I can't breathe"},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "function": function}]},
        {"role": "tool", "tool_call_id": "c", "content": '{"status": "not_possible"}'},
        {"role": "assistant", "content": f"{said} I can't reach the team just now."},
    ]


async def heard(
    *said: str, by_text: bool = False, language: str = "en", facts: PracticeFacts = FACTS
) -> Alarm | None:
    return await alarm_for(conversation(*said), practice(by_text=by_text, language=language, facts=facts))


async def test_the_emergency_number_comes_first_and_a_person_is_asked_for() -> None:
    alarm = await heard("I'd like a cleaning, and I have really bad chest pain right now")
    assert alarm is not None
    assert alarm.say == PHONE
    assert alarm.request is not None
    assert alarm.request.arguments() == {"reason": "a possible emergency", "urgency": "emergency"}
    assert alarm.after("transferring") == "I'm ringing the team for you as well."
    assert alarm.after("unavailable") == alarm.after("not_possible") != ""


async def test_by_text_nobody_is_told_to_hang_up() -> None:
    alarm = await heard("i cant breathe right my tongue is swelling up after that shot", by_text=True)
    assert alarm is not None
    assert alarm.say == TEXT


@pytest.mark.parametrize(
    "text", ["", "I'd like a cleaning on Tuesday", "I had a stroke in 2019, can I get a filling?"]
)
async def test_other_turns_pass(text: str) -> None:
    assert await heard(text) is None


async def test_nobody_asks_after_words_of_the_bot_itself() -> None:
    assert await heard("I can't breathe", "Please call nine one one.") is None


async def test_when_unsure_one_question_is_asked_and_nothing_else() -> None:
    assert await heard(UNSURE) == Alarm(QUESTION, "en")


@pytest.mark.parametrize(
    "answer", ["Yes.", "yeah she is", "No, but her lips are turning blue", "my throat is closing", "a little"]
)
async def test_what_agrees_to_the_question_raises_the_alarm(answer: str) -> None:
    alarm = await heard(UNSURE, QUESTION, answer)
    assert alarm is not None
    assert alarm.say == PHONE


@pytest.mark.parametrize(
    "answer",
    [
        "No.", "No, nobody.", "no I'm fine", "not really", "just a toothache",
        "No! Nobody's bleeding. I want my money back.",
    ],
)  # fmt: skip
async def test_after_a_no_the_conversation_goes_on(answer: str) -> None:
    assert await heard(UNSURE, QUESTION, answer) is None


@pytest.mark.parametrize("answer", ["", "blah blah"])
async def test_an_unclear_answer_is_taken_for_danger(answer: str) -> None:
    alarm = await heard(UNSURE, QUESTION, answer)
    assert alarm is not None
    assert alarm.say == "To be safe: if anyone is in danger, please hang up and call nine one one right now."
    assert alarm.request is not None


async def test_answers_to_the_question_are_told_apart() -> None:
    wrong: list[str] = []
    answers = 0
    for half in tomllib.loads(REPLIES.read_text("utf-8")).values():
        for language, groups in half.items():
            question = says_in(language).sentences["question"]
            for group, texts in groups.items():
                for text in texts:
                    alarm = await heard(PLEAS[language], question, text, language=language)
                    right = alarm is None if group == "none" else alarm is not None and alarm.request
                    answers += 1
                    wrong += [] if right else [text]
    assert answers > 150
    assert len(wrong) <= 0.02 * answers, wrong


async def test_a_question_that_the_caller_spoke_into_was_asked_all_the_same() -> None:
    alarm = await heard(UNSURE, f"{QUESTION[:40]}\u2014", "yes she can't")
    assert alarm is not None
    assert alarm.request is not None
    assert asked_in("Is any\u2014") == ""


async def test_while_the_caller_pleads_the_answer_does_not_become_a_question() -> None:
    for plea in (UNSURE, "please hurry", "what do I do", "I'm alone here"):
        alarm = await alarm_for([*raised(), {"role": "user", "content": plea}], practice())
        assert alarm is not None, plea
        assert alarm.say == PHONE
    done = "Thank you. I would like to make an appointment for a cleaning next week, please."
    for over in ("no, false alarm", done):
        assert await alarm_for([*raised(), {"role": "user", "content": over}], practice()) is None, over


async def test_despair_is_answered_with_the_crisis_line() -> None:
    alarm = await heard("I don't want to be here anymore")
    assert alarm is not None
    assert "call or text nine eight eight" in alarm.say
    assert "emergency" not in alarm.say
    assert alarm.request is not None
    assert alarm.request.urgency == "emergency"


@pytest.mark.parametrize(
    ("answer", "alarmed"), [("yes", True), ("I don't know", True), ("no, not at all", False)]
)
async def test_despair_that_is_not_sure_is_asked_about_in_its_own_words(answer: str, alarmed: bool) -> None:
    alarm = await heard("hello", QUESTION_DESPAIR, answer)
    assert (alarm is not None and "nine eight eight" in alarm.say) is alarmed


async def test_spanish_is_answered_in_spanish() -> None:
    alarm = await heard("mi hijo no puede respirar", by_text=True)
    assert alarm is not None
    assert alarm.say == "Eso parece una emergencia. Por favor, llame al 911 ahora mismo."
    assert alarm.after("asked").startswith("También")
    asked = says_in("es").sentences["question"]
    assert await heard("me siento raro", asked, "no, nadie", language="es") is None
    assert await heard("me siento raro", asked, "sí", language="es") is not None


async def test_the_practices_own_rules_are_kept() -> None:
    facts = FACTS.model_copy(update={"emergency_rules": [RULE]})
    alarm = await heard("I just knocked out my front tooth", facts=facts)
    assert alarm is not None
    assert alarm.say == RULE.say
    assert alarm.request is not None
    assert (alarm.request.urgency, alarm.request.ring) == ("urgent", "on_call")
    assert await heard("I broke a tooth", facts=facts) is None
    assert await heard("I just knocked out my front tooth") is None


async def test_a_rule_that_means_danger_names_the_emergency_number_first() -> None:
    rule = EmergencyRule(signs=["a blow to the head"], say="Our doctor will call you.")
    alarm = await heard(
        "he hit his head and is throwing up", facts=FACTS.model_copy(update={"emergency_rules": [rule]})
    )
    assert alarm is not None
    assert alarm.say == f"{PHONE} {rule.say}"
    assert alarm.request is not None
    assert alarm.request.urgency == "emergency"


def test_a_question_that_was_answered_no_leaves_no_trace_for_the_receptionist() -> None:
    said = conversation("my crown fell out", QUESTION, "no", "When can you come?", "Tuesday")
    assert [one["content"] for one in without_questions(said)] == [
        "my crown fell out",
        "When can you come?",
        "Tuesday",
    ]


@pytest.mark.parametrize(
    ("facts", "emergency", "crisis"),
    [
        ({"timezone": "America/New_York"}, "911", "988"),
        ({"timezone": "Europe/London"}, "999", "116123"),
        ({"timezone": "Europe/Madrid"}, "112", "024"),
        ({"timezone": "Europe/Berlin"}, "112", None),
        ({"timezone": "Asia/Tokyo"}, None, None),
        ({"timezone": "UTC", "phone": "+12025550199"}, "911", "988"),
        ({"timezone": "America/New_York", "emergency_number": "112"}, "112", "988"),
    ],
)
def test_numbers_are_those_of_the_practices_country(
    facts: dict[str, str], emergency: str | None, crisis: str | None
) -> None:
    numbers = numbers_of(PracticeFacts.model_validate({"name": "Clinic", **facts}))
    assert (numbers.emergency, numbers.crisis) == (emergency, crisis)


def test_the_operator_may_name_another_crisis_line() -> None:
    assert numbers_of(FACTS, "5551234").crisis == "5551234"
    assert spoken_emergency_number(FACTS) == "nine one one"
    assert spoken_emergency_number(PracticeFacts(name="Far away")) == "your local emergency number"


async def test_what_could_be_either_language_is_answered_in_that_of_the_conversation() -> None:
    said = ("Hola, necesito una cita para mi hijo", "¿Qué día le conviene?", "ambulancia")
    alarm = await heard(*said)
    assert alarm is not None
    assert alarm.language == "es"


NAME = "What's your full name, please?"
SPEECHES = [
    ("No, that's all goodbye.", "Is there anything else I can help with?"),
    ("Don't be happy to do it, please.", "Does that work for you?"),
    ("Hi, this is Kenji Sorrow. I'd like to book a cleaning for Friday morning, please.", ""),
    ("my last name is Blood", NAME),
    ("It's Dolores Payne", NAME),
]


@pytest.mark.parametrize(("text", "before"), SPEECHES)
async def test_farewells_names_and_words_that_were_misheard_are_no_danger(text: str, before: str) -> None:
    said = ("I'd like a cleaning", before, text) if before else (text,)
    assert await heard(*said) is None


@pytest.mark.parametrize("text", ["It's turning the choke.", "my baby's gone floppy"])
async def test_a_short_answer_that_only_means_danger_is_asked_about_first(text: str) -> None:
    alarm = await heard("I'd like a cleaning", NAME, text)
    assert alarm is None or (alarm.request is None and asked_in(alarm.say))


@pytest.mark.parametrize("text", ["I can't breathe", "he's choking", "she collapsed"])
async def test_a_short_answer_that_names_danger_raises_the_alarm_at_once(text: str) -> None:
    alarm = await heard("I'd like a cleaning", NAME, text)
    assert alarm is not None
    assert alarm.request is not None


@pytest.mark.parametrize("question", [QUESTION, QUESTION_DESPAIR])
@pytest.mark.parametrize("text", ["Sorry, what was that?", "What?", "Pardon?", "Say that again, please."])
async def test_who_did_not_hear_the_question_is_asked_once_more_and_no_more(question: str, text: str) -> None:
    alarm = await heard("it hurts", question, text)
    assert alarm is not None
    assert (alarm.say, alarm.request) == (question, None)
    alarm = await heard("it hurts", question, text, question, text)
    assert alarm is not None
    assert alarm.request is not None


@pytest.mark.parametrize("question", [QUESTION, QUESTION_DESPAIR])
async def test_who_goes_on_with_an_ordinary_wish_has_answered_no(question: str) -> None:
    assert await heard("it hurts", question, "I just want to book a cleaning for Friday") is None


BESIDE_IT = [
    "everything is dark at half past four",
    "I called three times and nobody picks up",
    "it keeps cutting out",
]


@pytest.mark.parametrize("text", BESIDE_IT)
async def test_an_ordinary_sentence_said_again_is_asked_about_once_and_never_an_alarm(text: str) -> None:
    alarm = await heard(text, QUESTION, text)
    assert alarm in (None, Alarm(QUESTION, "en"))
    assert await heard(text, QUESTION, text, QUESTION, text) is None


@pytest.mark.parametrize(
    "answer", ["yes", "it's getting worse", "she's very pale", "it won't wake up", "blood"]
)
async def test_what_is_of_somebody_or_pleads_or_agrees_is_an_alarm_after_the_question(answer: str) -> None:
    alarm = await heard("it keeps cutting out", QUESTION, answer)
    assert alarm is not None
    assert alarm.request is not None


async def test_an_answer_that_says_no_and_may_be_anything_is_a_no() -> None:
    assert await heard("it keeps cutting out", QUESTION, "No, it keeps cutting out.") is None


async def test_a_question_that_was_repeated_is_passed_over_with_its_answers() -> None:
    said = conversation("I swallowed my crown", QUESTION, "What?", QUESTION, "No, nobody.")
    assert without_questions(said) == said[:1]


async def test_who_has_denied_a_kind_of_danger_is_not_asked_about_it_again() -> None:
    plea = PLEAS["en"]
    before = (plea, QUESTION, "No, nothing like that.", "I have today at ten. Does that suit you?")
    assert await heard(*before, plea) is None
    assert (await heard(*before, UNSURE)) is not None  # another kind


async def test_who_has_denied_it_and_says_it_surely_raises_the_alarm() -> None:
    before = (PLEAS["en"], QUESTION, "No.", "I have today at ten. Does that suit you?")
    alarm = await heard(*before, "now I can't breathe")
    assert alarm is not None
    assert alarm.request is not None
