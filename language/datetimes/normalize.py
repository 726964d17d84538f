"""Speech about time, brought to one spelling: numbers as digits, ordinals as ``3rd``, known slips mended."""

import re
import unicodedata

from language import speak
from language.speak import NUMBERS

MAX_WORDS = 200

_TENS = {word: value for word, value in speak.TENS.items() if value < 60} | {"fourty": 40}  # noqa: PLR2004
_ORDINALS = {**speak.ORDINALS, "twelvth": 12, "nineth": 9}

WEEKDAYS = tuple(map(str.lower, speak.WEEKDAYS))
MONTHS = tuple(map(str.lower, speak.MONTHS))

_SPELLINGS = (
    # What recognition writes, in the order in which it is mended.
    (r"(\d)([ap]m?)\b(?!\w)", r"\1 \2"),
    (r"(?<=\d) ([ap])$", r" \1m"),
    (r"\b([ap]) m\b", r"\1m"),
    (r"(\d)[.:h](\d\d)\b(?!\d|[./])", r"\1:\2"),
    (r"\bo ?['` ]?clock\b", "oclock"),
    (r"\bto ?morr?ow+s?\b|\btwo morrow\b|\btommorr?ow\b|\btmrw\b", "tomorrow"),
    (r"\b(half|quarter) (?:path|paths|pass|passed)\b", r"\1 past"),
    (r"\bto day\b", "today"),
    (r"\bto night\b", "tonight"),
    (r"\bmid day\b", "midday"),
    (r"\bnoon ?time\b", "noon"),
    (r"\bafter ?noon(s?)\b", r"afternoon\1"),
    (r"\bweek ?end", "weekend"),
    (r"\bday ?time\b", "daytime"),
    (r"\blunch ?time\b", "lunch"),
    (r"\bany ?time\b", "anytime"),
    (r"\ba ?s ?a ?p\b", "asap"),
    (r"\b(mon|tues|wednes|wends|wens|weds|thurs|thors|fri|satur|sun) ?day(s?)\b", r"\1day\2"),
    (r"\b(wends|wens|weds)day", "wednesday"),
    (r"\bthorsday", "thursday"),
    (r"\bchewsday|\btwosday", "tuesday"),
    (r"\b(?:tues|tue)\b", "tuesday"),
    (r"\bweds?\b(?= |$)", "wednesday"),
    (r"\b(?:thurs|thur|thu)\b", "thursday"),
    (r"\b(mon|fri)\b", r"\1day"),
    (r"\b(?<=on )sat\b|\b(?<=this )sat\b|\b(?<=next )sat\b|^sat$", "saturday"),
    (r"\b(?<=on )sun\b|\b(?<=this )sun\b|\b(?<=next )sun\b|^sun$", "sunday"),
    (r"\bjan\b", "january"),
    (r"\bfeb\b|\bfebuary\b", "february"),
    (r"\bmar\b", "march"),
    (r"\bapr\b", "april"),
    (r"\bjun\b", "june"),
    (r"\bjul\b", "july"),
    (r"\baug\b", "august"),
    (r"\bsept?\b", "september"),
    (r"\boct\b", "october"),
    (r"\bnov\b", "november"),
    (r"\bdec\b", "december"),
)

_DROPPED = (
    # Talk that sounds like time and asks for none.
    r"\b(?:just |one |a |wait |half a )+(?:second|sec|moment|minute)\b",
    r"\bone more time\b|\bthis time\b|\blast time\b|\bfirst time\b|\bat the moment\b|\bthe other day\b",
    r"\bsecond thought\b|\bfirst of all\b|\bfor now\b|\bright now i\b",
    (
        r"\b(?:the |that |this |your |my )*(?:first|second|third|fourth|last|next|other) "
        r"(?:one|option|choice|slot|time|appointment|question|name|visit)\b"
    ),
    r"\b(?:that|this|which|the|another|any|every|some|no|each) one\b",
    r"\b(?:good|great) (?:morning|afternoon|evening|day)\b|\bhave a (?:good|nice|great|lovely) \w+\b",
    r"\b(?:for|over|in|since) (?:the )?(?:last|past) (?:\w+ ){0,2}(?:days?|weeks?|months?|years?)\b",
    r"\b(?:\w+ ){0,2}(?:days?|weeks?|months?|years?) ago\b|\bfor (?:\w+ ){1,3}(?:days|weeks|months|years)\b",
    r"\bsince (?:last |this |about |the )*\w+(?: (?:night|morning|afternoon|evening|week|month))?\b",
)

_SOUNDS_LIKE = {"to": "2", "too": "2", "for": "4", "ate": "8", "won": "1"}


def canonical(words: str) -> str:
    """Bring words to one spelling.

    Args:
        words: What was heard, in any case and punctuation.

    Returns:
        Lower-case ASCII: words, digits, ``h:mm``, ``m/d``, ``3rd``, one space between; empty for nothing.
    """
    plain = unicodedata.normalize("NFKD", words[: MAX_WORDS * 20]).encode("ascii", "ignore").decode()
    text = plain.lower().replace("'s", "s").replace("'", "")
    text = re.sub(r"(?<=\d)-(?=\d\d-\d)|(?<=-\d\d)-(?=\d)", "/", text)
    text = re.sub(r"[^a-z0-9:/. ]+", " ", text)
    text = " ".join(text.split()[:MAX_WORDS])
    text = re.sub(r"\b([ap]) ?\. ?m\b\.?", r" \1m ", text)
    text = re.sub(r"(\d)\.(\d\d)\b(?!\d|[./])", r"\1:\2", text)
    text = re.sub(r"\.", " ", text)
    for pattern, mended in _SPELLINGS:
        text = re.sub(pattern, mended, text)
    text = " ".join(text.split())
    for pattern in _DROPPED:
        text = re.sub(pattern, " ", text)
    text = " ".join(_numbers(text.split()))
    text = re.sub(r"\bat (to|too|for|ate|won)$", lambda m: f"at {_SOUNDS_LIKE[m[1]]}", text)
    text = re.sub(r"\b(\d{1,2}) (st|nd|rd|th)\b", r"\1\2", text)
    text = re.sub(
        r"\b(or|and|to|through|until|between|after|before|by|from) (\d{1,2}(?:st|nd|rd|th))\b",
        r"\1 the \2",
        text,
    )
    # Long runs of digits are telephone numbers.
    text = re.sub(r"(?:\b\d+ ){4,}\d+\b|\b\d{5,}\b|(?:\b\d{3} ){1,2}\d{3,4}\b", " ", text)
    text = re.sub(r"\b2 thousand (?:and )?(\d\d)\b|\b20 (2\d)\b", r"20\1\2", text)
    return " ".join(text.split())


def _numbers(tokens: list[str]) -> list[str]:
    """Turn number words into digits: "twenty first" to ``21st``, "nine oh five" to ``9 05``."""
    out: list[str] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        if token in _TENS and _ORDINALS.get(following, 10) < 10:  # noqa: PLR2004 - units of "twenty first"
            out.append(_suffixed(_TENS[token] + _ORDINALS[following]))
            at += 2
        elif token in _TENS and 0 < NUMBERS.get(following, 0) < 10:  # noqa: PLR2004 - units of "twenty one"
            out.append(str(_TENS[token] + NUMBERS[following]))
            at += 2
        elif token in ("oh", "o", "zero") and following in NUMBERS and out and out[-1].isdigit():
            out.append(f"0{NUMBERS[following]}" if NUMBERS[following] < 10 else str(NUMBERS[following]))  # noqa: PLR2004
            at += 2
        elif token in _ORDINALS:
            out.append(_suffixed(_ORDINALS[token]))
            at += 1
        else:
            out.append(str(_TENS[token]) if token in _TENS else str(NUMBERS.get(token, token)))
            at += 1
    return out


def _suffixed(value: int) -> str:
    suffix = "th" if value in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{suffix}"
