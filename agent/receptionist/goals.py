"""What a caller wants, recognised in the words of one utterance."""

import re
from enum import StrEnum

from agent.receptionist.caller_goals import PRESSING, TALK, URGENT
from agent.receptionist.caller_questions import QUESTIONS


class Goal(StrEnum):
    """Something a caller may want; the order is the order in which they are looked for."""

    DESPAIR = "despair"
    """Speaks of ending their life."""
    EMERGENCY = "emergency"
    """Red flags that belong to the emergency number."""
    IDENTITY = "identity"
    """Who or what am I talking to?"""
    RECAP = "recap"
    """What did I book, when was that again?"""
    REPEAT = "repeat"
    """Say that again."""
    LATE = "late"
    """Running late for an appointment."""
    CHANGE = "change"
    """Cancel or move an appointment that exists."""
    LOOKUP = "lookup"
    """Look up an appointment that exists."""
    PRIVACY = "privacy"
    """About somebody else."""
    COMPLAINT = "complaint"
    """Angry, or complaining."""
    PERSON = "person"
    """Talk to a human."""
    MESSAGE = "message"
    """Leave a message, be called back."""
    OPINION = "opinion"
    """Is somebody at the practice any good?"""
    ADVICE = "advice"
    """Medical advice."""
    HOURS = "hours"
    ADDRESS = "address"
    PHONE = "phone"
    DURATION = "duration"
    PRACTITIONERS = "practitioners"
    SERVICES = "services"
    LANGUAGE = "language"
    """Does anybody speak another language?"""
    KNOWLEDGE = "knowledge"
    """A question that the practice's files may answer."""
    ABANDON = "abandon"
    """Never mind, forget it."""
    BOOK = "book"
    BYE = "bye"
    THANKS = "thanks"
    HOLD = "hold"


_COMPILED = tuple(
    (Goal(name), re.compile(rf"(?:(?<=\W)|^){pattern}(?=\W|$)"))
    for name, pattern in (*PRESSING, *QUESTIONS, *TALK)
)
_DENIED = re.compile(
    r"\b(?:no|not|isn't|not an?|without|don't have|never had|nothing like|wasn't)(?: any| a| an| having)?$"
)
_UNWANTED = re.compile(r"\b(?:don't|do not|didn't|did not)(?: really| actually| even)?$")
_URGENT = re.compile(URGENT)
_QUESTION_FORM = re.compile(
    r"^(?:so |and |but |well |okay |ok |oh |um |uh |also |hi |hello |quick question )*"
    r"(?:what|what's|where|when|who|why|how|which|do you|does|is there|are there|can i|could i|may i|"
    r"will (?:you|i|it)|would (?:you|it)|is (?:it|the|your)|are (?:you|your|the|my)|should)\b|"
    r"(?:i have|i had|i've got|got) a (?:quick )?question|(?:i was |i'm |just )wondering|can you tell me|"
    r"do you know|i'd like to know|i want to know"
)


def goals_in(words: str) -> list[Goal]:
    """Recognise what a caller wants."""
    found: list[Goal] = []
    for intent, pattern in _COMPILED:
        if intent in found:
            continue
        for match in pattern.finditer(words):
            if intent in (Goal.EMERGENCY, Goal.DESPAIR) and _DENIED.search(words[: match.start()].rstrip()):
                continue
            if intent is Goal.BOOK and _UNWANTED.search(words[: match.start()].rstrip()):
                continue
            found.append(intent)
            break
    return found


def is_urgent(words: str) -> bool:
    """Tell whether the caller speaks of pain or damage that should be seen soon."""
    return _URGENT.search(words) is not None


def is_question(words: str, text: str = "") -> bool:
    """Tell whether an utterance asks something, by its form."""
    return text.rstrip().endswith("?") or _QUESTION_FORM.search(words) is not None
