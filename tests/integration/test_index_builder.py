"""Large indexes are built in a process of their own, and find the same."""

import contextlib
import sys
from pathlib import Path

from config.settings import DocumentSettings
from knowledge.chunk import Chunk
from knowledge.search.index import KnowledgeIndex
from knowledge.search.index_builder import Files, IndexBuilder

FILES = [
    ("fees.md", [Chunk("A cleaning costs 140 dollars.", "Fees / Cleaning"), Chunk("Ünïcode ☕ tea.", "", 3)]),
    ("parking.md", [Chunk("Parking behind the house is free for patients.", "Parking", 1)]),
]
QUESTIONS = ("What does a cleaning cost?", "Where can I park?", "Do you do crowns?")
APART = DocumentSettings(index_chunks_in_server=0)


def found(index: KnowledgeIndex, *, judged: bool = False) -> list[list[tuple[str, str, int | None, float]]]:
    return [
        [(one.text, one.heading, one.page, one.score) for one in index.search(question, judged=judged)]
        for question in QUESTIONS
    ]


async def built(settings: DocumentSettings, files: Files, python: str = sys.executable) -> KnowledgeIndex:
    async with contextlib.aclosing(IndexBuilder(settings, python)) as builder:
        return await builder.build(files)


async def test_an_index_from_another_process_finds_what_one_from_here_finds() -> None:
    here, apart = KnowledgeIndex.build(FILES), await built(APART, FILES)
    assert apart.passages == here.passages
    assert found(apart) == found(here)
    assert found(apart, judged=True) == found(here, judged=True)
    assert apart.fusion is not None
    assert found(here)[0]


async def test_files_without_a_word_make_an_index_that_finds_nothing() -> None:
    index = await built(APART, [("dots.md", [Chunk("… — …")])])
    assert len(index) == 0
    assert index.search("Where can I park?") == []


async def test_without_a_process_the_index_is_built_here(tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    for python in (str(broken), str(tmp_path / "nothing")):
        assert found(await built(APART, FILES, python)) == found(
            KnowledgeIndex.build(FILES, by_meaning=False)
        )


async def test_a_process_that_hangs_is_given_up(tmp_path: Path) -> None:
    hanging = tmp_path / "python"
    hanging.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'import sys; sys.stdin.read(); input()'\n")
    hanging.chmod(0o755)
    settings = DocumentSettings(index_chunks_in_server=0, index_seconds=0.2)
    assert found(await built(settings, FILES, str(hanging))) == found(
        KnowledgeIndex.build(FILES, by_meaning=False)
    )
