"""Which of a recogniser's readings is meant: the likeliest that answers what was asked, if one comes near.

Of "Jessica Lee" the likeliest reading may be "Gessically", with the name a step behind; of ten digits one of
eleven. What was asked, and what the practice offers, decides between readings that are nearly as likely.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from agent.dialogue.acts import hear
from agent.dialogue.matching import service_in, service_sounding_like
from agent.expected import LIKE_LETTERS, awaited_after, last_said, recognition_prompt
from agent.speech.standby import Question, Reading
from agent.speech.symbols import DIGITS, LETTERS, Symbols
from agent.telephony.patience import DIGITS_OF_A_NUMBER, Awaited, Expected, digits_known
from contracts.conversation import Message
from contracts.partner import PracticeFacts
from language.agreement import speaks_against
from language.choices import names_a_place, says_no, says_yes
from language.danger.detector import DangerDetector, Level
from language.datetimes.resolve import mentions_time
from language.known_names import is_name, rarity, sounding_like, unknown_parts
from language.names import bare_name, is_whole, stated_name
from language.normalize import is_short, normal
from language.phone import digits
from language.spelled_names import likeliest
from language.spelling import LEAST_LETTERS, as_one, spelled_words

_LEAST = -0.85
"""A sentence that is less likely was not understood: what is right is rarely below -0.6."""
_FEW_WORDS = 3
_MORE_WORDS = 2
"""Words that may stand beside letters: "it's", "that's"."""
_FEWEST = 2
"""Letters or digits that are more than one that sounds like a word."""
_TELLS_LETTERS = re.compile(
    r"\b(?:double|triple|as in|like|for|apostrophe|hyphen|dash|capital)\b", re.IGNORECASE
)
"""Words that say something of letters."""
_WAYS = 5
_UNWRITTEN, _WHOLE = 2.0, 3.0
"""How much less likely digits are that the recogniser did not write, and how much more a whole number is."""
_ARTICLES = ("", "a", "the", "no")
_DANGER = (Level.UNSURE, Level.SURE)
_MAY_NAME = (Expected.ANYTHING, Expected.NAME, Expected.NAME_PART, Expected.READ_BACK)
_NAMES = (Expected.NAME, Expected.NAME_PART)
_DOUBTFUL = -0.6
"""Below it an answer to "your name?" that is no name is one that was misheard."""
_NOT_HEARD = -0.75
_LEAST_FEW = -0.45
"""Who takes the turn with a word or two says them clearly."""
_STOPS = frozenset("hold abandon refuse".split())
_SURE_TO_STOP = 0.85
_WANT_NO_WORDS = (Expected.ANYTHING, Expected.NOTHING)
_NAME_LEAD = re.compile(r"^(?:it is|it's|this is|my (?:last |first )?name is) ")
_BARELY_HEARD = -1.0
"""The same of few words, of which each weighs more."""
_AS_LIKELY = 0.06
_SURE = 0.9
_UNCLEAR = frozenset(("tell", "other"))
_LETTERS_OF_A_TOKEN = 4
_BY_RARITY = 0.1
"""How much a name's place in the lists weighs beside its sound."""
_AS_WHOLE = 0.1
"""The same of a yes that is broken off, beside one that is whole."""
_NEAR = 0.6
"""How much less likely a reading may be where a better one answers nothing, in the logarithm of a token's
probability: "number one" beside "never wanted"."""


def question_after(messages: Sequence[Message], facts: PracticeFacts, *, over_bot: bool = False) -> Question:
    """Give what the caller's next words are an answer to.

    Args:
        messages: With what was known in them.
    """
    awaited = awaited_after(messages)
    return Question(
        recognition_prompt(last_said(messages)),
        lambda heard: meant(heard.readings, awaited, facts, over_bot=over_bot, symbols=heard.symbols),
        LIKE_LETTERS if awaited.kind is Expected.SPELLING else "",
    )


def meant(
    readings: Sequence[Reading],
    awaited: Awaited,
    facts: PracticeFacts,
    *,
    over_bot: bool = False,
    symbols: Callable[[], Symbols | None] = lambda: None,
) -> str:
    """Give the reading that is meant; the likeliest, the first, where none answers better than it.

    Where letters or a number are asked for, it is what they sound like (``symbols``). Empty where a wish
    is so unlikely that it is a garble, or, over the bot, an "mm-hmm".
    """
    expected = awaited.kind
    best, harmless = readings[0], _is_harmless(readings[0])
    lost = harmless and _is_lost(best, expected)
    hummed = over_bot and harmless and _is_hummed(best, awaited, facts)
    if hummed or (lost and expected is Expected.ANYTHING):
        return ""  # it is said to be not understood, instead of answered
    near = [one for one in readings if best.score - one.score <= _NEAR]
    if said := _as_it_sounds(near, awaited, symbols, harmless=harmless):
        return said
    if expected in (Expected.YES_OR_NO, Expected.READ_BACK):
        best = _whole_yes(best, readings)
    if harmless and expected is Expected.ANYTHING:
        best = _understood(best, [one for one in readings if _is_harmless(one)])
    if expected in _MAY_NAME:
        best = _with_commoner_name(best, readings)
    fitting = next((one.text for one in near if _fits(one.text, readings[0].text, awaited, facts)), "")
    found = fitting or _mended(near, expected)
    if not found:
        if lost:
            return ""
        return (_asked_for(best.text, facts) if expected is Expected.FEW_WORDS else "") or best.text
    if found in (best.text, readings[0].text):
        return best.text
    # What may be danger is never heard away: "no feeling" may be, unless a filling is nearly as likely there.
    words = normal(best.text)
    misheard = expected is Expected.FEW_WORDS and (
        DangerDetector.shared().read(best.text).level is not Level.SURE or _is_one_word(words)
    )
    return found if harmless or (misheard and service_sounding_like(words, facts)) else best.text


def _is_harmless(reading: Reading) -> bool:
    return DangerDetector.shared().read(reading.text).level is Level.NONE


def _is_in_letters(text: str) -> bool:
    """Tell whether most words are single letters: what is between them is a letter that was misheard."""
    words = normal(text).split()
    single = sum(len(one) == 1 for one in words)
    return single >= LEAST_LETTERS and single * 2 > len(words)


def _is_hummed(best: Reading, awaited: Awaited, facts: PracticeFacts) -> bool:
    """Tell whether a few words are what recognition makes of a hum: of "mm-hmm" "Then they make them"."""
    if not is_short(best.text) or hear(best.text).surely(*_STOPS, least=_SURE_TO_STOP):
        return False
    answers = awaited.kind not in _WANT_NO_WORDS and _fits(best.text, best.text, awaited, facts)
    return best.score < (_LEAST if answers else _LEAST_FEW if is_short(best.text, 2) else _DOUBTFUL)


def _is_lost(best: Reading, expected: Expected) -> bool:
    """Tell whether words that answer nothing are a garble rather than something else that was said."""
    few = is_short(best.text, _FEW_WORDS)
    if expected is Expected.ANYTHING:
        return best.score < _LEAST and not few
    return expected in _NAMES and best.score < (_BARELY_HEARD if few else _NOT_HEARD)


def _mended(near: Sequence[Reading], expected: Expected) -> str:
    """Give the name that an answer is by its sound, where none of its readings is one."""
    words = _NAME_LEAD.sub("", normal(near[0].text))
    told = near[0].score >= _DOUBTFUL or not is_short(words, _FEW_WORDS) or all(map(is_name, words.split()))
    name = sounding_like(words) if expected in _NAMES and not told else ""
    return f"{name.title()}." if name else ""


def _as_it_sounds(
    near: Sequence[Reading], awaited: Awaited, symbols: Callable[[], Symbols | None], *, harmless: bool
) -> str:
    if awaited.kind is Expected.SPELLING and (harmless or _is_in_letters(near[0].text)):
        return _spelled(near, awaited, symbols())
    return _dialled(near, awaited, symbols()) if awaited.kind is Expected.NUMBER and harmless else ""


def _spelled(near: Sequence[Reading], awaited: Awaited, symbols: Symbols | None) -> str:
    """Give the letters of the name that was spelled, where nothing much but letters was said."""
    found = [as_one(words) for one in near if (words := spelled_words(one.text, asked=True))]
    ways = [one[0] for one in found if len(one) == 1]
    if len(normal(near[0].text).split()) > _MORE_WORDS + 2 * len(ways[0] if ways else ""):
        ways = []
    if symbols is None or not _is_said_in(symbols, LETTERS) or _TELLS_LETTERS.search(near[0].text):
        name = likeliest(ways, awaited.part, awaited.word, garbled=True)
    else:
        ways += symbols.letters.readings(1)
        costs = symbols.letters.costs
        name = likeliest(ways, awaited.part, awaited.word, garbled=True, unlikeliness=costs)
    return f"{', '.join(name.upper())}." if name else ""


def _dialled(near: Sequence[Reading], awaited: Awaited, symbols: Symbols | None) -> str:
    """Give the digits that were said, where nothing much but digits was: rather a whole number's."""
    if symbols is None or not _is_said_in(symbols, DIGITS):
        return ""
    written = [(digits(one.text), one.text) for one in near]
    said = symbols.digits.readings(_WAYS)
    left = DIGITS_OF_A_NUMBER - len(awaited.digits)
    whole = [one for one, text in written if digits_known(text, awaited.digits) == DIGITS_OF_A_NUMBER]
    if whole and len(said[0]) > DIGITS_OF_A_NUMBER:
        return ""  # who corrects themselves says more digits than the number has
    ways = {one: text for one, text in reversed(written) if one} | {
        one: " ".join(one) for one in said if one and one not in dict(written)
    }
    costs = dict(zip(ways, symbols.digits.costs([*ways]), strict=True))
    for one in costs:
        costs[one] += 0.0 if one in dict(written) else _UNWRITTEN
        costs[one] -= _WHOLE if len(one) in (left, DIGITS_OF_A_NUMBER) else 0.0
    return ways[min(costs, key=lambda one: costs[one])] if costs else ""


def _is_said_in(symbols: Symbols, alphabet: str) -> bool:
    """Tell whether letters, or digits, are most of what was said."""
    written = symbols.written()
    words = written.count("*")
    return len(written) - words >= _FEWEST and words <= max(
        _MORE_WORDS, sum(one in alphabet for one in written) // 2
    )


def _with_commoner_name(best: Reading, readings: Sequence[Reading]) -> Reading:
    """Put the name that is likeliest by sound and by how many are called so: "Wilson" and not "Wilton"."""
    said = stated_name(best.text)
    if said is None or said not in best.text:
        return best

    def unlikeliness(one: tuple[str, Reading]) -> float:
        name, reading = one
        sound = (best.score - reading.score) * len(best.text) / _LETTERS_OF_A_TOKEN
        return sound + _BY_RARITY * math.log(1 + rarity(name))

    names = [(name, one) for one in readings if (name := stated_name(one.text)) is not None]
    whole = [one for one in names if is_whole(one[0]) == is_whole(said)]
    return replace(best, text=best.text.replace(said, min(whole, key=unlikeliness)[0], 1))


def _understood(best: Reading, readings: Sequence[Reading]) -> Reading:
    """Put the wish that is surest of those that are as likely: "your opening hours?" and not "powers?"."""

    def sureness(one: Reading) -> float:
        return min((part.sure * (part.kind not in _UNCLEAR) for part in hear(one.text).clauses), default=0.0)

    near = [one for one in readings if best.score - one.score <= _AS_LIKELY]
    return max(near, key=sureness) if len(near) > 1 and sureness(best) < _SURE else best


def _whole_yes(best: Reading, readings: Sequence[Reading]) -> Reading:
    """Put a whole yes for a broken-off one: "Yes, that's right." for "Yes, that's like..."."""
    said = normal(best.text).split()
    if not best.text.endswith("...") or not says_yes(said[0]) or speaks_against(best.text.rstrip(".")):
        return best
    for one in readings:
        words = normal(one.text).split()
        alike = len(words) == len(said) and words[:-1] == said[:-1]
        if alike and best.score - one.score <= _AS_WHOLE and hear(one.text).surely("agree", least=1.0):
            return replace(best, text=one.text)
    return best


def _asked_for(text: str, facts: PracticeFacts) -> str:
    """Give the service that a short answer asks for by its sound: "no feeling, please" is no numbness."""
    words = normal(text)
    if not (is_short(words, _FEW_WORDS) and words.endswith(" please")) or service_in(words, facts):
        return ""
    if not _is_one_word(words) and DangerDetector.shared().read(text).level in _DANGER:
        return ""  # "a numb feeling, please", "feeling faint, please"
    service = service_sounding_like(words, facts)
    return f"{service.name}, please." if service else ""


def _is_one_word(words: str) -> bool:
    """Tell whether one word stands between an article and "please"; "a" is heard as "no" too."""
    tokens = words.split()
    return tokens[-1:] == ["please"] and " ".join(tokens[:-2]) in _ARTICLES


def _fits(text: str, best: str, awaited: Awaited, facts: PracticeFacts) -> bool:  # noqa: PLR0911 - one for each
    words = normal(text)
    match awaited.kind:
        case Expected.FEW_WORDS:
            return service_in(words, facts) is not None
        case Expected.YES_OR_NO | Expected.READ_BACK:
            # The first word is what is lost most often.
            said = normal(best)
            return words in (f"yes {said}", f"no {said}") or (
                words == said and (says_yes(said) or says_no(said))
            )
        case Expected.TIME:
            return mentions_time(text, asked=True) or names_a_place(words)
        case Expected.NUMBER:
            return digits_known(text, awaited.digits) == DIGITS_OF_A_NUMBER
        case Expected.NAME_PART:
            return all(map(is_name, _NAME_LEAD.sub("", words).split()))
        case Expected.NAME:
            name = stated_name(text) or bare_name(text)
            return name is not None and not unknown_parts(name)
        case _:
            return True
