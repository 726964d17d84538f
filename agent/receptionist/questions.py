"""What the assistant asked last, recognised in whatever words it was asked.

The words may be the receptionist's own, another model's, or the part of them that the caller heard.
"""

import re
from enum import StrEnum


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
    WHAT_TO_CHANGE = "what_to_change"
    ANYTHING_ELSE = "anything_else"
    BOOK_OFFER = "book_offer"
    PERSON_OFFER = "person_offer"
    MESSAGE_OFFER = "message_offer"
    PERSON_OR_MESSAGE = "person_or_message"
    MESSAGE_TEXT = "message_text"


_PATTERNS: tuple[tuple[Ask, str], ...] = (
    (Ask.ANYTHING_ELSE, r"(?:any|some)thing (?:else|more)|what else|else (?:i|we) can|(?:all|everything) (?:i can|for today)|help you with anything"),
    (Ask.WHAT_TO_CHANGE, r"(?:what|which) (?:\w+ ){0,4}(?:change|fix|correct|wrong|different)|(?:the time, the name|time, name)"),
    (
        Ask.READ_BACK,
        r"(?:is|was|are|does) (?:that|this|it|everything|all (?:of )?(?:that|this)|these details)(?: all| everything| look| sound)? ?(?:right|correct|accurate|look (?:right|good)|sound (?:right|good))|"
        r"(?:have|did) i (?:get|got|have) (?:that|everything|it|all)(?: all| of that)? ?(?:right|correct)?\?|(?:shall|should|can|may) i (?:go ahead and )?(?:book|confirm|schedule) (?:it|that|this)\b|go ahead and book|"
        r"(?:right|correct)\?$|to confirm\b|ready to book",
    ),
    (
        Ask.CALLER_PHONE,
        r"(?:number|phone) (?:that )?(?:you're|you are|you) (?:calling|called|phoning) (?:from|on|with)|(?:use|reach you (?:on|at)|is) (?:this|the same|that) (?:phone |same )?number|number (?:that )?(?:ends|ending)|"
        r"(?:number|one) ending in|calling from",
    ),
    (Ask.PHONE_REST, r"(?:the|what's the|and the) rest\b|remaining digits|rest of (?:the|your) number|(?:next|last|other) (?:\w+ )?digits|go on with the number|and then"),
    (Ask.MESSAGE_TEXT, r"what (?:should|shall|would you like me to|can|do you want me to) (?:i )?(?:tell|say|pass|put)|what(?:'s| is) (?:the|your) message|(?:go ahead with|tell me) (?:the|your) message|what would you like (?:them|the (?:team|staff|office)|me to (?:tell|pass))|what is it about"),
    (Ask.PERSON_OR_MESSAGE, r"(?:message|call(?:ed)? back)\b.{0,60}\bor\b.{0,60}\b(?:someone|somebody|person|speak|talk|put you|connect|transfer|team|front desk)|(?:someone|somebody|person|speak|talk|put you through|connect|transfer|front desk|team)\b.{0,60}\bor\b.{0,60}\bmessage"),
    (Ask.MESSAGE_OFFER, r"(?:take|leave|pass on|send|write) (?:down )?(?:a|your|the) message|(?:someone|somebody|them|the \w+) (?:to )?(?:call|ring) you(?: back)?"),
    (Ask.PERSON_OFFER, r"(?:put|connect|transfer) you|(?:speak|talk) (?:to|with) (?:someone|somebody|a person|a human|our|the|one of)"),
    (Ask.SPELLING, r"\bspell"),
    (Ask.LAST_NAME, r"^(?!.*\bfirst\b).*(?:(?:last|family|second) name|surname)"),
    (Ask.NAME, r"(?:your|full|first|patient'?s?|the|what|whose) (?:and last |full |first )?name\b|who(?:'s| is) (?:calling|this|it for|the appointment)|who am i (?:speaking|talking)|name (?:for|is|please|should)|\bname\?"),
    (Ask.PRACTITIONER, r"whom? would you like to see|who would you (?:like|prefer)|which (?:doctor|dentist|hygienist|practitioner|provider)|(?:doctor|dentist) (?:do|would) you prefer"),
    (Ask.PHONE, r"(?:phone|telephone|mobile|cell|contact|callback|call back|best|your|the|a|what) (?:phone |contact |callback )?number|number (?:to|where|can|is|for|please)|(?:reach|call) you\b|digits"),
    (
        Ask.SLOT,
        r"which (?:one|of|shall|time|would|works|do you|slot)|(?:would|does|do|will|could|can) (?:any|either|one|that|this|it|those|these|they)(?: \w+){0,6} (?:work|suit|good|fit|do|ok(?:ay)?|convenient|for you)|"
        r"(?:would you like|do you want|shall i (?:take|book|put)|want) (?:that|it|this|one|the|to take|either|any)(?: \w+)*\?|how does that sound|(?:any|one) of (?:those|these|them)|(?:works?|best|better|suits?) (?:for )?you\?$|would you prefer|do you prefer",
    ),
    (
        Ask.WHEN,
        r"(?:what|which) (?:day|date|time|days|times|week|other)|\bwhen\b|day (?:and|or) time|how about (?:a|another) (?:different )?(?:day|time)|preferred (?:day|time)|(?:another|a different|other) (?:day|time|week)|"
        r"morning(?:s)? or (?:an |in the )?afternoon|this \w+ or next|or (?:the )?(?:one|week) after|a\.?m\.? or p\.?m|look (?:at|for|further)|day (?:works|suits)|did you mean|do you mean",
    ),
    (
        Ask.SERVICE,
        r"what (?:kind|type|sort) of|which (?:service|appointment|kind|type|visit|treatment)|reason for|what brings you|come in for|coming in for|(?:what|what's) (?:is it|it is|is this|would that be|it) for|what (?:would you like|do you need) (?:to have )?done|"
        r"what (?:should|shall|can) (?:i|we) book|\b(?:a|an) [\w -]+, (?:a|an) [\w -]+,? or (?:a|an) |like to (?:come|be seen) for|need (?:to be )?seen for",
    ),
    (Ask.BOOK_OFFER, r"(?:would you like|shall i|should i|can i|do you want|want|may i)(?: me)?(?: to)?(?: \w+){0,4} (?:book|schedule|make|find|look|set up|get|appointment|visit)"),
    (Ask.SAME, r"(?:are you|you) still (?:there|with me)|still (?:there|on the line)|can you hear me|take your time|i'm (?:still )?here|i'll wait|say (?:that|it) again|repeat (?:that|it)|whenever you're ready|^hello\?|one moment|just a moment"),
    (Ask.HELP, r"how (?:can|may|could|should) i (?:help|assist)|what can i (?:do|help)|(?:help|do for) you(?: today)?\?|how can we help|need help with"),
)
_COMPILED = tuple((ask, re.compile(pattern, re.IGNORECASE)) for ask, pattern in _PATTERNS)
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
        for ask, pattern in _COMPILED:
            if pattern.search(sentence):
                return ask
    return Ask.NOTHING
