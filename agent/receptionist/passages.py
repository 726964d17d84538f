"""The sentence of a practice's files that answers a question, made fit to be spoken."""

import re
from typing import Any

from agent.receptionist.words import normal

MOST_WORDS = 45
_LEAST = 3
"""Fewer letters are the rest of some markup, or no root of a word."""
_STOP = frozenset(
    "a an the i i'd i'm you your we our us is are was be do does did can could would will may have has "
    "had of to in on at for from with and or it its "
    "it's that this there what what's when where who how which much many any some my me if please tell "
    "about know want need like take get "
    "hi hello so also just really one".split()
)
_MARKUP = re.compile(r"[*_`#>]+|!?\[([^\]]*)\]\([^)]*\)|<[^>]+>")
_BULLET = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s+")
_RULE = re.compile(r"^[\s|:=-]+$")
_SENTENCE_END = re.compile(r"(?<=[a-z0-9)%][.!?])\s+(?=[A-Z\"'(])")
_DOLLARS = re.compile(r"\$\s?(\d[\d,]*)(?:\.(\d\d))?")
_PERCENT = re.compile(r"(\d)\s?%")
_RANGE = re.compile(r"(\d)\s?[\u2013-]\s?\$?(\d)")
_ROW = re.compile(r": \d[\d,]* dollars")
_ALSO = {
    "credit": ("visa", "mastercard"),
    "debit": ("visa", "mastercard"),
    "subway": ("train",),
    "metro": ("train",),
}
"""Words that an answer may be put in, other than the question's."""
_SPACES = re.compile(r"\s+")


def best_answer(question: str, passages: list[Any]) -> str | None:
    """Choose what to read out of the passages that a search returned.

    Args:
        question: The caller's words.
        passages: The result's passages, best first; each with ``text`` and maybe ``heading``.

    Returns:
        One or two sentences, at most ``MOST_WORDS`` words, or None when no sentence shares a word with the
        question.
    """
    wanted = _stems(question)
    wanted |= {_stem(other) for word in wanted for other in _ALSO.get(word, ())}
    best: tuple[float, str] | None = None
    for rank, passage in enumerate(passages):
        if not isinstance(passage, dict):
            continue
        heading = _stems(str(passage.get("heading") or ""))
        sentences = _sentences(str(passage.get("text") or ""), str(passage.get("heading") or ""))
        for index, sentence in enumerate(sentences):
            shared = wanted & _stems(sentence)
            under = (wanted & heading) - shared
            score = len(shared) + 0.6 * len(under) - 0.3 * rank - 0.02 * index
            if (shared or under) and (best is None or score > best[0]):
                following = sentences[index + 1] if index + 1 < len(sentences) else ""
                if _ROW.search(sentence) and not (shared & _stems(following)):
                    following = ""  # another row of the table, about something else
                best = (score, _short(sentence, following))
    return best[1] if best else None


def _short(sentence: str, following: str) -> str:
    words = sentence.split()
    if len(words) > MOST_WORDS:
        return " ".join(words[:MOST_WORDS]).rstrip(",;:") + "."
    both = f"{sentence} {following}".strip()
    return (
        both if following and len(words) < MOST_WORDS // 3 and len(both.split()) <= MOST_WORDS else sentence
    )


def _sentences(text: str, heading: str) -> list[str]:
    found: list[str] = []
    paragraph: list[str] = []

    def close() -> None:
        if paragraph:
            found.extend(_SENTENCE_END.split(_clean(" ".join(paragraph))))
            paragraph.clear()

    for line in text.splitlines():
        if (
            not line.strip()
            or _RULE.match(line)
            or line.lstrip().startswith("#")
            or normal(line) == normal(heading)
        ):
            close()
        elif line.strip().startswith("|"):
            close()
            cells = [cell.strip() for cell in line.strip().strip("|").split("|") if cell.strip()]
            found.append(_clean(": ".join(cells)))
        elif _BULLET.match(line):
            close()
            paragraph.append(_BULLET.sub("", line))
        else:
            paragraph.append(line.strip())
    close()
    return [_ended(sentence) for sentence in found if len(sentence) >= _LEAST]


def _clean(text: str) -> str:
    text = _MARKUP.sub(lambda match: match[1] or "", text)
    text = _RANGE.sub(r"\1 to \2", text)
    text = _DOLLARS.sub(_money, text)
    text = _PERCENT.sub(r"\1 percent", text)
    return _SPACES.sub(" ", text.replace("&", " and ")).strip()


def _money(match: re.Match[str]) -> str:
    cents = int(match[2] or 0)
    dollars = match[1].replace(",", "")
    return f"{dollars} dollars{f' and {cents} cents' if cents else ''}"


def _ended(sentence: str) -> str:
    sentence = sentence[0].upper() + sentence[1:]
    return sentence if sentence[-1] in ".!?" else f"{sentence.rstrip(':;,')}."


def _stems(text: str) -> set[str]:
    return {_stem(token) for token in normal(text).replace("'s", "").split() if token not in _STOP}


def _stem(token: str) -> str:
    for ending in ("ings", "ing", "ies", "ied", "ed", "es", "s"):
        if token.endswith(ending) and len(token) - len(ending) >= _LEAST:
            return token[: -len(ending)].rstrip("e")
    return token.rstrip("e")
