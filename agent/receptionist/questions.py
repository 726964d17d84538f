"""What the assistant asked last, recognised in whatever words it was asked.

The words may be the receptionist's own, another model's, or the part of them that the caller heard.
"""

import re
from enum import StrEnum

from agent.receptionist.assistant_questions import PATTERNS


class Ask(StrEnum):
    """A question that the caller's next words may answer."""

    NOTHING = "nothing"
    SAME = "same"
    """Only the line was tended ("are you there?"): the question before stands."""
    HELP = "help"
    SERVICE = "service"
    PRACTITIONER = "practitioner"
    WHEN = "when"
    SLOT = "slot"
    NAME = "name"
    LAST_NAME = "last_name"
    SPELLING = "spelling"
    CALLER_PHONE = "caller_phone"
    PHONE = "phone"
    PHONE_REST = "phone_rest"
    READ_BACK = "read_back"
    WHICH_APPOINTMENT = "which_appointment"
    CANCEL_OR_MOVE = "cancel_or_move"
    CANCEL_IT = "cancel_it"
    WHAT_TO_CHANGE = "what_to_change"
    ANYTHING_ELSE = "anything_else"
    BOOK_OFFER = "book_offer"
    PERSON_OFFER = "person_offer"
    MESSAGE_OFFER = "message_offer"
    PERSON_OR_MESSAGE = "person_or_message"
    MESSAGE_TEXT = "message_text"


_COMPILED = tuple((Ask(name), re.compile(pattern, re.IGNORECASE)) for name, pattern in PATTERNS)
HELP_OFFERS = (Ask.PERSON_OR_MESSAGE, Ask.MESSAGE_OFFER, Ask.PERSON_OFFER)
"""Offers of the practice's people."""
_SENTENCE = re.compile(r"(?<=[?!])\s+|(?<=[a-z0-9]{2}\.)\s+(?=[A-Z])")


def asked_in(text: str) -> Ask:
    """Recognise the question that a piece of speech ends with.

    Args:
        text: What the assistant said, as far as the caller heard it.

    Returns:
        The question, or ``NOTHING`` when none is recognised.
    """
    sentences = [sentence for sentence in _SENTENCE.split(text.replace("\u2019", "'").strip()) if sentence]
    questions = [sentence for sentence in sentences if sentence.endswith("?")]
    for sentence in (*reversed(questions), *reversed(sentences[-2:])):
        ask = _asked(sentence)
        if ask is Ask.SLOT and len(sentences) > 1 and (offered := _asked(sentences[-2])) in HELP_OFFERS:
            # "I can take a message, or put you through. Which would you prefer?"
            return offered
        if ask is not Ask.NOTHING:
            return ask
    return Ask.NOTHING


def _asked(sentence: str) -> Ask:
    return next((ask for ask, pattern in _COMPILED if pattern.search(sentence)), Ask.NOTHING)
