"""How callers speak of appointments that they have: what is to be done, with which, and where to."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from agent.receptionist.change import Kind
from language import speak
from language.choices import Offer, pick
from language.normalize import any_of, normal
from tools.appointments import Appointment

_THEIRS = (
    r"(?:appointments?|appt|booking|visit|reservation|cleaning|check ?up|exam|slot|consultation|filling|one)"
)
CANCELS = any_of(
    r"""
    cancel\w*
    call(?:ing)? (?:it|that|my <theirs>) off
    don't need (?:it|the|that|my)(?: <theirs>)?(?: any ?more)?
    (?:take|get) (?:me|my name) off
    get rid of (?:it|my <theirs>|the <theirs>)
    """,
    theirs=_THEIRS,
)
MOVES = any_of(
    r"""
    (?:mov(?:e|ing)|chang(?:e|ing)|switch(?:ing)?|shift(?:ing)?|push(?:ing)?|bring(?:ing)?)\
        (?: \w+){0,3}? (?:it|that|this|<theirs>|back|forward)
    (?:mov(?:e|ing)|chang(?:e|ing)|switch(?:ing)?) (?:it|that|to|(?:the|my) (?:time|day|date))
    re ?schedul\w*
    postpon\w*
    re ?book\w*
    (?:another|a different|some other|a new|a better|an earlier|a later) (?:time|day|date|slot)
    (?:come|be there|come in|do it|have it|make it|get in|start)(?: \w+){0,2} (?:later|earlier|sooner)
    (?:earlier|later|sooner) than my
    my <theirs> (?:be )?(?:(?:a )?(?:bit|little) )?(?:later|earlier|sooner|moved)
    be moved
    """,
    theirs=_THEIRS,
)
_AMOUNT = r"(?:a couple of|half an|an?|one|two|three|four|\d+|fifteen|thirty|forty five)"
_SHIFT = re.compile(
    rf"\b(?P<amount>{_AMOUNT}) (?P<unit>hour|minute|day|week|month)s? "
    r"(?P<side>later|earlier|sooner|after|before|back|forward)\b|"
    r"\b(?:push|move|bring|put|postpone|delay)(?: it| that| my \w+)?(?: (?P<way>back|forward|up))?(?: by)? "
    rf"(?P<by>{_AMOUNT}) (?P<of>hour|minute|day|week|month)s?\b"
)
_SIDE = re.compile(r"\b(?:(?P<earlier>earlier|sooner|forward)|later|back)\b")
_AMOUNTS = {
    "a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "a couple of": 2.0, "three": 3.0, "four": 4.0,
    "half an": 0.5, "fifteen": 15.0, "thirty": 30.0, "forty five": 45.0,
}  # fmt: skip
_UNITS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(weeks=4),
}
CANNOT_COME = any_of(
    r"""
    (?:can't|cannot|can not|won't|couldn't|won't be able to|not able to|unable to|\
        not going to(?: be able to)?|not gonna) (?:make (?:it|my|our|that|the)|come|be there|be in|\
        attend|keep (?:it|my|our|the|that)|get there)\b\
        (?!(?: \w+){0,2} (?:before|after|until|till|on time|any earlier)\b)
    won't be (?:coming|there|in)\b
    something(?:'s| has)? (?:came|come) up
    """
)
_WISHES = any_of(
    r"""
    (?:cancel\w*|re ?schedul\w*|postpon\w*|re ?book\w*|push back|bring forward|switch)(?: [\w']+){0,6} \
        (?:appointments?|appt|booking|visit|cleaning|check ?up|it|one|slot|exam|reservation)
    (?:mov(?:e|ing)|chang(?:e|ing)|push(?:ing)?|shift(?:ing)?|switch(?:ing)?)(?: [\w']+){0,3} \
        (?:appointments?|appt|booking|visit|cleaning|check ?up|exam)
    bring(?:ing)?(?: [\w']+){0,3} <theirs>(?: \w+){0,2} (?:forward|up|earlier)
    cancel(?:ling|ing)? (?:my|our) (?:\w+ )?(?:\d+(?::\d+)?(?: ?[ap]m)?|\w+ o'clock)
    (?:need|like|want|have|calling|wanna|call|trying|gotta) to (?:cancel|re ?schedule|postpone)
    don't need my (?:\w+ )?<theirs>
    (?:chang(?:e|ing)|mov(?:e|ing)|switch(?:ing)?) the (?:time|day|date) (?:of|for) my
    come(?: in)? (?:a (?:bit|little) )?(?:earlier|later)\b(?! (?:in|this|next|on in)\b)
    (?:take|get) (?:me|my name) off (?:the|your) (?:schedule|calendar|books?|list)
    (?:have|has|'ve got|got) an appointment\b.* (?:change|moved?|cancel\w*|re ?schedul\w*|switch\w*)
    (?:different|another|earlier|later|better|new) (?:time|day|date) for my (?:\w+ )?<theirs>
    (?:earlier|later|sooner) than my (?:\w+ )?<theirs>
    my <theirs> (?:be )?(?:(?:a )?(?:bit|little) )?(?:later|earlier|sooner|moved)
    """,
    theirs=_THEIRS,
)
_ONLY_ASKS = any_of(
    r"""
    what (?:if|happens)
    how (?:much|late|early|many)
    (?:do|does|will|would|must|should) i (?:\w+ ){0,3}(?:pay|lose|be charged|get charged)
    (?<!how )(?:do|should|must) (?:i|we) (?:(?:need|have) to )?(?:cancel|re ?schedule)
    (?:fee|fees|charge|charged|penalty|policy|policies|notice)
    """
)
"""A question about cancelling, for the practice's documents."""
_WANTS_ONE = re.compile(
    r"\b(?:make|book|schedule|get|need|like|want|to have|can i have)(?: to (?:make|book|schedule|get))? "
    r"(?:a|an|another)(?: \w+)? "
    r"(?:appointment|appt|booking|visit|cleaning|check ?up|filling)\b"
)
_ALONE = re.compile(
    r"^(?:(?:hi|hello|yes|please|(?:can|could|may) (?:i|we|you)) )*"
    r"(?:cancel\w*|re ?schedul\w*|postpone)(?: please)?$"
)
_LOOKS = any_of(
    r"""
    (?:do|did) i (?:already )?have (?:an|any|another|my)(?: \w+){0,2} (?:appointment|booking)\w*
    (?:check|confirm|verify|look up|find)(?: \w+){0,2} my (?:\w+ )?(?:appointment|booking|visit)\w*
    is my (?:\w+ )?<theirs>(?: \w+){0,3} still (?:on|there|booked|good|standing)
    am i (?:still )?(?:booked|down) (?:in|for)
    (?:what(?:'s| is)|when(?:'s| is)|what time is|what day is) my (?:next |upcoming )?(?:appointment|booking|\
        visit|cleaning|check ?up)
    """,
    theirs=_THEIRS,
)
KEEPS = any_of(
    r"""
    keep (?:it|that|them|my|the)
    leave (?:it|that|my|the|everything)
    (?:don't|do not) (?:cancel|move|change)(?: it| that| anything)?
    (?:i'll|i will|i can) (?:come|be there|make it)(?: after all)?
    never ?mind
    forget (?:it|about it|that)
    (?:i )?changed my mind
    as it is
    """
)
BOTH = re.compile(r"\b(?:both|all (?:of (?:them|those|these)|my|the|three|four)|everything)\b")
_MINE = re.compile(
    r"\bmy (?:\w+ )?(?:appointments?|appt|booking|visit)\b|\bi (?:already )?have an appointment\b"
)
_TO = re.compile(
    r"\b(?:mov|re ?schedul|chang|switch|push|postpon|bring|shift|re ?book)\w*\b(?P<about>.*?)"
    r"\b(?:to|until|till|for|by)\b(?P<target>(?! (?:cancel|be|me)\b).+)"
)
_THEN = re.compile(
    r"(?P<target>\b(?:can|could|may) (?:i|we|you)\b.*|\bis it possible\b.*|\bis there\b.*|\bdo you have\b.*|"
    r"\bwhat about\b.*|\bhow about\b.*|\bi'd (?:like|rather)\b.*|\blet's\b.*|\bmaybe\b.*|\bwould\b.*)"
)
_SAME_TIME = re.compile(r"\b(?:at )?(?:the )?same (?:time|hour)\b")


def change_in(words: str) -> Kind | None:
    """Tell what a caller wants done with an appointment, where their words say so out of the blue.

    Returns:
        What, or None when they speak of something else.
    """
    if _ONLY_ASKS.search(words):
        return None
    if _LOOKS.search(words):
        return Kind.LOOK
    wishes = _WISHES.search(words) or _ALONE.match(words)
    if wishes or (_SHIFT.search(words) and MOVES.search(words)):
        return kind_in(words) or Kind.OPEN
    if CANNOT_COME.search(words) and not (_WANTS_ONE.search(words) and "already" not in words):
        return kind_in(words) or Kind.OPEN
    return None


def kind_in(words: str) -> Kind | None:
    """Tell a cancellation from a move, in words that are about an appointment already."""
    cancels, moves = CANCELS.search(words) is not None, MOVES.search(words) is not None
    if cancels and moves:
        # "Cancel and rebook" is a move; "cancel or reschedule" is left open.
        return Kind.OPEN if re.search(r"\bor\b", words) else Kind.MOVE
    if cancels:
        return Kind.CANCEL
    return Kind.MOVE if moves or _SHIFT.search(words) else None


def kind_by_place(words: str) -> Kind | None:
    """Read "the first" after "would you like to move it, or cancel it?"."""
    if re.search(r"\b(?:first|former)\b", words):
        return Kind.MOVE
    return Kind.CANCEL if re.search(r"\b(?:second|last|latter)\b", words) else None


def means_existing(words: str) -> bool:
    """Tell whether words are about an appointment that exists, rather than one that is being booked."""
    return _MINE.search(words) is not None


def split_change(text: str) -> tuple[str, str]:
    """Part what says which appointment from what says where to.

    Returns:
        Words about the appointment, and words about the new time; either may be empty.
    """
    words = normal(text)
    if match := _SHIFT.search(words):
        return f"{words[: match.start()]} {words[match.end() :]}".strip(), match.group()
    if match := _TO.search(words):
        return f"{words[: match.start()]} {match['about']}".strip(), match["target"].strip()
    if match := CANNOT_COME.search(words):
        rest = _THEN.search(words, match.end())
        return (words[: rest.start()], rest["target"]) if rest else (words, "")
    if match := _SIDE.search(words):
        return _SIDE.sub("", words), "earlier" if match["earlier"] else "later"
    return words, ""


def shifted(words: str, start: datetime) -> str:
    """Say "an hour later" and "the same time" in words that stand without the appointment they refer to.

    Args:
        start: The appointment's start, in the practice's zone.

    Returns:
        The words, with what depends on the appointment put in.
    """
    if match := _SHIFT.search(words):
        amount = match["amount"] or match["by"]
        length = _UNITS[match["unit"] or match["of"]] * (_AMOUNTS.get(amount) or float(amount))
        earlier = match["side"] in ("earlier", "sooner", "before", "forward") or match["way"] in (
            "forward",
            "up",
        )
        moved = start - length if earlier else start + length
        return f"{moved:%A %B %-d} at {moved:%-I:%M %p}"
    return _SAME_TIME.sub(f"at {start:%-I:%M %p}", words)


def chosen_of(text: str, known: Sequence[Appointment]) -> list[Appointment]:
    """Find which of the caller's appointments their words mean.

    Args:
        known: The appointments, in the order in which they were said.

    Returns:
        Those that fit: one when it is clear, none when the words name none.
    """
    # That they cannot come is no word against any of them.
    words = CANNOT_COME.sub(" ", normal(text))
    if BOTH.search(words):
        return list(known)
    by_name = [one for one in known if _names(words, one)]
    among = by_name or list(known)
    offers = [Offer(one.booking_id, one.start, speak.moment(one.start), one.practitioner) for one in among]
    picked = [one.slot_id for one in pick(words, offers, agreed=False)]
    found = [one for one in among if one.booking_id in picked]
    return found or (by_name if len(by_name) < len(known) else [])


def _names(words: str, one: Appointment) -> bool:
    """Tell whether words name what an appointment is for, or whose it is."""
    service = normal(one.service)
    first = normal(one.name).split(" ", 1)[0]
    return bool(service and re.search(rf"\b{re.escape(service)}\b", words)) or bool(
        first and re.search(rf"\b{re.escape(first)}(?:'s|s)?\b", words)
    )
