"""What a caller says behind a clear yes: one more wish, a note, a question beside it, or anything else."""

import functools
import re
from datetime import datetime

from language.agreement import speaks_against
from language.meaning.classifier import Classifier
from language.meaning.embedding import Embedder
from language.normalize import normal
from language.phrases import phrase
from language.sentences import split_sentences

_TELLS = frozenset("note thanks bye smalltalk message".split())
_ASKS = frozenset("advice address phone_number general hours open_now".split())
_ONE_MORE = "book"
_SURE = 0.6
_SURELY_ASKS = 0.8
_MOST = 4
_ANOTHER_PERSON = phrase("beside.another_person")
_IT = re.compile(r"\b(?:it|that|this)\b")
_MAY_DECIDE = phrase("beside.may_decide")
_OTHER_VISITS = phrase("beside.other_visits")
_ANOTHER_VISIT = phrase("beside.another_visit")
_NOON = 12


def changes_nothing(rest: str) -> bool:
    """Tell whether what stands behind a clear yes leaves it one: each sentence by what it means.

    A visit for somebody else is another visit. What may decide whether they come at all, the price above
    all, is not beside the matter.
    """
    sentences = split_sentences(rest)
    return 0 < len(sentences) <= _MOST and all(map(_is_beside, sentences))


def is_of_others(rest: str, start: datetime) -> bool:
    """Tell whether what stands behind a yes to cancelling speaks of other visits: "and the other one too".

    Args:
        start: Of the visit that was read back: to keep "the morning one" is against cancelling a morning's.
    """
    words = normal(rest)
    part = "morning" if start.hour < _NOON else "afternoon"
    return _OTHER_VISITS.fullmatch(words) is not None and part not in words.split()


def _is_beside(sentence: str) -> bool:
    words = normal(sentence)
    scores = _scores(words)
    kind = max(scores, key=lambda one: scores[one])
    if kind == _ONE_MORE:
        # Days and times in it are those of the other visit.
        other = _ANOTHER_PERSON.search(words) and not _IT.search(words)
        said = _ANOTHER_VISIT.sub(" ", words)
        return scores[kind] >= _SURE and bool(other) and not speaks_against(said, of_values=False)
    if kind in _TELLS and scores[kind] >= _SURE:
        return not speaks_against(sentence)
    asks = kind in _ASKS and scores[kind] >= _SURELY_ASKS
    return asks and not _MAY_DECIDE.search(words) and not speaks_against(sentence, asks=True)


@functools.lru_cache(maxsize=512)
def _scores(words: str) -> dict[str, float]:
    classifier = _classifier()
    row = classifier.probabilities([words])[0]
    return dict(zip(classifier.labels, map(float, row), strict=True))


@functools.cache
def _classifier() -> Classifier:
    return Classifier.load("acts", Embedder.shared())
