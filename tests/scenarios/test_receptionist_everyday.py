"""Everyday calls that once went wrong, each kind held to its right end."""

import re
from collections.abc import Sequence

import pytest

from tests.fakes.practice_api import CALLER, Conversation, FakePracticeApi

Turns = Sequence[tuple[str, str]]

NOTHING_MISSED = r"^(?!.*(?:didn't catch|didn't get))"
ONE_IS_OFFERED: Turns = [("A cleaning on Tuesday at one, please", "one p.m. is free")]
READ_BACK: Turns = [
    *ONE_IS_OFFERED,
    ("Hope Price", "^Thank you, Hope.*calling from"),
    ("yes", "Is that right"),
]

TALKS: dict[str, Turns] = {
    "a name told instead of a choice begins the message": [
        ("I'm running 20 minutes late for my 9 o'clock", "person|someone.*message"),
        ("Sam Ortiz", "calling from"),
        ("yes", "message"),
    ],
    "a number and a name told instead of a choice begin it too": [
        ("hi i was told to call back about my lab work", "team.*someone, or leave a message"),
        ("202 555 0101, Marie", "passed your message on"),
    ],
    "the later of two days is taken, and the hour stays": [
        ("A check-up next Wednesday after two please", "this Wednesday.*or Wednesday the second"),
        ("the latest one", "I have Wednesday the second of December at two"),
    ],
    "neither this one but the one after is the second of two": [
        ("A check-up next Wednesday in the morning please", "this Wednesday.*or Wednesday the second"),
        ("Not this one, the one after.", "Wednesday the second of December at nine"),
    ],
    "a question about the time that was taken is answered": [
        ("A cleaning on Tuesday please", "Which suits you"),
        ("the first one", "full name"),
        ("hang on is that the one at two?", "^No, it's Tuesday.*at nine a.m.*name"),
        ("wait is that the one at nine?", "^Yes, it's Tuesday.*name"),
    ],
    "any of them is the first of them": [
        ("A cleaning on Tuesday please", "Which suits you"),
        ("any of them", "at nine a.m. What's your full name"),
    ],
    "the number of the call may be given before it is asked for": [
        ("A cleaning on Tuesday please", "Which suits you"),
        ("same number I'm calling from", rf"{NOTHING_MISSED}.*Tuesday.*\?"),
        ("the first one, and can my husband come right after me?", "right after this.*full name"),
        ("Anna Bell", "for Anna Bell"),
        ("yes that's right", "You are booked.*after|You are booked.*I have"),
    ],
    "a name that is explained at the read-back stands": [
        *READ_BACK,
        ("no, Hope, like the word, and Price like what you pay", "^Thank you.*for Hope Price. Is that right"),
        ("yes", "You are booked"),
    ],
    "a service that was spoken of is the one that is booked": [
        ("how long does a cleaning take", "forty-five minutes"),
        ("ok book one for tuesday, not before 3", "Tuesday.*at three"),
    ],
    "how long it takes is said of what is being booked": [
        ("A filling on Tuesday please", "Which suits you"),
        ("How long does that take?", "^A filling takes an hour"),
    ],
    "giving a name or a number takes the one time offered": [
        *ONE_IS_OFFERED,
        ("Hope Price", "^Thank you, Hope.*calling from"),
        (
            "212 555 0155 extension 12",
            "for Hope Price, and your number is 2 1 2, 5 5 5, 0 1 5 5. Is",
        ),
    ],
    "name and number may open the wish": [
        (
            "Dale Winters, 212 555 0177, cleaning Tuesday at one please",
            "one p.m., for Dale Winters, and your number is 2 1 2, 5 5 5, 0 1 7 7",
        ),
        ("yes", "You are booked"),
    ],
    "who is not wanted is not offered": [
        ("A filling on Tuesday, and not with Dr. Haddad please", "Which suits you"),
        ("the first one", "full name"),
        ("It's Annie, well, Anna Bell", "^Thank you, Anna.*calling from"),
        ("yes", "with Dr. Maya Lee.*for Anna Bell. Is that right"),
    ],
    "a name is a name where the reason was asked for": [
        ("I need an appointment", "come in for"),
        ("Gus Albrecht.", "^Thank you, Gus.*(?:visit|come in)"),
    ],
    "a sigh beside an answer does not cost the answer": [
        ("A cleaning on Tuesday please", "Which suits you"),
        ("Ugh, the first one. This is ridiculous.", "sorry.*full name"),
    ],
    "what means nothing is said to be not understood": [
        ("I'd like to vote", "didn't catch"),
    ],
    "a hello to the assistant is a hello": [
        ("Hi, assistant", "^Hello"),
    ],
    "a bare yes to what else is asked what it is": [
        ("What are your hours?", "open Monday.*else"),
        ("yes", "What can I help you with"),
    ],
    "an appointment that is not found goes to a person": [
        ("hi it's Sam, I need to move my appointment", "don't see.*speak with someone, or leave a message"),
    ],
    "the day alone goes on with the question of when it is open": [
        ("Are you open on Saturday?", "closed on Saturdays"),
        ("and Monday", "open from nine"),
        ("what about Sunday", "closed on Sundays"),
    ],
    "what an unanswered question is followed by is no message": [
        ("Do you have a swimming pool?", "someone, or leave a message"),
        ("I said I want to come in", "come in for|day and time"),
    ],
    "who asks for a visit instead of giving a name for a message wants that": [
        ("Can I leave a message?", "What should I tell them"),
        ("The crown feels odd", "full name"),
        ("Actually can I get a check-up on Tuesday at one?", "one p.m. is free"),
    ],
    "a service that is asked about in one breath is the one that is booked": [
        ("how much is a cleaning and can I get one Tuesday at one", "dollars.*one p.m. is free"),
    ],
    "of several that fit the others are not offered again": [
        ("A cleaning on Tuesday or Wednesday please", "Which suits you"),
        ("nine", "which of them|Which one do you mean"),
        ("Anna Bell", "^(?!.*(?:p.m.|eleven|ten)).*nine a.m."),
    ],
    "a name is taken after the offer of a person too": [
        *ONE_IS_OFFERED,
        ("yes", "full name"),
        ("and so on", "name"),
        ("and so on", "name"),
        ("and so on", "someone|person"),
        ("Bob", "Bob.*last name"),
    ],
    "no thanks to which day ends the wish": [
        ("I'd like a cleaning", "day and time"),
        ("no thanks", "nothing is booked|haven't booked.*else"),
    ],
    "a pain is no filling": [
        ("I need to come in for my tooth, it's killing me, what's the soonest", "sorry.*I have"),
        ("the first one", "full name"),
        ("Ray Lowe", "calling from"),
        ("yes", "check-up"),
    ],
    "a charge that is asked about goes to the team": [
        ("why was I charged 140 dollars", "bill.*someone, or leave a message"),
        ("that's ridiculous, I want my money back", "full name"),
    ],
    "each of two people has a service of their own": [
        ("I'd like to book a cleaning for me and a checkup for my daughter", "both.*day and time"),
        ("Tuesday at nine", "nine a.m. is free"),
        ("Ana Ruiz", "calling from"),
        ("yes", "a cleaning.*for Ana Ruiz"),
        ("yes", "You are booked for a cleaning.*I have"),
        ("the first one", "patient's"),
        ("Mia Ruiz", "a check-up.*for Mia Ruiz"),
    ],
    "a name given while nothing is wanted is kept": [
        ("What are your hours?", "open Monday"),
        ("it's Tom Reed", "^Thank you, Tom"),
        ("a cleaning on Tuesday at one", "free"),
        ("yes", "calling from"),
    ],
    "late for a visit is no wish for one": [
        ("I've got a flat tire, I'll be at least fifteen minutes late for my cleaning.", "someone, or leave"),
    ],
    "a message beside a visit comes after it": [
        (
            "A cleaning on Tuesday at one please, and I also need to leave a message for Dr. Lee",
            "after this.*free",
        ),
        ("Amir Khan", "calling from"),
        ("yes", "Is that right"),
        ("yes", "You are booked.*(?:tell them|message|pass on)"),
    ],
    "whom it is with is part of what was booked": [
        *READ_BACK,
        ("yes", "You are booked"),
        ("and who is that with", "Your appointment is .* with Dr. "),
    ],
    "somebody else's visit is theirs": [
        ("My neighbor Walter Kern needs a filling, I'm calling on his behalf.", "day and time"),
        ("Tuesday at one", "is free"),
        ("yes", "calling from"),
        ("yes", "for Walter Kern"),
    ],
    "Spanish is answered in Spanish": [
        ("Buenas, necesito que me vean una muela, ¿hablan español?", "persona, o dejar un mensaje"),
        ("Un mensaje", "¿"),
        ("Sí, por favor.", "¿Qué mensaje"),
        ("Que me llamen, me duele una muela", "nombre completo"),
        ("Me llamo Julia Campos.", "número|llama"),
    ],
}


@pytest.mark.parametrize("name", TALKS)
async def test_everyday_call(name: str) -> None:
    talk = Conversation()
    await talk.start()
    for words, expected in TALKS[name]:
        reply = await talk.hear(words)
        assert re.search(expected, reply, re.DOTALL), f"{words!r} -> {reply!r}"
    assert not talk.calls("request_person")


async def test_cancel_and_book_in_one_sentence_does_both() -> None:
    api = FakePracticeApi()
    api.has("2026-11-25T09:00")
    talk = Conversation(api)
    await talk.start()
    asked = await talk.hear("cancel my cleaning and book a filling on friday the fourth at nine instead")
    assert "Shall I cancel it" in asked
    read_back = await talk.hear("yes")
    assert re.search("is cancelled.*filling.*nine a.m., for Anna Bell. Is that right", read_back), read_back
    assert "You are booked for a filling" in await talk.hear("yes")
    made = [(one["name"], one["phone"]) for one in talk.calls("book_appointment")]
    assert made[-1] == ("Anna Bell", CALLER)


async def test_later_on_a_day_on_which_they_come_is_a_move() -> None:
    api = FakePracticeApi()
    api.has("2026-11-25T09:00")
    talk = Conversation(api)
    await talk.start()
    assert re.search("I have Wednesday", await talk.hear("hi can i come in later on wednesday"))
    assert re.search("I'll move your cleaning.*Is that right", await talk.hear("the last one"))


async def test_what_a_message_is_about_was_said_before_the_name() -> None:
    talk = Conversation()
    await talk.start()
    for words in ("I'm running 20 minutes late for my 9 o'clock", "Sam Ortiz", "yes"):
        await talk.hear(words)
    taken = talk.calls("take_message")
    assert [(one["text"], one["name"]) for one in taken] == [
        ("I'm running 20 minutes late for my 9 o'clock", "Sam Ortiz")
    ]


async def test_a_closed_day_is_told_before_the_reason_is_asked() -> None:
    talk = Conversation()
    await talk.start()
    asked = await talk.hear("Do you have anything on Saturday?")
    assert re.search("closed on Saturday.*come in for", asked), asked
