"""What callers say, read for danger."""

import tomllib
from pathlib import Path

import pytest

from language.danger.answers import answer_in, calls_it_off
from language.danger.clauses import LONGEST, Status, clauses_of, language_of
from language.danger.detector import DangerDetector, Level
from tests.benchmarks.bench_danger import LANGUAGES, Figures, measure

_SETS = Path("tests/benchmarks/danger")
_ALARM = (Level.SURE, Level.UNSURE)


@pytest.fixture(scope="module")
def detector() -> DangerDetector:
    return DangerDetector.shared()


def _reported() -> dict[str, list[str]]:
    return tomllib.loads((_SETS / "reported.toml").read_text("utf-8"))


@pytest.mark.parametrize("text", [*_reported()["emergency"], *_reported()["despair"]])
def test_what_was_once_missed_is_recognised(detector: DangerDetector, text: str) -> None:
    assert detector.read(text).level is Level.SURE


@pytest.mark.parametrize("text", _reported()["no_alarm"])
def test_what_only_sounds_like_danger_is_never_taken_for_it(detector: DangerDetector, text: str) -> None:
    assert detector.read(text).level is not Level.SURE


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("No, chest pain.", "chest"),
        ("No. It's my chest.", "chest"),
        ("I'd like a cleaning and by the way I can't breathe", "airway"),
        ("Tuesday at ten is fine. Wait, my husband just collapsed!", "collapse"),
        ("two oh two five five five hurry he's not breathing", "airway"),
        ("No fever, but crushing chest pain started suddenly", "chest"),
        ("She's not bleeding anymore but she won't wake up", "collapse"),
        ("It hasn't stopped bleeding", "bleeding"),
        ("Hello, somebody's choking in your waiting room", "inhaled"),
        ("can you get the doctor my wife just collapsed in the chair", "collapse"),
        ("he isn't breathing anymore", "airway"),
        ("Hector Delgado can't breathe", "airway"),
        ("my wife, Ana Diaz, collapsed", "collapse"),
        ("she's no longer responding", "collapse"),
        ("his heart isn't beating anymore", "collapse"),
        ("I CANT BREATHE", "airway"),
        ("quiero una cita y además me duele el pecho ahora mismo", "chest"),
        ("no reacciona", "collapse"),
    ],
)
def test_danger_is_seen_in_whatever_clause_it_stands(detector: DangerDetector, text: str, kind: str) -> None:
    reading = detector.read(text)
    assert (reading.level, reading.kind) == (Level.SURE, kind)


@pytest.mark.parametrize(
    "text",
    [
        "I don't have any chest pain, I just want a cleaning",
        "no fever, swelling, or chest pain",
        "there's no trouble breathing or swallowing",
        "the bleeding has stopped",
        "it isn't bleeding anymore",
        "Rosa Delgado, and Dad is Hector Delgado",
        "I'm in at ten thirty and stuck on the bridge, is that a problem?",
        "no, puedo respirar bien, sólo me duele la muela",
        "se me hinchó la mejilla",
        "the A train's not moving so I'll be late",
        "now my dad, Peter Lindqvist, a check-up too",
        "I had a heart attack and a stroke in 2019",
        "my father had a stroke when he was sixty",
        "what should I do if it bleeds tonight",
        "is there a risk of a heart attack from the shot",
        "do you know what to do when somebody has a seizure",
        "my nose is stuffed and I can't breathe through it",
        "no tengo dolor de pecho",
        "ya dejó de sangrar",
        "tuve un infarto hace dos años",
    ],
)
def test_what_is_denied_over_or_imagined_is_no_danger(detector: DangerDetector, text: str) -> None:
    assert detector.read(text).level not in _ALARM


def test_danger_at_the_end_of_a_long_message_is_seen(detector: DangerDetector) -> None:
    text = "I would like to tell you about my teeth. " * 300 + "My throat is swelling shut."
    assert len(text) > LONGEST
    assert detector.read(text).level is Level.SURE


@pytest.mark.parametrize(
    ("text", "highest"),
    [
        ("I have a cold and I'm coughing, should I still come", Level.UNSURE),
        ("a small filling, just one side", Level.UNSURE),
        ("I've cut my hand so I need to move my appointment", Level.NONE),
    ],
)
def test_a_sentence_that_is_harmless_as_a_whole_outvotes_its_clauses(
    detector: DangerDetector, text: str, highest: Level
) -> None:
    order = list(Level)
    assert order.index(detector.read(text).level) <= order.index(highest)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("choking on my water", Level.SURE),
        ("choking on my water, okay I'm fine now", Level.UNSURE),
        ("He hit his head and passed out. He's okay now.", Level.UNSURE),
        ("choking on my tea, sorry, go on", Level.UNSURE),
        ("She's okay now. But her throat is closing again!", Level.SURE),
        ("I'm fine with whatever time, my throat is closing", Level.SURE),
        ("I took all of the pills, I can't go on", Level.SURE),
    ],
)
def test_whoever_is_said_to_be_well_again_is_asked_about(
    detector: DangerDetector, text: str, level: Level
) -> None:
    assert detector.read(text).level is level


@pytest.mark.parametrize(
    "text",
    [
        "he makes a whistling noise every time he breathes",
        "can not talk my tongue swell up",
        "no idea how many sleeping pills he took",
    ],
)
def test_words_that_tell_of_habits_suppositions_or_questions_elsewhere_hide_no_danger(
    detector: DangerDetector, text: str
) -> None:
    assert detector.read(text).level is Level.SURE


@pytest.mark.parametrize(
    "text",
    [
        "One moment, let me think. Which doctor is that with?",
        "and if it's just one side, what would that set me back?",
        "his fever broke and he feels great",
        "Sure. And no, Haddad. Not Lee.",  # the name of a dentist
        "no, Okonkwo, not Adeyemi",
    ],
)
def test_what_once_got_the_question_and_is_ordinary_talk_gets_none(
    detector: DangerDetector, text: str
) -> None:
    assert detector.read(text).level is Level.NONE


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("I have an emergency", Level.UNSURE),
        ("Thursday? No, this is an emergency!", Level.UNSURE),
        ("doctor fast", Level.UNSURE),
        ("it's an emergency, I need help right now", Level.UNSURE),
        ("es una emergencia", Level.UNSURE),
        ("I swallowed my crown and I'd like to see the dentist on Wednesday", Level.UNSURE),
        ("I have an emergency, she's not breathing", Level.SURE),
        ("I have a dental emergency", Level.URGENT),
        ("it's not an emergency", Level.NONE),
        ("I have a family emergency and need to cancel", Level.NONE),
        ("do you see emergencies on weekends", Level.NONE),
        ("I need help finding a time", Level.NONE),
    ],
)
def test_a_plea_for_help_that_names_no_danger_is_asked_about(
    detector: DangerDetector, text: str, level: Level
) -> None:
    assert detector.read(text).level is level


@pytest.mark.parametrize(
    "text", ["", " ", "?!", "!" * 20_000, "a" * 20_000, "\ud800", "," * 9_000, "no " * 4_000]
)
def test_any_text_can_be_read(detector: DangerDetector, text: str) -> None:
    assert detector.read(text).level not in _ALARM


@pytest.mark.parametrize(
    ("text", "level", "kind"),
    [
        ("I knocked out my front tooth", Level.URGENT, "knocked_out"),
        ("my filling fell out and it really hurts", Level.URGENT, "bad_pain"),
        ("my gum is swollen but I have no fever", Level.URGENT, "swelling"),
    ],
)
def test_what_is_urgent_is_no_danger(detector: DangerDetector, text: str, level: Level, kind: str) -> None:
    reading = detector.read(text)
    assert (reading.level, reading.kind) == (level, kind)


@pytest.mark.parametrize("fall", ["fell off his bike", "ran into a door", "took a ball in the mouth"])
def test_a_fall_that_harms_a_tooth_alone_is_no_alarm_and_a_blow_to_the_head_is(
    detector: DangerDetector, fall: str
) -> None:
    assert detector.read(f"my son {fall} and his front teeth are in my hand").level is not Level.SURE
    assert detector.read(f"my son {fall}, his teeth are out and he blacked out").level is Level.SURE


@pytest.mark.parametrize("medicine", ["blood thinner", "warfarin", "aspirin"])
def test_a_medicine_that_is_stopped_is_no_bleeding(detector: DangerDetector, medicine: str) -> None:
    assert detector.read(f"the {medicine} is stopped").level is Level.NONE
    assert detector.read(f"I take a {medicine} and the bleeding won't stop").level is Level.SURE


@pytest.mark.parametrize(
    ("text", "signs", "found"),
    [
        ("I knocked out my front tooth", ["a knocked-out tooth"], True),
        ("his front tooth came right out when he fell", ["a knocked-out tooth"], True),
        ("he hit his head on the table", ["a blow to the head"], True),
        ("my braces wire snapped and is poking my cheek", ["broken braces wire"], True),
        ("I broke a tooth", ["a knocked-out tooth"], False),
        ("my tooth was not knocked out", ["a knocked-out tooth"], False),
        ("what do I do if a tooth is knocked out", ["a knocked-out tooth"], False),
        ("I'd like a cleaning", ["a knocked-out tooth", "a blow to the head"], False),
        ("I'd like a cleaning", [], False),
    ],
)
def test_a_practice_finds_its_own_signs_in_other_words(
    detector: DangerDetector, text: str, signs: list[str], found: bool
) -> None:
    assert detector.matches(text, signs) is found


@pytest.mark.parametrize(
    ("text", "words", "status"),
    [
        ("no he's not choking", "", Status.ASSERTED),
        ("if my face swells", "if my face swells", Status.IMAGINED),
        ("I had a stroke last year", "i had a stroke last year", Status.PAST),
        ("he had a seizure ten minutes ago", "he had a seizure ten minutes ago", Status.ASSERTED),
    ],
)
def test_a_clause_says_what_is_so(text: str, words: str, status: Status) -> None:
    ((clause,),) = clauses_of(text, "en")
    assert (clause.words, clause.status) == (words, status)


@pytest.mark.parametrize(
    ("text", "language"),
    [("me duele el pecho", "es"), ("my chest hurts", "en"), ("no", "en"), ("he can't breathe", "en")],
)
def test_the_language_is_known_by_small_words(text: str, language: str) -> None:
    assert language_of(text, "en-US") == language


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("No.", "no"),
        ("um, no, nobody", "no"),
        ("no I'm fine", "no"),
        ("not really", "no"),
        ("just a toothache", "no"),
        ("Yes!", "yes"),
        ("yeah she is", "yes"),
        ("a little", "yes"),
        ("what?", "again"),
        ("", ""),
        ("my name is Norma", "no"),
        ("you have to send somebody", "yes"),
        ("should I drive to the hospital?", "yes"),
        ("I don't know, I think so", "yes"),
        ("I said half past four", "no"),
        ("blah blah", ""),
        ("no sé", "yes"),
        ("no, nadie", "no"),
        ("sí", "yes"),
    ],
)
def test_the_answer_to_the_question_is_read(text: str, answer: str) -> None:
    assert answer_in(text) == answer


def test_an_alarm_can_be_called_off() -> None:
    assert calls_it_off("sorry, false alarm", "en")
    assert not calls_it_off("it's an emergency", "en")


def test_the_figures_hold(detector: DangerDetector) -> None:
    figures = [one for language in LANGUAGES for one in measure(detector, language)]
    danger = [one for one in figures if one.group == "danger"]
    assert len(danger) == len(LANGUAGES)
    assert min(one.recognised for one in danger) >= 0.99
    assert min(one.sure for one in danger) >= 0.9
    assert _false_alarms(figures, "hard") <= 0.15
    assert _false_alarms(figures, "ordinary") <= 0.01


def _false_alarms(figures: list[Figures], group: str) -> float:
    """Give the share of false alarms over both languages: the Spanish sentences are few."""
    those = [one for one in figures if one.group == group]
    return sum(one.false_alarms * one.count for one in those) / sum(one.count for one in those)
