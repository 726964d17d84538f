"""Pieces of a file that are small enough to be found, quoted and read to a caller."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from documents.blocks import Block, Heading, Paragraph

MAX_CHUNK_CHARS = 700
SHORT_CHARS = 120
"""Pieces shorter than this take the next one in."""

_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a file that may answer a question.

    Attributes:
        text: The piece, without its heading.
        heading: The headings that it stands under, from the outermost, as ``A / B``; empty when there
            are none.
        page: The page that it begins on, from 1; None in files without pages.
    """

    text: str
    heading: str = ""
    page: int | None = None


def cut(blocks: Iterable[Block]) -> list[Chunk]:
    """Cut a file at its headings, pages, paragraphs and rows.

    Args:
        blocks: What a parser found, in reading order.

    Returns:
        Chunks of at most about ``MAX_CHUNK_CHARS`` characters, in reading order.
    """
    chunks: list[Chunk] = []
    trail: list[Heading] = []
    under: list[Block] = []
    page: int | None = None

    def close() -> None:
        heading = " / ".join(one.text for one in trail)
        chunks.extend(Chunk(text, heading, page) for text in _packed(under))
        under.clear()

    for block in blocks:
        if under and (isinstance(block, Heading) or block.page != page):
            close()
        page = block.page
        if isinstance(block, Heading):
            trail[:] = [one for one in trail if one.level < block.level] + [block]
        else:
            under.append(block)
    close()
    return chunks


def _packed(blocks: Iterable[Block]) -> Iterator[str]:
    """Join short paragraphs and cut long ones between sentences."""
    piece = ""
    for text in (
        one.text if isinstance(one, Paragraph | Heading) else "\n".join(one.lines) for one in blocks
    ):
        sentences = _BETWEEN_SENTENCES.split(text) if len(text) > MAX_CHUNK_CHARS else [text]
        for place, sentence in enumerate(sentences):
            room = MAX_CHUNK_CHARS if place else SHORT_CHARS
            if piece and len(piece) < room and len(piece) + len(sentence) < MAX_CHUNK_CHARS:
                piece += (" " if place else "\n") + sentence
            else:
                if piece:
                    yield piece
                piece = sentence
    if piece:
        yield piece
