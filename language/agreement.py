"""Whether an answer to a read-back agrees to it: a small grammar, and meaning for what it leaves open.

An answer agrees when phrases of the grammar cover every word of it and one of them agrees. To a booking or a
move it agrees as well when each of its clauses means agreement or politeness, unless something speaks against
it: a question, a denial, a condition, a doubt, a comparison, a day or time or number other than those read
back, or a word that agreeing answers are not made of. A refusal, a condition, a question, another wish and
what nobody thought of end there alike. The phrases are in ``language/agreement_grammar.py``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from language.agreement_grammar import (
    LANGUAGES,
    QUESTION,
    Phrases,
    ReadBackValues,
    ends_of,
    listed_words,
    ordinals,
    phrases_of,
    said_again_of,
    value_words,
    waits,
    wishes,
    words_of,
)
from language.agreement_meaning import Meaning, known_words, load_meaning, meanings_of

_DENIES_APART = ("en",)
"""Languages in which a "no" may stand apart from the statement behind it."""
LONGEST_ANSWER = 240
"""Characters; whoever says more than that does more than agree."""

Intent = Literal["book", "move", "cancel"]
_Clause = tuple[Sequence[str], bool]
"""Its words, and whether it stands behind a "but"."""
_Owed = Literal["", "statement", "detail"]
_NOTHING, _HEARD, _AGREED = range(3)
"""How far phrases agree: not at all, as far as "okay" does, and clearly."""

_MERIDIEMS = ("am", "pm")
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
_MOST_CLAUSES = 8
_NAMED = "that"
"""Stands for what was read back and is said again, where meaning is asked."""


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
    words, said_again = words_of(answer), said_again_of(values)
    (whole,) = meanings_of([answer])
    # "Yes, hello": what is known to be no agreement to come is none, whatever its words are.
    known = intent != "cancel" and whole.is_example and whole.other
    ironic = ends_of(phrases_of("ironic"), words, 0)
    if known or len(words) in ironic:
        return False
    if _covered(words, intent, said_again) is True:
        return True
    # Whoever is asked whether to cancel, and says what agrees to coming, keeps the appointment. "Yeah right,
    # like I'd get up for that" agrees in none but its words.
    return intent != "cancel" and not ironic and _means_agreement(answer, intent, said_again)


def behind_a_yes(answer: str, intent: Intent, values: ReadBackValues) -> str:
    """Give what is said behind an opening that clearly agrees by itself; empty where nothing does so."""
    behind = ""
    for match in _OPENING_END.finditer(answer[:LONGEST_ANSWER]):
        words = words_of(answer[: match.start()])
        if words and _covered(words, intent, said_again_of(values), clearly=True):
            behind = answer[match.end() :].strip()
    return behind


def speaks_against(text: str, *, asks: bool = False, of_values: bool = True) -> bool:
    """Tell whether any word beside a yes denies, doubts, wishes or names a day, time or number.

    Args:
        asks: It is a question: the words of questions say nothing against it.
        of_values: Days, times and numbers do.
    """
    allowed = listed_words("asks") if asks else frozenset[str]()
    words = set(words_of(text)) - {QUESTION}
    against = wishes() | listed_words("against")
    values = {one for one in words if one.isdigit()} | words & value_words()
    return bool(of_values and values) or not against.isdisjoint(words - allowed - value_words())


def _covered(
    words: Sequence[str], intent: Intent, said_again: Phrases, *, clearly: bool = False
) -> bool | None:
    """Tell whether phrases of the grammar cover all words, and whether they agree.

    Args:
        clearly: An "okay" is too little.

    Returns:
        None where they do not cover all words.
    """
    whole = [one for one in _reads(words, intent, said_again) if one.place == len(words) and not one.owed]
    agreed = any(one.agreed >= (_AGREED if one.goodbye or clearly else _HEARD) for one in whole)
    return agreed if whole else None


def _reads(words: Sequence[str], intent: Intent, said_again: Phrases) -> set["_Read"]:
    """Give how far phrases of the grammar lead from the first word on."""
    start = _Read()
    reached, todo = {start}, [start]
    while todo:
        read = todo.pop()
        for further in _steps(words, read, intent, said_again):
            if further not in reached:
                reached.add(further)
                todo.append(further)
    return reached


def _partings(
    words: Sequence[str], intent: Intent, said_again: Phrases
) -> Iterator[tuple[Sequence[str], ...]]:
    """Part a clear yes from what stands before and behind it, as the commas do that recognisers leave out."""
    yes = phrases_of("agrees")
    opens = {one.place for one in _reads(words, intent, said_again) if one.agreed == _AGREED and not one.owed}
    for opening in {0, *(opens if ends_of(yes, words, 0) else ())}:
        places = (at for at in range(opening + 1, len(words)) if ends_of(yes, words, at))
        closes = (at for at in places if _covered(words[at:], intent, said_again, clearly=True))
        closing = next(closes, len(words))
        parts = (words[:opening], words[opening:closing], words[closing:])
        yield tuple(one for one in parts if one)


def _means_agreement(answer: str, intent: Intent, said_again: Phrases) -> bool:
    """Tell whether an answer outside the grammar means agreement, and nothing speaks against it."""
    clauses = [
        (words, bool(contrasts))
        for part in _CLAUSE_END.split(_ABBREVIATED.sub(r"\1\2", answer))
        for contrasts, piece in enumerate(_CONTRAST.split(part))
        if (words := words_of(piece))
    ]
    if "?" in answer or len(clauses) > _MOST_CLAUSES or only_waits(answer) or _UNFINISHED.search(answer):
        return False
    if _clauses_agree(clauses, intent, said_again):
        return True
    # "Yes my husband will drive me": one clause at most is without its commas.
    return any(
        _clauses_agree(
            [*clauses[:place], *((part, behind) for part in parts), *clauses[place + 1 :]], intent, said_again
        )
        for place, (words, behind) in enumerate(clauses)
        if _covered(words, intent, said_again) is None
        for parts in _partings(words, intent, said_again)
        if len(parts) > 1
    )


def _clauses_agree(clauses: Sequence[_Clause], intent: Intent, said_again: Phrases) -> bool:
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
    words: Sequence[str], intent: Intent, said_again: Phrases, *, beside_yes: bool
) -> Literal["agrees", "fits", "pauses", "against"]:
    """Tell what a clause that the grammar does not cover does to an agreement.

    Args:
        beside_yes: Another clause agrees by the grammar: what is told beside it may be told in any words.
    """
    (means,) = meanings_of([" ".join(_named(words, said_again))])
    if all(one in waits() for one in words) and means.polite < 1:
        return "pauses"
    loose = list(_loose_words(words, intent, said_again))
    told = beside_yes and means.aside >= _TOLD_BESIDE_YES
    asks = not means.is_example and _asks(words, intent, said_again)
    against = asks or None in loose or not _against(means, told=told).isdisjoint(loose)
    if against or means.other > _MAY_BE_OTHER:
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


def _asks(words: Sequence[str], intent: Intent, said_again: Phrases) -> bool:
    """Tell whether a clause asks by the order of its words, be it behind phrases: "yeah is there parking"."""
    places = {0, *(one.place for one in _reads(words, intent, said_again) if not one.owed)}
    return any(ends_of(phrases_of("inverted"), words, place) for place in places)


def _loose_words(words: Sequence[str], intent: Intent, said_again: Phrases) -> Iterator[str | None]:
    """Give the words of a clause that stand in no harmless phrase; None for a number and another deed."""
    others = [phrases_of("does", one) for one in get_args(Intent) if one != intent]
    place = 0
    while place < len(words):
        word = words[place]
        longest = max(
            (end for phrases in _harmless(intent, said_again) for end in ends_of(phrases, words, place)),
            default=place,
        )
        # "2 a.m." is another time than two.
        if word in _MERIDIEMS and words[place - 1 : place] and _is_value(words[place - 1]):
            yield None
        elif longest == place:
            # "December second" names a day, "one second" alone has been heard as a wait.
            is_other = (
                word.isdigit() or word in ordinals() or any(ends_of(one, words, place) for one in others)
            )
            yield None if is_other else word
        elif word in ordinals() and words[longest : longest + 1] == ["one"]:
            yield None  # "The first one" is none of the first of the month.
        place = max(longest, place + 1)


def _is_value(word: str) -> bool:
    return word.isdigit() or word in value_words()


def _against(means: Meaning, *, told: bool) -> frozenset[str]:
    """List the words that speak against an agreement in a clause that means so much.

    Args:
        told: It is known to tell of something beside a clear yes ("that's before my shift").
    """
    if means.is_example:
        return value_words()
    if told:
        found = value_words() | wishes() | listed_words("against") | listed_words("hurdles")
        return found - listed_words("may_be_told")
    # What was may be nothing against it: "I was getting my pen".
    found = value_words() | wishes() | listed_words("against")
    unless_sure = listed_words("against_unless_sure")
    return found - unless_sure if means.other <= _SURELY_FITS else found | unless_sure


def _harmless(intent: Intent, said_again: Phrases) -> Iterator[Phrases]:
    """Give the phrases of which no word speaks against an agreement."""
    yield said_again
    for section in (("agrees",), ("agrees_to_coming",), ("fine",), ("polite",), ("does", intent)):
        yield phrases_of(*section)


def _named(words: Sequence[str], said_again: Phrases) -> Iterator[str]:
    """Give an answer's words with one word for what was read back and is said again."""
    place = 0
    while place < len(words):
        longest = max(ends_of(said_again, words, place), default=0)
        yield _NAMED if longest else words[place]
        place = longest or place + 1


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
    asked = [one for one in words_of(answer[:LONGEST_ANSWER]) if one != QUESTION]
    while asked and asked[0] in waits():
        asked = asked[1:]
    wished = any(one.isdigit() or one in value_words() | wishes() for one in asked)
    return (
        len(answer) <= LONGEST_ANSWER
        and not wished
        and bool(ends_of(phrases_of("stands", "questions"), asked, 0))
    )


def only_waits(answer: str) -> bool:
    """Tell whether an answer only takes time: "hmm", "one moment, please"."""
    words = words_of(answer[:LONGEST_ANSWER])
    return len(answer) <= LONGEST_ANSWER and bool(words) and all(one in waits() for one in words)


@dataclass(frozen=True)
class _Read:
    """How far an answer is covered, how far it agrees so far, and what has to follow."""

    place: int = 0
    agreed: int = _NOTHING
    owed: _Owed = ""
    goodbye: bool = False

    def to(self, place: int, agreed: int = _NOTHING, owed: _Owed = "", *, goodbye: bool = False) -> "_Read":
        return _Read(place, max(self.agreed, agreed), owed, self.goodbye or goodbye)


def _steps(words: Sequence[str], read: _Read, intent: Intent, said_again: Phrases) -> Iterator[_Read]:
    """Give where one more phrase leads."""
    # "No, that works" agrees; "no me viene bien" does not.
    languages = _DENIES_APART if read.owed == "statement" else LANGUAGES

    def ends(*section: str) -> list[int]:
        return ends_of(phrases_of(*section, languages=languages), words, read.place)

    comes = intent != "cancel"  # "Shall I cancel it?" - "No, that's fine."
    if read.owed != "statement":
        yield from (read.to(end) for end in ends_of(said_again, words, read.place))
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
