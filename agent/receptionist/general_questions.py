"""Questions that no list of subjects foresees: asked in whatever words, they are put to the practice's files.

Told apart from them are wishes in the form of a question ("Can I come in on Tuesday?").
"""

import re

from agent.receptionist.goals import Goal, is_urgent
from language.datetimes.time_phrases import wish_in
from language.normalize import any_of, plain

_FITTING = frozenset({Goal.BOOK, Goal.BYE, Goal.THANKS, Goal.HOLD})
"""Wishes that a general question may seem to hold."""
_STAFF = frozenset({Goal.LATE, Goal.CHANGE, Goal.LOOKUP})
_CAUTIOUS = frozenset({Goal.ADVICE, Goal.DURATION, Goal.PRIVACY})
"""Matters of which the files may speak in general: what they say goes before what is said otherwise."""
_REFUSED = frozenset({Goal.ADVICE, Goal.PRIVACY})
_CLAUSES = re.compile(
    r"[,.;:!?]+|\b(?:and|but|so|because|cause|then|if|whether|or|like|wondering|wonder|know|tell me|"
    r"(?<!it )(?:okay|ok)|well|hi|hello|hey|yeah|yes|um|uh|oh|also|wait|sorry|please|actually)\b"
)
_WH = re.compile(r"(?:what|which|who|whose|where|whereabouts|why|how|when)(?:'?s|'?re|'?d)?\b")
_AUX = re.compile(
    r"(?:do|does|did|is|are|was|were|can|could|may|might|will|would|should|shall|must|am|has|have|don't|doesn't|"
    r"isn't|aren't|can't|couldn't|won't|wouldn't)\b(?: \S+){2}"
)
_INVERTED = re.compile(
    r"\b(?:do|does|did|can|could|will|would|should) (?:you|i|we|they|he|she)\b(?<!so do i)(?<!neither do i)"
)
_RULE_ASKED = any_of(
    r"""
    what (?:happens|if|about if)
    (?:how|what) (?:much )?notice
    how (?:late|early|long before|far) (?:can|could|do|should|must)
    (?:is|are) there (?:a |any )?(?:fees?|charges?|penalt\w+)
    (?:do|will|would) (?:you|i|they)(?: \w+)? (?:charge|pay|owe|get charged|be charged)
    do i (?:have|need) to pay
    (?<!how )(?:do|should|must) (?:i|we) (?:(?:have|need) to )?(?:cancel|re ?schedule)
    cop(?:y|ies) of
    (?:my|the) records? (?:cost|free|sent|over)
    (?:get|send|transfer|email|move) my (?:records?|chart|file|x ?rays?)
    (?:records?|chart|file)(?: \w+){0,2} (?:cost|sent|over|copied|transferred)
    (?:polic(?:y|ies)|rules?)\b
    """
)
_AFTERWARDS = re.compile(
    r"\b(?:after|since|from|once|when|until|till)\b.{0,40}\b(?:fillings?|cleaning|cleaned|varnish|fluoride|"
    r"numb\w*|shot|injection|extraction|crown|implant|treatment|procedure|surgery|visit|whitening|root canal|"
    r"done|worked on)\b|"
    r"\b(?:had|got|did) (?:a|my|his|her|the|some|your) (?:\w+ )?"
    r"(?:fillings?|cleaning|varnish|fluoride|extraction|crown)\b|"
    r"\bwhile (?:it|she|he|i|they)(?:'s| is| was|'m| am)? numb\b|"
    r"\bfill(?:ing)? (?:out|in) (?:the|a|your|my) \w+"
)
_WISHES = any_of(
    r"""
    (?:can|could) you(?: please| just| maybe)* (?:book|schedule|fit|squeeze|get|find|reserve|\
        put|offer|move|see)
    (?:can|could|may|might) (?:i|we|he|she|they|my \w+|somebody|someone)(?: please| just| maybe| \
        still| also| possibly)* (?:book|schedule|make|get|set|come|be|see|do|fit|squeeze|reserve|\
        arrange|find|pencil|put|offer|move|look)
    (?:do|would|will) you(?: guys| still| maybe| happen to)* have (?:any|an|something|\
        a (?:slot|spot|time|free)|time|room|space|it|that|one)
    (?:is|are) there (?:any|an|a|something|anything)(?: \w+)? (?:appointments?|openings?|slots?|\
        times?|availab\w+|spots?|way)
    (?:what|which)(?: other| else)? (?:times?|days?|dates?|slots?|appointments?|openings?)(?! of)
    what (?:do|have) you (?:have|got)
    when (?:can|could|would|might|will) (?:i|we|he|she|you|they|my \w+|(?:dr|doctor) \w+)(?: \w+){0,2}? \
        (?:come|see|get in|get an|be seen|have (?:me|us|him|her|time|an)|book|fit|squeeze|\
        take (?:me|us|him|her)|make)
    when (?:is|are|do|does|will) (?:\w+ ){0,4}(?:next|first|soonest|earliest|available|free|openings?|slot)
    (?:can|could|may|might) (?:i|we|he|she|they|my \w+) have (?:an?|the|that|any) (?:\w+ )?\
        (?:appointments?|slots?|times?|visit|spots?|openings?|cleaning|check ?up|filling|one)
    when's
    how soon (?:can|could|would)
    (?:how|what) about
    any (?:chance|way|openings?|availability)
    (?:does|do) (?:dr|doctor) \w+(?: \w+)? (?:have|work|see|got)
    (?:soonest|earliest)
    availab\w+
    openings?
    """
)
_WANTS = re.compile(r"\b(?:book|schedule|i(?:'d| would) like|i want|i need|need to|looking for)\b")
_NO_WISH = any_of(
    r"""
    without (?:an |a |any )?(?:appointment|booking|me|insurance)
    (?:cost|charge|pay|paid|fee|price|money back|expensive|cheap\w*|insurance|discount|refund)
    (?:smoke|vape|eat|drink|brush|rinse|chew|floss|bring|park|sit|wear|parking|copy|forms?|records?|paperwork)
    (?:same|second opinion|numb\w*|allowed|supposed to|have to|fill out|should (?:i|we|he|she|they))
    (?:wheelchair|wheel chair|walker|stairs|ramp|elevator|lift|crutches)
    """
)
_DAY_FORM = re.compile(
    r"(?:is|are|would|will|does|do) (?:there|you|it|that|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|today|next|this|\d)"
)
_LEAST_WORDS = 3


def add_general_question(  # noqa: PLR0911 - a chain of decisions
    words: str, text: str, intents: list[Goal]
) -> list[Goal]:
    """See whether an utterance asks the practice's files something, whatever the words.

    Returns:
        The intents, with ``KNOWLEDGE`` first and what gives way to it taken out where that is so.
    """
    found = set(intents)
    if (
        Goal.KNOWLEDGE in found
        and found <= {Goal.KNOWLEDGE, *_STAFF, *_FITTING}
        and _RULE_ASKED.search(words)
    ):
        return [Goal.KNOWLEDGE]
    formed = asks_something(text)
    asks = formed or text.rstrip().endswith("?")
    if asks and found & _STAFF and not found - _STAFF - _FITTING and _RULE_ASKED.search(words):
        return [Goal.KNOWLEDGE]
    afterwards = _AFTERWARDS.search(words) is not None
    general = afterwards or (formed and not found & _CAUTIOUS - _REFUSED)
    if general and found & _CAUTIOUS and not found - _CAUTIOUS - _FITTING:
        return [Goal.KNOWLEDGE, *(one for one in intents if one in _CAUTIOUS)]
    if found == {Goal.KNOWLEDGE, Goal.BOOK} and asks and not _is_wish(words, text, booking=True):
        return [Goal.KNOWLEDGE]
    if found - _FITTING or len(words.split()) < _LEAST_WORDS:
        return intents
    if afterwards and not _WANTS.search(words) and not _WISHES.search(words) and not wish_in(text):
        return [Goal.KNOWLEDGE]
    if (
        not asks
        or (is_urgent(words) and not afterwards)
        or _is_wish(words, text, booking=Goal.BOOK in found or not formed)
    ):
        return intents
    return [Goal.KNOWLEDGE]


def asks_something(text: str) -> bool:
    """Tell whether an utterance holds a question, wherever it begins."""
    small = plain(text).lower().replace("dr.", "dr")
    clauses = (clause.strip() for clause in _CLAUSES.split(small))
    return _INVERTED.search(small) is not None or any(
        _WH.match(clause) or _AUX.match(clause) for clause in clauses if clause
    )


def _is_wish(words: str, text: str, *, booking: bool) -> bool:
    """Tell a wish for a visit that is put as a question."""
    timed = bool(wish_in(text))
    if _NO_WISH.search(words) or words.startswith(("where", "why", "who ")):
        return False
    if _WISHES.search(words):
        return True
    return timed and (booking or _DAY_FORM.match(words) is not None)
