"""What kind of answer the bot's last words want, for whoever listens to the caller.

By meaning, since a model words its questions as it likes: ``language/meaning/en/questions.toml``.
"""

import functools
from collections.abc import Sequence

from agent.dialogue.memory import known_at_end
from agent.dialogue.responses import is_filler
from agent.telephony.patience import Awaited, Expected
from contracts.conversation import Message, text_of
from language.meaning.classifier import Classifier
from language.meaning.embedding import Embedder
from language.normalize import is_short
from language.sentences import split_sentences

_SURE = 0.3
_SHORT = 4
"""Words of a question that says little by itself."""


@functools.lru_cache(256)
def expected_after(said: str) -> Expected:
    """Tell what the bot's words ask for, as far as the caller has heard them, whoever worded them."""
    question = _question(said)
    if not question:
        return Expected.ANYTHING
    scores = _classifier().probabilities([question])[0]
    best = int(scores.argmax())
    found = Expected[_classifier().labels[best].upper()] if scores[best] >= _SURE else Expected.ANYTHING
    asks_nothing = found is Expected.NOTHING and question.endswith("?")
    return Expected.ANYTHING if asks_nothing else found


def _question(said: str) -> str:
    """Give the last question of a piece of speech, with what stands before it where it is short."""
    sentences = split_sentences(said.replace("\u2019", "'").strip())
    places = [n for n, one in enumerate(sentences) if one.rstrip().endswith("?")]
    place = places[-1] if places else len(sentences) - 1
    if not sentences:
        return ""
    # "What's the rest?", "yes or no?" and "which would you prefer?" are understood by what comes before them.
    short = place > 0 and is_short(sentences[place], _SHORT)
    return f"{sentences[place - 1]} {sentences[place]}" if short else sentences[place]


@functools.cache
def _classifier() -> Classifier:
    return Classifier.load("questions", Embedder.shared())


def last_said(messages: Sequence[Message]) -> str:
    """Give what the bot said last, as far as the caller has heard it; empty before it has spoken."""
    said = (text_of(one) for one in reversed(messages) if one["role"] == "assistant" and text_of(one))
    return next(said, "")


def awaited_after(messages: Sequence[Message]) -> Awaited:
    """Tell what answer a conversation waits for, and what is known of it already.

    Args:
        messages: With what was known in it (`agent.dialogue.memory.Memory.laid`).
    """
    kind, state = expected_after(last_said(messages)), known_at_end(messages)
    if state is None:
        return Awaited(kind)
    goal = state.goal
    first, _, last = goal.name.partition(" ")
    of_first = goal.spell[:1] == ["first"]
    return Awaited(kind, goal.digits, "first" if of_first else "last", first if of_first else last)


_LONGEST_PROMPT = 200
_LIKE_A_NUMBER = "It's 6 4 6, 5 5 5, 0 1 8 2."
"""How a number is to be written down: a recogniser that has read one hears digits, and no "bye"."""
LIKE_LETTERS = "It's S, M, I, T, H."
"""The same for letters, which come out as words otherwise."""


def recognition_prompt(said: str) -> str:
    """Give what the caller's next words are to be understood by: the question that they answer."""
    expected = expected_after(said)
    if expected is Expected.NUMBER:
        return _LIKE_A_NUMBER
    question = said[-_LONGEST_PROMPT:]
    return f"{question} {LIKE_LETTERS}" if expected is Expected.SPELLING else question


def heard_last(messages: Sequence[Message], *, fillers: bool = False) -> str | None:
    """Tell who was heard last, ``user`` or ``assistant``; ``fillers`` are words that only fill a wait."""
    for message in reversed(messages):
        if message["role"] == "user":
            return "user"
        words = text_of(message) if message["role"] == "assistant" else ""
        if words and (fillers or not is_filler(words)):
            return "assistant"
    return None
