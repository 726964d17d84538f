"""The part of an utterance that says when, in the caller's own words."""

import re
from dataclasses import dataclass

from language.datetimes.mentions import clock_mentions, day_mentions
from language.datetimes.normalize import WEEKDAYS
from language.datetimes.resolve import mentions_time
from language.normalize import is_short, normal, plain

_DAY = re.compile(
    r"\b(?:(?:a |one |two |three |four |1 |2 |3 |4 |couple of |few )?(?:weeks?|days?|"
    r"months?) from (?:today|tomorrow|now|\w+day|next \w+)|\w+day week|"
    r"(?:the )?day after(?: tomorrow)?|day after next|(?:the )?(?:week|month) after(?: next| that)?|"
    r"in (?:a|one|two|three|four|five|six|\d|a couple of|a few)(?: or (?:two|three|four))? (?:days?|"
    r"weeks?|months?)|"
    r"(?:the )?(?:end|beginning|start|middle|rest) of (?:the |this |next )?(?:week|month)|(?:early|late|"
    r"earlier|later|mid) (?:in the |next |this )?(?:week|month)|"
    r"(?:this|next|the next|the following|following|the coming|coming|the same|another|any|every|"
    r"other than|except|but not|not|a|each)? ?"
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?(?:'s)?|week ?days?|week ?ends?|weeks?|"
    r"months?)(?! pass)|"
    r"today|tonight|tomorrow|first thing(?: tomorrow| next week)?|"
    r"as soon as (?:possible|you can)|asap|right away|right now|straight away|immediately|the soonest|"
    r"soonest|sooner|(?:the )?(?:earliest|soonest)(?: (?:one|time|day|appointment|slot|opening|"
    r"possible|available|you have|you've got))*|(?:the )?(?:first|next) (?:available|free|open|opening|"
    r"possible|appointment|slot|time you have)(?: (?:appointment|slot|one|time|opening))?|"
    r"(?:before|after|around|over) (?:christmas|thanksgiving|easter|new year'?s?|the holidays?|"
    r"halloween|labor day|memorial day)|(?:christmas|thanksgiving|new year'?s?)(?: eve| day)?|"
    r"(?:the |in |this |next |early |late |mid )?(?:january|february|march|april|june|july|august|"
    r"september|october|november|december)|in may|next may)\b"
)
_TIME = re.compile(
    r"\b(?:(?:in |during |early |late |mid |first thing |earlier |later |any time |anytime ){0,5}(?:in |"
    r"on )?(?:the |this |that )?(?:early |late |mid )?"
    r"(?:mornings?|afternoons?|evenings?|noon|midday|lunch ?time|lunch|night|midmorning)|(?:before|"
    r"after|around|over|at|during) (?:work|school|lunch|noon|breakfast|dinner)(?: time)?|"
    r"(?:at )?(?:the )?(?:end|beginning|start) of (?:the |my )?(?:work ?)?day|first thing|end of day|"
    r"later(?: in the day| that day| on)?|earlier(?: in the day| that day)?|early|late)\b"
)
_BEFORE_CLOCK = re.compile(
    r"(?:(?:any ?time|sometime|some time|no later than|no earlier than|not before|not after|a little|"
    r"shortly|just|right|or|and|to|between|from|at|after|before|around|"
    r"about|by|until|till|past|like|say|for|on|the|maybe|either) ){1,12}$"
)
_LOOSE = re.compile(
    r"\b(?:whatever|whenever|any ?time|any day|any(?: of)? (?:time|day)|what(?:ever)? (?:do )?you(?:'ve|"
    r" have)?(?: got| have)?(?: available| open| free)?|what(?:'s| is) (?:available|open|free|"
    r"the earliest|the soonest)|"
    r"(?:i )?(?:don't|do not) (?:know|mind|care|have a preference|really mind|really know|really care)|"
    r"doesn't matter|(?:i'm|i am|pretty|quite|totally|very) (?:flexible|open|easy|free)|"
    r"you (?:tell me|choose|pick|decide)|"
    r"(?:next|first|soonest|earliest) (?:[\w-]+ ){1,3}you(?:'ve| have)? (?:got|have)|"
    r"up to you|not sure|no preference|no idea|any(?:thing)?(?: is| works| would be| will do)?(?: fine|"
    r" good| great| ok(?:ay)?)?$|what are my options|surprise me|"
    r"when(?:'s| is) (?:the |your )?(?:next|first|earliest|soonest)|when (?:do|can|could|would) (?:you|"
    r"i)|what times?|what days?|when are you free|what have you got)\b"
)
_CONNECTOR = re.compile(
    r"^(?:or|and|on|in|at|the|of|to|through|between|but|not|for|any|time|either|both|maybe|preferably|ideally|"
    r"sometime|some|around|about|please|is|,| )*$"
)
_REFUSED = re.compile(
    r"\b(?:not|(?:i )?(?:can't|cannot|can not|won't|couldn't)(?: (?:do|make|come(?: in)?|on))*|but not|"
    r"any ?(?:day|time) (?:but|except)|"
    r"except|other than|instead of|rather than|but|no)(?: on| at| this| next| the| in)* "
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|tomorrow|today|mornings?|afternoons?|evenings?|"
    r"week ?ends?)\b|"
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|tomorrow|today|mornings?|afternoons?)(?:'s| is|"
    r" are)? "
    r"(?:(?:doesn't|does not|don't|won't|isn't|aren't|is not) \w+|no good|not (?:good|possible|going)|"
    r"bad|out)\b"
)
_NO_GOOD = re.compile(
    r"\b(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)days?(?:'s| is|s)? "
    r"(?:(?:no|not|isn't|isnt) (?:so |that )?(?:good|great|possible)|"
    r"(?:doesn't|doesnt|won't|wont) work|out|bad)\b"
)
_ANSWERED_NO = re.compile(r"\b(?:no|nope|nah)\s?[,.;:!]\s", re.IGNORECASE)
"""A no with a stop after it answers what was asked; it does not refuse what follows: "No, on Thursday"."""
_LEADING = re.compile(r"^(?:and|or|on|for|maybe|at)\s(?=\w)")


@dataclass(frozen=True)
class TimePreference:
    """When a caller wants to come, split so that a later wish can change a part of it.

    Attributes:
        day: Words about the day, for example ``"next tuesday"``.
        time: Words about the time of day, for example ``"after three"``.
        relative: ``"later"`` or ``"earlier"`` than what was offered.
    """

    day: str = ""
    time: str = ""
    relative: str = ""
    loose: bool = False

    @property
    def words(self) -> str:
        """The wish as it is passed to the calendar."""
        return " ".join(part for part in (self.day, self.time) if part)

    def __bool__(self) -> bool:
        return bool(self.day or self.time or self.relative or self.loose)

    def then(self, newer: "TimePreference") -> "TimePreference":
        """Give the wish after a newer one: a new day keeps the time of day, and the other way round."""
        if newer.loose and not newer.words:
            return newer
        return TimePreference(
            day=newer.day or self.day, time=newer.time or self.time, relative=newer.relative
        )


EARLIEST = "the earliest available"
"""What is asked of the calendar for a caller who leaves it to us."""


def wish_in(text: str, *, asked: bool = False) -> TimePreference:
    """Find when the caller wants to come.

    Args:
        asked: A day or a time was just asked for: a lone number is a clock time.

    Returns:
        The wish; false when the utterance says nothing about when.
    """
    text = _ANSWERED_NO.sub("", plain(text))
    words = _REFUSED.sub(lambda match: "#" * len(match.group()), normal(text))
    spans: list[tuple[int, int, str]] = []
    spans.extend((mention.start, mention.end, "day") for mention in day_mentions(words))
    for mention in clock_mentions(words, bare=asked and is_short(words)):
        lead = _BEFORE_CLOCK.search(words[: mention.start])
        spans.append((lead.start() if lead else mention.start, mention.end, "time"))
    for pattern, kind in ((_DAY, "day"), (_TIME, "time")):
        spans.extend((m.start(), m.end(), kind) for m in pattern.finditer(words) if m.group().strip())
    joined = _join(words, spans)
    day = " ".join(piece for kind, piece in joined if kind == "day")
    time = " ".join(piece for kind, piece in joined if kind == "time")
    relative = _relative(words, day, time)
    if relative:
        day, time = ("" if day in ("sooner", "soonest", "the soonest") else day), ""
    if day and not relative and (refused := _refused_weekdays(normal(text))):
        day = f"{day} {refused}"
    wish = TimePreference(day=day, time=time, relative=relative)
    if wish:
        return wish
    if _LOOSE.search(words):
        return TimePreference(loose=True)
    # The calendar's own reader mends more slips of recognition ("to morrow") than the patterns here.
    return TimePreference(day=words) if mentions_time(words) and not _REFUSED.search(normal(text)) else wish


def without_refused(words: str) -> str:
    """Give words without the days that are said not to do: "friday's no good, can we do thursday"."""
    left = _NO_GOOD.sub(" ", words)
    return left if mentions_time(left) else words


def _refused_weekdays(words: str) -> str:
    """Give the weekdays that were ruled out, in words that the calendar's reader understands."""
    ruled_out = [
        weekday
        for match in _REFUSED.finditer(words)
        for weekday in WEEKDAYS
        if re.search(rf"\b{weekday}s?\b", match.group())
    ]
    return " ".join(f"not {weekday}" for weekday in ruled_out)


def _relative(words: str, day: str, time: str) -> str:
    if re.search(r"\btoo (?:early|soon)\b", words):
        return "later"
    if re.search(r"\btoo late\b", words) and not clock_mentions(words):
        return "earlier"
    if re.search(r"\bno (?:later|earlier|sooner)\b", words) or clock_mentions(words):
        return ""
    if re.search(r"\b(?:later|after that|after those|later on)\b", time or words) and not re.search(
        r"\blater (?:one|slot|option|time)\b|\bcall\b|\bsee you\b", words
    ):
        return "" if re.search(r"\blater (?:in the|this|next) (?:week|month)\b", words) else "later"
    if re.search(
        r"\b(?:earlier|sooner|before that|before those)\b", f"{time} {day}" if time or day else words
    ) and not re.search(r"\b(?:earlier|sooner) (?:one|slot|option|time)\b", words):
        return "" if re.search(r"\bearlier (?:in the|this|next) (?:week|month)\b", words) else "earlier"
    return ""


def _join(words: str, spans: list[tuple[int, int, str]]) -> list[tuple[str, str]]:
    """Merge overlapping and neighbouring finds of one kind; words that only connect them stay in."""
    merged: list[tuple[int, int, str]] = []
    for start, end, kind in sorted(spans, key=lambda span: (span[0], -span[1])):
        if merged and (
            start < merged[-1][1]
            or (kind == merged[-1][2] and _CONNECTOR.match(words[merged[-1][1] : start]))
        ):
            before = merged.pop()
            merged.append((before[0], max(before[1], end), before[2]))
        else:
            merged.append((start, end, kind))
    pieces = []
    for start, end, kind in merged:
        piece = words[start:end].strip()
        if kind == "day":
            piece = _LEADING.sub("", piece)
        pieces.append((kind, piece))
    return pieces
