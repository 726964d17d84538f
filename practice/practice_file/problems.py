"""What is wrong with a practice file, in words for whoever wrote it."""

import difflib
import inspect
import typing
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from practice.errors import PracticeError
from practice.practice_file.model import TAG, PracticeFile
from practice.practice_file.toml_lines import Location, key_lines, line_of

TOML = "practice.toml"
_NAMES = ("name", "email", "key", "from", "path")
_SENTENCES = {
    "missing": "is missing",
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false, without quotes",
    "list_type": "must be a list in [ ]",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "date_type": "must be a date such as 2026-12-24, without quotes",
    "date_from_datetime_inexact": "must be a date such as 2026-12-24, without a time",
    "practice_file": "{sentence}",
    "literal_error": "must be {expected}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "string_too_long": "has more than {max_length} characters",
    "too_long": "has more than {max_length} entries",
    "too_short": "must have an entry",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and its line from 1, where there is one to tell."""

    where: str
    line: int | None
    text: str

    def __str__(self) -> str:
        file, _, key = self.where.partition(": ")
        place = f"{file}, line {self.line}" if self.line is not None else file
        return f"{place}: {key + ' ' if key else ''}{self.text}"


class PracticeFileInvalid(
    PracticeError, code="practice_file_invalid", status=400, says="The practice file is not valid."
):
    """The practice file cannot be applied; all that is wrong with it is told at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def problems_of(error: ValidationError, data: Any, text: str) -> list[Problem]:
    """Word what pydantic found in a TOML text."""
    lines = key_lines(text)
    return [_problem(one, data, lines) for one in error.errors(include_url=False)]


def problem_at(location: Location, data: Any, text: str, sentence: str) -> Problem:
    """Word what is wrong at a key."""
    return Problem(f"{TOML}: {key_path(location, data)}", line_of(location, key_lines(text)), sentence)


def key_path(location: Location, data: Any) -> str:
    """Write a location as a person would point at it: ``services "Filling", price``."""
    parts: list[str] = []
    for part in location:
        if isinstance(part, int):
            data = data[part] if isinstance(data, list) and part < len(data) else None
            name = (
                next((data[one] for one in _NAMES if one in data), None) if isinstance(data, dict) else None
            )
            parts[-1] += f' "{name}"' if name is not None else f" {part + 1}"
        else:
            data = data.get(part) if isinstance(data, dict) else None
            parts.append(part)
    return ", ".join(parts)


def nearest(name: str, known: Iterable[str]) -> str:
    """Give ``; did you mean X?``, or nothing where nothing is near."""
    by_fold = {one.casefold(): one for one in known}
    found = difflib.get_close_matches(name.casefold(), by_fold, n=1, cutoff=0.6)
    return f"; did you mean {by_fold[found[0]]}?" if found else ""


def _problem(error: ErrorDetails, data: Any, lines: dict[Location, int]) -> Problem:
    location = tuple(part for part in error["loc"] if isinstance(part, int) or not part.startswith(TAG))
    where = key_path(location, data)
    return Problem(
        f"{TOML}: {where}" if where else TOML, line_of(location, lines), _sentence(error, location)
    )


def _sentence(error: ErrorDetails, location: Location) -> str:
    kind = error["type"]
    if kind == "extra_forbidden":
        return f"is no key that is known here{nearest(str(location[-1]), _known_at(location[:-1]))}"
    return _SENTENCES.get(kind, error["msg"]).format_map(error.get("ctx", {}))


def _known_at(location: Location) -> list[str]:
    """List the keys of the table at a location."""
    model: type[BaseModel] | None = PracticeFile
    for part in location:
        if isinstance(part, int) or model is None:
            continue
        field = next((one for name, one in model.model_fields.items() if part in {name, one.alias}), None)
        model = _model_in(field.annotation) if field is not None else None
    return [] if model is None else [one.alias or name for name, one in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Find the table among the choices of an annotation."""
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for one in typing.get_args(annotation) if (found := _model_in(one))), None)
