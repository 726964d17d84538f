"""What a caller does in an utterance: clause by clause, by meaning.

The kinds, with examples, are data: ``language/meaning/en/acts.toml`` and ``es/acts.toml``.
"""

import functools
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from language import names
from language.agreement import agrees
from language.agreement_grammar import ReadBackValues
from language.meaning.classifier import Classifier, plain_words
from language.meaning.embedding import Embedder
from language.normalize import FILLERS, is_short, normal, written_out
from language.phrases import phrase
from language.sentences import split_sentences

WISHES = frozenset("book cancel move cannot_come lookup late message waiting_list person".split())
THEIR_HOURS = "their_hours"
"""When somebody of the practice is there: what of other kinds it is, the named person and day tell."""
FACTS = frozenset(
    f"hours open_now address phone_number duration practitioners services {THEIR_HOURS}".split()
)
"""Questions that the practice's facts may answer."""
REFUSED = frozenset("privacy records opinion advice language".split())
"""Questions that are not the receptionist's to answer."""
QUESTIONS = FACTS | REFUSED | frozenset("general identity recap today whom gender".split())
MATTERS = frozenset("complaint abuse wrong_number vendor pharmacy bill job team other".split())
"""Calls of other kinds."""
TALK = frozenset("hold here thanks bye greet smalltalk repeat question abandon".split())

ONLY_THERE = frozenset(("here", "greet", "repeat"))
"""What only shows that somebody is on the line."""

ANOTHER = frozenset(("another", "others"))
"""Whose visit it is where somebody else comes, and not the caller."""
SEVERAL = frozenset(("both", "others"))
"""Whose visits they are where more than one comes."""

LONGEST_CLAUSES = 8
_SURE_ENOUGH = 0.32
"""Below that, a clause is only what it holds by value."""
_SURE_WISH = 0.5
_SURE_BUSY = 0.65
"""Less sure than that, a time may as well be wanted: it is not ruled out."""
_SURE_WHOSE = 0.5
"""Less sure than that, a clause speaks of nobody's visit."""
_LONG = 18
"""Words; what is longer is known by its clauses."""
_WHOLE = 7
"""Words of an utterance that may be one thing as a whole: "no, that's all, thanks"."""
_WHOLE_SURE = 0.55
_WISH_WHOLE = 0.85
"""So sure, a wish is the whole's where no part of it shows any: "and could you / also book my daughter"."""
_TOLD = 0.8
"""So sure, a clause tells a value, and the whole is two things: "None of those. Friday at ten."."""
_AS_ONE = frozenset("here agree refuse bye thanks abandon keep hold none repeat greet any recap".split())
_BREAK = phrase("acts.break")
_LEAD = phrase("acts.lead")
_YES = frozenset("yes yeah yep yup sure ok okay right correct perfect great alright fine s\u00ed".split())
_NO = frozenset("no nope nah".split())
_FORM = phrase("acts.form")
_PURPOSE = phrase("acts.purpose")
_MEANT = phrase("acts.meant")
_OPENS_WITH_NO = phrase("acts.opens_with_no")
_MOMENT = re.compile(r"\d")
_NAME_TAIL = phrase("acts.name_tail")
_NAME_LEADS = frozenset("it's its my name is this the please".split())
_SAYS_WHO = re.compile(r"(?:this is|my name is) (?!an? |the )")
_MOST_NAMES = 3
_NOTHING_READ = ReadBackValues(start=datetime(2000, 1, 1, 3, 17))  # noqa: DTZ001 - no moment that anybody names


@dataclass(frozen=True)
class Clause:
    """A part of an utterance that does one thing.

    Attributes:
        kind: What it does; ``tell`` where only its values count.
        sure: How likely that is.
        second: The next likely kind.
        price: It asks what something costs, which is a question of kind ``general``.
        busy: It tells what keeps somebody from coming then, and is of kind ``tell``.
        patient: Whose visit it speaks of: ``own``, ``another``, ``both``, ``others``, or ``none``.
    """

    text: str
    words: str
    kind: str
    sure: float
    second: str = ""
    price: bool = False
    patient: str = "none"
    busy: bool = False

    @property
    def asks_in_form(self) -> bool:
        """Whether it is worded as a question, rather than a statement that ends like one."""
        return _FORM.match(self.words) is not None

    @property
    def asks(self) -> bool:
        """Whether it has the form of a question; "Hello?" asks nothing."""
        if self.kind == "greet":
            return False
        return self.text.rstrip().endswith("?") or self.asks_in_form


@dataclass(frozen=True)
class Heard:
    """An utterance, understood as far as that goes without knowing what was asked.

    Attributes:
        whole: What it does taken as one.
        yes: It says yes to something, whatever else it says.
        no: It says no to something.
        opens_with_yes: A yes stands before all else: "Sure. And no, not Monday."
    """

    text: str
    words: str
    whole: Clause | None = None
    clauses: tuple[Clause, ...] = ()
    yes: bool = False
    no: bool = False
    opens_with_yes: bool = False

    def has(self, *kinds: str) -> bool:
        """Tell whether some clause does one of these."""
        return any(one.kind in kinds for one in self.clauses)

    def first(self, *kinds: str) -> Clause | None:
        """Give the first clause that does one of these."""
        return next((one for one in self.clauses if one.kind in kinds), None)

    def surely(self, *kinds: str, least: float = 0.6) -> bool:
        """Tell whether some clause does one of these for certain."""
        return any(one.kind in kinds and one.sure >= least for one in self.clauses)

    def is_for(self, patients: Collection[str]) -> bool:
        """Tell whether some clause speaks of a visit of one of these, or all of them of several people's."""
        together = {self.whole.patient} & SEVERAL if self.whole else set()
        return not together.union(one.patient for one in self.clauses).isdisjoint(patients)

    @property
    def declines(self) -> bool:
        """Whether it refuses an offer: "No, that's fine" does, though it agrees to a read-back."""
        return _OPENS_WITH_NO.match(self.words) is not None


def hear(text: str) -> Heard:
    """Take an utterance apart, and tell what each part does."""
    return _hear(written_out(text).strip())


def hear_name(text: str) -> Heard | None:
    """Take an answer to "your name?" for what it is where it is written as a name and nothing else.

    Hope Price asks for no price, and April May for no date.
    """
    text = _NAME_TAIL.sub("", written_out(text).strip())
    found = names.bare_name(text)
    if found is None or not names.is_whole(found) or found not in text:
        return None
    words = normal(text)
    if set(words.split()) - set(normal(found).split()) - FILLERS - _NAME_LEADS:
        return None
    clause = Clause(text.strip(), words, "tell", 1.0)
    return Heard(text.strip(), words, clause, (clause,))


@functools.lru_cache(2048)
def _hear(text: str) -> Heard:
    words = normal(text)
    if not words:
        return Heard(text, "")
    lead, rest = _led(text)
    parts = [one for one in _clauses(rest) if normal(one)][:LONGEST_CLAUSES] or [text]
    candidates = [text, *parts, lead] if lead or parts != [text] else [text]
    judged = _judge(candidates)
    whole, clauses = judged[0], judged[1 : len(parts) + 1] or judged[:1]
    if (
        len(words.split()) <= _WHOLE
        and whole.kind in _AS_ONE
        and whole.sure >= _WHOLE_SURE
        and not _MOMENT.search(words)
        and not any(one.kind == "tell" and one.sure >= _TOLD for one in clauses)
    ):
        clauses, lead = [whole], ""
    elif (
        whole.kind in WISHES
        and whole.sure >= _WISH_WHOLE
        and len(words.split()) <= _LONG
        and all(one.kind == "tell" and one.sure < _SURE_WISH for one in clauses)
    ):
        clauses = [whole]
    if clauses[0].kind in MATTERS and any(one.kind == "book" for one in clauses[1:]):
        clauses[0] = _introducing(clauses[0])
    yes = any(one.kind == "agree" for one in clauses)
    no = any(one.kind in ("refuse", "none") for one in clauses)
    if not no and normal(text).split()[-1] in ("yes", "yeah", "yep"):
        yes = True
    if lead:
        said = set(normal(lead).split())
        if said & _NO:
            no, yes = (
                not (yes and len(clauses) == 1 and clauses[0].kind == "agree"),
                yes and len(clauses) == 1,
            )
        elif said & _YES and not no:
            yes = True
        opening = judged[-1]
        if opening.kind in ("greet", "thanks", "hold") and not said & (_YES | _NO):
            clauses = [opening, *clauses]
    opens = bool({words.split()[0], *normal(_led(text)[0]).split()} & _YES) and not _OPENS_WITH_NO.match(
        words
    )
    return Heard(text, words, whole, tuple(clauses), yes=yes and not no, no=no, opens_with_yes=opens)


def classifier() -> Classifier:
    """Give the classifier of acts, read once."""
    return _classifier()


@functools.cache
def _classifier(task: str = "acts") -> Classifier:
    return Classifier.load(task, Embedder.shared())


def _judge(texts: Sequence[str]) -> list[Clause]:
    """Tell what each of these does, and whose visit it speaks of."""
    vectors = _classifier().vectors_of(texts)
    patients = _classifier("patients")
    whose = patients.probabilities(texts, vectors)
    found = _classifier().probabilities(texts, vectors)
    return [
        replace(
            _judged(text, dict(zip(_classifier().labels, map(float, row), strict=True))),
            patient=patients.labels[int(of.argmax())] if of.max() >= _SURE_WHOSE else "none",
        )
        for text, row, of in zip(texts, found, whose, strict=True)
    ]


def _judged(text: str, scores: dict[str, float]) -> Clause:
    words = normal(text)
    price, busy = scores.pop("price", 0.0), scores.pop("busy", 0.0)
    scores["general"] += price
    scores["tell"] += busy
    ordered = sorted(scores, key=lambda one: -scores[one])
    kind, sure = ordered[0], scores[ordered[0]]
    if kind in MATTERS | QUESTIONS and _only_introduces(text, words):
        return Clause(text.strip(), words, "tell", 1.0, kind)  # a misheard name is no abuse
    wishes = sure >= _SURE_WISH and kind in WISHES | QUESTIONS | MATTERS
    leaves = kind in ("keep", "any") and sure >= _SURE_WISH
    if not (wishes or leaves) and agrees(text, "book", _NOTHING_READ):
        kind, sure = "agree" if kind not in ("bye", "thanks", "hold") else kind, 1.0
    elif sure < _SURE_ENOUGH:
        kind = "tell"
    if kind == "tell" and not (set(plain_words(text).split()) - FILLERS):
        sure = 0.0
    asked = kind == "general" and 2 * price > scores["general"]
    return Clause(
        text.strip(), words, kind, sure, ordered[1], asked, busy=kind == "tell" and busy >= _SURE_BUSY
    )


def _introducing(first: Clause) -> Clause:
    """Take "This is anishment" before a wish for who calls, misheard, and for no complaint."""
    lead = _SAYS_WHO.match(first.words)
    said = lead is not None and is_short(first.words[lead.end() :], _MOST_NAMES)
    return Clause(first.text, first.words, "tell", 1.0, first.kind) if said else first


def _only_introduces(text: str, words: str) -> bool:
    """Tell whether somebody says who they are, first and last name, and nothing else."""
    name = names.stated_name(text)
    rest = set(words.split()) - set(normal(name or "").split()) - FILLERS - _NAME_LEADS
    return name is not None and names.is_whole(name) and not rest


def _led(text: str) -> tuple[str, str]:
    """Part a yes, a no or a hello from what comes after it."""
    match = _LEAD.match(text)
    if match is None:
        return "", text
    return match["lead"], match["rest"]


def _clauses(text: str) -> list[str]:
    found: list[str] = []
    for sentence in split_sentences(text.replace("? ", "?\n")):
        pieces = [
            one.strip(" ,") for one in _BREAK.split(_MEANT.sub("", sentence)) if one and one.strip(" ,")
        ]
        for piece in pieces:
            # A word alone is no clause, nor is a purpose: they belong to what was said before.
            if found and ((len(piece.split()) == 1 and len(pieces) > 1) or _PURPOSE.match(piece)):
                found[-1] = f"{found[-1]} {piece}"
            else:
                found.append(piece)
    return found
