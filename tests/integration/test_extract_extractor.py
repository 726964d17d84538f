"""The worker processes that read files: bounded, replaced, and never in the way."""

import asyncio
import gc
import os
import pickle
import random
import re
import resource
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from config.settings import DocumentSettings
from kit.processes import ProcessPool, WorkerDidNotStart, WorkerDied
from kit.worker import packed, unpacked
from knowledge.chunk import Chunk
from knowledge.extract.errors import BrokenFile, DocumentError, EmptyFile, TookTooLong, TooLargeInside
from knowledge.extract.extractor import Extracted, Extractor
from tests.fakes.pdf_files import article_page, pdf, text_page
from tests.fakes.word_files import price_list

PARSE = "knowledge.extract.parse:parse_job"
NOTE = b"# Parking\n\nParking is free.\n"
FREE = (Chunk("Parking is free.", "Parking"),)
# Marks above and below letters, in an order that normalising has to mend: it takes quadratic time.
SLOW = ("a" + "\u0301\u0316" * 60_000).encode()
MEMORY = b"[" + b"[]," * 6_000_000 + b"[]]"


@pytest.fixture
async def extractor() -> AsyncIterator[Extractor]:
    async with Extractor(DocumentSettings()) as one:
        yield one


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - see below
            await asyncio.sleep(0.005)  # a process has no event to wait for


async def process_of(extractor: Extractor) -> int:
    """Wait until a file is being read, and give the process that reads it."""
    await until(lambda: bool(extractor.process_ids))
    (worker,) = extractor.process_ids
    limits = Path(f"/proc/{worker}/limits")
    await until(lambda: re.search(r"Max cpu time +\d", limits.read_text()) is not None)
    return worker


async def refusal(extractor: Extractor, content: bytes, name: str = "a.txt") -> DocumentError:
    with pytest.raises(DocumentError) as raised:
        await extractor.extract(content, name)
    return raised.value


async def test_a_file_is_not_read_before_a_worker_is_free(extractor: Extractor) -> None:
    began, go_on, read = asyncio.Event(), asyncio.Event(), list[str]()

    async def first() -> bytes:
        began.set()
        await go_on.wait()
        return NOTE

    async def second() -> bytes:
        read.append("second")
        return NOTE

    ahead = asyncio.create_task(extractor.extract(first, "a.md"))
    await began.wait()
    behind = asyncio.create_task(extractor.extract(second, "b.md"))
    for _ in range(20):
        await asyncio.sleep(0)
    assert read == []
    go_on.set()
    assert await ahead == await behind == Extracted("text/markdown", None, FREE)
    assert read == ["second"]


async def test_every_kind_is_read(extractor: Extractor) -> None:
    assert await extractor.extract(NOTE, "a.md") == Extracted("text/markdown", None, FREE)
    word = await extractor.extract(price_list(), "b")
    assert word.mime_type.endswith("wordprocessingml.document")
    assert word.chunks[0].heading == "Our practice / Fees"
    page = await extractor.extract(pdf([text_page("Hello there.")] * 2), "c")
    assert (page.mime_type, page.pages, page.chunks[1]) == (
        "application/pdf",
        2,
        Chunk("Hello there.", "", 2),
    )
    assert (await extractor.extract(b"<html><p>Hi there", "d")).mime_type == "text/html"
    assert (await extractor.extract(b'{"a": 1}', "\udc80" * 500)).mime_type == "application/json"
    assert (await extractor.extract(b"a,b\n1,2", "e.csv")).mime_type == "text/csv"


async def test_an_empty_file_costs_no_worker(extractor: Extractor) -> None:
    with pytest.raises(EmptyFile):
        await extractor.extract(b"", "a.md")
    assert not extractor.process_ids


async def test_a_refusal_crosses_the_pipe_with_its_sentence(extractor: Extractor) -> None:
    error = await refusal(extractor, pdf([text_page("Hello.")], user="secret"))
    assert error.code == "password_protected"
    assert error.message == "The PDF is protected by a password. Save it without one and upload it again."
    assert (await refusal(extractor, b"\x7fELF" + bytes(50))).code == "unsupported_type"
    assert (await extractor.extract(NOTE, "a.md")).chunks == FREE


async def test_a_long_text_comes_whole(extractor: Extractor) -> None:
    words = [f"word{number}" for number in range(150_000)]
    done = await extractor.extract(" ".join(words).encode(), "a.txt")
    assert " ".join(one.text for one in done.chunks).split() == words


async def test_a_file_that_takes_too_long_is_given_up_and_the_next_is_read() -> None:
    async with Extractor(DocumentSettings(timeout_seconds=0.4)) as extractor:
        start = time.perf_counter()
        error = await refusal(extractor, SLOW)
        assert time.perf_counter() - start < 30
        assert isinstance(error, TookTooLong)
        assert "longer than 0.4 seconds" in error.message
        assert not extractor.process_ids
    async with Extractor(DocumentSettings()) as extractor:
        assert (await extractor.extract(NOTE, "a.md")).chunks == FREE


async def test_a_worker_that_falls_silent_is_given_up() -> None:
    async with Extractor(DocumentSettings(timeout_seconds=0.3)) as extractor:
        reading = asyncio.create_task(refusal(extractor, SLOW))
        os.kill(await process_of(extractor), signal.SIGSTOP)
        assert isinstance(await reading, TookTooLong)
        assert (await extractor.extract(NOTE, "a.md")).chunks == FREE


async def slow() -> list[Any]:
    return [{"name": "a.txt", "limits": {}}, SLOW]


async def test_processor_time_is_bounded_by_the_system() -> None:
    pool = ProcessPool(PARSE, workers=1, seconds=60, processor_seconds=0.01)
    began = time.perf_counter()
    with pytest.raises(TimeoutError) as raised:
        await pool.run(slow)
    assert time.perf_counter() - began < 60
    assert isinstance(raised.value.__cause__, WorkerDied)


async def test_a_file_that_needs_too_much_memory_is_refused_and_the_next_is_read() -> None:
    async with Extractor(DocumentSettings(memory_mb=128)) as extractor:
        assert isinstance(await refusal(extractor, MEMORY, "a.json"), TooLargeInside)
        assert (await extractor.extract(NOTE, "a.md")).chunks == FREE


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGSEGV])
async def test_a_worker_that_dies_blames_the_file_and_the_next_is_read(
    extractor: Extractor, sign: int
) -> None:
    reading = asyncio.create_task(extractor.extract(SLOW, "a.txt"))
    worker = await process_of(extractor)
    os.kill(worker, sign)
    with pytest.raises(BrokenFile):
        await reading
    assert (await extractor.extract(NOTE, "a.md")).chunks == FREE
    assert worker not in extractor.process_ids


async def test_no_more_files_are_read_at_once_than_there_are_workers() -> None:
    async with Extractor(DocumentSettings(workers=2)) as extractor:
        most = 0

        async def watch() -> None:
            nonlocal most
            while True:
                most = max(most, len(extractor.process_ids))
                await asyncio.sleep(0.001)

        watching = asyncio.create_task(watch())
        done = await asyncio.gather(*(extractor.extract(NOTE, "a.md") for _ in range(12)))
        watching.cancel()
        assert [one.chunks for one in done] == [FREE] * 12
        assert most == 2


async def test_a_worker_gives_no_value_that_could_run_code() -> None:
    with pytest.raises(pickle.UnpicklingError, match=r"builtins\.eval"):
        unpacked(pickle.dumps(("item", eval)))
    assert unpacked(packed("item", [("a", 1, None, 2.5, b"c")])[4:]) == ("item", [("a", 1, None, 2.5, b"c")])


async def test_an_upload_that_is_called_off_ends_its_worker(extractor: Extractor) -> None:
    reading = asyncio.create_task(extractor.extract(SLOW, "a.txt"))
    await until(lambda: bool(extractor.process_ids))
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert not extractor.process_ids
    assert (await extractor.extract(NOTE, "a.md")).chunks == FREE


async def test_a_process_ends_with_its_file(extractor: Extractor) -> None:
    await extractor.extract(NOTE, "a.md")
    assert not extractor.process_ids


async def test_closing_leaves_no_process() -> None:
    extractor = Extractor(DocumentSettings(workers=2))
    await extractor.extract(NOTE, "a.md")
    reading = asyncio.create_task(extractor.extract(SLOW, "a.txt"))
    await asyncio.sleep(0)
    workers = extractor.process_ids
    await extractor.close()
    with pytest.raises((BrokenFile, RuntimeError)):
        await reading
    await extractor.close()
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)
    with pytest.raises(RuntimeError, match="closed"):
        await extractor.extract(NOTE, "a.md")


async def test_a_worker_that_cannot_start_is_not_the_files_fault() -> None:
    with pytest.raises(WorkerDidNotStart):
        await ProcessPool(PARSE, workers=1, seconds=5, python="/bin/false").run(slow)


@pytest.fixture
def core_files() -> Iterator[None]:
    """Let processes leave core files, as far as this machine does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))


@pytest.mark.usefixtures("core_files")
async def test_a_worker_sees_no_secret_and_takes_no_more_than_its_share(extractor: Extractor) -> None:
    reading = asyncio.create_task(extractor.extract(SLOW, "a.txt"))
    worker = await process_of(extractor)
    folder = Path(f"/proc/{worker}")
    names = {pair.partition(b"=")[0] for pair in (folder / "environ").read_bytes().split(b"\0") if pair}
    assert names <= {b"PYTHONPATH", b"LD_LIBRARY_PATH", b"LC_CTYPE"}
    bounds = {
        line[:26].strip(): line[26:].split()[0] for line in (folder / "limits").read_text().splitlines()
    }
    assert bounds["Max address space"] == str(512 * 2**20)
    assert bounds["Max core file size"] == "0"
    assert int(bounds["Max cpu time"]) <= 33
    assert os.getpriority(os.PRIO_PROCESS, worker) > os.getpriority(os.PRIO_PROCESS, 0)
    assert int((folder / "oom_score_adj").read_text()) >= 800
    reading.cancel()


async def test_a_worker_loads_nothing_that_it_does_not_need() -> None:
    code = (
        "import sys, kit.worker, knowledge.extract.parse; "
        "unwanted = {'lxml', 'pypdfium2', 'docx', 'charset_normalizer', 'pydantic', 'structlog', 'asyncio'}; "
        "print(*sorted(unwanted & set(sys.modules)))"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    assert out == b"\n"


async def test_the_event_loop_stays_free_while_a_large_file_is_read(extractor: Extractor) -> None:
    content = (b"Parking is free for patients behind the house. " * 12 + b"\n\n") * 14_000
    longest = 0.0

    async def tick() -> None:
        nonlocal longest
        last = time.thread_time()
        while True:
            await asyncio.sleep(0.001)
            now = time.thread_time()  # what other processes take of the machine does not count
            longest, last = max(longest, now - last), now

    # Nor does what the tests before this one have left for the garbage collector; the server spares its
    # calls the same look through all that was loaded.
    gc.collect()
    gc.freeze()
    ticking = asyncio.create_task(tick())
    done = await extractor.extract(content, "a.txt")
    ticking.cancel()
    assert len(done.chunks) >= 14_000
    assert longest < 0.1


async def test_pdfs_with_wrong_bytes_are_read_or_refused(extractor: Extractor) -> None:
    good = pdf([article_page("Fees", ["A cleaning costs $140."])] * 2, title="Fees")
    for seed in range(40):
        chance = random.Random(seed)  # noqa: S311 - tests need no secrets
        content = bytearray(good)
        for _ in range(chance.randint(1, 25)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        try:
            done = await extractor.extract(bytes(content), "a.pdf")
        except DocumentError as error:
            assert error.message  # noqa: PT017 - either outcome is right
        else:
            assert done.chunks
