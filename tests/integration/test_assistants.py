"""One record of an assistant: every change a version, and files with the text that is in them."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from config.settings import DocumentSettings
from kit.clock import Clock
from kit.db.database import Database
from knowledge.extract.extractor import Extractor
from practice.assistants.files import Files
from practice.assistants.routes import Routes
from practice.assistants.service import Assistants
from practice.assistants.tools import Tools
from practice.errors import (
    AssistantNotFound,
    FileNotFound,
    FileRefused,
    InvalidField,
    RouteNotFound,
    ToolNotFound,
    VersionNotFound,
)
from practice.sites.service import Sites
from tests.fakes.demo_practice import DemoIds

NOTE = b"# Parking\n\nParking behind the house is free for patients.\n"


@pytest.fixture
def assistants(database: Database, clock: Clock) -> Assistants:
    return Assistants(database, clock)


@pytest.fixture
async def files(database: Database, clock: Clock) -> AsyncIterator[Files]:
    async with Extractor(DocumentSettings()) as extractor:
        yield Files(database, clock, extractor)


@pytest.fixture
async def tools(database: Database, clock: Clock, demo: DemoIds) -> Tools:
    tools = Tools(database, clock)
    await tools.register(["search_availability", "book_appointment"])
    return tools


@pytest.fixture
def routes(database: Database, clock: Clock) -> Routes:
    return Routes(database, clock)


async def test_every_change_makes_a_version_and_no_change_makes_none(
    assistants: Assistants, demo: DemoIds
) -> None:
    made = await assistants.create_assistant(demo.site_id, {"name": "Front"}, made_by="staf_1")
    where = (demo.site_id, made.id)
    await assistants.update_assistant(*where, {"instructions": "Be brief."}, made_by="staf_2")
    same = await assistants.update_assistant(*where, {"instructions": "Be brief."})
    assert same.version == 2
    await assistants.update_assistant(*where, {"model": "gpt-4", "temperature_hundredths": 0})
    listed = await assistants.list_versions(*where)
    assert [(one.number, one.cause, one.made_by) for one in listed] == [
        (3, "changed: model, temperature", None),
        (2, "changed: instructions", "staf_2"),
        (1, "created", "staf_1"),
    ]
    first = await assistants.get_version(*where, 1)
    assert (first.name, first.instructions, first.version) == ("Front", None, 1)
    assert (await assistants.get_version(*where, None)).model == "gpt-4"


async def test_an_assistant_older_than_versions_keeps_its_first(
    assistants: Assistants, demo: DemoIds
) -> None:
    where = (demo.site_id, demo.assistant_id)
    before = await assistants.get_assistant(*where)
    assert before.version == 1
    assert [one.number for one in await assistants.list_versions(*where)] == [1]
    after = await assistants.update_assistant(*where, {"instructions": "New."})
    assert after.version == 2
    assert (await assistants.get_version(*where, 1)).instructions == before.instructions


async def test_a_version_can_be_brought_back_with_its_files(
    assistants: Assistants, files: Files, demo: DemoIds
) -> None:
    made = await assistants.create_assistant(demo.site_id, {"name": "Front", "instructions": "Old."})
    where = (demo.site_id, made.id)
    note = await files.add_file(*where, file_name="parking.md", content=NOTE, made_by="staf_1")
    with_note = (await assistants.get_assistant(*where)).version
    await files.delete_file(*where, note.id)
    await assistants.update_assistant(*where, {"instructions": "New.", "name": None})
    other = await files.add_file(*where, file_name="other.md", content=NOTE)
    now = await assistants.restore_version(*where, with_note, made_by="staf_2")
    assert (now.name, now.instructions, now.file_ids) == ("Front", "Old.", (note.id,))
    assert now.version == 6
    assert await files.get_content(*where, note.id) == NOTE
    with pytest.raises(FileNotFound):
        await files.get_content(*where, other.id)
    assert (await assistants.get_version(*where, 5)).file_ids == (other.id,)


@pytest.mark.parametrize("number", [0, -1, 99, 2**31, 2**70])
async def test_a_version_that_never_was_is_not_found(
    assistants: Assistants, demo: DemoIds, number: int
) -> None:
    with pytest.raises(VersionNotFound):
        await assistants.get_version(demo.site_id, demo.assistant_id, number)
    with pytest.raises(VersionNotFound):
        await assistants.restore_version(demo.site_id, demo.assistant_id, number)


async def test_changes_at_once_are_versions_one_after_the_other(
    assistants: Assistants, demo: DemoIds
) -> None:
    where = (demo.site_id, demo.assistant_id)
    await asyncio.gather(
        *(assistants.update_assistant(*where, {"instructions": f"Take {n}."}) for n in range(6))
    )
    assert [one.number for one in await assistants.list_versions(*where)] == [7, 6, 5, 4, 3, 2, 1]


async def test_instructions_of_the_largest_size_are_kept(assistants: Assistants, demo: DemoIds) -> None:
    largest = "é" * 50_000
    changed = await assistants.update_assistant(demo.site_id, demo.assistant_id, {"instructions": largest})
    assert changed.instructions == largest


async def test_a_code_that_is_taken_is_refused(assistants: Assistants, demo: DemoIds) -> None:
    with pytest.raises(InvalidField) as caught:
        await assistants.create_assistant(demo.site_id, {"name": "x"}, code="maple-street")
    assert caught.value.field == "code"


async def test_a_code_leads_only_to_a_site_that_may_be_reached(
    assistants: Assistants, database: Database, clock: Clock, demo: DemoIds
) -> None:
    other = await Sites(database, clock).create_site("Other")
    assert (await assistants.get_by_code("maple-street", None)).id == demo.assistant_id
    assert (await assistants.get_by_code("maple-street", [demo.site_id])).id == demo.assistant_id
    for sites in ([], [other]):
        with pytest.raises(AssistantNotFound):
            await assistants.get_by_code("maple-street", sites)
        assert await assistants.list_of_sites(sites) == []


@pytest.mark.parametrize("code", ["", "maple\0street", "m" * 5000, "\u00e4"])
async def test_a_code_that_cannot_be_one_is_not_found(
    assistants: Assistants, demo: DemoIds, code: str
) -> None:
    with pytest.raises(AssistantNotFound):
        await assistants.get_by_code(code, None)


async def test_a_file_is_kept_byte_for_byte_with_its_text(
    assistants: Assistants, files: Files, demo: DemoIds
) -> None:
    where = (demo.site_id, demo.assistant_id)
    file = await files.add_file(*where, file_name="parking.md", content=NOTE, description="Where to park")
    assert await files.get_content(*where, file.id) == NOTE
    assert (file.mime_type, file.size) == ("text/markdown", len(NOTE))
    page = await files.get_chunks(*where, file.id)
    assert (page.pages, page.next) == (None, None)
    assert [(one.heading, one.text) for one in page.chunks] == [
        ("Parking", "Parking behind the house is free for patients.")
    ]
    assert (await assistants.list_versions(*where))[0].cause == "file added: parking.md"
    await files.delete_file(*where, file.id)
    with pytest.raises(FileNotFound):
        await files.get_file(*where, file.id)
    with pytest.raises(FileNotFound):
        await files.delete_file(*where, file.id)
    # A conversation that began with the older version goes on answering from it.
    assert await files.get_chunks(*where, file.id) == page


async def test_a_long_text_is_given_in_parts_that_follow_one_another(files: Files, demo: DemoIds) -> None:
    where = (demo.site_id, demo.assistant_id)
    text = "".join(f"# Room {number}\n\nIt has the number {number}.\n\n" for number in range(7))
    file = await files.add_file(*where, file_name="rooms.md", content=text.encode())
    whole = (await files.get_chunks(*where, file.id)).chunks
    parts = [await files.get_chunks(*where, file.id, start, 3) for start in (0, 3, 6, 7)]
    assert [one.next for one in parts] == [3, 6, None, None]
    assert [chunk for one in parts for chunk in one.chunks] == list(whole)
    assert [one.heading for one in whole] == [f"Room {number}" for number in range(7)]


async def test_a_file_is_read_again_for_its_record_and_not_kept_meanwhile(
    files: Files, demo: DemoIds
) -> None:
    where, reads = (demo.site_id, demo.assistant_id), 0

    async def read() -> bytes:
        nonlocal reads
        reads += 1
        return NOTE

    file = await files.add_file(*where, file_name="parking.md", content=read)
    assert (file.size, await files.get_content(*where, file.id), reads) == (len(NOTE), NOTE, 2)


async def test_a_file_from_before_its_text_was_kept_is_read_when_it_is_needed(
    files: Files, demo: DemoIds
) -> None:
    where = (demo.site_id, demo.assistant_id)
    (first, *_) = await files.list_files(*where)
    once = await files.get_chunks(*where, first.id)
    assert once.chunks
    assert await files.get_chunks(*where, first.id) == once


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, b"%PDF-1.7\nbroken"])
async def test_a_file_without_text_is_refused_and_nothing_is_kept(
    assistants: Assistants, files: Files, demo: DemoIds, content: bytes
) -> None:
    where = (demo.site_id, demo.assistant_id)
    before = await files.list_files(*where)
    with pytest.raises(FileRefused):
        await files.add_file(*where, file_name="x.pdf", content=content)
    assert await files.list_files(*where) == before
    assert (await assistants.get_assistant(*where)).version == 1


async def test_tools_are_the_functions_and_the_assistants_that_may_be_reached(
    assistants: Assistants, tools: Tools, database: Database, clock: Clock, demo: DemoIds
) -> None:
    other_site = await Sites(database, clock).create_site("Other")
    theirs = await assistants.create_assistant(other_site, {"name": "Theirs"})
    mine = await tools.list_tools([demo.site_id])
    assert [one.function or one.source_code for one in mine] == [
        "maple-street",
        "search_availability",
        "book_appointment",
    ]
    everything = await tools.list_tools(None)
    assert [one.source_code for one in everything][3:] == [theirs.code]
    with pytest.raises(ToolNotFound):
        await tools.get_tool(everything[3].id, [demo.site_id])
    with pytest.raises(ToolNotFound):
        await tools.get_tool(2**70, None)
    with pytest.raises(InvalidField):
        await assistants.update_assistant(demo.site_id, demo.assistant_id, {"tool_ids": [everything[3].id]})


async def test_registering_again_gives_no_second_numbers(tools: Tools, demo: DemoIds) -> None:
    before = await tools.list_tools(None)
    await tools.register(["search_availability", "book_appointment", "end_call"])
    after = await tools.list_tools(None)
    assert after[: len(before)] == before
    assert [one.function for one in after[len(before) :]] == ["end_call"]


async def test_assistants_that_use_each_other_in_a_circle_are_refused(
    assistants: Assistants, tools: Tools, demo: DemoIds
) -> None:
    site = demo.site_id
    a, b, c = [await assistants.create_assistant(site, {"name": name}) for name in "abc"]
    numbers = {one.source_id: one.id for one in await tools.list_tools([site])}
    await assistants.update_assistant(site, a.id, {"tool_ids": [numbers[b.id]]})
    await assistants.update_assistant(site, b.id, {"tool_ids": [numbers[c.id]]})
    for assistant, tool in ((a, a), (b, a), (c, a), (c, b)):
        with pytest.raises(InvalidField) as caught:
            await assistants.update_assistant(site, assistant.id, {"tool_ids": [numbers[tool.id]]})
        assert caught.value.field == "tools"
    assert (await assistants.get_assistant(site, c.id)).tool_ids is None


async def test_the_most_specific_route_wins_and_the_oldest_of_equals(
    assistants: Assistants, routes: Routes, demo: DemoIds
) -> None:
    site = demo.site_id
    night = await assistants.create_assistant(site, {"name": "Night"})
    spanish = await assistants.create_assistant(site, {"name": "Spanish"})
    await routes.create_route(demo.assistant_id, {"bot_id": demo.bot_id})
    await routes.create_route(
        night.id, {"after_hours": "True", "bot_id": demo.bot_id, "owners": ["a"], "n": 1}
    )
    await routes.create_route(spanish.id, {"language": "es-US", "bot_id": demo.bot_id})
    base = {"bot_id": demo.bot_id, "after_hours": "false", "language": "en-US"}
    assert await routes.choose(site, base) == demo.assistant_id
    assert await routes.choose(site, base | {"after_hours": "true"}) == night.id
    assert await routes.choose(site, base | {"language": "ES-us"}) == spanish.id
    assert await routes.choose(site, base | {"language": "es-US", "after_hours": "true"}) == night.id
    assert await routes.choose(site, {"bot_id": "bot_other"}) is None
    assert await routes.choose(site + 1, base) is None


async def test_a_route_of_another_assistant_is_not_found(
    assistants: Assistants, routes: Routes, demo: DemoIds
) -> None:
    other = await assistants.create_assistant(demo.site_id, {"name": "Other"})
    made = await routes.create_route(demo.assistant_id, {"language": "es"})
    for attempt in (
        routes.get_route(other.id, made.id),
        routes.update_route(other.id, made.id, {}),
        routes.delete_route(other.id, made.id),
        routes.get_route(demo.assistant_id, 2**70),
    ):
        with pytest.raises(RouteNotFound):
            await attempt
    changed = await routes.update_route(demo.assistant_id, made.id, {"language": "fr"})
    assert changed.tags == {"language": "fr"}
    await routes.delete_route(demo.assistant_id, made.id)
    assert await routes.list_routes(demo.assistant_id) == []
