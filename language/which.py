"""Which language a conversation is in: English until the caller clearly speaks Spanish, and back."""

from collections.abc import Iterable

from language.danger.rules import rules_of
from language.meaning.classifier import plain_words

_CLEARLY = 2
"""So many more small words of the other language turn a conversation: a name or a "gracias" does not."""
_IN_NAMES = frozenset("de del la las los el y al san santa me".split())
"""Of Spanish, and in English too: names ("Maria de la Cruz"), and "call me"."""


_GREETINGS = frozenset("hola buenos buenas".split())
"""Who begins with one of these, and says nothing in English, is answered in Spanish."""
_SPANISH_MARKS = frozenset("\u00bf\u00a1")
"""What opens a question or an exclamation in Spanish alone."""


def language_after(text: str, before: str) -> str:
    """Give the language of a conversation after an utterance.

    Args:
        before: The language before it, ``en`` or ``es``.
    """
    words = plain_words(text).split()
    both = rules_of("en").telling & rules_of("es").telling
    english = sum(word in rules_of("en").telling - both for word in words)
    spanish = [word for word in words if word in rules_of("es").telling - both]
    if before == "es":
        return "en" if english - len(spanish) >= _CLEARLY else "es"
    written = (
        _CLEARLY * bool(_SPANISH_MARKS & set(text)) + bool(_GREETINGS & set(words[:1])) + ("espanol" in words)
    )
    return "es" if written + sum(word not in _IN_NAMES for word in spanish) - english >= _CLEARLY else "en"


def language_of_talk(said: Iterable[str], otherwise: str) -> str:
    """Give the language that a caller speaks, by all that they have said.

    Args:
        said: Their utterances in order.
        otherwise: The language to begin with, as a tag.

    Returns:
        ``en`` or ``es``.
    """
    language = "es" if otherwise.lower().startswith("es") else "en"
    for text in said:
        language = language_after(text, language)
    return language
