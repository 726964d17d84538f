"""What kind of answer a question is after, and which kinds a passage holds: a time, a name, a number."""

import re

from knowledge.search.terms import stem

TIME, PERSON, PHONE, MAIL = "@time", "@person", "@phone", "@mail"
"""Marks: a time or a span of time, somebody's name, a telephone number, an address of mail."""

_WEEKDAYS = "mon tues wednes thurs fri satur sun".split()
_DAY_NAME = rf"(?:{'|'.join(_WEEKDAYS)})days?"
_TOLD = (
    (
        TIME,
        re.compile(
            r"\b(?:minutes?|hours?|days?|weeks?|months?|years?|o'clock|[ap]\.?m|\d{1,2}[:.]\d\d|"
            rf"morning|evening|afternoon|at once|since \d{{4}}|{_DAY_NAME})\b",
            re.IGNORECASE,
        ),
    ),
    (
        PERSON,
        re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Sister|Nurse|Prof)\b\.? [A-Z]|(?<=[a-z,] )[A-Z][a-z]+ [A-Z][a-z]+"),
    ),
    (
        PHONE,
        re.compile(
            r"(?<![\d$])\+?\(?\d{2,4}[\s().-]{0,2}\d{2,4}[\s.-]?\d{2,4}(?:[\s.-]?\d{2,4})?(?!\d)|"
            r"\b(?:ring|call|dial) \d{3}\b",
            re.IGNORECASE,
        ),
    ),
    (MAIL, re.compile(r"\w@[\w-]+\.\w")),
)
_TELLS_EVENING = re.compile(
    r"(?<![\d$])(?:1[89]|2[0-3])[:.][0-5]\d\b|(?<![\d$])(?:[6-9]|1[01])(?:[:.][0-5]\d)? ?p\.?m\b",
    re.IGNORECASE,
)
_SHORT_DAYS = [one[:3] for one in _WEEKDAYS]
_DAY = rf"\b({'|'.join(_SHORT_DAYS)})[a-z]*\.?"
_FROM_DAY_TO_DAY = re.compile(rf"{_DAY} ?(?:to|until|till|through|-|\u2013) ?{_DAY}", re.IGNORECASE)
_ASKED = (
    (
        TIME,
        re.compile(
            r"\b(?:how (?:long|soon|often|early|late|old|far (?:ahead|in advance)|"
            r"many (?:times|minutes|hours|days|weeks|months|years))|when|until|till|"
            r"(?:what|which) (?:times?|days?|age|hours|mornings?|evenings?))\b"
        ),
    ),
    (PERSON, re.compile(r"\b(?:who|whom|which (?:doctor|dentist|nurse|one)|what (?:doctor|dentist))\b")),
)
_ASKED_STRICTLY = (
    (
        PHONE,
        re.compile(
            r"\b(?:phone|telephone|mobile|cell|cellphone|fax|contact|direct)(?: phone)? (?:number|line)\b|"
            r"\bnumber (?:of|for)\b|\bwhat is (?:the|your|their|his|her) number\b"
        ),
    ),
    (PERSON, re.compile(r"\bname of (?:the|your|that)\b|\bwho is (?:the|your)\b")),
    (MAIL, re.compile(r"\be ?mail address\b|\be ?mail (?:of|for)\b|\bwhat is (?:\w+ ){1,3}e ?mail\b")),
)
_NAMED_DAY = re.compile(rf"\b{_DAY_NAME}\b")


def kinds(text: str) -> list[str]:
    """Tell what kinds of answers a passage holds.

    Returns:
        Their marks, and what its hours and days say without the word: "until 20.00" is in the evening, and
        Tuesday is in "Monday to Thursday".
    """
    found = [mark for mark, pattern in _TOLD if pattern.search(text)]
    if _TELLS_EVENING.search(text):
        found.append(stem("evening"))
    for first, last in _FROM_DAY_TO_DAY.findall(text):
        start, end = _SHORT_DAYS.index(first.lower()), _SHORT_DAYS.index(last.lower())
        found += [stem(f"{one}day") for one in _WEEKDAYS[start + 1 : end]]
    return found


def kinds_preferred(question: str) -> list[str]:
    """Tell which kinds of answers suit a question better than others."""
    return [mark for mark, pattern in _ASKED if pattern.search(question)]


def kinds_required(question: str) -> list[str]:
    """Tell which kinds of answers a question takes and no others."""
    return [mark for mark, pattern in _ASKED_STRICTLY if pattern.search(question)]


def days_named(question: str) -> list[str]:
    """List the terms of the weekdays that a question names, each once."""
    return sorted({stem(day.removesuffix("s")) for day in _NAMED_DAY.findall(question)})
