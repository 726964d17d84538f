"""Whether the caller has heard a read-back and answered it: read off the conversation alone."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from contracts.conversation import FunctionResult, Message, results_of, text_of
from language.datetimes.resolve import names_moment

_REFUSAL = re.compile(
    r"^(?:(?:um|uh|oh|well|sorry|actually|please|hmm|er) )*"
    r"(?:no|nope|nah|nay|not|dont|do not|wrong|incorrect|cancel|stop|wait|hold on|hang on|never ?mind|"
    r"forget it|its not|thats not|that is not|thats wrong|that is wrong|thats incorrect|i dont|"
    r"i do not|i didnt|i said|i meant)\b"
)
_REFUSED_LATER = re.compile(
    r"\b(?:thats not|that is not|isnt|not) (?:right|correct|it|what|my|quite)\b|\bthats wrong\b|"
    r"\bdont book\b|\bdo not book\b|\bwrong (?:name|number|day|time)\b|\bchange (?:it|that|the)\b"
)
_CORRECTS = re.compile(
    r"\b(?:make it|make that|instead|id rather|i would rather|could we do|can we do|what about|how about)\b"
)
_AFTER_ALL = re.compile(
    r"\b(?:yes|yeah|yep|thats (?:right|correct|fine|ok|okay|perfect|good|great)|go ahead|book it|sounds good|"
    r"no problem|no worries|no thats all|why not)\b"
)


def refuses(words: str) -> bool:
    """Tell whether an answer to a read-back is a plain refusal.

    Returns:
        True for "no", "that's not right", "wait", "make it Wednesday"; False for "yes", "no, that's fine",
        and for anything that is neither yes nor no.
    """
    plain = _plain(words)
    if _REFUSED_LATER.search(plain):
        return True
    if _CORRECTS.search(plain) and (not _AFTER_ALL.search(plain) or re.search(r"\bbut\b", plain)):
        return True
    return bool(_REFUSAL.match(plain)) and not _AFTER_ALL.search(plain)


_KEEPS = re.compile(
    r"\b(?:keep|leave|stick with|stay with)\b|\b(?:dont|do not|not) (?:cancel|move|change|do (?:it|that))\b|"
    r"\b(?:the )?other one\b|\banother one\b|\bnot (?:that|this) one\b|\bwrong one\b"
)
_CHANGES_INSTEAD = re.compile(
    r"\b(?:move|reschedul\w*|postpone|push it|change (?:it|that|the)|another (?:day|time))\b"
)
_OPENING = (
    r"^(?:(?:um|uh|oh|well|sorry|actually|please|ok|okay|yes|yeah|yep|sure|and|go ahead and|just|then) )*"
)
_CANCEL_IT = re.compile(rf"{_OPENING}cancel\b")
_CANNOT_COME = re.compile(
    r"\bi (?:dont|do not|wont|will not) need (?:it|that|the appointment)\b|"
    r"\bi (?:cant|cannot|can not|wont|will not) (?:make it|come|be there)\b"
)
_MOVE_IT = re.compile(rf"{_OPENING}(?:move|change|reschedule) (?:it|that|my \w+|the \w+)\b")


def refuses_cancelling(words: str) -> bool:
    """Tell whether an answer to "shall I cancel it?" is no, or something else instead.

    Returns:
        True for "no", "keep it", "move it instead", "the other one"; False for "yes" and "cancel it".
    """
    plain = _plain(words)
    if _KEEPS.search(plain) or _CHANGES_INSTEAD.search(plain):
        return True
    return refuses(_CANNOT_COME.sub("yes", _CANCEL_IT.sub("yes", plain)))


def refuses_moving(words: str) -> bool:
    """Tell whether an answer to the read-back of a new time is no, or something else instead.

    Returns:
        True for "no", "keep the old one", "cancel it instead"; False for "yes" and "yes, move it".
    """
    plain = _plain(words)
    return (
        bool(_KEEPS.search(plain))
        or refuses(_MOVE_IT.sub("yes", plain))
        or bool(re.search(r"\bcancel\b", plain))
    )


def confirmed(
    messages: Sequence[Message], intent: str, start: datetime, refused: Callable[[str], bool] = refuses
) -> bool:
    """Tell whether the caller heard the read-back of an intent and has spoken since without refusing.

    Args:
        messages: The conversation; an assistant message holds what was heard, not what was meant.
        intent: The intent's key, as the read-back result holds it.
        start: The appointment's start in the practice's zone, which the caller must have heard.
        refused: Tells a refusal from any other answer.

    Returns:
        True only for: the latest read-back of this very intent, then an assistant message that names its
        day and time, then at least one answer, none of them a refusal.
    """
    read_backs = [one for one in results_of(messages) if _is_read_back(one, intent)]
    if not read_backs:
        return False
    heard = False
    answers = 0
    for message in messages[read_backs[-1].index + 1 :]:
        text = text_of(message)
        if message.get("role") == "assistant" and names_moment(text, start):
            heard = True
        elif message.get("role") == "user" and heard and text.strip():
            if refused(text):
                return False
            answers += 1
    return answers > 0


def _plain(words: str) -> str:
    return " ".join(re.sub(r"[^a-z ]+", " ", words.lower().replace("'", "").replace("\u2019", "")).split())


def _is_read_back(result: FunctionResult, intent: str) -> bool:
    return result.status == "read_back" and result.result.get("intent") == intent
