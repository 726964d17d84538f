"""A call as a scenario, so that what went wrong can be rehearsed until it goes right.

The scenario (``rehearsal/scenario.py`` reads it) says again what the caller said, each time after what the
bot had said then. It is a beginning: whoever keeps it says what must be there afterwards, looks through the
patterns, and takes real names out.
"""

import json
import re
from collections.abc import Sequence

from language.sentences import split_sentences
from practice.conversations.history import Line

SOMEBODY = "Jordan Doe"
SOME_NUMBER = "+12025550164"
NOTHING = "Hello?"
MOST_WORDS = 4
LEAST_LETTERS = 4
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


def scenario_of(title: str, lines: Sequence[Line], from_number: str | None) -> str:
    """Write the scenario of a call with a title of one line, from an E.164 number or None."""
    known = from_number if from_number and _E164.fullmatch(from_number) else None
    first = next((line.text for line in lines if line.speaker == "caller"), NOTHING)
    parts = [
        "# What a caller said, each time after what the bot had said. Made of a call: look through it,",
        "# take real names and numbers out, and say under [[after]] what must be there afterwards.",
        "# docs/rehearsal.md tells how.",
        f"title = {_quoted(title)}",
        'kind = "other"',
        *([f"from = {_quoted(known)}"] if known else []),
        "",
        "[patient]",
        f"name = {_quoted(_name(lines))}",
        f"phone = {_quoted(known or SOME_NUMBER)}",
        "",
        "[[wants]]",
        'do = "hear"',
        f"says = [{_quoted(first)}]",
    ]
    for heard, said in _turns(lines):
        parts += [
            "",
            "[[answers]]",
            f"hears = {_quoted(_pattern(heard))}",
            f"says = [{', '.join(map(_quoted, said))}]",
        ]
    parts += ["", "[[after]]", '# appointments = [{ service = "Cleaning", patient = "…" }]']
    return "\n".join(parts) + "\n"


def _turns(lines: Sequence[Line]) -> list[tuple[str, list[str]]]:
    """Pair what the bot said last with what the caller answered, each pattern once."""
    turns: dict[str, list[str]] = {}
    heard = ""
    for line in lines:
        if line.speaker in {"bot", "person"}:
            heard = line.text
        elif line.speaker == "caller" and heard:
            turns.setdefault(_last_sentence(heard), []).append(line.text)
    return list(turns.items())


def _last_sentence(text: str) -> str:
    sentences = split_sentences(text)
    return sentences[-1] if sentences else text


def _pattern(sentence: str) -> str:
    """Give a pattern that knows the sentence as a recogniser hears it: its last long words, in order."""
    words = _WORD.findall(sentence.lower())
    telling = [one for one in words if len(one) >= LEAST_LETTERS] or words
    return ".{0,80}".join(re.escape(one) for one in telling[-MOST_WORDS:]) or "."


def _name(lines: Sequence[Line]) -> str:
    for line in reversed(lines):
        arguments = line.detail.get("arguments")
        name = arguments.get("name") if isinstance(arguments, dict) else None
        if line.speaker == "function" and isinstance(name, str) and name.strip():
            return name.strip()
    return SOMEBODY


def _quoted(text: str) -> str:
    """Write a basic string of TOML, whose escapes are those of JSON."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False).replace("\x7f", "")
