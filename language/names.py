"""Names of people in what a caller says: "this is Anna Bell", "Bell, first name Anna", "van der Berg"."""

import re
import unicodedata

from language.normalize import FILLERS, normal, plain
from language.spelling import cased

LONGEST_NAME = 8
"""Words of a name, particles counted."""
_MOST_LOWER = 3

_TITLES = frozenset("mr mrs ms miss mister missus dr doctor prof professor sir madam".split())
_PARTICLES = frozenset(
    "van von der den de del della da di du la le el al bin ben ibn mac mc st "
    "saint o y los las dos das".split()
)
# Words that never belong to a name, whoever asks.
_NEVER = frozenset(
    "a an and the i i'd i'm i'll i've im is am are was were be been it its it's that that's this these "
    "those you your you're we he she they he's she's they're "
    "my me mine our to for from of in on at by with about as or but if so because not no nope yes yeah "
    "yep yup please thanks thank "
    "calling call called speaking here again just also actually really want wanted need needed like "
    "would could can can't do does did don't have has had "
    "get got make take go going come see know think want book booking number phone appointment name "
    "names first last middle full spelled spell "
    "what what's when where who why how which there then now ok okay sure right correct um uh hello hi "
    "hey sorry pardon good well oh "
    "looking trying hoping interested new afraid having feeling happy glad available free busy late "
    "early running done fine great all set "
    "there's there're hyphenated apostrophe hyphen dash spelt ends ending double let's "
    "not patient without capital letter letters returning existing current already still only maybe "
    "probably wondering quite very over up out off back".split()
)
# Words of appointment talk: no names when a caller answers with them alone.
_TALK = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday today tomorrow tonight morning afternoon "
    "evening noon midday week weeks weekend month "
    "day days time times next soon sooner later earlier earliest latest anytime whenever asap oclock "
    "o'clock pm january february march april "
    "july august september october november december cleaning cleanings checkup check-up check exam "
    "filling fillings crown consultation "
    "whitening tooth teeth toothache pain dentist dental doctor doctors hygienist visit visits "
    "insurance delta aetna cigna hours open closed "
    "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty "
    "half quarter zero double second third fourth "
    "person human robot machine operator receptionist somebody someone anybody anyone everybody nobody "
    "everything nothing something anything message "
    "repeat wait hold moment minute second yes no neither none either both any other another different "
    "hurts hurt broken emergency urgent cancel reschedule change move question questions help speak "
    "talk wrong bye goodbye perfect sounds "
    "works work absolutely definitely exactly certainly course wonderful excellent nice idea mind never "
    "forget same before after around use "
    "son daughter wife husband mother father myself mom mum dad kid child way address price cost much "
    "many long parking street".split()
)
_ANSWERS = (FILLERS - {"so"}) | frozenset(
    "yes yeah yep yup no nope sure sorry right thanks i i'm it's its".split()
)
"""Words that open an answer and are no name there, however they are written."""
_GRAMMAR = frozenset(
    "the and not no yes is are am was i you it my your we to for of please thanks i'm i'd "
    "it's that's on at".split()
)
_WORD = r"[^\W\d_](?:[^\W\d_]|['\u2019.\-])*+"
_ALONE = re.compile(rf"{_WORD}(?:,? {_WORD}){{1,4}}")
_SPELLED = re.compile(r"(?:[A-Za-z]-)+[A-Za-z]\.?")
_TOKEN = re.compile(_WORD)
_EXPLICIT = re.compile(
    r"\b(?:me llamo|mi nombre es|"
    r"my (?:full |whole )?name(?:'s| is|s| would be)|the (?:patient'?s? |full )?name(?:'s| is|"
    r" would be| will be)|name'?s|"
    r"(?:his|her|their) (?:full )?name(?:'s| is)|under (?:the name )?(?:of )?|they call me|call me|"
    r"you can call me|(?:put|book) (?:it|that) (?:under|for)|it should be|"
    r"it's actually|should be|make (?:it|that)(?: out to)?|patient is|the patient's|name:|"
    r"name is)\s*[:,]?\s*(?:is )?(?=" + _WORD + ")",
    re.IGNORECASE,
)
_SOFT = re.compile(
    r"\b(?:this is|i am|i'm|it's|it is|that's|that is|its|speaking with|speaking to|soy|he's|she's|"
    r"for my (?:\w+ )?(?:son|daughter|wife|husband|kid|child|mother|father|mom|mum|dad|sister|brother|"
    r"partner|friend|grandson|granddaughter)|"
    r"(?:it's|it is|this is|that's|appointment|visit|cleaning|check ?up|booking|book|one) for)"
    r"[,:]?\s+(?=" + _WORD + ")",
    re.IGNORECASE,
)
_FIRST_LAST = re.compile(
    rf"(?:first name(?:'s| is)?|given name(?:'s| is)?)[,:]?\s+(?P<first>{_WORD}).{{0,20}}?(?:last name|"
    rf"surname|family name)(?:'s| is)?[,:]?\s+(?P<last>{_WORD})",
    re.IGNORECASE,
)
_LAST_FIRST = re.compile(
    rf"(?:last name|surname|family name)(?:'s| is)?[,:]?\s+(?P<last>{_WORD}).{{0,20}}?(?:first name|"
    rf"given name)(?:'s| is)?[,:]?\s+(?P<first>{_WORD})",
    re.IGNORECASE,
)
_LAST_ONLY = re.compile(
    rf"(?:last name|surname|family name)(?:'s| is| should be)?[,:]?\s+(?:is |it's |"
    rf"should be )?(?P<last>{_WORD}(?: {_WORD})?)",
    re.IGNORECASE,
)
_FIRST_ONLY = re.compile(
    rf"(?:first name|given name)(?:'s| is| should be)?[,:]?\s+(?:is |it's |"
    rf"should be )?(?P<first>{_WORD})",
    re.IGNORECASE,
)
_NOT = re.compile(rf"(?<![^\W_])(?P<right>{_WORD}),? (?:and )?not (?P<wrong>{_WORD})", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:it's|it is|this is|my name is|my name's|the name is|i'm|i am|soy|me llamo|mi nombre es) ",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^(?:(?:yes|yeah|yep|sure|okay|ok|of course|certainly|well|um+|uh+|oh|so|hi|hello|hey|no|nope|"
    r"sorry|right|alright|absolutely|please|"
    r"good (?:morning|afternoon|evening)|it's|it is|its|that's|that is|that would be|this is|i'm|i am|"
    r"just|my name is|my name's|the name is|name is|under|s\u00ed|soy|me llamo|mi nombre es|he's|she's|"
    r"you can (?:put|use|say))\b[\s,.!:-]*)+",
    re.IGNORECASE,
)


def stated_name(text: str) -> str | None:
    """Find a name that the caller gives unasked.

    Returns:
        The name in title case without titles, or None. After a weak lead such as "this is" only
        capitalised words count.
    """
    text = plain(text)
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
    if match := re.search(
        rf"^(?:hi|hello|hey)?[\s,]*({_WORD}(?: {_WORD}){{0,3}}) (?:speaking|here|"
        rf"calling)\b",
        text,
        re.IGNORECASE,
    ):
        return _run(match[1], strict=True)
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
    """Read an utterance as the answer to "your name?".

    Returns:
        The name, or None when the utterance does not open with one.
    """
    text = plain(text)
    if whole := _whole(_LEAD.sub("", text)):
        return whole
    text = _OPENING.sub("", text)
    if whole := _whole(text):
        return whole
    first = _TOKEN.match(text)
    if first is None or first.group().lower().strip(".'") in _TALK | _NEVER:
        return None
    return _run(text, strict=False, talk=True)


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
    """Find a first and a last name that are all of an utterance, though no name was asked for.

    Returns:
        The name, or None when a word of it is no name or not capitalised.
    """
    text = _OPENING.sub("", plain(text)).strip(" ,.!")
    if not _ALONE.fullmatch(text):
        return None
    name = _run(text, strict=True, talk=True)
    said = [word for word in normal(text).split() if word not in _TITLES]
    return name if name and is_whole(name) and normal(name).split() == said else None


def stated_parts(text: str) -> tuple[str | None, str | None]:
    """Find a first name or a last name given by itself.

    Returns:
        First and last name, each None when it was not said as such.
    """
    text = plain(text)
    first, last = _FIRST_ONLY.search(text), _LAST_ONLY.search(text)
    return (
        _run(first["first"], strict=False) if first else None,
        _run(last["last"], strict=False) if last else None,
    )


def contrasted(text: str) -> tuple[str, str] | None:
    """Find "Bell, not Ball".

    Returns:
        The right and the wrong word, or None.
    """
    match = _NOT.search(plain(text))
    if match is None:
        return None
    right, wrong = _run(match["right"], strict=False), _run(match["wrong"], strict=False)
    return (right, wrong) if right and wrong else None


def is_whole(name: str) -> bool:
    """Tell whether a name has a first and a last part."""
    return len(name.split()) > 1


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
        if word in _TITLES and not parts:
            continue
        if word in FILLERS and not parts:
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
    if len(word) == 1 or word in ("st", "jr", "sr"):
        return False
    return not (talk and len(parts) == 1)


def _belongs(raw: str, word: str, parts: list[str], *, strict: bool, talk: bool) -> bool:  # noqa: PLR0911 - a chain of decisions
    if _SPELLED.fullmatch(raw):
        return False
    if word in _PARTICLES and (not strict or parts or raw[0].isupper()):
        return True
    if word in _NEVER or (talk and word in _TALK):
        return False
    if strict and (raw[0].islower() or word in _TALK):
        return False
    if not strict and not talk and not parts and word in _TALK:
        return False
    if not strict and not talk and word in _TALK and raw.islower():
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
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return re.findall(r"[^\W\d_]+", re.sub(r"['\u2019]", "", letters))
