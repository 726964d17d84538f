"""Every scenario that comes with Chairside, by text, in this process, on the demo practice.

What fails today is listed in ``known_failures.txt``: the list may only become shorter, and a scenario that is
not on it has to pass. Each shard plays its share on one server.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from cli.rehearsal_text import TextWorld, groups_of
from cli.rehearsal_world import rehearsal_settings
from practice.practice_file.folder import read_demo
from rehearsal.rehearse import Played, play, transcript
from rehearsal.scenario import Scenario, find_scenarios

SHARDS = 6
SLOW_SECONDS = 4.0
"""A turn of that length says more of the machine than of the bot."""
KNOWN = Path(__file__).with_name("known_failures.txt")


def _known() -> set[str]:
    lines = (line.split("#")[0].strip() for line in KNOWN.read_text("utf-8").splitlines())
    return {line for line in lines if line}


def _shards() -> dict[str, list[Scenario]]:
    """Part the largest group in shards; the others, each with a server of its own, are one each."""
    first, *others = sorted(groups_of(find_scenarios([])), key=len, reverse=True)
    shards = {f"shard {number + 1}": first[number::SHARDS] for number in range(SHARDS)}
    return shards | {f"{one[0].now:%d %B}, model {one[0].world.model or 'none'}": one for one in others}


@asynccontextmanager
async def _world(folder: Path, *, model_down: bool) -> AsyncIterator[TextWorld]:
    async with TextWorld(rehearsal_settings(folder), read_demo(), model_down=model_down).running() as world:
        yield world


@pytest.mark.timeout(900)  # dozens of conversations each
@pytest.mark.parametrize("shard", _shards())
async def test_no_scenario_fails_that_passed(shard: str, tmp_path: Path) -> None:
    scenarios, known = _shards()[shard], _known()
    async with _world(tmp_path, model_down=scenarios[0].world.model == "down") as world:
        played = [await _play(one, world) for one in scenarios]
    failed = {one.scenario.name: one for one in played if not one.verdict.passed}
    for name in sorted(known & failed.keys()):
        print(f"known to fail: {name}: {failed[name].verdict.complaints()[0]}")  # noqa: T201 - the suite tells
    for name in sorted(known & ({one.name for one in scenarios} - failed.keys())):
        print(f"passes now, take it off the list: {name}")  # noqa: T201 - as above
    new = [_told(one) for name, one in failed.items() if name not in known]
    assert not new, "\n\n".join(new)


def test_the_list_names_scenarios_that_there_are() -> None:
    assert _known() <= {one.name for one in find_scenarios([])}


def test_there_are_enough_scenarios_and_each_has_a_name_of_its_own() -> None:
    names = [one.name for one in find_scenarios([])]
    assert len(names) == len(set(names)) >= 120


async def _play(scenario: Scenario, world: TextWorld) -> Played:
    """Play a scenario; once more where the machine was slower than what the bot waits for."""
    played = await play(scenario, world, world.open(scenario))
    slow = any(one.seconds > SLOW_SECONDS for one in played.talk.exchanges)
    if slow and not played.verdict.passed:
        return await play(scenario, world, world.open(scenario))
    return played


def _told(one: Played) -> str:
    lines = [f"{who}: {said} {called}" for who, said, called in transcript(one.talk)]
    return "\n".join([one.scenario.name, *one.verdict.complaints(), *lines])
