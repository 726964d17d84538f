"""A conversation in Spanish hears in Spanish what is said as it stands."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agent.llm.exact_words import exact_words
from contracts.conversation import sentence_of
from kit.clock import Clock
from language import speak_spanish as speak
from language.which import language_of_talk
from tests.fakes.dialogue_talk import Talk as CallerTalk
from tests.fakes.partner_server import PartnerServer, Trouble
from tests.fakes.tool_conversation import Talk, talking, window
from tools.function import Function
from tools.registry import FUNCTIONS
from tools.spanish import in_spanish, sentence

ZONE = ZoneInfo("America/New_York")
FREE = [
    window("2026-12-01T14:00:00-05:00", 60),
    window("2026-12-02T09:30:00-05:00", 30, "p_ortiz"),
]


@pytest.fixture
async def talk(clock: Clock) -> AsyncIterator[Talk]:
    server = PartnerServer()
    server.windows = list(FREE)
    async with talking(server, clock) as talk:
        talk.hears("Hola, quiero una cita para una limpieza.")
        yield talk


async def chosen(talk: Talk) -> dict[str, str]:
    found = await talk.calls("search_availability", when="Tuesday the first of December", service="cleaning")
    return {"slot_id": found["slots"][0]["slot_id"], "name": "Ana Torres", "phone": "202 555 0171"}


async def heard(talk: Talk) -> dict[str, str]:
    wish = await chosen(talk)
    talk.says(sentence_of(await talk.calls("book_appointment", **wish)))
    talk.hears("Sí, está bien.")
    return wish


async def booked(talk: Talk) -> str:
    result = await talk.calls("book_appointment", **await heard(talk))
    assert result["status"] == "booked"
    return str(result["booking_id"])


@pytest.mark.parametrize(
    ("said", "language"),
    [
        (["Hola, quiero una cita", "Ana Torres", "sí"], "es"),
        (["I'd like an appointment please", "Maria de la Cruz", "gracias"], "en"),
        (["Call me Al", "a cleaning", "no"], "en"),
        (["Hi, I need a cleaning", "¿Puedo hablar en español? Necesito una cita"], "es"),
        (["Hola, quiero una cita", "Sorry, I can speak English, I need a cleaning"], "en"),
        (["Hola, buenos días"], "es"),
        (["Hi, um, habla español?"], "es"),
        (["Hola, I'd like a cleaning"], "en"),
    ],
)
def test_a_conversation_is_in_the_language_that_its_caller_clearly_speaks(
    said: list[str], language: str
) -> None:
    assert language_of_talk(said, "en-US") == language


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [
        (9, 0, "a las nueve de la mañana"),
        (12, 0, "al mediodía"),
        (13, 30, "a la una y media de la tarde"),
        (17, 45, "a las cinco y cuarenta y cinco de la tarde"),
        (20, 5, "a las ocho y cinco de la noche"),
    ],
)
def test_a_time_is_said_as_it_is_in_spanish(hour: int, minute: int, said: str) -> None:
    assert speak.moment(datetime(2026, 12, 1, hour, minute, tzinfo=ZONE)) == (
        f"martes primero de diciembre {said}"
    )


async def test_offers_read_back_and_booking_are_said_in_spanish(talk: Talk) -> None:
    found = await talk.calls("search_availability", when="Tuesday the first of December", service="cleaning")
    assert found["say"] == (
        "Tengo el martes primero de diciembre a las dos de la tarde, a las dos y cuarto de la tarde o a las "
        "dos y media de la tarde. ¿Cuál le conviene?"
    )
    wish = await chosen(talk)
    read_back = await talk.calls("book_appointment", **wish)
    assert sentence_of(read_back) == (
        "Es una cita de limpieza con Dr. Lee el martes primero de diciembre a las dos de la tarde, "
        "a nombre de Ana Torres, y su número es el 2 0 2, 5 5 5, 0 1 7 1. ¿Es correcto?"
    )
    talk.says(sentence_of(read_back))
    talk.hears("Sí, la limpieza a las dos, perfecto.")
    result = await talk.calls("book_appointment", **wish)
    assert result["status"] == "booked"
    assert result["say"] == (
        "Su cita de limpieza con Dr. Lee queda reservada para el martes primero de diciembre a las dos de "
        "la tarde."
    )
    assert exact_words(talk.messages) == f"{result['say']} ¿Le puedo ayudar en algo más?"


@pytest.mark.parametrize(
    ("trouble", "status", "said"),
    [
        ("pending", "pending", "todavía tiene que confirmarla"),
        ("taken", "taken", "esa hora se acaba de ocupar. Lo más cercano que tengo: el martes"),
        ("refused", "refused", "no hay nada reservado. ¿Quiere que tome un mensaje"),
    ],
)
async def test_what_was_not_booked_is_said_in_spanish(
    talk: Talk, trouble: Trouble, status: str, said: str
) -> None:
    wish = await heard(talk)
    talk.server.troubles = [trouble]
    result = await talk.calls("book_appointment", **wish)
    assert result["status"] == status
    assert said in result["say"]


async def test_an_unknown_outcome_is_said_in_spanish_with_who_finds_out(talk: Talk) -> None:
    wish = await heard(talk)
    talk.server.troubles = ["cut_before", "down", "cut_before"]
    result = await talk.calls("book_appointment", **wish)
    assert result["status"] == "unknown"
    assert "todavía no le puedo decir si está reservada" in result["say"]
    assert "He dejado un mensaje" in result["say"]


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("December 25th", "entonces estamos cerrados"),
        ("in three months", "no reservamos con tanta antelación. Puedo mirar hasta el"),
        ("Thursday the third", "no hay nada libre entonces"),
        ("yesterday", "eso ya ha pasado"),
    ],
)
async def test_what_cannot_be_had_is_said_in_spanish(talk: Talk, when: str, said: str) -> None:
    result = await talk.calls("search_availability", when=when, service="cleaning")
    assert result["status"] == "none"
    assert said in result["say"]


async def test_an_appointment_is_moved_and_cancelled_in_spanish(talk: Talk) -> None:
    booking_id = await booked(talk)
    found = await talk.calls(
        "search_availability", when="December 2nd", booking_id=booking_id, practitioner="any"
    )
    slot_id = found["slots"][0]["slot_id"]
    asked = await talk.calls("reschedule_appointment", booking_id=booking_id, slot_id=slot_id)
    assert sentence_of(asked) == (
        "Cambio su cita de limpieza del martes primero de diciembre a las dos de la tarde al miércoles dos "
        "de diciembre a las nueve y media de la mañana con Dr. Ortiz. ¿Es correcto?"
    )
    talk.says(sentence_of(asked))
    talk.hears("Sí, correcto.")
    moved = await talk.calls("reschedule_appointment", booking_id=booking_id, slot_id=slot_id)
    assert moved["say"].startswith("Su cita de limpieza queda cambiada al miércoles dos de diciembre")
    asked = await talk.calls("cancel_appointment", booking_id=booking_id)
    assert asked["ask"] == "¿La cancelo?"
    talk.says(sentence_of(asked))
    talk.hears("Sí, cancélela, por favor.")
    cancelled = await talk.calls("cancel_appointment", booking_id=booking_id)
    assert cancelled["status"] == "cancelled"
    assert cancelled["say"].endswith("a las nueve y media de la mañana queda cancelada.")


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("take_message", {"text": "Que me llamen."}, "he pasado su mensaje al equipo"),
        ("request_person", {"reason": "a wish"}, "Le paso con alguien"),
        ("request_person", {"reason": "pain", "urgency": "emergency"}, "También estoy llamando al equipo"),
    ],
)
async def test_a_message_and_a_transfer_are_said_in_spanish(
    talk: Talk, name: str, arguments: dict[str, Any], said: str
) -> None:
    assert said in (await talk.calls(name, **arguments))["say"]


VALUES = {
    "say": "As it is in English.",
    "start": "2026-12-01T14:00:00-05:00",
    "from": "2026-12-02T14:00:00-05:00",
    "service": "Cleaning",
    "name": "Ana Torres",
    "slots": [{"start": "2026-12-01T14:00:00-05:00"}],
}


@pytest.mark.parametrize(
    ("function", "status"),
    [(one, status) for one in FUNCTIONS for status in sorted(one.exact) if status != "ending"],
    ids=[f"{one.name}-{status}" for one in FUNCTIONS for status in sorted(one.exact) if status != "ending"],
)
async def test_whatever_is_said_as_it_stands_has_its_sentence_in_spanish(
    talk: Talk, function: Function, status: str
) -> None:
    for of in ("book", "move", "cancel"):
        result = in_spanish(talk.ctx, function, {}, {**VALUES, "status": status, "of": of})
        assert result["say"] != VALUES["say"]
        assert " of " not in sentence_of(result)


def test_the_local_receptionist_hands_over_in_the_words_of_the_function() -> None:
    talk = CallerTalk()
    talk.gives["request_person"] = {"status": "not_possible", "say": sentence("not_possible")}
    talk.hear("Hola, necesito hablar con una persona, por favor.")
    assert talk.move.say == f"{sentence('not_possible')} ¿Lo hacemos así?"
    talk.hear("Sí, un mensaje.")
    talk.hear("Que me llamen mañana.")
    talk.hear("Ana Torres")
    assert talk.state.language == "es"


def test_whoever_greets_in_spanish_is_answered_in_spanish_alone() -> None:
    talk = CallerTalk()
    for said in ("Buenos días", "¿habla español?", "no sé", "sí, está bien"):
        talk.hear(said)
        assert talk.state.language == "es"
        assert not {"I", "you", "the", "English"} & set(str(talk.move.say).split()), talk.move.say


def test_what_is_told_in_spanish_before_a_message_stands_in_it() -> None:
    talk = CallerTalk()
    for said in (
        "Me duele mucho la muela desde anoche",
        "sí, que me llamen",
        "Rosa Díaz",
        "sí, a ese número",
    ):
        talk.hear(said)
    (left,) = talk.calls("take_message")
    assert left["text"].startswith("Me duele mucho la muela desde anoche")
    assert left["name"] == "Rosa Díaz"


def test_a_yes_after_the_hand_over_is_not_asked_again_whether_to_hand_over() -> None:
    talk = CallerTalk()
    talk.gives["request_person"] = {"status": "asked", "say": "Le he pedido a alguien que venga."}
    talk.hear("Quisiera hablar con una persona, por favor.")
    talk.hear("sí")
    assert str(talk.move.say).startswith("El equipo ya lo sabe.")


def test_a_second_question_in_spanish_is_left_to_the_team_as_the_first_was() -> None:
    talk = CallerTalk()
    talk.hear("Disculpe, ¿a qué hora abren mañana?")
    talk.hear("¿y el sábado?")
    assert str(talk.move.say).startswith("Eso se lo puede decir el equipo.")


async def test_whoever_goes_on_in_english_hears_english(talk: Talk) -> None:
    talk.hears("Sorry, I can speak English. I need it on Tuesday.")
    assert (await talk.calls("take_message", text="Call me."))["say"].startswith("Thank you")
