"""An utterance taken apart into what it asks and what it tells around that."""

import re
from dataclasses import dataclass
from itertools import pairwise

from knowledge.search.terms import words

_PRONOUN = r"(?:i|you|u|we|he|she|it|they|there|somebody|someone|anybody|anyone)"
_THEIR = r"(?:my|your|his|her|our|their)"
_ASKING = r"(?:do|does|did|is|are|was|were|can|could|should|shall|will|would|may|might|must)"
_AUX = rf"(?:{_ASKING}|am|has|have|had)"
_WH = r"(?:what|where|whereabouts|when|who|whom|whose|how|which|why)"
_NO_SUBJECT_BEFORE = "".join(rf"(?<!\b{one} )" for one in "i u we he it you she they that there guys".split())
_BEGINS = re.compile(
    rf"\b{_WH}\b(?: \w+){{0,4}}? {_AUX}(?: not)? (?:dr )?\w|"
    rf"\b{_WH} (?:much|many|about|if|happens|else|kind|sort|price|cost)\b|"
    rf"{_NO_SUBJECT_BEFORE}\b(?:{_ASKING}|am|have)(?: not)? "
    rf"(?:{_PRONOUN}|{_THEIR}|dr|doctor|this|that|these|those)\b|"
    rf"{_NO_SUBJECT_BEFORE}\b(?:do|does|did|is|are|was|were|can|could|should|will|would) (?:the|a|an)\b"
)
"""Where a question begins, whether or not anything stands before it."""
_LEAD = re.compile(
    r"\b(?:(?:was |am |just ){0,4}(?:wondering|wonder|curious)|tell me|find out|any idea|quick question|"
    r"(?:want(?:ed)?|like|need|love) to (?:know|ask)|(?:do|would) you (?:happen to )?know|"
    r"question (?:is|about)|asking)\b(?: (?:if|whether|about))?"
)
_TWICE = re.compile(rf"\bwhat (?={_WH}\b)")
_BREAKS = re.compile(
    r"(?:(?<!\bdr)(?<!\bmr)(?<!\bms)(?<!\bmrs)(?<!\bst)\.+(?!\d)|[?!;:\n]+|,(?!\d))\s*|"
    r"(?<!\s)\s+(?=(?:but|because|cause|cuz|since|while|although|though|if|so)\b)|"
    rf"(?<!\s)\s+(?=(?:and|or) (?:then |also |maybe )?(?:{_PRONOUN}|{_THEIR}|{_ASKING}|"
    rf"{_WH}|am|have|want|need)\b)"
)
_JOINT = re.compile(r"^(?:(?:and|but|so|or|because|cause|cuz|although|though|then|now)\b\s*)+")
_FILLERS = re.compile(
    r"^(?:(?:um|uh|er|well|okay|ok|like|just|sorry|please|yeah|yes|hi|hello|hey|right|also|oh|no)\b\s*)+"
)
_OPENS = re.compile(rf"^(?:{_WH}|{_AUX} \w+)\b")
_CONDITION = re.compile(rf"^(?:if|while|since|(?:when|where|after|before|once|until)(?! {_AUX}\b))\b")
_LINK = re.compile(r"^(?:if|while|since)\s+")
_OBJECT = (
    r"(?:(?:an?|any|the|some|my|your|our|his|her|their|that|those|these|this|of|one|another)\s)*"
    r"(?P<thing>(?:[a-z0-9-]+ ){0,3}?[a-z0-9-]+)"
    r"(?=\s(?:in|on|at|for|with|while|when|after|before|that|who|which|to|from|if|there|is|are|of|by|here|as|"
    r"without|do|does|did|cost|run|off|out|or|and|through|anymore|too|around|where|you|i|behind)\b|$)"
)
_GIVES = (
    r"(?:do|have|offer|provide|perform|take|accept|sell|fit|stock|carry|make|prescribe|give|treat|put in|"
    r"put on|get|see|use|recommend|buy|hire)"
)
_BEFORE_THINGS = (
    (
        rf"\b(?:do|does|did|can|could|will|would) (?:you|they|we|i|he|she|dr\.? \w+|the \w+)"
        rf"(?: (?:guys|all|folks|still|also|even|ever|happen to|really|please|just))* {_GIVES}(?: me)? "
    ),
    (
        r"\bhow much (?:is|are|was|were|for|(?:do|does|would|will|did) (?:it|you|that|they|i)(?: guys)? "
        r"(?:cost|charge|run|be|want|take|pay)(?: me)?(?: for| to (?:get|have|buy|do))?) "
    ),
    r"\b(?:price|cost|fee|charge)s? (?:of|for|to)(?: getting| having| get| have)? ",
    r"\bwhat (?:do|does|would|will|is|are) (?=.* (?:cost|run)\b)",
    r"\b(?:is|are) there (?:also )?(?:an? |any |some )",
    r"\bhow much (?:do|does|would|will|did) (?!(?:it|you|that|they|i)\b)",
)
_ASKED_FOR = tuple(re.compile(before + _OBJECT) for before in _BEFORE_THINGS)
_SOMEBODY = rf"{_THEIR.replace('|your', '')}(?: \w+)?"
_RECORDS = re.compile(
    rf"^(?:(?:what|why|when|how|where|who)(?: (?!{_PRONOUN}|{_ASKING})\w+){{0,3}} )?"
    r"(?:did|was|were|has|have|had) "
    rf"{_THEIR.replace('|your', '')}\b|"
    r"\bhow (?:many|much)(?: \w+)? did (?:i|my|he|she|we)\b|"
    r"^did (?:anyone|anybody|someone|somebody|i|we|he|she)\b|"
    rf"^(?:what )?(?:do|does|have|has|is|are) (?:i|we|he|she|{_SOMEBODY}) (?:have |got )?(?:an?|any) "
    r"(?:next )?(?:appointment|visit|booking)s?\b|"
    rf"^(?:if |what )?{_SOMEBODY} (?:has|have|had|is|was|did)\b|"
    rf"^(?:when|what) (?:is|was|are) {_THEIR.replace('|your', '')} (?:next |last |own )?"
    r"(?:appointment|visit|balance|bill|results?)\b|"
    r"^how (?!long|much|many|soon|often|early|late|far|old)\w+ (?:is|are|was|were) "
    rf"{_THEIR.replace('|your', '')}\b|"
    r"\bwhat did (?:i|we|he|she) (?:pay|owe|have)\b"
)


@dataclass(frozen=True)
class Clause:
    """A piece of an utterance.

    Attributes:
        asks: Whether it asks something, rather than tells about the one who asks.
    """

    text: str
    asks: bool


def clauses(text: str) -> list[Clause]:
    """Take an utterance apart.

    Returns:
        Its clauses in order, without the words that only join them.
    """
    found: list[Clause] = []
    # What is wondered about is asked, whether or not it is put as a question.
    text = _TWICE.sub("", " ".join(_LEAD.sub(" ? what ", text).split()))
    for piece in _BREAKS.split(text):
        for part in _at_questions(piece.strip()):
            bare = _FILLERS.sub("", _JOINT.sub("", part))
            if bare:
                asks = _OPENS.match(bare) is not None or _BEGINS.search(bare) is not None
                found.append(Clause(_LINK.sub("", bare), asks and not _CONDITION.match(bare)))
    return found


def things_asked_for(clause: str) -> frozenset[str]:
    """Find what a question is after: the crown of "how much would you charge me for a crown on a back tooth".

    Returns:
        The words that name it; none when the question has no such form.
    """
    named = [match["thing"] for one in _ASKED_FOR if (match := one.search(clause)) is not None]
    return frozenset(word for thing in named for word in words(thing))


def asks_for_records(clause: str) -> bool:
    """Tell whether a question is after what became of somebody's own affair.

    That stands in records, and not in files that are the same for all.
    """
    return _RECORDS.search(clause) is not None


def _at_questions(piece: str) -> list[str]:
    cuts = [0, *(match.start() for match in _BEGINS.finditer(piece) if match.start()), len(piece)]
    return [part for start, end in pairwise(cuts) if (part := piece[start:end].strip())]
