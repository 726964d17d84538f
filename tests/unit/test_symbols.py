"""Letters and digits by their sound: how likely they are, and which name or number is meant."""

import itertools
import math

import numpy as np
import pytest

from agent.readings import meant
from agent.speech.standby import Reading
from agent.speech.symbols import SYMBOLS, Spelled, Symbols
from agent.telephony.patience import Awaited, Expected
from tests.fakes.practice_api import FACTS

_SPELLING = Awaited(Expected.SPELLING)


def sounds(*moments: str, sure: float = 0.9) -> Symbols:
    """Give symbols that sound one after the other; of "at" either is as likely."""
    rows = []
    for moment in moments:
        for now in (moment, "-"):
            row = np.full(len(SYMBOLS), (1 - sure) / len(SYMBOLS))
            for symbol in now:
                row[SYMBOLS.index(symbol)] += sure / len(now)
            rows.append(np.log(row))
    return Symbols(np.array(rows))


def test_how_likely_a_word_is_counts_every_way_to_say_it() -> None:
    likely = np.log(np.random.default_rng(1).dirichlet(np.ones(3), 5))
    words = ["", "a", "b", "aa", "ab", "aba", "bb", "abab"]
    ways = dict.fromkeys(words, 0.0)
    for path in itertools.product(range(3), repeat=5):
        word = "".join("-ab"[one] for one, _ in itertools.groupby(path)).replace("-", "")
        if word in ways:
            ways[word] += math.exp(sum(likely[at, one] for at, one in enumerate(path)))
    assert Spelled("ab", likely).costs(words) == pytest.approx([-math.log(ways[one]) for one in words])


def test_readings_come_the_likeliest_first() -> None:
    letters = sounds("s", "ao", "t", "o").letters
    assert set(letters.readings(2)) == {"sato", "soto"}
    assert sounds("a", "a", "8").letters.readings(1) != sounds("a", "8").letters.readings(1)


def test_a_spoken_oh_is_a_zero_and_a_word_is_nothing() -> None:
    assert sounds("*", "2", "o", "2").digits.readings(1) == ["202"]
    assert sounds("*", "2", "o", "2").written() == "*2o2"


@pytest.mark.parametrize(
    ("moments", "word", "name"),
    [
        (("p", "a", "dt", "e", "l"), "But tell", "P, A, T, E, L."),
        (("*", "b", "e", "mn", "n", "e", "t", "t"), "", "B, E, N, N, E, T, T."),
        (("o", "n", "y", "a", "n", "k", "o"), "", "O, N, Y, A, N, K, O."),  # in no list, and clear
    ],
)
def test_letters_that_sound_alike_are_those_of_a_name(moments: tuple[str, ...], word: str, name: str) -> None:
    written = [Reading("I say to all.", -0.3)]
    heard = meant(written, Awaited(Expected.SPELLING, word=word), FACTS, symbols=lambda: sounds(*moments))
    assert heard == name


@pytest.mark.parametrize("moments", [("*", "*", "*", "i", "*", "*"), ("*",), ("-",)])
def test_words_are_no_letters_though_spelling_was_asked_for(moments: tuple[str, ...]) -> None:
    written = [Reading("I don't want to spell it.", -0.3)]
    assert meant(written, _SPELLING, FACTS, symbols=lambda: sounds(*moments)) == "I don't want to spell it."


def test_what_is_said_of_letters_is_left_to_the_words() -> None:
    written = [Reading("M, O, double S.", -0.3)]
    assert meant(written, _SPELLING, FACTS, symbols=lambda: sounds("m", "o", "*", "s")) == "M, O, S, S."


@pytest.mark.parametrize(
    ("written", "moments", "before", "number"),
    [
        ("It's 2 0 2 5 5, 0 1 3 8.", "*2o25550138", "", "2 0 2 5 5 5 0 1 3 8"),
        ("Bye, bye, bye.", "555", "202", "5 5 5"),
        ("It's 202 555 0112.", "*2o25550112", "", "It's 202 555 0112."),
        ("5 5 5 5, 0 1 3 8", "5550138", "202", "5 5 5 0 1 3 8"),
        ("2 0 2 5 5 5 0 1 4 3, no, 0 1 3 4.", "2o25550143*0134", "", "2 0 2 5 5 5 0 1 4 3, no, 0 1 3 4."),
        ("I don't know it by heart.", "******", "", "I don't know it by heart."),
    ],
)
def test_a_number_is_its_digits_as_they_sound(written: str, moments: str, before: str, number: str) -> None:
    awaited = Awaited(Expected.NUMBER, digits=before)
    assert meant([Reading(written, -0.3)], awaited, FACTS, symbols=lambda: sounds(*moments)) == number
