"""What a parser finds in a file, in reading order: headings, paragraphs, and rows of tables and lists."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of what follows.

    Attributes:
        text: One line.
        level: 1 is the outermost; 0 is the title of the whole file.
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
    """

    lines: tuple[str, ...]
    page: int | None = None


Block = Heading | Paragraph | Rows
