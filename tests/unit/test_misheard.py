"""What was misheard: names that nobody has, letters that sound alike, services, and readings."""

import re

import pytest

from agent.dialogue.acts import hear
from agent.dialogue.matching import service_sounding_like
from agent.dialogue.people import ask_to_spell, take_name
from agent.dialogue.state import Ask, Goal, Kind, Scene, State
from agent.readings import meant
from agent.speech.standby import Reading
from agent.telephony.patience import Awaited, Expected
from language.known_names import Part, part_of, unknown_parts
from language.sounds import likeness
from language.spelled_names import likeliest
from language.spelling import put_in
from tests.fakes.dialogue_talk import Talk, asked_by
from tests.fakes.practice_api import FACTS, NOW


@pytest.mark.parametrize(
    ("name", "unknown"),
    [
        ("Karen Mitchell", []),
        ("Mary Ann Smith", []),
        ("Kevin O'Brien", []),
        ("Maria van der Berg", []),
        ("Anna Smith-Jones", []),
        ("Robert Ann Berson", ["last"]),
        ("Shout Murphy", ["first"]),
        ("Gessically Leave", ["last", "first"]),
        ("Jos\u00e9 Bell", []),
        ("Al Benson", []),
        ("Joe", []),
    ],
)
def test_parts_of_a_name_that_hardly_anybody_is_called_are_told(name: str, unknown: list[str]) -> None:
    assert unknown_parts(name) == unknown


@pytest.mark.parametrize(
    ("letters", "part", "heard", "name"),
    [
        ("Anddrson", "last", "", "anderson"),  # an e that was heard as a d
        ("Petrson", "last", "Peterson", "peterson"),  # one that was lost
        ("Hmed", "first", "", "ahmed"),
        ("Anderson", "last", "Handberson", "anderson"),
        ("Golgbdrt", "last", "Goldberg", "goldberg"),
        ("Patel", "last", "Battle", "patel"),
        ("Padel", "last", "Patel", "patel"),
        ("Odrien", "last", "O'Brien", "obrien"),
        ("Maria", "first", "Marie", "maria"),
        ("Sato", "last", "Sorrow", "sato"),
        ("Raj", "first", "Roger", "raj"),
        ("Wurzelbrumpf", "last", "Wursel", "wurzelbrumpf"),  # in no list
        ("Schmidt", "last", "Met", "schmidt"),
        ("Siobhan", "last", "Kowalski", "siobhan"),  # the other part
        ("", "last", "Bell", ""),
    ],
)
def test_letters_are_those_of_a_name_that_sounds_as_it_was_heard(
    letters: str, part: Part, heard: str, name: str
) -> None:
    assert likeliest([letters], part, heard) == name


def test_a_word_is_put_in_where_it_belongs() -> None:
    assert part_of("Anna") == "first"
    assert part_of("Schmidt") == "last"
    assert put_in("Schmidt Met", "Anna") == "Anna Met"  # was: Schmidt Anna
    assert put_in("Roger Patel", "Raj") == "Raj Patel"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("feeling", "filling", True),
        ("check up", "chekup", True),
        ("killing", "filling", False),
        ("leave it", "cleaning", False),
        ("ceiling", "cleaning", False),
    ],
)
def test_words_are_compared_as_they_sound(one: str, other: str, alike: bool) -> None:
    assert (likeness(one, other) >= 0.85) is alike


def test_a_service_that_was_misheard_is_the_one_of_the_practice_that_sounds_like_it() -> None:
    found = service_sounding_like("i'd like to book a feeling for friday", FACTS)
    assert found is not None
    assert found.name.lower() == "filling"
    assert service_sounding_like("something else entirely", FACTS) is None


def test_a_misheard_service_is_booked_where_one_was_asked_for() -> None:
    talk = Talk()
    talk.hear("I'd like an appointment on Tuesday.")
    assert asked_by(talk.move) is Ask.SERVICE
    talk.hear("A feeling, please.")
    assert talk.calls("search_availability")[-1]["service"] == "Filling"


@pytest.mark.parametrize("words", ["Please use another number.", "You know, please use a different one."])
def test_a_no_that_was_lost_does_not_take_the_callers_number(words: str) -> None:
    talk = Talk()
    for said in ("a cleaning on Tuesday at two", "yes", "Anna Bell", words):
        talk.hear(said)
    assert asked_by(talk.move) is Ask.PHONE


def _spoken(*said: str) -> Talk:
    talk = Talk(by_ear=True)
    for words in said:
        talk.hear(words)
    return talk


def test_a_name_that_nobody_has_is_spelled_before_it_is_read_back() -> None:
    talk = _spoken("a cleaning on Tuesday at two", "yes", "Robert Ann Berson")
    assert asked_by(talk.move) is Ask.SPELLING
    assert "last name" in (talk.move.say or "")
    talk.hear("A, N, D, D, R, S, O, N.")
    talk.hear("yes")
    assert talk.calls("book_appointment")[-1]["name"] == "Robert Anderson"


def test_the_other_part_is_asked_for_and_not_once_more() -> None:
    talk = _spoken("a cleaning on Tuesday at two", "yes", "Gessically Leave", "L, E, E.")
    assert "Could you spell the first name" in (talk.move.say or "")
    talk.hear("Well, you know, the usual way.")
    assert "spell the first name once more" in (talk.move.say or "")


@pytest.mark.parametrize(
    ("said", "letters", "first", "name"),
    [
        ("Bonnet.", "B, E, N, N, E, T, T.", "Oliver.", "Oliver Bennett"),
        ("Annashmid.", "S, C, H, M, I, D, T.", "Anna.", "Anna Schmidt"),
        ("Sands.", "H, A, S, S, A, N.", "Ahmed.", "Ahmed Hassan"),
    ],
)
def test_a_last_name_that_was_taken_for_the_first_is_spelled_once(
    said: str, letters: str, first: str, name: str
) -> None:
    talk = _spoken("a cleaning on Tuesday at two", "yes", said, "")
    assert asked_by(talk.move) is Ask.SPELLING
    talk.hear(letters)
    assert "first name" in (talk.move.say or "")
    talk.hear(first)
    assert (talk.state.goal.name, asked_by(talk.move)) == (name, Ask.CALLER_PHONE)


def test_letters_stay_when_the_name_is_misheard_again() -> None:
    talk = _spoken("a cleaning on Tuesday at two", "yes", "Asin.", "It's Asin.", "H, A, S, S, A, N.", "yes")
    assert asked_by(talk.move) is Ask.READ_BACK
    talk.hear("No, my name is Abbot Asin.")
    assert talk.state.goal.name == "Abbot Hassan"
    talk.hear("No, it's that mid. Balde, H-M-E-D.")
    assert talk.state.goal.name == "Ahmed Hassan"


def test_letters_that_were_cut_off_at_the_front_leave_the_name_that_was_said() -> None:
    goal = Goal(kind=Kind.BOOK, name="Anishmet Schmidt", spelled=["Schmidt"], read_back={"say": "Right?"})
    state = State(goal=goal, asked=Ask.READ_BACK)
    take_name(state, hear("No, it's Anna. Well, day n, n a."), Scene(FACTS, NOW, None))
    assert state.goal.name == "Anna Schmidt"


@pytest.mark.parametrize(("by_ear", "name"), [(True, "Karen Mitchell"), (False, "Robert Ann Berson")])
def test_a_name_that_people_have_or_that_was_typed_is_not_spelled(by_ear: bool, name: str) -> None:
    talk = Talk(by_ear=by_ear)
    for words in ("a cleaning on Tuesday at two", "yes", name):
        talk.hear(words)
    assert asked_by(talk.move) is Ask.CALLER_PHONE


@pytest.mark.parametrize(
    ("name", "parts"),
    [("Karen Mitchell", ["last", "first"]), ("Anishmet Bell", ["first"]), ("Asin", ["first"])],
)
def test_after_a_no_the_part_that_was_likely_misheard_is_spelled(name: str, parts: list[str]) -> None:
    goal = Goal(kind=Kind.BOOK, name=name)
    ask_to_spell(State(goal=goal))
    assert goal.spell == parts


@pytest.mark.parametrize(
    ("name", "asked", "letters", "becomes"),
    [
        ("Anishmet Met", ["last", "first"], "S, C, H, M, I, D, T.", "Anishmet Schmidt"),
        ("Anishmet Met", ["first"], "S, C, H, M, I, D, T.", "Anishmet Schmidt"),  # the other part
        ("Gessically Leave", ["last", "first"], "L, E, E.", "Gessically Lee"),
        ("Roger Patel", ["last", "first"], "P, A, T, E, L.", "Roger Patel"),
        ("Shobanko Kowalski", ["first"], "K, O, not the one you make, L, S, K, I.", "Shobanko Kowalski"),
        ("Shobanko Alofki", ["last"], "K-O, not what you mean. LS, K-I.", "Shobanko Alofki"),  # a scrap
        ("Qarn Mitchell", ["first"], "M, I, D, C, H, L,", "Qarn Mitchell"),  # garbled, and not asked for
    ],
)
def test_letters_go_to_the_part_that_they_spell(
    name: str, asked: list[str], letters: str, becomes: str
) -> None:
    state = State(goal=Goal(kind=Kind.BOOK, name=name, spell=list(asked)), asked=Ask.SPELLING)
    take_name(state, hear(letters), Scene(FACTS, NOW, None, by_ear=True))
    assert state.goal.name == becomes


def test_a_misheard_name_is_no_complaint() -> None:
    talk = _spoken("Hi, this is Ackman Hassen. I'd like to book a cleaning for Tuesday, please.")
    assert not (talk.move.say or "").startswith("I'm sorry")
    assert talk.state.goal.name == "Ackman Hassen"


def test_a_no_with_a_garble_after_it_begins_no_booking() -> None:
    talk = _spoken("What are your hours?", "No, that's from 10 cubed by.")
    assert asked_by(talk.move) is Ask.ANYTHING_ELSE


@pytest.mark.parametrize(
    ("expected", "heard", "answer"),
    [
        (Expected.NAME, ["Justically.", "Gessically.", "Jessica Lee."], "Jessica Lee."),
        (Expected.NUMBER, ["2 0 2 5 5 5, 0 0 1 1 5.", "2 0 2, 5 5 5, 0 1 1 5."], "2 0 2, 5 5 5, 0 1 1 5."),
        (Expected.TIME, ["Never wanted, please.", "Number one, please."], "Number one, please."),
        (Expected.FEW_WORDS, ["No feeling, please?", "A filling, please."], "A filling, please."),
        (Expected.READ_BACK, ["The phone number is wrong.", "No. The phone number is wrong."], None),
        (
            Expected.READ_BACK,
            ["Yes, that's like...", "Yes, that's right.", "Yes, that's like"],
            "Yes, that's right.",
        ),
        (Expected.READ_BACK, ["Yes, that's like.", "Yes, that's right."], None),
        (Expected.READ_BACK, ["No, that's like...", "No, that's right."], None),
        (Expected.READ_BACK, ["Yes, but that's...", "Yes, but that's right."], None),
        (Expected.READ_BACK, ["Yes, that's not...", "Yes, that's it."], None),
        (Expected.SPELLING, ["P, A, D, E, L.", "P, A, T, E, L."], "P, A, T, E, L."),
        (
            Expected.ANYTHING,
            ["I'd like to put a feeling.", "I'd like a filling."],
            "I'd like to put a feeling.",
        ),
        (Expected.FEW_WORDS, ["No feeling, please?", "No feeling please."], "Filling, please."),
        (Expected.FEW_WORDS, ["No feeling in my arm.", "A filling, please."], "No feeling in my arm."),
        (Expected.FEW_WORDS, ["I can't breathe.", "A filling, please."], "I can't breathe."),
        (Expected.FEW_WORDS, ["A feeling, please."], "Filling, please."),
        (Expected.FEW_WORDS, ["No feeling, please help."], None),
        (Expected.FEW_WORDS, ["No feeling, help please."], None),
        (Expected.FEW_WORDS, ["No feeling in my arm, please."], None),
        (Expected.FEW_WORDS, ["Numb feeling, please."], None),
        (Expected.FEW_WORDS, ["Choking, please.", "A filling, please."], None),
        (Expected.FEW_WORDS, ["I swallowed my crown.", "A filling, please."], None),
        (Expected.FEW_WORDS, ["\u2026", "A filling, please."], "A filling, please."),
        (Expected.FEW_WORDS, ["Weird feeling, please."], None),
        (Expected.FEW_WORDS, ["Feeling faint, please."], None),
        (Expected.TIME, ["What are your hours?", "What are yours?"], "What are your hours?"),
    ],
)
def test_of_readings_that_are_nearly_as_likely_the_one_that_answers_is_meant(
    expected: Expected, heard: list[str], answer: str | None
) -> None:
    readings = [Reading(text, -0.5 - 0.1 * place) for place, text in enumerate(heard)]
    assert meant(readings, Awaited(expected), FACTS) == (answer or heard[0])


@pytest.mark.parametrize(
    ("heard", "other", "behind", "name"),
    [
        ("Sarah Wilton", "Sarah Wilson", 0.03, "Sarah Wilson"),
        ("Sarah Wilton", "Sarah Wilson", 0.2, "Sarah Wilton"),
        ("Raj Patel", "Roger Patel", 0.05, "Raj Patel"),  # not that much likelier
    ],
)
def test_a_name_is_heard_by_its_sound_and_by_how_many_are_called_so(
    heard: str, other: str, behind: float, name: str
) -> None:
    said = "Hi, this is {}. I'd like a cleaning."
    readings = [Reading(said.format(heard), -0.5), Reading(said.format(other), -0.5 - behind)]
    assert meant(readings, Awaited(Expected.ANYTHING), FACTS) == said.format(name)


@pytest.mark.parametrize(
    ("heard", "other", "behind", "wish"),
    [
        ("What are your opening powers?", "What are your opening hours?", 0.03, "hours"),
        ("What are your opening powers?", "What are your opening hours?", 0.2, "powers"),
        ("I'd like to book a cleaning.", "What are your opening hours?", 0.03, "cleaning"),
        ("Somebody fell and can't breathe.", "What are your opening hours?", 0.03, "breathe"),
    ],
)
def test_of_wishes_that_are_as_likely_the_one_that_is_understood_is_meant(
    heard: str, other: str, behind: float, wish: str
) -> None:
    readings = [Reading(heard, -0.5), Reading(other, -0.5 - behind)]
    assert wish in meant(readings, Awaited(Expected.ANYTHING), FACTS)


@pytest.mark.parametrize(
    ("text", "is_letters"),
    [
        ("B, L, dying, E, R.", True),
        ("D, E, A, D, choking.", True),
        ("I can't breathe.", False),
        ("A, B, I'm bleeding badly, help me.", False),
    ],
)
def test_a_letter_that_sounds_like_danger_is_a_letter(text: str, is_letters: bool) -> None:
    heard = meant([Reading(text, -0.4)], Awaited(Expected.SPELLING), FACTS)
    assert (re.fullmatch(r"(?:[A-Z]\W*)+", heard) is not None) is is_letters


def test_a_reading_that_is_much_less_likely_is_not_meant() -> None:
    readings = [Reading("Never wanted, please.", -0.2), Reading("Number one, please.", -0.9)]
    assert meant(readings, Awaited(Expected.TIME), FACTS) == "Never wanted, please."


@pytest.mark.parametrize(
    ("text", "score", "heard"),
    [
        ("How do you get working on that?", -0.95, ""),
        ("Do you take walk-ins on Saturday?", -0.5, "Do you take walk-ins on Saturday?"),
        ("Somebody here is not breathing.", -0.95, "Somebody here is not breathing."),
        ("Yes, hello.", -1.2, "Yes, hello."),
    ],
)
def test_a_wish_that_is_hardly_likely_was_not_understood(text: str, score: float, heard: str) -> None:
    assert meant([Reading(text, score)], Awaited(Expected.ANYTHING), FACTS) == heard


@pytest.mark.parametrize(
    ("readings", "expected", "heard"),
    [
        ((("And person.", -0.79), ("And in person.", -1.1)), Expected.NAME_PART, "Anderson."),
        ((("And person.", -0.3),), Expected.NAME_PART, "And person."),  # it was heard well
        ((("A person, please.", -0.8),), Expected.NAME_PART, "A person, please."),
        ((("This day was killed.", -0.78), ("This day was kept.", -1.09)), Expected.NAME, ""),
        ((("Why do you need that?", -0.3),), Expected.NAME, "Why do you need that?"),
        ((("Yeah, like.", -1.62),), Expected.NAME_PART, ""),
        (
            (
                ("B, E, L, L, E, D, D.", -0.3),
                ("V, E, L, L, E, D, D.", -0.33),
                ("B, E, L, L, E, T, D.", -0.36),
            ),
            Expected.SPELLING,
            "B, E, N, N, E, T, T.",
        ),
        ((("S, A, D, O.", -0.29), ("S, A, T, O.", -0.52)), Expected.SPELLING, "S, A, T, O."),
        ((("Z, Q, X, V, J.", -0.29),), Expected.SPELLING, "Z, Q, X, V, J."),
    ],
)
def test_what_was_asked_tells_what_a_garble_is(
    readings: tuple[tuple[str, float], ...], expected: Expected, heard: str
) -> None:
    assert meant([Reading(*one) for one in readings], Awaited(expected), FACTS) == heard


@pytest.mark.parametrize("words", ["It's highly romantic.", "Sorry, we'll do that.", "It's terrible."])
def test_a_word_that_recognition_took_for_none_is_no_name(words: str) -> None:
    assert _spoken("a cleaning on Tuesday at two", "yes", words).state.goal.name == ""


def test_a_number_that_is_said_again_replaces_and_a_lost_digit_is_found() -> None:
    talk = _spoken("a cleaning on Tuesday at two", "yes", "Anna Bell", "no", "It's 2 0 2 5 5, 0 1 3 8")
    assert "once more" in (talk.move.say or "")
    talk.hear("2 0 2, 5 5, 0 1, 3 8.")
    assert talk.state.goal.phone == "+12025550138"
    assert asked_by(talk.move) is Ask.READ_BACK


def test_a_number_that_does_not_get_whole_is_not_asked_for_the_rest_of() -> None:
    talk = _spoken(
        "a cleaning on Tuesday at two", "yes", "Anna Bell", "no", "2 0 2 4 6 7 0 1 3", "202 467 013"
    )
    assert asked_by(talk.move) is Ask.PHONE


@pytest.mark.parametrize(
    ("heard", "score", "over_bot", "expected", "taken"),
    [
        ("Then they make them then.", -0.77, True, Expected.TIME, False),
        ("Then they make them then.", -0.77, False, Expected.TIME, True),
        ("That's what?", -0.51, True, Expected.ANYTHING, False),
        ("A.m.", -1.1, True, Expected.TIME, False),
        ("Excuse me.", -0.35, True, Expected.TIME, True),
        ("Can I ask something?", -0.54, True, Expected.TIME, True),
        ("Hold on.", -1.1, True, Expected.TIME, True),
        ("Stop.", -0.86, True, Expected.NOTHING, True),
        ("No, on Friday.", -0.74, True, Expected.TIME, True),
        ("I can't breathe.", -0.9, True, Expected.TIME, True),
    ],
)
def test_a_hum_over_the_bot_is_no_words(
    heard: str, score: float, over_bot: bool, expected: Expected, taken: bool
) -> None:
    assert bool(meant([Reading(heard, score)], Awaited(expected), FACTS, over_bot=over_bot)) is taken


@pytest.mark.parametrize(
    ("text", "complains"),
    [
        ("This is anishment. I'd like to book a cleaning for Monday morning, please.", False),
        ("This is ridiculous.", True),
        ("This is a disgrace. I'd like to book a cleaning for Monday morning, please.", True),
    ],
)
def test_a_misheard_name_before_a_wish_is_no_complaint(text: str, complains: bool) -> None:
    assert hear(text).has("complaint", "abuse") is complains


def test_a_name_that_is_not_heard_is_spelled_and_then_the_other_part_is_asked_for() -> None:
    talk = _spoken("a cleaning on Tuesday at two", "yes", "", "")
    assert asked_by(talk.move) is Ask.SPELLING
    assert "spell the last name" in (talk.move.say or "")
    talk.hear("K, O, W, A, L, S, K, I.")
    assert "first name" in (talk.move.say or "")
    talk.hear("Anna.")
    assert talk.state.goal.name == "Anna Kowalski"


def test_a_last_name_that_is_not_heard_is_spelled() -> None:
    talk = _spoken("a cleaning on Tuesday at two", "yes", "Anna.", "")
    assert asked_by(talk.move) is Ask.SPELLING
    talk.hear("K, O, W, A, L, S, K, I.")
    assert talk.state.goal.name == "Anna Kowalski"
    assert asked_by(talk.move) is Ask.CALLER_PHONE


def test_a_name_that_is_neither_heard_nor_spelled_leads_to_a_person() -> None:
    talk = _spoken("a cleaning on Tuesday at two", "yes", *[""] * 3)
    for _ in range(4):
        talk.hear("")
    assert Ask.PERSON_OR_MESSAGE in talk.state.all_asks


@pytest.mark.parametrize("hello", ["Hello?", "Hello? Hello?", "Hi? Um,"])
def test_a_hello_that_was_heard_as_a_question_asks_nothing(hello: str) -> None:
    talk = Talk()
    talk.hear(f"{hello} This is Robert Anderson. And I'd like to. Looks like leaning. Tuesday morning.")
    assert (talk.state.goal.kind, talk.state.asked) == (Kind.BOOK, Ask.SERVICE)
