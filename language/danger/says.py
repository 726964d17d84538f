"""What is said to somebody in danger: sentences as data, a file a language."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from string import Template


@dataclass(frozen=True)
class Says:
    """The sentences of one language.

    Attributes:
        sentences: By name, with ``$number`` and ``$crisis`` to be filled in.
        person: What follows, by the status of asking for a person.
        digits: How digits are said, from zero.
        unknown_number: Stands for the emergency number where it is not known.
    """

    sentences: Mapping[str, str]
    person: Mapping[str, str]
    digits: tuple[str, ...]
    unknown_number: str

    def sentence(self, name: str, *, number: str | None, crisis: str | None = None, spoken: bool) -> str:
        """Fill a sentence in.

        Args:
            number: The emergency number as dialled, None where it is not known.
            crisis: The crisis line as dialled.
            spoken: Numbers are said digit by digit.
        """
        return Template(self.sentences[name]).substitute(
            number=self.number(number, spoken=spoken) if number else self.unknown_number,
            crisis=self.number(crisis, spoken=spoken) if crisis else "",
        )

    def number(self, digits: str, *, spoken: bool) -> str:
        """Give a short number as it is said or written."""
        if not spoken:
            return digits
        return " ".join(self.digits[int(one)] for one in digits if one.isdigit())


@functools.cache
def says_in(language: str) -> Says:
    """Give the sentences of a language, ``en`` or ``es``."""
    data = tomllib.loads((files("language.danger") / language / "says.toml").read_text("utf-8"))
    return Says(data["sentences"], data["person"], tuple(data["digits"]), data["unknown_number"])
