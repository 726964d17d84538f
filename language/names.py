"""Names of people in what a caller says: "this is Anna Bell", "Bell, first name Anna", "van der Berg"."""

import re

from language.normalize import FILLERS, normal, plain, without_accents
from language.phrases import phrase, word_set, words
from language.speak import cased

LONGEST_NAME = 8
"""Words of a name, particles counted."""
_MOST_LOWER = 3

_TITLES, _PARTICLES = word_set("names.titles"), word_set("names.particles")
_NEVER = word_set("names.never")
"""Words that never belong to a name, whoever asks."""
_TALK = word_set("names.talk")
"""Words of appointment talk: no names when a caller answers with them alone."""
_ANSWERS = (FILLERS - {"so"}) | word_set("names.answers")
"""Words that open an answer and are no name there, however they are written."""
_GRAMMAR = word_set("names.grammar")
_WORD = words("name_word")
_ALONE = re.compile(rf"{_WORD}(?:,? {_WORD}){{1,4}}")
_SPELLED = re.compile(r"(?:[A-Za-z]-)+[A-Za-z]\.?")
_TOKEN = re.compile(_WORD)
_EXPLICIT, _SOFT, _SPEAKS = phrase("names.explicit"), phrase("names.soft"), phrase("names.speaks")
_SENT_BY = phrase("names.sent_by")
_FIRST_LAST, _LAST_FIRST = phrase("names.first_last"), phrase("names.last_first")
_FIRST_ONLY, _LAST_ONLY = phrase("names.first_only"), phrase("names.last_only")
_LISTED, _TO_WHOM = phrase("names.listed"), phrase("names.to_whom")
_NOT, _LEAD, _OPENING = phrase("names.contrast"), phrase("names.lead"), phrase("names.opening")


def stated_name(text: str) -> str | None:
    """Find a name that the caller gives unasked.

    Returns:
        The name in title case without titles, or None. After a weak lead such as "this is" only
        capitalised words count.
    """
    text = _TO_WHOM.sub(". ", plain(text))  # "I'm Leah, her daughter."
    for pattern in (_FIRST_LAST, _LAST_FIRST):
        if match := pattern.search(text):
            both = _run(f"{match['first']} {match['last']}", strict=False)
            if both:
                return both
    for match in _EXPLICIT.finditer(text):
        name = _run(text[match.end() :], strict=False)
        if name and not (match.group().lower().startswith("make") and not text[match.end()].isupper()):
            return _longer(name, text[match.end() :])
    for match in _SOFT.finditer(text):
        if name := _run(text[match.end() :], strict=True):
            return _longer(name, text[match.end() :])
    if match := _SPEAKS.search(text) or _SENT_BY.search(text):
        return _run(match["name"], strict=True)
    return None


def _longer(name: str, text: str) -> str:
    """Take the whole name where the first one is said again with it: "It's Tom. Tom O'Brien."."""
    if is_whole(name):
        return name
    for match in re.finditer(rf"[.,] {re.escape(name)} ", text):
        whole = _run(text[match.start() + 2 :], strict=True)
        if whole and is_whole(whole):
            return whole
    return name


def bare_name(text: str) -> str | None:
    """Read an utterance as the answer to "your name?": the name that it opens with."""
    text = plain(text)
    if whole := _whole(_LEAD.sub("", text)):
        return whole
    text = _OPENING.sub("", text)
    if whole := _whole(text):
        return whole
    first = _TOKEN.match(text)
    if first is None or first.group().lower().strip(".'") in _TALK | _NEVER:
        return None
    found = _run(text, strict=False, talk=True) or ""
    one, _, whole = found.partition(" ")
    said_again = is_whole(whole) and one in whole.split()  # "Grimes. Theo Grimes."
    return (whole if said_again else found) or None


def _whole(text: str) -> str | None:
    """Take an answer for a name, words of every day or not, when its writing says that it is one."""
    text = re.sub(r",? please\b", "", text).strip(" .!,")
    if re.search(r"\w{3}\. ", text):
        return None
    tokens = text.split()
    low = [token.lower().strip(".'") for token in tokens]
    if not 2 <= len(tokens) <= LONGEST_NAME or not all(_TOKEN.fullmatch(token) for token in tokens):  # noqa: PLR2004
        return None
    if any(_SPELLED.fullmatch(token) for token in tokens) or low[0] in _TITLES:
        return None
    capitals = all(raw[0].isupper() or word in _PARTICLES for raw, word in zip(tokens, low, strict=True))
    rest_is_name = any(word not in _NEVER | _TALK and len(word) > 1 for word in low[1:])
    if capitals and low[0] not in _ANSWERS and (rest_is_name or low[0] not in _NEVER):
        return _run_of(tokens) if not _GRAMMAR.intersection(low[1:]) else None
    plain_words = text.islower() and low[0] not in _NEVER | _TALK and not _NEVER.intersection(low)
    return _run_of(tokens) if plain_words and len(tokens) <= _MOST_LOWER else None


def _run_of(tokens: list[str]) -> str | None:
    letters = sum(len(token.strip(".")) == 1 for token in tokens)
    return " ".join(_cased(token.strip(".'-")) for token in tokens) if letters < len(tokens) else None


def introduced(text: str) -> str | None:
    """Find a first and a last name, capitalised, that are all of an utterance, though none was asked for."""
    text = _OPENING.sub("", plain(text)).strip(" ,.!")
    if not _ALONE.fullmatch(text):
        return None
    name = _run(text, strict=True, talk=True)
    said = [word for word in normal(text).split() if word not in _TITLES]
    return name if name and is_whole(name) and normal(name).split() == said else None


def listed(text: str) -> list[str]:
    """Find several names: of "Ava, Ben and Chloe Ruiz" all are called as the last is."""
    text = _OPENING.sub("", plain(text)).strip(" .!")
    parts = [one.strip() for one in _LISTED.split(text) if one.strip()]
    found = [_run(one, strict=True, talk=True) for one in parts]
    whole = [one for one, part in zip(found, parts, strict=True) if one and normal(one) == normal(part)]
    if len(whole) < 2 or len(whole) < len(parts) or not is_whole(whole[-1]):  # noqa: PLR2004 - several
        return []
    last = whole[-1].split(maxsplit=1)[1]
    return [one if is_whole(one) else f"{one} {last}" for one in whole]


def stated_parts(text: str) -> tuple[str | None, str | None]:
    """Find a first name and a last name, each where it is said as such."""
    text = plain(text)
    first, last = _FIRST_ONLY.search(text), _LAST_ONLY.search(text)
    return (
        _run(first["first"], strict=False) if first else None,
        _run(last["last"], strict=False) if last else None,
    )


def contrasted(text: str) -> tuple[str, str] | None:
    """Find the right and the wrong word of "Bell, not Ball"."""
    match = _NOT.search(plain(text))
    if match is None:
        return None
    right, wrong = _run(match["right"], strict=False), _run(match["wrong"], strict=False)
    return (right, wrong) if right and wrong else None


def is_whole(name: str) -> bool:
    """Tell whether a name has a first and a last part."""
    return len(name.split()) > 1


def is_titled(name: str, text: str) -> bool:
    """Tell whether a single name stands behind a title, and so is a last name: "Mrs. Patterson"."""
    titled = rf"\b(?:{'|'.join(_TITLES)})\.? {re.escape(name)}\b"
    return not is_whole(name) and re.search(titled, text, re.IGNORECASE) is not None


def _run(text: str, *, strict: bool, talk: bool = False) -> str | None:
    """Take the words of a name off the front of a text.

    ``strict`` wants a capital at the front of every word but particles; ``talk`` also stops at words of
    appointment talk.
    """
    parts: list[str] = []
    position = 0
    for token in _TOKEN.finditer(text):
        gap = text[position : token.start()]
        # Recognition puts a comma, after a slow first name even a full stop, inside a name.
        if gap.strip(" ,.") or ("." in gap and not (talk and len(parts) == 1)):
            break
        raw = token.group()
        word = raw.lower().strip(".'")
        position = token.end()
        if word in _TITLES | FILLERS and not parts:
            continue
        if not _belongs(raw, word, parts, strict=strict, talk=talk):
            break
        if len(word) == 1 and parts and re.match(r"[\s,.]*[^\W\d_]\b", text[token.end() :]):
            break  # letters that spell what was said
        if not parts or parts[-1].lower() != word:  # "it's Mike, Mike Johnson"
            parts.append(raw.strip(".'-"))
        if len(parts) == LONGEST_NAME or (raw.endswith(".") and _ends(word, parts, talk=talk)):
            break
    while parts and parts[-1].lower() in _PARTICLES and parts[-1].lower() not in ("ben", "saint", "o"):
        parts.pop()
    return " ".join(_cased(part) for part in parts) or None


def _ends(word: str, parts: list[str], *, talk: bool) -> bool:
    return len(word) > 1 and word not in ("st", "jr", "sr") and not (talk and len(parts) == 1)


def _belongs(raw: str, word: str, parts: list[str], *, strict: bool, talk: bool) -> bool:
    if _SPELLED.fullmatch(raw):
        return False
    if word in _PARTICLES and (not strict or parts or raw[0].isupper()):
        return True
    no_name = word in _TALK and (strict or talk or not parts or raw.islower())
    if word in _NEVER or no_name or (strict and raw[0].islower()):
        return False
    return len(word) > 1 or bool(parts)


def _cased(part: str) -> str:
    return part.lower() if part.islower() and part in _PARTICLES else cased(part)


def same_name(one: str, other: str) -> bool:
    """Tell whether two names are the same, whatever their case, accents, hyphens and order.

    Returns:
        False also when either is empty.
    """
    mine, theirs = _folded(one), _folded(other)
    return bool(mine) and (sorted(mine) == sorted(theirs) or "".join(mine) == "".join(theirs))


def _folded(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", re.sub(r"['\u2019]", "", without_accents(name.casefold())))
