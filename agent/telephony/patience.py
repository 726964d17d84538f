"""How long to wait for a caller who has paused: by what was asked, and by how far the words answer it."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from config.vendor_settings import SpeechSettings
from language import names
from language import phone as phones
from language.choices import names_a_place, says_no, says_yes
from language.datetimes.resolve import mentions_time
from language.known_names import Part, is_name, part_of
from language.normalize import FILLERS, is_short, normal
from language.spelling import ends_like, spelled_words


class Expected(Enum):
    """What kind of answer the bot's last question wants."""

    ANYTHING = auto()
    """What the caller wants, in as many words as they like."""
    FEW_WORDS = auto()
    """What kind of visit, which person: a word or two are an answer."""
    YES_OR_NO = auto()
    READ_BACK = auto()
    """A yes or no to details: a no is mostly followed by what is wrong."""
    TIME = auto()
    """A day, a time, or one of the times that were offered."""
    NAME = auto()
    NAME_PART = auto()
    """The first or the last name alone."""
    SPELLING = auto()
    NUMBER = auto()
    NOTHING = auto()
    """There was none: "let me look"; the bot is to go on."""


@dataclass(frozen=True)
class Awaited:
    """The answer that the bot's last question wants, and what is known of it already.

    Attributes:
        digits: Those of a number that were said before.
        part: Which part of a name is to be spelled.
        word: That part, as it was heard.
    """

    kind: Expected = Expected.ANYTHING
    digits: str = ""
    part: Part = "last"
    word: str = ""


ONE_WORD = frozenset(
    (Expected.YES_OR_NO, Expected.READ_BACK, Expected.TIME, Expected.FEW_WORDS, Expected.NAME_PART)
)
"""What is asked with one of these, a short word answers: "yep" (to a single time, too), "Schmidt"."""
DIGITS_OF_A_NUMBER = 10
_INTRODUCTION = re.compile(r"^(.*?)\b(?:this is|my name is|my name's|i'm|i am|it's)(?: [\w'-]+){1,4}$")
"""Who calls, whatever recognition makes of the name."""
_BARE_ANSWER = 6
"""Words of an answer that is a yes or no and nothing else."""
_FEW_WORDS = 3
_CLOSES = frozenset("please thanks bye".split())
"""Words that a sentence ends with: "a cleaning on Friday, please"."""
_LEAST_LETTERS = 4
"""Fewer letters have only begun to spell a name."""
_AREA_DIGITS = 3
_NEARLY_ALL_DIGITS = 8
"""Nobody pauses before the last two digits: one was not heard, and waiting does not bring it."""
_FEW_BEFORE = 3
"""Words before who calls: "hello, um, this is"."""
OPEN = (Expected.ANYTHING, Expected.NOTHING)
_OF_ONE_PIECE = (Expected.FEW_WORDS, Expected.YES_OR_NO, Expected.READ_BACK)
_SLACK_SECONDS = 0.3
"""Pauses of one who speaks slowly differ by so much."""
_ASKING = 3
"""Words of a question that is whole: "what was that?"."""
_GOES_ON = re.compile(r"(?<!\W)(?=\W*?(?:,|\.\.\.|\u2026|-|\u2013))\W++$")
# The closed classes of English whose words want another one after them.
_SUBJECTS = frozenset("i you it he she they we that this there".split())
_AUXILIARIES = frozenset(
    "is are was were am be been can could would should will shall may might must "
    "do does did have has had".split()
)
_WANTS_MORE = (
    _AUXILIARIES
    | (_SUBJECTS - {"it", "that", "this", "there", "you"})
    | frozenset(
        "a an the my your our their his her its these those some any and or but so because if which who when "
        "where while than as to for of from with without at on in by about into until before after between "
        "during i'm i'd i'll i've we'd we'll we're he's she's it's they're you're there's not like just "
        "really maybe also um uh uhm er erm".split()
    )
)


def patience(heard: str, awaited: Awaited, settings: SpeechSettings, pause: float = 0.0) -> float:
    """Decide how long to wait for the caller to go on.

    Args:
        heard: All that they have said since it became their turn, as recognised.
        awaited: What the bot's last question wants.
        pause: The longest after which they have gone on so far, in this turn or, behind an open question,
            in any.

    Returns:
        Seconds after the end of speech: none for words that answer the question whole; long while a number
        is too short or a sentence hangs in the air.
    """
    words, expected = normal(heard), awaited.kind
    digits = digits_known(heard, awaited.digits) if expected is Expected.NUMBER else 0
    if digits >= DIGITS_OF_A_NUMBER or (words and _answers(heard, words, expected)):
        return 0.0
    if not words:
        wait = settings.turn_wait_seconds  # what was not heard may be the beginning
    elif expected is Expected.SPELLING and _spells(heard, words):
        wait = _spelling_wait(heard, awaited.word, settings)
    elif _only_opens(heard, words, expected):
        wait = settings.hesitation_wait_seconds
    elif expected is Expected.NAME and _is_first_name(words):
        wait = settings.part_wait_seconds
    elif 0 < digits < _NEARLY_ALL_DIGITS or (not digits and _hangs(heard, words)):
        wait = settings.dictation_wait_seconds
    elif _closes(heard, words):
        return settings.closed_wait_seconds
    else:
        wait = settings.turn_wait_seconds
    slow = min(pause + _SLACK_SECONDS, settings.hesitation_wait_seconds) if pause else 0.0
    return max(wait, 0.0 if expected in _OF_ONE_PIECE else slow)


def digits_known(heard: str, before: str) -> int:
    """Count the digits of a number that are known with what was heard; none while none was said.

    Args:
        before: Those that were known already; who begins anew says them once more.
    """
    said = phones.digits(heard)
    anew = said[:_AREA_DIGITS] == before[:_AREA_DIGITS]
    return len(said) + (0 if anew or not said else len(before))


def _spells(heard: str, words: str) -> bool:
    """Tell whether an answer is letters: also the first one alone."""
    return bool(spelled_words(heard, asked=True)) or all(len(one) == 1 for one in words.split())


def _spelling_wait(heard: str, word: str, settings: SpeechSettings) -> float:
    letters = "".join(spelled_words(heard, asked=True))
    if ends_like(word, letters):
        return settings.closed_wait_seconds
    if len(letters) >= _LEAST_LETTERS:
        return settings.turn_wait_seconds + settings.closed_wait_seconds  # GOLD may begin GOLDBERG
    return settings.part_wait_seconds


def _closes(heard: str, words: str) -> bool:
    """Tell whether a sentence is at its end by the way it ends."""
    asks = heard.rstrip().endswith("?") and not is_short(words, _ASKING - 1)
    return asks or words.rsplit(maxsplit=1)[-1] in _CLOSES


def _answers(heard: str, words: str, expected: Expected) -> bool:
    """Tell whether the words are a whole answer to what was asked."""
    short = is_short(words, _BARE_ANSWER) and not _GOES_ON.search(heard)
    if expected is Expected.READ_BACK:
        return short and says_yes(words) and not says_no(words)
    if expected is Expected.YES_OR_NO:
        return short and (says_yes(words) or says_no(words))
    if expected is Expected.TIME:
        named = mentions_time(heard, asked=True) or names_a_place(words)
        return short and named and not _hangs(heard, words)
    name = names.stated_name(heard) or names.bare_name(heard) or ""
    if expected is Expected.NAME_PART:
        return short and is_name(name)
    return expected is Expected.NAME and short and names.is_whole(name)


def _hangs(heard: str, words: str) -> bool:
    """Tell whether the sentence wants another word."""
    if heard.rstrip().endswith("?"):
        return False
    if _GOES_ON.search(heard):
        return True
    last = set(words.split()[-2:])
    # "It is", "I would", "do you": an auxiliary beside its subject is a whole answer.
    whole = bool(last & _SUBJECTS) and bool(last & _AUXILIARIES)
    return words.rsplit(maxsplit=1)[-1] in _WANTS_MORE and not whole


def _only_opens(heard: str, words: str, expected: Expected) -> bool:
    """Tell whether an answer has only begun: a greeting, a hesitation, who calls."""
    rest = [word for word in words.split() if word not in FILLERS]
    if not rest:
        return expected not in (Expected.YES_OR_NO, Expected.READ_BACK)
    if expected not in OPEN:
        return False
    name = names.stated_name(heard)
    named = name is not None and words.endswith(normal(name))
    introduced = _INTRODUCTION.search(" ".join(rest))
    opens = introduced is not None and is_short(introduced[1], _FEW_BEFORE)
    return named or len(rest) == 1 or opens


def _is_first_name(words: str) -> bool:
    """Tell whether an answer to "your name?" may be the first one alone."""
    rest = [word for word in words.split() if word not in FILLERS]
    # Who gives the last name alone was asked for it, or has said the first one already.
    return len(rest) < _FEW_WORDS and not says_no(words) and part_of(rest[-1]) != "last"
