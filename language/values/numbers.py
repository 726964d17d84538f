"""The numbers of a sentence, with every reading that their words allow: "one ten" is 110 or ten past one."""

from collections.abc import Sequence
from dataclasses import dataclass

from language.values.tokens import CARDINALS, ORDINALS, SPANISH_ONLY, Token

_HUNDREDS = {"hundred": 100, "thousand": 1000, "mil": 1000}
_OH = ("oh", "o", "zero", "cero")
_SUFFIXES = ("st", "nd", "rd", "th")
_NUMBERED = 100
_HOURS = 24
_MINUTES = 60
_LONGEST = 16
"""Tokens of one number; telephone numbers are the longest."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it stood in a sentence.

    Attributes:
        first: Position of its first token.
        last: Position after its last token.
        wholes: What it may be as a count or an amount.
        clock: Hour and minute that it may be on a clock, the half of the day left open.
        digits: Its digits, where they were said one by one or written in one row.
        ordinal: "Ninth" rather than "nine".
    """

    first: int
    last: int
    wholes: frozenset[float]
    clock: tuple[int, int] | None = None
    digits: str = ""
    ordinal: bool = False


def numbers_of(tokens: Sequence[Token], *, spanish: bool = False) -> list[Number]:
    """Find the numbers among a sentence's tokens.

    Args:
        spanish: Also read Spanish words; "once" and "un" are none in English.
    """
    found: list[Number] = []
    at = 0
    while at < len(tokens):
        number = _number_at(tokens, at, spanish=spanish)
        if number is None:
            at += 1
        else:
            found.append(number)
            at = number.last
    return found


def _cardinal(token: Token, *, spanish: bool) -> int | None:
    if token.word in _OH[:2]:
        return None
    if token.word in SPANISH_ONLY and not spanish:
        return None
    return CARDINALS.get(token.word)


def _number_at(tokens: Sequence[Token], at: int, *, spanish: bool) -> Number | None:
    token = tokens[at]
    if ":" in token.text and token.text[0].isdigit():
        hour, minute = map(int, token.text.split(":"))
        return Number(at, at + 1, frozenset({hour * 100 + minute}), _clock(hour, minute))
    if (spelled := _digit_row(tokens, at)) is not None:
        return spelled
    if token.text[0].isdigit():
        return _written(tokens, at)
    return _spoken(tokens, at, spanish=spanish)


def _written(tokens: Sequence[Token], at: int) -> Number | None:
    text = tokens[at].text
    if "h" in text:
        hour, minute = map(int, text.split("h"))
        return Number(at, at + 1, frozenset(), _clock(hour, minute))
    if "." in text:
        whole, _, part = text.partition(".")
        clock = _clock(int(whole[:3]), int(part)) if len(part) == 2 and len(whole) < 3 else None  # noqa: PLR2004
        return Number(at, at + 1, frozenset({float(text[:_LONGEST])}), clock)
    digits = text.replace(",", "")
    value = int(digits[:_LONGEST])
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if following and following.word in _SUFFIXES and following.start == tokens[at].end:
        return Number(at, at + 2, frozenset({value}), ordinal=True)
    if following and following.word in _HUNDREDS:
        return Number(at, at + 2, frozenset({value * _HUNDREDS[following.word]}))
    clock = _clock(*divmod(value, 100)) if len(digits) in (3, 4) else _clock(value, 0)
    return Number(at, at + 1, frozenset({value}), clock, digits if len(digits) > 3 else "")  # noqa: PLR2004


def _digit_row(tokens: Sequence[Token], at: int) -> Number | None:
    """Read "2 0 2, 5 5 5", "202-555-0142", "two oh two five five five", with what parts the groups."""
    digits, last, groups, place = "", at, 0, at
    while place < len(tokens) and len(digits) <= _LONGEST:
        token = tokens[place]
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        if token.text.isdigit() and token.text.isascii() and len(token.text) in (1, 3, 4):
            digits, groups = digits + token.text, groups + 1
        elif token.word in _OH:
            digits, groups = digits + "0", groups + 1
        elif 0 <= CARDINALS.get(token.word, 10) < 10 and token.word not in SPANISH_ONLY:  # noqa: PLR2004
            digits, groups = digits + str(CARDINALS[token.word]), groups + 1
        elif token.text in ",-.()" and digits and following is not None:
            place += 1
            continue
        else:
            break
        place += 1
        last = place
    if groups > 1 and len(digits) >= 6:  # noqa: PLR2004 - shorter ones are lists of numbers
        return Number(at, last, frozenset(), digits=digits)
    return None


def _spoken(  # noqa: C901 - one branch for each way in which a number goes on
    tokens: Sequence[Token], at: int, *, spanish: bool
) -> Number | None:
    parts, place, scaled, ordinal, oh = [], at, False, False, False
    if tokens[at].word in ("a", "an") and at + 1 < len(tokens) and tokens[at + 1].word in _HUNDREDS:
        parts, place = [1], at + 1
    elif tokens[at].word == "oh":
        oh, place = True, at + 1
    while place < len(tokens) and len(parts) < _LONGEST:
        token = tokens[place]
        value = _cardinal(token, spanish=spanish)
        following = tokens[place + 1].word if place + 1 < len(tokens) else ""
        if token.word in _HUNDREDS and parts and (token.word != "mil" or spanish):
            parts[-1], scaled = parts[-1] * _HUNDREDS[token.word], True
        elif token.word == "mil" and spanish:
            parts, scaled = [*parts, 1000], True
        elif value is not None:
            parts = _joined(parts, value, hundreds=scaled or spanish)
        elif token.word in ORDINALS and (not parts or scaled or _is_tens(parts[-1])):
            parts, ordinal, place = _joined(parts, ORDINALS[token.word], hundreds=scaled), True, place + 1
            break
        elif not _goes_on(token, following, parts, scaled=scaled, spanish=spanish):
            break
        place += 1
    while place > at and tokens[place - 1].word in ("and", "y", "-", "oh", "o"):
        place -= 1
    if not parts or place == at:
        return None
    return _made(at, place, parts, ordinal=ordinal, oh=oh or _has_oh(tokens, at, place))


def _is_tens(value: int) -> bool:
    return value % _NUMBERED >= 20 and value % 10 == 0  # noqa: PLR2004 - "twenty" of "twenty first"


def _goes_on(token: Token, following: str, parts: list[int], *, scaled: bool, spanish: bool) -> bool:
    """Tell whether a token that is no number only joins two parts of one."""
    if not parts:
        return False
    more = following in CARDINALS or following in ORDINALS
    if token.word == "and":
        return scaled and more
    if token.word == "y":
        return spanish and more and 20 < parts[-1] % _NUMBERED < 100 and parts[-1] % 10 == 0  # noqa: PLR2004
    return more and (token.text == "-" or token.word in ("oh", "o"))


def _has_oh(tokens: Sequence[Token], first: int, last: int) -> bool:
    return any(token.word in ("oh", "o") for token in tokens[first + 1 : last])


def _joined(parts: list[int], value: int, *, hundreds: bool) -> list[int]:
    """Add a number word to those before it: "thirty" and "five" are one part, "two" and "thirty" two."""
    if not parts:
        return [value]
    last = parts[-1]
    tens = last % _NUMBERED >= 20 and last % 10 == 0 and 0 < value < 10  # noqa: PLR2004 - "thirty five"
    after_hundred = hundreds and last >= _NUMBERED and last % _NUMBERED == 0 and 0 < value < _NUMBERED
    if tens or after_hundred:
        return [*parts[:-1], last + value]
    return [*parts, value]


def _made(first: int, last: int, parts: list[int], *, ordinal: bool, oh: bool) -> Number:
    if len(parts) == 1:
        value = parts[0]
        clock = _clock(value, 0) if not ordinal else None
        if value >= _NUMBERED and value % _NUMBERED == 0 and (oh or value > 1200):  # noqa: PLR2004
            clock = _clock(value // _NUMBERED, 0)
        return Number(first, last, frozenset({value}), clock, ordinal=ordinal)
    hour, rest = parts[0], parts[1]
    if len(parts) == 2 and not ordinal:  # noqa: PLR2004
        if rest >= 10 or oh:  # noqa: PLR2004 - "nine oh five", "two thirty"
            both = hour * _NUMBERED + rest
            return Number(first, last, frozenset({both, hour + rest / _NUMBERED}), _clock(hour, rest))
        return Number(first, last, frozenset({hour, rest}))
    if len(parts) == 2:  # noqa: PLR2004 - "twenty twenty-first" is none; the last one is the ordinal
        return Number(first, last, frozenset({rest}), ordinal=True)
    return Number(first, last, frozenset(parts))


def _clock(hour: int, minute: int) -> tuple[int, int] | None:
    return (hour, minute) if 0 <= hour < _HOURS and 0 <= minute < _MINUTES else None
