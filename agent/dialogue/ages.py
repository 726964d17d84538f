"""The age that words tell, and whether a price or a rule is for somebody of that age."""

import re

from language.phrases import phrase, words

_NUMBER_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
).split()
_NUMBER = rf"\d{{1,3}}|{'|'.join(_NUMBER_WORDS)}"
_AGE = re.compile(
    rf"\b(?P<age>{_NUMBER})[ -](?:years?|yrs?|(?P<young>months?|weeks?|days?))[ -]old|"
    rf"\b(?:he|she|mine|{words('kin')})(?:'s| is)(?: only| just| almost| about)? "
    rf"(?P<of>{_NUMBER})\b(?! (?:minutes?|hours?|weeks?|months?|days?|o'clock|times|of|blocks?|"
    r"miles?|dollars?))"
)
_MONTHS_OF_YEAR = 12
_FOR_AGES = phrase("passages.for_ages")
"""For whom a price or a rule is: "children under 12", "12 and older", "65+", "ages 3 to 9"."""
_CHILD = phrase("passages.for_children")
_ADULT = phrase("passages.for_adults")
_ADULT_FROM, _CHILD_UNTIL = 13, 17
"""Between these, what is said of adults may hold, and what is said of children."""


def age_in(question: str) -> int | None:
    """Read the age that words tell, in years: "my 14 year old", "a five-month-old", "she's seven"."""
    if (match := _AGE.search(question.lower())) is None:
        return None
    said = match["age"] or match["of"]
    number = int(said) if said.isdigit() else _NUMBER_WORDS.index(said)
    if match["young"]:
        return number // _MONTHS_OF_YEAR if match["young"].startswith("month") else 0
    return number


def is_for(age: int, sentence: str) -> bool:
    """Tell whether what a sentence, or the name of a column, says may hold at an age."""
    found = [_holds(match, age) for match in _FOR_AGES.finditer(sentence)]
    if found:
        return all(found)
    if _CHILD.search(sentence) and not _ADULT.search(sentence):
        return age <= _CHILD_UNTIL
    return not (_ADULT.search(sentence) and not _CHILD.search(sentence)) or age >= _ADULT_FROM


def _holds(match: re.Match[str], age: int) -> bool:
    if match["low"]:
        return int(match["low"]) <= age <= int(match["high"])
    if match["least"]:
        return age >= int(match["least"])
    limit, side = int(match["age"]), match["side"].lower()
    if side in ("under", "below"):
        return age < limit
    return age <= limit if side == "up to" else age >= limit
