"""Blocks of Markdown and plain text."""

import re
from collections.abc import Iterator

from documents.blocks import Block, Heading, Paragraph

_BOUNDARY = re.compile(r"\n\s*\n|(?=^#{1,6} )|(?<=\n)(?=#{1,6} )")
_HEADING = re.compile(r"(#{1,6}) +(.+?) *#* *(?:\n|$)")


def markdown_blocks(text: str) -> Iterator[Block]:
    """Read Markdown or plain text.

    Args:
        text: The file.

    Yields:
        Its headings and paragraphs.
    """
    for part in _BOUNDARY.split(text.replace("\r\n", "\n")):
        heading = _HEADING.match(part)
        rest = part
        if heading:
            yield Heading(heading[2].strip(), level=len(heading[1]))
            rest = part[heading.end() :]
        if rest.strip():
            yield Paragraph(rest.strip())
