"""What a bot has to know before it picks up: its practice, its instructions, its files.

Fetched from the endpoints, kept for a while, and fetched anew behind the caller's back: a call never
waits for what was known a minute ago, and an endpoint that is down does not keep the phone from being
answered.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from config.clock import Clock
from config.keyring import Keyring
from config.settings import CallSettings, Settings
from documents.chunk import Chunk, cut
from documents.markdown import markdown_blocks
from tools.clients.http import FarEnds
from tools.clients.partner import PartnerClient
from tools.clients.site import SiteClient
from tools.context import ToolContext
from tools.contracts.partner import BotProfile, PracticeFacts
from tools.conversation import Message
from tools.errors import FarEndError
from tools.knowledge_index import KnowledgeIndex
from tools.slots import SlotSealer

_log = structlog.get_logger(__name__)

_PREFETCH_DAYS = 7
_TEXT_FILES = ("text/", "application/json")
_TEXT_ENDINGS = (".md", ".txt", ".csv", ".json", ".html")


@dataclass(frozen=True)
class Briefing:
    """What one bot knows.

    Attributes:
        bot: Its profile.
        instructions: The practice's own instructions, empty when there are none or they are out of reach.
        knowledge: The index of its files, None when there are none or they are out of reach.
    """

    bot: BotProfile
    instructions: str
    knowledge: KnowledgeIndex | None
    partner: PartnerClient
    site: SiteClient | None
    sealer: SlotSealer
    clock: Clock
    rules: CallSettings

    @property
    def facts(self) -> PracticeFacts:
        """The practice's facts."""
        return self.bot.facts()

    def tools(
        self, *, call_id: str, caller_number: str | None, messages: Callable[[], Sequence[Message]]
    ) -> ToolContext:
        """Make the context in which the functions of one conversation run.

        Args:
            call_id: The call or chat session.
            caller_number: The caller (E.164), None when withheld.
            messages: Gives the conversation so far.

        Returns:
            The context.
        """
        return ToolContext(
            bot=self.bot,
            facts=self.facts,
            partner=self.partner,
            site=self.site,
            knowledge=self.knowledge,
            sealer=self.sealer,
            clock=self.clock,
            call_id=call_id,
            caller_number=caller_number,
            messages=messages,
            rules=self.rules,
        )

    async def prefetch(self) -> None:
        """Ask for the next days' availability while the greeting plays."""
        now = self.clock()
        services = [(service.id, service.duration_minutes) for service in self.facts.services]
        await self.partner.prefetch(now, now + timedelta(days=_PREFETCH_DAYS), services)


class Briefings:
    """The briefings of all bots of this process."""

    def __init__(self, settings: Settings, keyring: Keyring, clock: Clock, far_ends: FarEnds) -> None:
        self._settings = settings
        self._clock = clock
        self._far_ends = far_ends
        lifetime = timedelta(minutes=settings.call.slot_minutes)
        self._sealer = SlotSealer(keyring.derive("slots"), lifetime)
        self._kept: dict[str, tuple[float, Briefing]] = {}
        self._fetching: dict[str, asyncio.Task[Briefing]] = {}

    async def get(self, bot_id: str, *, practice_name: str | None = None, timezone: str = "UTC") -> Briefing:
        """Get a bot's briefing.

        Args:
            bot_id: The bot.
            practice_name: What to call the practice should the endpoints be down.
            timezone: Its zone, likewise.

        Returns:
            The briefing; one that is older than the setting is returned as it is and renewed behind it.
        """
        kept = self._kept.get(bot_id)
        if kept and time.monotonic() - kept[0] < self._settings.site.cache_seconds:
            return kept[1]
        fetching = self._fetch(bot_id)
        if kept:
            return kept[1]
        try:
            return await asyncio.shield(fetching)
        except FarEndError as error:
            _log.error("bot profile out of reach", code=error.code)
            bare = BotProfile(id=bot_id, name=practice_name or "", timezone=timezone)
            return self._briefing(bare, "", None)

    def _fetch(self, bot_id: str) -> asyncio.Task[Briefing]:
        if bot_id not in self._fetching:
            task = asyncio.ensure_future(self._fetch_now(bot_id))
            self._fetching[bot_id] = task
            task.add_done_callback(lambda done: self._fetched(bot_id, done))
        return self._fetching[bot_id]

    def _fetched(self, bot_id: str, task: "asyncio.Task[Briefing]") -> None:
        del self._fetching[bot_id]
        if task.cancelled():
            return
        if error := task.exception():
            _log.warning("briefing not renewed", error=type(error).__name__)
            return
        self._kept[bot_id] = (time.monotonic(), task.result())

    async def _fetch_now(self, bot_id: str) -> Briefing:
        bot = await self._far_ends.partner(bot_id).get_bot()
        if bot.site_id is None or bot.assistant_id is None:
            return self._briefing(bot, "", None)
        site = self._far_ends.site(bot.site_id)
        try:
            instructions, files = await asyncio.gather(
                self._instructions(site, bot.assistant_id), self._files(site, bot.assistant_id)
            )
        except FarEndError as error:
            _log.error("instructions or files out of reach", code=error.code)
            if bot_id not in self._kept:
                return self._briefing(bot, "", None)
            # What was known a while ago is better than nothing.
            _, known = self._kept[bot_id]
            return self._briefing(bot, known.instructions, known.knowledge)
        index = await asyncio.to_thread(KnowledgeIndex.build, files) if files else None
        return self._briefing(bot, instructions, index)

    @staticmethod
    async def _instructions(site: SiteClient, assistant_id: int) -> str:
        return (await site.get_assistant(assistant_id)).assistantInstructions or ""

    @staticmethod
    async def _files(site: SiteClient, assistant_id: int) -> list[tuple[str, list[Chunk]]]:
        files = []
        for file in await site.list_files(assistant_id):
            kind = file.mimeType or ""
            if kind.startswith(_TEXT_FILES) or file.fileName.lower().endswith(_TEXT_ENDINGS):
                content = await site.get_file(assistant_id, file.id)
                text = content.decode("utf-8", "replace")
                files.append((file.fileName, await asyncio.to_thread(_chunks, text)))
        return files

    def _briefing(self, bot: BotProfile, instructions: str, knowledge: KnowledgeIndex | None) -> Briefing:
        return Briefing(
            bot=bot,
            instructions=instructions,
            knowledge=knowledge,
            partner=self._far_ends.partner(bot.id),
            site=self._far_ends.site(bot.site_id) if bot.site_id is not None else None,
            sealer=self._sealer,
            clock=self._clock,
            rules=self._settings.call,
        )


def _chunks(text: str) -> list[Chunk]:
    return cut(markdown_blocks(text))
