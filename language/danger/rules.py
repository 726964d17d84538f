"""The rules of one language, compiled: how it denies, tells of the past, imagines, and names danger."""

import functools
import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "es")
_NAMED = re.compile(r"\{([a-z]\w*)\}")


@dataclass(frozen=True)
class Rules:
    """Patterns over plain words; ``en/rules.toml`` says what each is for.

    Attributes:
        telling: Small words by which the language is known.
        joins: Words at which a clause begins.
        turns: Subjects at which one begins, with the word before; one of ``bound`` binds it to what precedes.
        subject: Who or what a clause is about.
        symptom: What is denied, when it is denied.
        denied: What is denied or over, to be cut out.
        well: Tells that whoever was spoken of is well again.
        past: Tells that a clause is about the past.
        present: Tells that it goes on all the same.
        present_verb: Tells that a clause is about the present.
        imagined: Tells that a clause asks or fears.
        yet_real: Tells that it is so all the same.
        signs: Danger in so many words, by kind.
        asks: What may be danger and may be nothing, whatever its meaning is like.
        about: A body or a person is spoken of.
    """

    telling: frozenset[str]
    joins: re.Pattern[str]
    turns: re.Pattern[str]
    bound: frozenset[str]
    subject: re.Pattern[str]
    symptom: re.Pattern[str]
    denied: re.Pattern[str]
    well: re.Pattern[str]
    past: re.Pattern[str]
    present: re.Pattern[str]
    present_verb: re.Pattern[str]
    imagined: re.Pattern[str]
    yet_real: re.Pattern[str]
    signs: dict[str, re.Pattern[str]]
    asks: re.Pattern[str]
    about: re.Pattern[str]


@functools.cache
def rules_of(language: str) -> Rules:
    """Give a language's rules.

    Args:
        language: One of ``LANGUAGES``.
    """
    text = (files("language.danger") / language / "rules.toml").read_text("utf-8")
    data: dict[str, Any] = tomllib.loads(text)
    words, clauses, denied = data["words"], data["clauses"], data["denied"]

    def pattern(*parts: str) -> re.Pattern[str]:
        filled = [_NAMED.sub(lambda m: words[m[1]], part) for part in parts]
        return re.compile("|".join(rf"(?<!\w)(?:{part})(?!\w)" for part in filled))

    between = "(?:" + denied["between"] + "){0," + str(denied["most_between"]) + "}"
    return Rules(
        telling=frozenset(data["telling"].split()),
        joins=re.compile(rf"\b(?:{clauses['joins']})\b"),
        turns=pattern(rf"\w+(?= (?:(?:{{subject}})|(?:{{person}}) (?:{clauses['verbs']}))(?!\w))"),
        bound=frozenset(clauses["bound"].split("|")),
        subject=pattern("{subject}"),
        symptom=pattern("{symptom}"),
        denied=pattern("(?:{negator}) " + between + "(?:{symptom})" + denied["after"], *denied["also"]),
        well=pattern(denied["well"]),
        past=pattern(*data["past"]["signs"]),
        present=pattern(data["past"]["present"]),
        present_verb=pattern(data["past"]["present_verb"]),
        imagined=pattern(*data["imagined"]["signs"]),
        yet_real=pattern(data["imagined"]["yet_real"]),
        signs={kind: pattern(*parts) for kind, parts in data["signs"].items()},
        asks=pattern(*data["asks"]["signs"]),
        about=pattern(*data["asks"]["about"]),
    )
