"""One file from bytes to chunks: what it is, what it says, in pieces. Runs in a worker process."""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, cast

from knowledge.blocks import Block, Paragraph, Rows
from knowledge.chunk import Chunk, cut_lazily
from knowledge.extract.clean import clean, clean_line
from knowledge.extract.errors import DocumentError, NoText, TooLargeInside
from knowledge.extract.kind import Kind, recognise
from knowledge.extract.limits import Limits
from knowledge.extract.notes import blocks_with_notes
from knowledge.extract.reading import Parser

_PARSERS = {
    Kind.PDF: "knowledge.extract.pdf",
    Kind.DOCX: "knowledge.extract.docx",
    Kind.HTML: "knowledge.extract.html",
    Kind.JSON: "knowledge.extract.json",
    Kind.CSV: "knowledge.extract.csv",
    Kind.MARKDOWN: "knowledge.extract.markdown",
    Kind.TEXT: "knowledge.extract.markdown",
}
_CHUNKS_PER_ITEM = 64
_LONGEST_HEADING = 200
"""Characters; a longer one is read as a paragraph."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was in a file: its pages, None where it has none, and its text in pieces, in reading order."""

    mime_type: str
    pages: int | None
    chunks: list[Chunk]


def parse_job(items: Iterator[Any]) -> Iterator[Any]:
    """Parse a file in a worker (``kit.worker.Job``), of its name, its limits and its bytes in pieces.

    Gives the chunks, some at once, then type and pages, or the code and message of an error.
    """
    file = next(items)
    content = b"".join(items)
    try:
        parsed = parse(content, file["name"], Limits(**file["limits"]))
    except DocumentError as refusal:
        yield {"error": refusal.code, "message": refusal.message}
        return
    chunks = iter(parsed.chunks)
    while batch := [(one.text, one.heading, one.page) for one in islice(chunks, _CHUNKS_PER_ITEM)]:
        yield batch
    yield {"mime_type": parsed.mime_type, "pages": parsed.pages}


def parse(content: bytes, file_name: str, limits: Limits) -> Parsed:
    """Take the text out of a file, in at least one chunk, or raise DocumentError, which says why not.

    The name only decides between kinds of text.
    """
    try:
        file = recognise(content, file_name, limits.max_unpacked_bytes)
        # Each kind brings libraries along; a worker loads those of the kinds that it meets.
        parser = cast("Parser", importlib.import_module(_PARSERS[file.kind]))
        reading = parser.read(file, limits)
        blocks = _within(_cleaned(reading.blocks), limits.max_chars)
        chunks = list(islice(cut_lazily(blocks_with_notes(blocks)), limits.max_chunks + 1))
    except (MemoryError, RecursionError):
        raise TooLargeInside from None
    if not chunks:
        raise NoText
    if len(chunks) > limits.max_chunks:
        raise TooLargeInside
    return Parsed(file.kind.value, reading.pages, chunks)


def _cleaned(blocks: Iterator[Block]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Rows):
            lines = tuple(line for line in map(clean_line, block.lines) if line)
            if lines:
                yield block if lines == block.lines else replace(block, lines=lines)
            continue
        text = clean(block.text)
        if isinstance(block, Paragraph):
            if text:
                yield block if text == block.text else replace(block, text=text)
        elif len(text) > _LONGEST_HEADING:
            yield Paragraph(text, block.page)
        elif text or not block.text:
            yield replace(block, text=text.replace("\n", " "))


def _within(blocks: Iterator[Block], max_chars: int) -> Iterator[Block]:
    chars = 0
    for block in blocks:
        chars += sum(map(len, block.lines)) if isinstance(block, Rows) else len(block.text)
        if chars > max_chars:
            raise TooLargeInside(
                f"There is more text in this file than can be used: more than {max_chars:,} characters. "
                "Split it and upload the parts."
            )
        yield block
