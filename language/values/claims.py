"""A sentence with its values taken out, so that it is compared by what it claims and by nothing else."""

from collections.abc import Sequence

from language.values.reading import Reading

_LEADING = frozenset(
    "at on by around about until till from to between for the of this next and or , - in a las el los de y o "
    "before after since through past".split()
)
_AFTER_TIME = frozenset({"am", "pm", "o'clock", "oclock", "sharp", "morning", "afternoon"})
_ASKED = "question"
"""A word in place of the mark, which readers of meaning leave out."""
_LEAST_WORDS = 2


def claim_forms(reading: Reading) -> tuple[str, str]:
    """Give a sentence twice: with one day and one time in place of all, and without any.

    Returns:
        Both forms; where nothing but values was said, they are the same.
    """
    named = _named(reading)
    kept = [(place, word) for place, word in named if word is not None]
    one = _joined([word for _, word in kept], reading)
    bare: list[str] = []
    values = {place for place, word in named if word is None or word in ("Wednesday", "ten o'clock")}
    for place, token in enumerate(reading.tokens):
        if place in values:
            while bare and bare[-1].lower() in _LEADING:
                bare.pop()
        elif token.word in _AFTER_TIME and place - 1 in values:
            values.add(place)
        else:
            bare.append(dict(kept).get(place, token.text))
    if sum(word[0].isalpha() for word in bare) < _LEAST_WORDS:
        return one, one
    return one, _joined(bare, reading)


def _named(reading: Reading) -> list[tuple[int, str | None]]:
    """Give each token's stand-in; None where it goes with the one before."""
    days = {place for day in reading.days for place in range(day.first, day.last)}
    times = {place: one.place for one in reading.times if one.sure for place in range(one.place, one.last)}
    people = set(reading.people)
    found: list[tuple[int, str | None]] = []
    for place, token in enumerate(reading.tokens):
        if place in days:
            found.append((place, None if place - 1 in days else "Wednesday"))
        elif place in times:
            found.append((place, "ten o'clock" if times[place] == place else None))
        elif token.word in _AFTER_TIME and place - 1 in times:
            found.append((place, None))
        else:
            found.append((place, "Lee" if token.word in people else token.text))
    return found


def _joined(words: Sequence[str], reading: Reading) -> str:
    said = " ".join(words)
    return f"{said} {_ASKED}" if reading.text.rstrip(" \"')").endswith("?") else said


def without_values(reading: Reading) -> str:
    """Give what is left of a sentence beside its days, times and numbers."""
    gone = {place for day in reading.days for place in range(day.first, day.last)}
    gone |= {place for one in reading.times for place in range(one.place, one.last or one.place + 1)}
    gone |= {one.place for one in reading.amounts}
    left, end = "", -1
    for place, token in enumerate(reading.tokens):
        if place not in gone and token.word not in _AFTER_TIME:
            left += token.text if token.start == end else f" {token.text}"
            end = token.end
    return left.strip()
