"""A sentence made plain and taken apart into clauses, each of which claims something of its own."""

import re
from collections.abc import Sequence

from language.normalize import plain

_MARKUP = re.compile(r"\*{1,3}|_{2}|~~|`+|^\s*#{1,6}\s|^\s*[-\u2022*]\s|\|")
_RULE = re.compile(r"[-=|:+]{3,}")
_SYMBOLS = re.compile(r"[\U0001F000-\U0001FAFF\u2600-\u27BF\u2190-\u21FF\ufe0f\u200d]")
_SPACED = re.compile(r"(?<!\w)(?:[^\W\d_]['\u2019]? ){3,}[^\W\d_](?!\w)")
_DASHED = re.compile(r"(?<![\w-])(?:[^\W\d_]-){3,}[^\W\d_](?![\w-])")
_JSON = re.compile(r"[{}\[\]\"]")
_SUBJECT = (
    r"(?:i|you|we|he|she|it|they|that|this|there|the|your|our|my|dr|please(?!\s*[.?!]*$)|who|which|let|would|should|shall|"
    r"could|can|do|does|is|are|nothing|everything|somebody|someone|no|see|just|a|an|so|but|"
    r"because|since|when|if|and then|then|its|that's|it's|you're|we're|i'm|i've|i'll|we've|we'll|there's|"
    r"you've|you'll|she's|he's|they're|consider|what|how|where|ya|su|le|se|pero|y ya)"
)
_CUT = re.compile(
    rf"(?:(?<!\s)\s+)?(?:[;\u2014\u2013]|:\s|\.{{2,}}|(?<=[a-z)\"])[.!?]++\s|(?<![!?])[!?]++\s|\s-\s)\s*|"
    rf",\s+(?:and |but |so |because |or |then |while |plus |also )*(?={_SUBJECT}\b)|"
    r"(?<!\s)\s+(?:but|because|although|though|however|so that|pero|porque)\s+|"
    r"(?<!\s)\s+(?:and|so)\s+(?=(?:i|you|we|he|she|it|they|there|i'm|i've|you're|we're|it's|that's|we'll|i'll|please|"
    r"if|when|whenever|once|just|your|friday|monday|tuesday|wednesday|thursday)\b)",
    re.IGNORECASE,
)
_MERIDIEM = re.compile(r"\b([ap])\.\s?m\.", re.IGNORECASE)
_TITLE = re.compile(r"\b(Dr|Mr|Mrs|Ms|St|No)\.", re.IGNORECASE)
_BESIDE_A_NAME = re.compile(
    r"(?<=[a-z]), ((?:our|the|a|an|my)(?: [\w-]{1,20}){1,4}), "
    r"(?=(?:is|was|are|has|does|can|will|speaks|leads|works|sees|looks|takes)\b)"
)
_AFTERTHOUGHT = re.compile(r",\si'm (?:afraid|sorry)(?=[.!]?$)", re.IGNORECASE)
_MOST_CLAUSES = 24


def without_markup(text: str) -> str:
    """Take out what writing adds to speech: marks of emphasis, tables, pictures, letters set apart."""
    text = _RULE.sub(" ", _MARKUP.sub(" ", _SYMBOLS.sub(" ", text)))
    text = _SPACED.sub(lambda match: match[0].replace("  ", "\0").replace(" ", "").replace("\0", " "), text)
    text = _DASHED.sub(lambda match: match[0].replace("-", ""), text)
    return plain(_JSON.sub(" ", text))


def clauses_of(sentence: str) -> list[str]:
    """Take a plain sentence apart; a question keeps its mark.

    Returns:
        The clauses in order, at least one; the last one holds the rest of a sentence that has too many.
    """
    # A run of blanks costs the patterns below its square: there is one between two words.
    sentence = _TITLE.sub(r"\1", _MERIDIEM.sub(r"\1m", " ".join(sentence.split())))
    # "Dana Reyes, our office manager, speaks Spanish" says one thing.
    sentence = _AFTERTHOUGHT.sub("", _BESIDE_A_NAME.sub(r" \1 ", sentence))
    found: list[str] = []
    start = 0
    for cut in _CUT.finditer(sentence):
        end = cut.end() if "?" in cut[0] or "!" in cut[0] else cut.start()
        if len(found) >= _MOST_CLAUSES:
            break
        if (part := sentence[start:end].strip(" ,;:")) and any(map(str.isalnum, part)):
            found.append(part)
        start = cut.end()
    if (rest := sentence[start:].strip(" ,;:")) and any(map(str.isalnum, rest)):
        found.append(rest)
    return found or [sentence]


def is_question(clause: str) -> bool:
    """Tell whether a clause asks."""
    return clause.rstrip(" \"')").endswith("?")


_ENGLISH = frozenset(
    "the a an is are was were be been am i you he she it we they me him her us them my your his its "
    "our their this that these those and or but if so not no yes to of in on at for with from by as "
    "can could will would shall should may do does did have has had there here what which who when "
    "where how all any some out up down off then than just now please thank thanks sorry okay ok "
    "hello hi great sure good right it's that's i'm i've i'll you're you've we're we've we'll don't "
    "doesn't isn't can't won't haven't over under less more without within between about after before "
    "during per each every either only also because while until since".split()
)
_SPANISH = frozenset(
    "el la los las un una es son esta estan fue era ser yo usted tu ella nosotros ellos me le les nos "
    "se mi su sus nuestro este esta ese esa y o pero si no de en a para con por del al que cual quien "
    "cuando donde como todo ya aqui puede tengo tiene tenemos hay gracias hola claro bueno muy mas "
    "por favor lo".split()
)
_OTHER = frozenset(
    "der die das ist sind und nicht ich sie wir ihr ein eine den dem mit fur auf zu le les des est "
    "sont et vous je nous votre pour dans avec ce une du au il elle o os as uma e sua seu nao voce "
    "para foi il lo gli che di per con non sono vostro suo een het van voor niet uw si suntem pentru".split()
)
_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_SHORT = 3


def language_of(words: Sequence[str], text: str) -> str:
    """Tell the language of a sentence: ``en``, ``es``, or empty where it is neither, or cannot be told.

    Args:
        words: Its words in lower case without accents.
    """
    letters = _LETTER.findall(text)
    if letters and sum(1 for one in letters if _LATIN.match(one)) < len(letters) * 0.9:
        return ""
    english, spanish = (sum(word in known for word in words) for known in (_ENGLISH, _SPANISH))
    other = sum(word in _OTHER and word not in _ENGLISH for word in words)
    if spanish > english and spanish >= other:
        return "es"
    if other > max(english, spanish):
        return ""
    if english or len(words) <= _SHORT or not words:
        return "en"
    return "en" if len(words) <= 2 * _SHORT else ""
