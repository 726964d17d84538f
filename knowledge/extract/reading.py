"""What a parser gives back."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from knowledge.blocks import Block
from knowledge.extract.kind import Recognised
from knowledge.extract.limits import Limits


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that has been opened.

    Attributes:
        blocks: What is in it, in reading order; what is wrong with the file may show as late as here.
        pages: How many pages it has; None when it has none.
    """

    blocks: Iterator[Block]
    pages: int | None = None


class Parser(Protocol):
    """A module that reads one kind of file."""

    def read(self, file: Recognised, limits: Limits) -> Reading:
        """Open a file, whose kind is this parser's, or raise DocumentError."""
        ...
