"""What a parser finds in a file, in reading order: headings, paragraphs, and rows of tables and lists."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of what follows.

    Attributes:
        text: One line; an empty one only ends the headings from its level inwards.
        level: Smaller is further out, 0 is the title of the whole file; they need not be consecutive.
        page: Where it stands, from 1; None in files without pages.
    """

    text: str
    level: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text.

    Attributes:
        text: Sentences; line breaks are where the author put them.
        page: Where it begins, from 1; None in files without pages.
    """

    text: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """A table or a list.

    Attributes:
        lines: One row or item each, which says what it says without the others.
        page: Where it begins, from 1; None in files without pages.
        alone: The rows are one thing, such as a record, and share no chunk with others.
    """

    lines: tuple[str, ...]
    page: int | None = None
    alone: bool = False


Block = Heading | Paragraph | Rows
