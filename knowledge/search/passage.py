"""What a search gives back."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Passage:
    """A piece of a file that may answer a question.

    Attributes:
        heading: The headings that it stands under, from the outermost; empty when there are none.
        page: The page that it begins on, from 1; None in files without pages.
        score: How well it fits, comparable within one search.
        sure: Whether it may be said to a caller; the others are for a model, which judges by itself.
    """

    text: str
    file: str
    heading: str = ""
    page: int | None = None
    score: float = 0.0
    sure: bool = True

    @property
    def source(self) -> dict[str, str | int]:
        """Where it stands, for the record of the conversation: file, heading, page as far as known."""
        known = {"file": self.file, "heading": self.heading, "page": self.page}
        return {name: value for name, value in known.items() if value}
