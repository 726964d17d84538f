"""Whether an answer to a read-back agrees to it: a small grammar, and meaning for what it leaves open.

An answer agrees when phrases of the grammar cover every word of it and one of them agrees. To a booking or a
move it agrees as well when each of its clauses means agreement or politeness, unless something speaks against
it: a question, a denial, a condition, a doubt, a comparison, a day or time or number other than those read
back, or a word that agreeing answers are not made of. A refusal, a condition, a question, another wish and
what nobody thought of end there alike. The phrases and the words are data, one file a language; a caller may
answer in any of them.
"""

import functools
import itertools
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

from language.agreement_meaning import Meaning, known_words, load_meaning, meanings_of
from language.normalize import normal

LANGUAGES = ("en", "es")
_DENIES_APART = ("en",)
"""Languages in which a "no" may stand apart from the statement behind it."""
LONGEST_ANSWER = 240
"""Characters; whoever says more than that does more than agree."""

Intent = Literal["book", "move", "cancel"]
_Owed = Literal["", "statement", "detail"]
_NOTHING, _HEARD, _AGREED = range(3)
"""How far phrases agree: not at all, as far as "okay" does, and clearly."""
_Phrases = dict[str, set[tuple[str, ...]]]
"""Phrases by their first word."""

_QUESTION = "questionmark"
_CHOICE = re.compile(r"\(([^()]*)\)")
_NOON, _EVENING = 12, 17
_MERIDIEMS = ("am", "pm")
_THUMBS_UP = "\U0001f44d"
_DIGITS_TOO = {"zero": "oh", "una": "uno"}
"""How digits are said beside what numbers are called."""
_TITLES = ("dr", "doctor", "doctora", "dra")
_CLAUSE_END = re.compile(r"[,.;:!\u2026\u2014\u2013]+")
_ABBREVIATED = re.compile(r"\b(?:(dr)|([ap])\.\s?(?=m\b))\.?", re.IGNORECASE)
_CONTRAST = re.compile(r"\b(?:but|pero)\b", re.IGNORECASE)
_OPENING_END = re.compile(
    r"(?<![.!\s])(?:[.!]{1,3}\s|,\s|[.!]{0,3},?\s(?=(?:and|also|oh|but|y|pero)\b))|(?<=\byes)\s",
    re.IGNORECASE,
)
_UNFINISHED = re.compile(r"\b(?:but|pero)\W*$", re.IGNORECASE)
_MAY_BE_OTHER, _SURELY_FITS = 0.35, 0.1
"""How likely a clause may at most be anything else; one that tells of the past."""
_AGREES_BY_MEANING, _PAUSES, _AGREES_IN_ALL = 0.65, 0.3, 0.5
"""From where on a clause agrees, pauses, and all the clauses that agree do so together."""
_TELLS, _WORDS_THAT_TELL = 0.9, 4
"""From where on a clause is known to tell of something beside the matter, though it holds unknown words."""
_TOLD_BESIDE_YES, _AGREES_BESIDE_YES = 0.6, 0.8
"""The same beside a clear yes; and from where on a clause agrees there in words that nobody has used."""
_LONGEST_PHRASE = 32
_MOST_CLAUSES = 8
_NAMED = "that"
"""Stands for what was read back and is said again, where meaning is asked."""


@dataclass(frozen=True)
class ReadBackValues:
    """What was read back, by value: said again, it is no other wish.

    Attributes:
        start: The start of the appointment, in the practice's zone.
        names: Of the patient, the service and the practitioner, as far as they were said.
        phone: The number (E.164), empty when it was not said.
    """

    start: datetime
    names: tuple[str, ...] = ()
    phone: str = ""


def agrees(answer: str, intent: Intent, values: ReadBackValues) -> bool:
    """Tell whether an answer to a read-back agrees to it, and to nothing else.

    Args:
        answer: All that the caller has said since, of any length.
        intent: What the read-back is of. "No, that's fine" agrees to a booking, and keeps an appointment.
        values: What was read back.

    Returns:
        False for whatever is not covered by the grammar.
    """
    if len(answer) > LONGEST_ANSWER:
        return False
    words, said_again = _words(answer), _said_again(values)
    if len(words) in _ends(_phrases("ironic"), words, 0):
        return False
    if _covered(words, intent, said_again) is True:
        return True
    # Whoever is asked whether to cancel, and says what agrees to coming, keeps the appointment.
    return intent != "cancel" and _means_agreement(answer, intent, said_again)


def behind_a_yes(answer: str, intent: Intent, values: ReadBackValues) -> str:
    """Give what is said behind an opening that clearly agrees by itself; empty where nothing does so."""
    behind = ""
    for match in _OPENING_END.finditer(answer[:LONGEST_ANSWER]):
        words = _words(answer[: match.start()])
        if words and _covered(words, intent, _said_again(values), clearly=True):
            behind = answer[match.end() :].strip()
    return behind


def speaks_against(text: str, *, asks: bool = False, of_values: bool = True) -> bool:
    """Tell whether any word beside a yes denies, doubts, wishes or names a day, time or number.

    Args:
        asks: It is a question: the words of questions say nothing against it.
        of_values: Days, times and numbers do.
    """
    allowed = _listed_words("asks") if asks else frozenset[str]()
    words = set(_words(text)) - {_QUESTION}
    wishes = _wishes() | _listed_words("against")
    values = {one for one in words if one.isdigit()} | words & _values()
    return bool(of_values and values) or not wishes.isdisjoint(words - allowed - _values())


def _covered(
    words: Sequence[str], intent: Intent, said_again: _Phrases, *, clearly: bool = False
) -> bool | None:
    """Tell whether phrases of the grammar cover all words, and whether they agree.

    Args:
        clearly: An "okay" is too little.

    Returns:
        None where they do not cover all words.
    """
    start = _Read()
    reached, todo = {start}, [start]
    while todo:
        read = todo.pop()
        for further in _steps(words, read, intent, said_again):
            if further not in reached:
                reached.add(further)
                todo.append(further)
    whole = [one for one in reached if one.place == len(words) and not one.owed]
    agreed = any(one.agreed >= (_AGREED if one.goodbye or clearly else _HEARD) for one in whole)
    return agreed if whole else None


def _means_agreement(answer: str, intent: Intent, said_again: _Phrases) -> bool:
    """Tell whether an answer outside the grammar means agreement, and nothing speaks against it."""
    clauses = [
        (words, contrasts)
        for part in _CLAUSE_END.split(_ABBREVIATED.sub(r"\1\2", answer))
        for contrasts, piece in enumerate(_CONTRAST.split(part))
        if (words := _words(piece))
    ]
    if "?" in answer or len(clauses) > _MOST_CLAUSES or only_waits(answer) or _UNFINISHED.search(answer):
        return False
    covered = [_covered(words, intent, said_again) for words, _ in clauses]
    kinds = [
        _clause_kind(words, intent, said_again, beside_yes=True in covered)
        if agreed is None
        else ("agrees" if agreed else "fits")
        for (words, _), agreed in zip(clauses, covered, strict=True)
    ]
    # "It's early, but that's fine": what is held up or conceded counts for nothing before an agreement, and
    # takes it back behind one.
    weighty = [kind for kind in kinds if kind != "fits"]
    contrasted = [kind for kind, (_, contrasts) in zip(kinds, clauses, strict=True) if contrasts]
    if "against" in kinds or weighty[-1:] != ["agrees"] or set(contrasted) - {"agrees"}:
        return False
    agreeing = [words for (words, _), kind in zip(clauses, kinds, strict=True) if kind == "agrees"]
    (whole,) = meanings_of([" ".join(word for words in agreeing for word in _named(words, said_again))])
    return whole.agrees >= _AGREES_IN_ALL


def _clause_kind(
    words: Sequence[str], intent: Intent, said_again: _Phrases, *, beside_yes: bool
) -> Literal["agrees", "fits", "pauses", "against"]:
    """Tell what a clause that the grammar does not cover does to an agreement.

    Args:
        beside_yes: Another clause agrees by the grammar: what is told beside it may be told in any words.
    """
    (means,) = meanings_of([" ".join(_named(words, said_again))])
    if all(one in _waits() for one in words) and means.polite < 1:
        return "pauses"
    loose = list(_loose_words(words, intent, said_again))
    told = beside_yes and means.aside >= _TOLD_BESIDE_YES
    if means.other > _MAY_BE_OTHER or None in loose or not _against(means, told=told).isdisjoint(loose):
        return "against"
    tells = means.aside + means.pause
    # Telling of something beside the matter takes more words than agreeing does.
    if not known_words(tells=tells > means.agrees + means.polite).issuperset(loose):
        agrees_too = beside_yes and means.agrees >= _AGREES_BESIDE_YES
        # "Yes, Anna Bella": what was read back is said again, and with it something else.
        if (told or agrees_too) and len(words) > 1 and list(_named(words, said_again)) == [*words]:
            return "fits"
        return "pauses" if tells >= _TELLS and len(words) >= _WORDS_THAT_TELL else "against"
    if means.agrees >= _AGREES_BY_MEANING:
        return "agrees"
    return "pauses" if means.pause >= _PAUSES else "fits"


def _loose_words(words: Sequence[str], intent: Intent, said_again: _Phrases) -> Iterator[str | None]:
    """Give the words of a clause that stand in no harmless phrase; None for a number and another deed."""
    others = [_phrases("does", one) for one in get_args(Intent) if one != intent]
    place = 0
    while place < len(words):
        word = words[place]
        longest = max(
            (end for phrases in _harmless(intent, said_again) for end in _ends(phrases, words, place)),
            default=place,
        )
        # "2 a.m." is another time than two.
        if word in _MERIDIEMS and words[place - 1 : place] and _is_value(words[place - 1]):
            yield None
        elif longest == place:
            # "December second" names a day, "one second" alone has been heard as a wait.
            is_other = (
                word.isdigit() or word in _ordinals() or any(_ends(one, words, place) for one in others)
            )
            yield None if is_other else word
        elif word in _ordinals() and words[longest : longest + 1] == ["one"]:
            yield None  # "The first one" is none of the first of the month.
        place = max(longest, place + 1)


def _is_value(word: str) -> bool:
    return word.isdigit() or word in _values()


def _against(means: Meaning, *, told: bool) -> frozenset[str]:
    """List the words that speak against an agreement in a clause that means so much.

    Args:
        told: It is known to tell of something beside a clear yes ("that's before my shift").
    """
    if means.is_example:
        return _values()
    if told:
        found = _values() | _wishes() | _listed_words("against") | _listed_words("hurdles")
        return found - _listed_words("may_be_told")
    # What was may be nothing against it: "I was getting my pen".
    found = _values() | _wishes() | _listed_words("against")
    unless_sure = _listed_words("against_unless_sure")
    return found - unless_sure if means.other <= _SURELY_FITS else found | unless_sure


def _harmless(intent: Intent, said_again: _Phrases) -> Iterator[_Phrases]:
    """Give the phrases of which no word speaks against an agreement."""
    yield said_again
    for section in (("agrees",), ("agrees_to_coming",), ("fine",), ("polite",), ("does", intent)):
        yield _phrases(*section)


def _named(words: Sequence[str], said_again: _Phrases) -> Iterator[str]:
    """Give an answer's words with one word for what was read back and is said again."""
    place = 0
    while place < len(words):
        longest = max(_ends(said_again, words, place), default=0)
        yield _NAMED if longest else words[place]
        place = longest or place + 1


@functools.cache
def _listed_words(section: str) -> frozenset[str]:
    return frozenset(word for language in LANGUAGES for word in _grammar(language)[section].split())


@functools.cache
def _ordinals() -> frozenset[str]:
    return frozenset(
        one for language in LANGUAGES for one in _listed(_grammar(language)["detail"]["ordinals"])
    )


def load_grammar() -> None:
    """Read and write out the grammar and load what tells meaning: better not within a call."""
    load_meaning()
    agrees("so be it", "book", ReadBackValues(datetime(2026, 1, 1, 9)))  # noqa: DTZ001 - any moment will do
    leaves_open("yes")


def leaves_open(answer: str) -> bool:
    """Tell whether an answer that does not agree leaves the read-back as it stands.

    Returns:
        True for waiting and for a question that wishes for nothing else ("how much is it?"); False for
        whatever is not known to be one of them.
    """
    if only_waits(answer):
        return True
    asked = [one for one in _words(answer[:LONGEST_ANSWER]) if one != _QUESTION]
    while asked and asked[0] in _waits():
        asked = asked[1:]
    wishes = any(one.isdigit() or one in _values() | _wishes() for one in asked)
    return (
        len(answer) <= LONGEST_ANSWER
        and not wishes
        and bool(_ends(_phrases("stands", "questions"), asked, 0))
    )


def only_waits(answer: str) -> bool:
    """Tell whether an answer only takes time: "hmm", "one moment, please"."""
    words = _words(answer[:LONGEST_ANSWER])
    return len(answer) <= LONGEST_ANSWER and bool(words) and all(one in _waits() for one in words)


@dataclass(frozen=True)
class _Read:
    """How far an answer is covered, how far it agrees so far, and what has to follow."""

    place: int = 0
    agreed: int = _NOTHING
    owed: _Owed = ""
    goodbye: bool = False

    def to(self, place: int, agreed: int = _NOTHING, owed: _Owed = "", *, goodbye: bool = False) -> "_Read":
        return _Read(place, max(self.agreed, agreed), owed, self.goodbye or goodbye)


def _steps(words: Sequence[str], read: _Read, intent: Intent, said_again: _Phrases) -> Iterator[_Read]:
    """Give where one more phrase leads."""
    # "No, that works" agrees; "no me viene bien" does not.
    languages = _DENIES_APART if read.owed == "statement" else LANGUAGES

    def ends(*section: str) -> list[int]:
        return _ends(_phrases(*section, languages=languages), words, read.place)

    comes = intent != "cancel"  # "Shall I cancel it?" - "No, that's fine."
    if read.owed != "statement":
        yield from (read.to(end) for end in _ends(said_again, words, read.place))
        yield from (read.to(end, owed="detail") for end in ends("before_a_detail"))
        if comes:
            yield from (read.to(end, _AGREED, owed="detail") for end in ends("agrees_with_a_detail"))
    if read.owed != "detail":
        yield from (read.to(end, _AGREED) for end in ends("fine") + ends("does", intent))
        if comes:
            yield from (read.to(end, owed="statement") for end in ends("no"))
            yield from (read.to(end, _AGREED) for end in ends("agrees_to_coming"))
    if not read.owed:
        yield from (read.to(end, _AGREED) for end in ends("agrees"))
        yield from (read.to(end, _HEARD) for end in ends("acknowledges"))
        yield from (read.to(end) for end in ends("polite") + ends("beside", intent))
        yield from (read.to(end, goodbye=True) for end in ends("goodbye"))


def _ends(phrases: _Phrases, words: Sequence[str], place: int) -> list[int]:
    """List the places behind the phrases that stand at a place."""
    here = phrases.get(words[place]) if place < len(words) else None
    if not here:
        return []
    whole = tuple(words[place : place + _LONGEST_PHRASE])
    return [place + length for length in range(1, len(whole) + 1) if whole[:length] in here]


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize(
        "NFKD", normal(text.replace("?", f" {_QUESTION} ").replace(_THUMBS_UP, " thumbsup "))
    )
    letters = "".join(one for one in folded if not unicodedata.combining(one))
    return re.findall(r"[^\W_]+", letters.replace("'", ""))


@functools.lru_cache(maxsize=64)
def _said_again(values: ReadBackValues) -> _Phrases:
    """List the ways in which what was read back may be said again."""
    found: list[str] = []
    for name in values.names:
        found += (
            one
            for word in _words(name)
            for one in (*(_TITLES if word in _TITLES else (word, f"{word}s")), " ".join(word))
        )
    for language in LANGUAGES:
        detail = _grammar(language)["detail"]
        moment = _moment_said(values.start, detail)
        # "Nine's good", as plain words.
        found += moment + [f"{said}s" for said in moment if not said.endswith("s")]
        if values.phone:
            words = _listed(detail["numbers"])
            number = values.phone.removeprefix("+")
            # Its end is said again by itself: "ending in 0143", "four three at the end". Two alone are
            # none of it: "ten thirty" is another time, whatever the number ends in.
            for digits in {number, number[-10:], number[-7:], number[-4:]}:
                found.append(" ".join(digits))
                found.append(f"{digits[:-7]} {digits[-7:-4]} {digits[-4:]}")
                found += [" ".join(one) for one in _digits_said(digits, words)]
                found.append(digits)
            end = number[-2:]
            two = [end, words[int(end)], *(" ".join(one) for one in _digits_said(end, words))]
            found += [ends.format(said) for ends in _expanded(detail["ends"]) for said in two]
    denials = {phrase[0] for phrases in _phrases("no").values() for phrase in phrases}
    return _by_first_word(one for one in found if one not in denials)


def _digits_said(digits: str, words: Sequence[str]) -> Iterator[list[str]]:
    said = [words[int(one)] for one in digits]
    yield said
    yield [_DIGITS_TOO.get(one, one) for one in said]


def _moment_said(start: datetime, detail: Mapping[str, Any]) -> list[str]:
    numbers, ordinals = _listed(detail["numbers"]), _listed(detail["ordinals"])
    part = 0 if start.hour < _NOON else 1 if start.hour < _EVENING else 2
    hour = (start.hour - 1) % 12 + 1
    fixed = {
        "weekday": _listed(detail["weekdays"])[start.weekday()],
        "meridiem": "am" if start.hour < _NOON else "pm",
        "part": _listed(detail["parts"])[part],
    }
    several = {
        "month": [_listed(detail[one])[start.month - 1] for one in ("months", "short_months")],
        "number": [str(start.day), numbers[start.day]],
        "ordinal": [f"{start.day}{_ending(start.day)}", *ordinals[start.day - 1 : start.day]],
        "hour": [str(hour), numbers[hour]],
        "next": [str(hour % 12 + 1), numbers[hour % 12 + 1]],
        "minute": [f"{start.minute:02}", numbers[start.minute], f"oh {numbers[start.minute]}"],
    }
    templates = [detail["day"], detail["hour"] if not start.minute else detail["minute"]]
    templates += [detail["minutes"][str(start.minute)]] if str(start.minute) in detail["minutes"] else []
    return [
        one.format(**fixed, **dict(zip(wanted, chosen, strict=True)))
        for template in templates
        for one in _expanded(template)
        # Only what stands in the template is varied: the product of all takes a tenth of a second.
        for wanted in [[name for name in several if f"{{{name}}}" in one]]
        for chosen in itertools.product(*(several[name] for name in wanted))
    ]


def _ending(day: int) -> str:
    return "th" if 10 < day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")  # noqa: PLR2004


@functools.cache
def _grammar(language: str) -> dict[str, Any]:
    path = Path(__file__).parent / language / "agreement.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@functools.cache
def _phrases(*section: str, languages: tuple[str, ...] = LANGUAGES) -> _Phrases:
    """Give the phrases of a section, of some languages."""
    lines: list[str] = []
    for language in languages:
        found: Any = _grammar(language)
        for name in section:
            found = found.get(name, {})
        lines += str(found or "").splitlines()
    return _by_first_word(one for line in lines for one in _expanded(line))


@functools.cache
def _waits() -> frozenset[str]:
    waits = _phrases("stands", "waits").values()
    return frozenset(word for phrases in waits for one in phrases for word in one)


@functools.cache
def _wishes() -> frozenset[str]:
    """List the words that wish for something else."""
    wishes = _phrases("stands", "wishes").values()
    return frozenset(word for phrases in wishes for one in phrases for word in one) - _waits()


@functools.cache
def _values() -> frozenset[str]:
    """List the words that name a day or a time."""
    found: set[str] = set()
    for language in LANGUAGES:
        detail = _grammar(language)["detail"]
        for named in ("weekdays", "months", "numbers", "ordinals", "parts"):
            found.update(word for one in _listed(detail[named]) for word in one.split())
    return frozenset(found - _waits())


def _listed(joined: str) -> list[str]:
    return joined.split("|") if joined else []


def _by_first_word(phrases: Iterable[str]) -> _Phrases:
    found: _Phrases = {}
    for phrase in phrases:
        if words := tuple(phrase.split()):
            found.setdefault(words[0], set()).add(words)
    return found


def _expanded(template: str) -> list[str]:
    """Write out every choice of a template."""
    parts = _CHOICE.split(template)
    choices = [part.split("|") if odd % 2 else [part] for odd, part in enumerate(parts)]
    return [" ".join("".join(chosen).split()) for chosen in itertools.product(*choices)]
