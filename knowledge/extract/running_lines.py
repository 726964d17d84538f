"""What is printed at the head or foot of every page, and is no part of the text."""

import re
from collections.abc import Sequence

from knowledge.extract.page_layout import Line

_SAME_PLACE = 2.0
"""Points."""
_NUMBER = re.compile(r"\d{1,5}")
_PAGE_NUMBER = re.compile(r"\W*(?:page\s+)?(\d{1,5})(?:\s*(?:/|of)\s*\d{1,5})?\W*", re.IGNORECASE)
_FRONT_MATTER = 20
"""Pages by which a page's printed number may differ from its place in the file."""


class RunningLines:
    """Remembers the outer lines of the pages before."""

    def __init__(self) -> None:
        self._before: list[tuple[int, Line]] = []

    def left_out(self, lines: Sequence[Line], page: int) -> list[Line]:
        """Leave out of a page what runs through the document.

        Args:
            lines: The page's; call it for one page after the other.
            page: From 1.

        Returns:
            The lines without page numbers, and without those at the top or the bottom that stood in the same
            place one or two pages before and differ in nothing but the number of the page. A page keeps all
            lines if none would be left.
        """
        if not lines:
            return []
        top, bottom = max(line.base for line in lines), min(line.base for line in lines)
        outer = [
            line
            for line in lines
            if abs(line.base - top) <= _SAME_PLACE or abs(line.base - bottom) <= _SAME_PLACE
        ]
        running = [
            line
            for line in outer
            if _is_page_number(line.text, page)
            or any(_runs_on(before, line, page, page - place) for place, before in self._before)
        ]
        # Headers of left and right pages take turns.
        self._before = [(place, line) for place, line in self._before if place == page - 1]
        self._before.extend((page, line) for line in outer)
        return [line for line in lines if line not in running] or list(lines)


def _is_page_number(text: str, page: int) -> bool:
    found = _PAGE_NUMBER.fullmatch(text)
    return found is not None and abs(int(found[1]) - page) <= _FRONT_MATTER


def _runs_on(before: Line, line: Line, page: int, pages: int) -> bool:
    if abs(before.base - line.base) > _SAME_PLACE or _NUMBER.sub("", before.text) != _NUMBER.sub(
        "", line.text
    ):
        return False
    changes = [
        (int(two) - int(one), int(two) - page)
        for one, two in zip(_NUMBER.findall(before.text), _NUMBER.findall(line.text), strict=False)
        if one != two
    ]
    return all(step == pages and abs(offset) <= _FRONT_MATTER for step, offset in changes)
