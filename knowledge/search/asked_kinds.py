"""What kind of thing a question asks for, and whether a sentence tells a thing of that kind.

A sentence may speak of just what is asked and still answer nothing: "how long is the first visit" is not
answered by what to bring to it. How much that counts is learned (``make train-search``).
"""

import re
from collections.abc import Sequence

from knowledge.search.terms import plain

_ASKED = {
    "span": r"\bhow long\b|\bhow (?:soon|often|much time)\b|\b(?:take|last)s? long\b|"
    r"\bhow many (?:minutes|hours|days|weeks|months|years)\b",
    "moment": r"\bwhen\b(?! (?:i|you|she|he|we|they|my)\b)|\bwhat time|\b(?:which|what) days?\b|"
    r"\bhow (?:late|early)\b|\b(?:opening|office) (?:hours|times)\b|\bare you (?:open|closed|there)\b",
    "price": r"\bhow much (?!time|notice|longer|room|of|do i (?:take|drink|brush))|\bfor free\b|"
    r"\b(?:what|price|cost|fee|charge)s?\b.{0,100}\b(?:cost|charge|price|pay|run|fee|set me back)\b|"
    r"\b(?:price|cost)s?\b",
    "place": r"\bwhere\b(?! (?:i|you)\b)|\bhow (?:do|can|would) (?:i|we|you) (?:get|find) (?:there|you|to)\b|"
    r"\b(?:which|what) (?:floor|street|building|bus|train|stop|address|entrance)\b",
    "person": r"\bwho(?:m)?\b(?! (?:is|are|has|have|needs?|wants?) (?:a|an|my)\b)|"
    r"\bwhich (?:doctor|dentist|nurse|one|of you)\b|"
    r"\b(?:is|does|do) (?:there )?(?:anyone|anybody|someone|somebody)\b",
    "permission": r"\b(?:can|may|could|am|are) (?:i|we|he|she|my|it|they|you)\b|"
    r"\bcan .{0,100} (?:come|stay)\b|"
    r"\b(?:is|are) (?:it|that|\w+ing) (?:ok|okay|fine|alright|all right|safe|possible|normal)\b|"
    r"\bwould it be (?:ok|okay|fine)\b|\bok(?:ay)? (?:to|if)\b|\ballowed\b",
    "duty": r"\b(?:do|does|will|would) (?:i|we|he|she|my \w+|you) (?:need|have to|gotta|require)\b|"
    r"\bshould (?:i|we|he|she)\b|\bneed(?:ed)?\b|\bmust\b",
    "number": r"\bhow (?:many|old|young|far|big)\b|\bwhat age\b",
}
"""How a question asks for a thing of each kind, in plain words."""
_TOLD = {
    "span": r"\b(?:minutes?|hours?|days?|weeks?|months?|years?)\b"
    r"(?! (?:early|late|ago|old|in advance|before(?! \w+ing))\b)|"
    r"\b(?:since|until|overnight|once|twice|times|a quarter|half an hour)\b",
    "moment": r"\b(?:\d{1,2}(?::\d\d)?\s?[ap]\.?m|\d{1,2}[:.]\d\d|(?:from|to|at) \d|until|before|after|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)(?:day)?s?|morning|evening|afternoon|noon|midnight|at once|"
    r"weekends?|days?|weeks?|hours?|minutes?)\b",
    "price": r"\$|\b(?:dollars?|percent|free|costs?)\b|no charge|\bcharge",
    "place": r"\b(?:street|road|avenue|lane|floor|building|entrance|behind|opposite|next to|corner|station|"
    r"stops?|bus|train|suite|room|at the (?:desk|door|back)|in the|on the|across|between|park|lot|garage|"
    r"desk|cent(?:er|re)|counter|near|from)\b",
    "person": r"\b(?:dr|mr|mrs|ms|sister|nurse|prof)\b\.? [a-z]|"
    r"(?-i:[A-Z][a-z]+(?: [A-Z][a-z]+| (?=(?:is|leads|treats|runs|does|looks|sees|speaks|knows|and)\b)))|"
    r"\b(?:manager|nurse|doctor|dentist|hygienist|assistant|desk|therapist|team|we)\b",
    "permission": r"\b(?:may|can(?:not|'t)?|could|allowed|fine|okay|ok|safe|do not|don't|not|no|never|only|"
    r"avoid|without|except|excepted|welcome|must|should|wait|leave|normal|usual)\b",
    "duty": r"\b(?:need(?:ed|s)?|must|ha(?:ve|s) to|required?|please|bring|no|not|wants? one|without|wear|"
    r"should|necessary|asks? for)\b",
    "number": r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve|once|twice|several|a|all|"
    r"few|many)\b",
}
"""What stands in a sentence that tells one."""
KINDS = tuple(_ASKED)
_REQUIRED = [KINDS.index(one) for one in ("span", "number")]
"""What a passage has to tell where it is asked for; the others may be told in words of their own."""
_BEFORE = re.compile(r"(?<!than )(?<!long )(?<!soon )(?<!wait )(?<!hours )(?<!days )\bbefore(?:hand)?\b")
_AFTER = re.compile(r"\bafter\b")
_ASKED_IN = [re.compile(_ASKED[one]) for one in KINDS]
_TOLD_IN = [re.compile(_TOLD[one], re.IGNORECASE) for one in KINDS]


def kinds_asked(question: str) -> Sequence[bool]:
    """Tell of each kind whether a question asks for a thing of it."""
    said = plain(question)
    return [one.search(said) is not None for one in _ASKED_IN]


def may_answer(question: str, text: str, heading: str) -> bool:
    """Tell whether a passage tells a thing of the kind that is asked for, and of the same side of a visit.

    What holds after a treatment is no answer to what is asked of the time before it.
    """
    asked = kinds_asked(question)
    if any(asked[one] and not _TOLD_IN[one].search(f"{heading}\n{text}") for one in _REQUIRED):
        return False
    said = plain(question)
    of_before = _BEFORE.search(said) is not None and _AFTER.search(said) is None
    return not (of_before and _AFTER.search(plain(heading.rsplit(" / ", 1)[-1])))


def kinds_told(asked: Sequence[bool], sentence: str) -> list[float]:
    """Tell of each kind that is asked for whether a sentence tells it, and whether it does not.

    Returns:
        Two numbers for each kind, both 0 where it is not asked for.
    """
    found: list[float] = []
    for wanted, told in zip(asked, _TOLD_IN, strict=True):
        tells = wanted and told.search(sentence) is not None
        found += [float(tells), float(wanted and not tells)]
    return found
