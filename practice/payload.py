"""Reading a JSON body field by field: the first thing that does not fit is named."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kit.text import is_text
from practice.errors import PracticeError

LONGEST_TEXT = 10_000


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object being read.

    Attributes:
        error: What to raise, with a sentence that names the field.
        path: Where the object is in the body: ``booking.`` or empty.
    """

    values: Mapping[str, Any]
    error: type[PracticeError]
    path: str = ""

    @classmethod
    def of(cls, body: Any, error: type[PracticeError]) -> "Fields":
        """Begin with a whole body.

        Raises:
            PracticeError: The body is no JSON object, or holds what JSON has not (NaN, infinity).
        """
        if not isinstance(body, Mapping):
            raise error("The body must be a JSON object.")
        if not _is_json(body):
            raise error("The body holds a number that JSON does not have, or is nested too deeply.")
        return cls(body, error)

    def object(self, name: str) -> "Fields":
        """Read a required object."""
        value = self._required(name)
        if not isinstance(value, Mapping):
            raise self.refusal(name, "must be an object")
        return Fields(value, self.error, f"{self.path}{name}.")

    def text(self, name: str, longest: int = LONGEST_TEXT) -> str:
        """Read a required text that is not blank."""
        self._required(name)
        value = self.find_text(name, longest)
        if value is None or not value.strip():
            raise self.refusal(name, "must not be empty")
        return value

    def find_text(self, name: str, longest: int = LONGEST_TEXT) -> str | None:
        """Read a text that may be missing or null."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.refusal(name, "must be a string")
        if len(value) > longest:
            raise self.refusal(name, f"must have at most {longest} characters")
        if not is_text(value):
            raise self.refusal(name, "must be valid text")
        return value

    def find_whole_number(self, name: str, least: int, most: int) -> int | None:
        """Read a whole number that may be missing or null; 30.0 is one, as JSON Schema has it."""
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.refusal(name, "must be an integer")
        if not least <= value <= most:
            raise self.refusal(name, f"must be between {least} and {most}")
        return value

    def find_flag(self, name: str) -> bool | None:
        """Read true or false that may be missing or null."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, bool):
            raise self.refusal(name, "must be true or false")
        return value

    def find_texts(self, name: str, most: int) -> list[str]:
        """Read a list of texts that may be missing or null."""
        value = self.values.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.refusal(name, "must be a list of strings")
        if len(value) > most:
            raise self.refusal(name, f"must have at most {most} entries")
        return value

    def _required(self, name: str) -> Any:
        value = self.values.get(name)
        if value is None:
            raise self.refusal(name, "is required")
        return value

    def refusal(self, name: str, why: str) -> PracticeError:
        """Make the error that says what is wrong with a field, for rules of the reader's own too."""
        return self.error(f"{self.path}{name} {why}.")


def _is_json(value: Any, depth: int = 0) -> bool:
    if depth > 40:  # noqa: PLR2004 - deeper than any honest body, far from Python's own limit
        return False
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, Mapping):
        return all(_is_json(one, depth + 1) for one in value.values())
    if isinstance(value, list):
        return all(_is_json(one, depth + 1) for one in value)
    return True
