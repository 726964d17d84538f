"""Plays scenarios: a simulated patient talks with a bot by text, in a world that is set up and looked at."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rehearsal.hearing import ear
from rehearsal.patient import STAGES, SimulatedPatient
from rehearsal.practice import Practice, State
from rehearsal.scenario import Scenario
from rehearsal.verdict import Conversation, Exchange, Verdict, judge, letters
from rehearsal.wording import Spelling, Wording


@dataclass(frozen=True)
class BotTurn:
    """What a bot says to something, and what it called for it.

    Attributes:
        functions: What it called; None where it does not tell.
        ended: It hung up, or a person took over.
    """

    text: str
    functions: tuple[str, ...] | None = None
    ended: bool = False


class TextBot(Protocol):
    """A bot to talk with by text, in one conversation."""

    async def say(self, text: str) -> BotTurn:
        """Say something to it."""
        ...


class World(Protocol):
    """What stands around a bot: a calendar, an inbox, and what can go wrong with them."""

    @property
    def practice(self) -> Practice:
        """The practice's facts."""
        ...

    async def prepare(self, scenario: Scenario) -> None:
        """Make the world as the scenario has it, and nothing of any conversation before it."""
        ...

    async def state(self) -> State:
        """Look at what is there."""
        ...

    async def trouble(self, scenario: Scenario) -> None:
        """Let the calendar fail, or be slow, from now on."""
        ...

    async def take(self, spoken: str) -> None:
        """Have somebody else book the time that the bot has just offered."""
        ...


class Unreachable(Exception):
    """The bot did not answer; the message says why."""


@dataclass(frozen=True)
class Played:
    """A scenario that was played."""

    scenario: Scenario
    talk: Conversation
    verdict: Verdict
    seconds: float


def make_patient(scenario: Scenario, spelling: Spelling, seed: int) -> SimulatedPatient:
    """Make the patient of a scenario; the same seed says the same to the same questions."""
    patient = scenario.patient
    wording = Wording(scenario.language, patient.manner, spelling, f"{scenario.name} {seed}")
    return SimulatedPatient(scenario, wording, same_name=same_written_name)


def same_written_name(name: str, said: str) -> bool:
    """Tell whether a name was written as it is, apart from capitals and marks."""
    return letters(name) == letters(said)


async def play(
    scenario: Scenario, world: World, bot: TextBot, *, spelling: Spelling = "whisper", seed: int = 0
) -> Played:
    """Play a scenario by text and judge it."""
    began = time.monotonic()
    patient = make_patient(scenario, spelling, seed)
    events = _Events(scenario, world)
    await world.prepare(scenario)
    if scenario.world.platform and scenario.world.platform_at == "any":
        await world.trouble(scenario)
    state = before = await world.state()
    exchanges: list[Exchange] = []
    trouble, reply = "", patient.begin()
    while len(exchanges) < scenario.most_turns:
        at = time.monotonic()
        try:
            turn = await bot.say(reply.say)
        except Unreachable as error:
            trouble = str(error)
            break
        seconds = time.monotonic() - at
        # Who calls nothing changes nothing.
        state = state if turn.functions == () else await world.state()
        exchanges.append(Exchange(reply, turn.text, state, turn.functions or (), seconds))
        if reply.ends or turn.ended:
            break
        reply = patient.hear(turn.text)
        if not reply.say:
            break
        await events.after(turn.text)
    else:
        trouble = f"the conversation had no end after {scenario.most_turns} turns"
    after = await world.state()
    talk = Conversation(
        tuple(exchanges), before, after, tuple(one.asks[0] for one in patient.unanswered), trouble=trouble
    )
    return Played(scenario, talk, judge(scenario, world.practice, talk), time.monotonic() - began)


class _Events:
    """Has things happen in the world when the bot comes to a question."""

    def __init__(self, scenario: Scenario, world: World) -> None:
        self._scenario = scenario
        self._world = world
        self._taken = scenario.world.taken_at is None
        self._broken = not scenario.world.platform or scenario.world.platform_at == "any"

    async def after(self, text: str) -> None:
        heard = ear(self._scenario.language).hear(text, self._scenario.now.date())
        stage = STAGES.get(heard.asks, "")
        if not self._taken and stage == self._scenario.world.taken_at:
            self._taken = True
            await self._world.take(text)
        if not self._broken and stage == self._scenario.world.platform_at:
            self._broken = True
            await self._world.trouble(self._scenario)


def transcript(talk: Conversation) -> Sequence[tuple[str, str, str]]:
    """Give who said what, with the functions that the bot called."""
    lines = [("bot", talk.greeting, "")] if talk.greeting else []
    for one in talk.exchanges:
        lines.append(("patient", one.reply.say, ""))
        lines.append(("bot", one.answer, ", ".join(one.functions)))
    return [(who, re.sub(r"\s+", " ", said), extra) for who, said, extra in lines if said or extra]
