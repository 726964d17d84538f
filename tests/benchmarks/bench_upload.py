"""What an upload costs from the request to the search: run with `make bench-knowledge`, after the searches.

Files of a practice's usual sizes go through ``Files.add_file``, which takes their text out in a process of
its own and keeps both, in SQLite on disk. The ratio is to writing the same bytes alone into the same table.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from config.settings import DatabaseSettings, Settings
from kit.clock import system_clock
from kit.db.database import Database
from knowledge.extract.extractor import Extractor
from practice.assistants.files import Files
from practice.records.assistants import AssistantFile
from practice.records.migrate import migrate
from tests.fakes.demo_practice import seed_demo

SIZES_KB = (10, 100, 1_000, 10_000)
FILES = 5
_ROW = "{:>10}  {:>10}  {:>9}  {:>12}  {:>8}"
_SENTENCE = (
    b"Parking is free for patients behind the house, and the door is open from eight in the morning.\n"
)


async def _measure() -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Settings(data_dir=Path(folder), database=DatabaseSettings()))
        await migrate(database)
        demo = await seed_demo(database, system_clock)
        async with Extractor(Settings().documents) as extractor:
            files = Files(database, system_clock, extractor)
            await files.add_file(demo.site_id, demo.assistant_id, file_name="first.txt", content=_SENTENCE)
            for kilobytes in SIZES_KB:
                content = (_SENTENCE * 12 + b"\n") * max(1, kilobytes * 1000 // (len(_SENTENCE) * 12))
                taken = []
                for number in range(FILES):
                    began = time.perf_counter()
                    await files.add_file(
                        demo.site_id,
                        demo.assistant_id,
                        file_name=f"{kilobytes}-{number}.txt",
                        content=content,
                    )
                    taken.append(time.perf_counter() - began)
                bare = await _bare(database, demo.assistant_id, content)
                middle = statistics.median(taken)
                rate = len(content) / middle / 1e6
                print(
                    _ROW.format(
                        f"{kilobytes} kB",
                        f"{middle * 1000:.0f} ms",
                        f"{rate:.1f}",
                        f"{bare * 1000:.0f} ms",
                        f"{middle / bare:.1f}",
                    )
                )
        await database.dispose()


async def _bare(database: Database, assistant_id: int, content: bytes) -> float:
    """Time the writing of the bytes alone."""
    taken = []
    for _ in range(FILES):
        began = time.perf_counter()
        async with database.session() as session:
            session.add(
                AssistantFile(
                    assistant_id=assistant_id,
                    file_name="bare",
                    mime_type="text/plain",
                    size=len(content),
                    sha256="",
                    content=content,
                    created_at=system_clock(),
                    deleted_at=system_clock(),
                )
            )
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def main() -> None:
    """Measure and print."""
    print()
    print(f"uploads, the median of {FILES}: text taken out, cut into pieces, kept with the bytes")
    print(_ROW.format("size", "upload", "MB/s", "bytes alone", "ratio"))
    asyncio.run(_measure())


if __name__ == "__main__":
    main()
